"""Who is at the screen: what the session cookie holds, how long it counts, and the actor it gives.

The cookie is signed and holds the account, its epoch, when it was issued and last seen, and the
body the person acts for. Everything else is read anew at each request, in two queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from helpdesk.kernel import db
from helpdesk.people import queries
from helpdesk.people.queries import SessionView
from helpdesk.people.rules import session_is_over
from helpdesk.web.doors import SAFE_METHODS, request_now

ACCOUNT, EPOCH, ISSUED, SEEN, BODY = "_user_id", "epoch", "issued_at", "seen_at", "body_id"
# A cookie is written anew only when this much has passed since it was last seen.
SEEN_EVERY = timedelta(minutes=1)
# Where somebody may go who still has a one-time code.
BEFORE_CHANGE = ("session.", "shell.", "static", "bootstrap.")

login_manager = LoginManager()
login_manager.session_protection = None  # telephones change their address; the limits are ours


class SessionUser(UserMixin):  # type: ignore[misc]  # flask-login carries no types
    """An account with a session that counts."""

    def __init__(self, view: SessionView) -> None:
        self.view = view
        self.id = str(view.actor.account_id)


@dataclass(frozen=True)
class Kept:
    """What the cookie says."""

    account_id: int
    epoch: int
    issued_at: datetime
    seen_at: datetime
    body_id: int | None


def init_app(state: BlueprintSetupState) -> None:
    """Hang Flask-Login into the application in which the blueprint is registered."""
    login_manager.init_app(state.app)


def session_values(account_id: int) -> dict[str, Any]:
    """What the cookie of a person holds who has just signed in."""
    view = queries.session_of(account_id, request_now())
    if view is None:
        raise LookupError(f"account {account_id} cannot sign in")
    return _values(account_id, view.epoch, request_now())


def begin(account_id: int, epoch: int) -> SessionView:
    """Start a session after a proven sign-in; nothing of an earlier one is kept."""
    session.clear()
    session.update(_values(account_id, epoch, request_now()))
    view = queries.session_of(account_id, request_now())
    assert view is not None, "proved a moment ago"
    login_user(SessionUser(view))
    g.actor = view.actor
    return view


def renew(epoch: int) -> None:
    """Keep this session when the epoch has risen (a changed password ends all others)."""
    session[EPOCH] = epoch


def forget() -> None:
    """End the session of this browser."""
    session.clear()
    g.pop("actor", None)
    g.pop("_login_user", None)


def act_for(body_id: int) -> None:
    """Remember for which body the person acts from now on."""
    session[BODY] = body_id


def signed_in() -> SessionView | None:
    """The session that counts, or None."""
    return current_user.view if current_user.is_authenticated else None


def recognise() -> Response | None:
    """Before every request: put the actor into `g`, end what is over, ask for a change of code."""
    if request.endpoint in ("static", "bootstrap.static"):
        return None
    view = signed_in()
    if view is None:
        if ACCOUNT in session:
            forget()
            flash(_("登录已结束（太久没有操作、密码已修改或账号有变动）。请重新登录。"), "wait")
        return None
    g.actor = view.actor
    _note_seen()
    if view.must_change_password and not (request.endpoint or "").startswith(BEFORE_CHANGE):
        return redirect(url_for("session.first_password"), code=303)
    return None


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(_user_id: str) -> SessionUser | None:
    kept = _kept()
    now = request_now()
    if kept is None or _is_over(kept, now):
        return None
    if request.method in SAFE_METHODS:
        view = queries.session_of(kept.account_id, now, kept.body_id)
    else:
        # Who asks is only read: the write lock is taken when the act itself begins.
        with db.reading():
            view = queries.session_of(kept.account_id, now, kept.body_id)
            db.session().rollback()
    return SessionUser(view) if view is not None and view.epoch == kept.epoch else None


def _is_over(kept: Kept, now: datetime) -> bool:
    return session_is_over(
        issued_at=kept.issued_at,
        seen_at=kept.seen_at,
        now=now,
        idle=timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
        absolute=timedelta(hours=current_app.config["SESSION_ABSOLUTE_HOURS"]),
    )


def _kept() -> Kept | None:
    try:
        return Kept(
            account_id=int(session[ACCOUNT]),
            epoch=int(session[EPOCH]),
            issued_at=datetime.fromtimestamp(session[ISSUED], UTC),
            seen_at=datetime.fromtimestamp(session[SEEN], UTC),
            body_id=session.get(BODY),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _values(account_id: int, epoch: int, now: datetime) -> dict[str, Any]:
    stamp = int(now.timestamp())
    return {ACCOUNT: str(account_id), "_fresh": True, EPOCH: epoch, ISSUED: stamp, SEEN: stamp}


def _note_seen() -> None:
    now = request_now()
    if now - datetime.fromtimestamp(session[SEEN], UTC) >= SEEN_EVERY:
        session[SEEN] = int(now.timestamp())
