"""Signing in with one's own telephone. Open to strangers: code and ticket are the locks.

The long-lived mark of the browser and the ticket are signed by us; neither names a person.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask import session as cookie
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.operations import scanning
from helpdesk.training.operations.marking import Marked, Result
from helpdesk.training.operations.scanning import CodeTooOld, NobodyLikeThat, TicketTooOld
from helpdesk.training.queries import attendance
from helpdesk.training.rules.scanning import Ticket, digest
from helpdesk.web.attendance.area import Answer, blueprint
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of

BROWSER = "browser"
SIGNED = "signed_in"
_TWO_YEARS = 2 * 365 * 24 * 3600


@blueprint.get("/scan")
@door(Permission.PUBLIC)
def scan(session_id: int) -> Answer:
    """Trade the code on the screen for a ticket of this browser; the address shows it no more."""
    mark = _mark()
    fresh = mark or ids.token()
    try:
        session = scanning.scanned(session_id)
        given = request.args.get("c", "")[:100]
        ticket = scanning.trade(
            session=session, code=given, browser=digest(fresh), now=request_now()
        )
    except RuleBroken as refusal:
        return _refused(refusal)
    answer = redirect(url_for(".sign_in", session_id=session_id, ticket=_sealed(ticket)))
    if mark is None:
        _remember(answer, fresh)
    return answer


@blueprint.get("/sign-in")
@door(Permission.PUBLIC)
def sign_in(session_id: int) -> Answer:
    """Who are you? Signed-in staff see their name and one button."""
    try:
        _ticket(session_id, request.args.get("ticket", ""))
    except RuleBroken as refusal:
        return _refused(refusal)
    return _form(session_id, request.args.get("ticket", ""))


@blueprint.post("/sign-in")
@door(Permission.PUBLIC)
def sign_in_now(session_id: int) -> Answer:
    """Use the ticket: for oneself, or by number and name."""
    sealed = request.form.get("ticket", "")
    try:
        ticket = _ticket(session_id, sealed)
        own = current_actor().person_id if request.form.get("me") else None
        address = request.remote_addr or ""
        person_id = own or _identified(ticket, address)
        with unit_of_work():
            session = scanning.scanned(session_id)
            done = scanning.sign_in(
                actor=current_actor(),
                session=session,
                ticket=ticket,
                person_id=person_id,
                address=None if own else address,
                now=request_now(),
            )
            name = attendance.names([person_id])[person_id]
    except NobodyLikeThat as refusal:
        return _form(session_id, sealed, refusal)
    except RuleBroken as refusal:
        return _refused(refusal)
    _keep(done, name)
    return redirect(url_for(".signed_in", session_id=session_id), code=303)


@blueprint.get("/signed-in")
@door(Permission.PUBLIC)
def signed_in(session_id: int) -> Answer:
    """What came of it; loading the page again signs nobody in again."""
    kept = cookie.get(SIGNED)
    done = kept if isinstance(kept, dict) and kept.get("session") == session_id else None
    title = scanning.scanned(session_id).title if done else ""
    return render_template("attendance/signed_in.html", done=done, title=title)


def _identified(ticket: Ticket, address: str) -> int:
    return scanning.identify(
        ticket=ticket,
        staff_no=request.form.get("staff_no", "")[:80],
        name=request.form.get("name", "")[:80],
        address=address,
        now=request_now(),
    )


def _form(session_id: int, sealed: str, refusal: RuleBroken | None = None) -> Answer:
    page = render_template(
        "attendance/sign_in.html",
        session=scanning.scanned(session_id),
        ticket=sealed,
        sentence=sentence_of(refusal) if refusal else "",
        typed=request.form,
    )
    return (page, refusal.status) if refusal else page


def _refused(refusal: RuleBroken) -> tuple[str, int]:
    page = render_template(
        "attendance/scan_refused.html",
        sentence=sentence_of(refusal),
        expired=isinstance(refusal, CodeTooOld),
    )
    return page, refusal.status


def _keep(done: Marked, name: str) -> None:
    cookie[SIGNED] = {
        "session": done.record.session_id,
        "name": name,
        "flag": done.record.flag.value if done.record.flag else "",
        "again": done.result is Result.ALREADY,
        "presence": done.record.presence.value,
    }


# --- what we have signed -----------------------------------------------------------------------


def _seal(salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"attendance-{salt}")


def _mark() -> str | None:
    """The mark of this browser, if it carries one of ours."""
    try:
        return str(_seal(BROWSER).loads(request.cookies.get(BROWSER, "")))
    except BadSignature:
        return None


def _remember(answer: Response, mark: str) -> None:
    answer.set_cookie(
        BROWSER,
        str(_seal(BROWSER).dumps(mark)),
        max_age=_TWO_YEARS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _sealed(ticket: Ticket) -> str:
    parts = [ticket.session_id, ticket.token, ticket.browser, int(ticket.issued_at.timestamp())]
    return str(_seal("ticket").dumps(parts))


def _ticket(session_id: int, sealed: str) -> Ticket:
    """The ticket, if it is ours, of this session and browser, and still good. TicketTooOld."""
    try:
        parts: Any = _seal("ticket").loads(sealed[:1000])
        ticket = Ticket(parts[0], parts[1], parts[2], datetime.fromtimestamp(parts[3], UTC))
    except (BadSignature, TypeError, ValueError, IndexError):
        raise TicketTooOld from None
    mark = _mark()
    foreign = mark is None or digest(mark) != ticket.browser or ticket.session_id != session_id
    if foreign or ticket.expired(request_now()):
        raise TicketTooOld
    return ticket
