"""A browser without a screen: keeps cookies, sends the CSRF token, inspects every page it gets."""

from __future__ import annotations

import contextvars
import hashlib
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from helpdesk.kernel.db import db
from tests.support import inspection

FORM_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class Client(FlaskClient):
    """Flask's client; `inspect = False` fetches a page that is known to be no page of ours."""

    inspect = True

    def sign_in(self, account_id: int) -> None:
        """Be the person of this account, as after a right password."""
        self._hand_over()
        kept = contextvars.Context().run(self._session_of, account_id)
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie.update(kept)

    def sign_out(self) -> None:
        """Be a stranger again."""
        with self.session_transaction() as cookie:
            cookie.clear()

    def _session_of(self, account_id: int) -> dict[str, Any]:
        # Imported late: tests of pure rules load this module and need no web.
        from helpdesk.web.session import identity

        with self.application.test_request_context():
            return identity.session_values(account_id)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request in a context of its own, as a server would."""
        self._hand_over()
        response: TestResponse = contextvars.Context().run(self._send, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        if self.inspect and response.mimetype == "text/html" and not redirects(response):
            inspection.inspect(response.get_data(as_text=True), response.request.full_path)
        return response

    @staticmethod
    def _hand_over() -> None:
        if has_app_context():
            # What the test has prepared is there for the request, and the other way round.
            db.session.commit()

    def _send(self, *args: Any, **kwargs: Any) -> TestResponse:
        if kwargs.get("method") in FORM_METHODS and "json" not in kwargs:
            self._add_token(kwargs)
        kwargs.setdefault("buffered", True)  # whatever streams is read in its own context
        return super().open(*args, **kwargs)

    def _add_token(self, kwargs: dict[str, Any]) -> None:
        data = kwargs.setdefault("data", {})
        if isinstance(data, dict) and "csrf_token" not in data:
            kwargs["data"] = {"csrf_token": self.csrf_token(), **data}

    def csrf_token(self) -> str:
        """A token that belongs to this client's session."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", hashlib.sha1(b"tests").hexdigest())
        key = self.application.secret_key
        assert key is not None
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))


def redirects(response: TestResponse) -> bool:
    """Is this only a pointer to another page (whose body no browser shows)?"""
    return 300 <= response.status_code < 400


def form_of(response: TestResponse, action_ends: str = "") -> dict[str, str]:
    """The fields of the page's form (the one whose action ends so) as a browser would send them."""
    return inspection.form_fields(response.get_data(as_text=True), action_ends)
