"""The lock of every web page: a view declares the permission it needs, or it does not start.

    @blueprint.get("/queue")
    @door(Permission.QUEUE_READ)
    def queue() -> str: ...

`door` only checks that the actor holds the permission on *some* node; which rows and which verbs
is the business of the capability's `access`, asked with the same permission.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.kernel import clock
from helpdesk.kernel.actor import ANONYMOUS, Actor
from helpdesk.kernel.db import start_reading, start_writing
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.permissions import Permission

V = TypeVar("V", bound=Callable[..., Any])

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def door(permission: Permission) -> Callable[[V], V]:
    """Declare what a view needs. PUBLIC: nobody signed in; SIGNED_IN: anybody who is."""

    def lock(view: V) -> V:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refused = _refusal(permission)
            return view(*args, **kwargs) if refused is None else refused

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(V, guarded)

    return lock


def _refusal(permission: Permission) -> Response | None:
    if permission is Permission.PUBLIC:
        return None
    actor = current_actor()
    if actor.account_id is None:
        back = request.full_path if request.method == "GET" else None
        return redirect(url_for("session.sign_in", next=back))
    if permission is not Permission.SIGNED_IN and not actor.anywhere(permission):
        raise Forbidden
    return None


def current_actor() -> Actor:
    """Who is asking. `web/session` puts the actor into `g`; nobody there: ANONYMOUS."""
    return cast(Actor, g.get("actor", ANONYMOUS))


def request_now() -> datetime:
    """The instant of this request: one for all that happens in it."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def _open_transaction_kind() -> None:
    # A page that is only read takes no write lock on SQLite.
    if request.method in SAFE_METHODS:
        start_reading()
    else:
        start_writing()


def undeclared(app: Flask) -> list[str]:
    """Endpoints without a declared permission (static files are served by Flask itself)."""
    return [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "permission")
        and not rule.endpoint.endswith("static")
    ]


class DoorWithoutLock(RuntimeError):
    """A route has no declared permission; the application refuses to start."""


def init_app(app: Flask) -> None:
    """First thing of every request; and the start-up check, once all routes are there."""
    app.before_request(_open_transaction_kind)


def check(app: Flask) -> None:
    """Deny by default: refuse to start with an undeclared route."""
    missing = undeclared(app)
    if missing:
        raise DoorWithoutLock(", ".join(sorted(missing)))


def base_url() -> str:
    """Address under which people reach this installation, without a slash at the end."""
    return str(current_app.config["BASE_URL"]).rstrip("/")
