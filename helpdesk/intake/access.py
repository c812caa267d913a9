"""Whose draft it is, and for which bodies somebody may ask."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.rules.questions import BodyDoesNotAskNow, NotToBeAskedFor, asks
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind


def draft(actor: Actor, draft_id: int) -> Draft:
    """The actor's own draft. NotFound: a stranger's, or none.

    Forbidden: it was written for a body for which the actor may ask no longer.
    """
    found = session().get(Draft, draft_id)
    if found is None or actor.person_id is None or found.person_id != actor.person_id:
        raise NotFound
    body = organizations.body(found.body_id)
    allowed = may_file_for(actor, body) if found.for_others else may_ask_for(actor, body)
    if not allowed:
        raise Forbidden
    return found


def may_ask_for(actor: Actor, body: BodyView) -> bool:
    """May the actor ask in the name of this body?"""
    return actor.holds(Permission.TICKET_CREATE, body.path)


def may_file_for(actor: Actor, body: BodyView) -> bool:
    """May the actor write down a question that this body reports by telephone or on paper?

    An office for everybody below it; the call centre, which all may call, for everybody.
    """
    return actor.covers(Permission.TICKET_CREATE_FOR_OTHERS, body.path) or _is_call_centre(actor)


def _is_call_centre(actor: Actor) -> bool:
    centre = organizations.national(Kind.CALL_CENTRE)
    return centre is not None and actor.holds(Permission.TICKET_CREATE_FOR_OTHERS, centre.path)


def filing_paths(actor: Actor) -> tuple[str, ...]:
    """Ranges in which `may_file_for` says yes."""
    if _is_call_centre(actor):
        return (ROOT_PATH,)
    return actor.paths(Permission.TICKET_CREATE_FOR_OTHERS)


def own_body(actor: Actor) -> BodyView:
    """The body in whose name the actor asks. Forbidden, BodyDoesNotAskNow."""
    if actor.body_id is None:
        raise Forbidden
    body = organizations.body(actor.body_id)
    if not may_ask_for(actor, body):
        raise Forbidden
    check_asks(body)
    return body


def body_to_file_for(actor: Actor, code: str) -> BodyView:
    """A body by its code, for a report by telephone. NotFound, NotToBeAskedFor,
    BodyDoesNotAskNow."""
    body = organizations.body_by_code(code)
    if body is None or not may_file_for(actor, body):
        raise NotFound
    if not asks(body.kind):
        raise NotToBeAskedFor(name=body)
    check_asks(body)
    return body


def check_asks(body: BodyView) -> None:
    """BodyDoesNotAskNow: closed or 无效."""
    if not body.active:
        raise BodyDoesNotAskNow(name=body)


def filing_body(actor: Actor) -> BodyView:
    """The body for which the actor answers the telephone. Forbidden."""
    paths = actor.granted_at(Permission.TICKET_CREATE_FOR_OTHERS)
    if actor.body_id is not None and actor.body_path in paths:
        return organizations.body(actor.body_id)
    for path in paths:
        line = organizations.line_up_at(path)
        if line:
            return line[0]
    raise Forbidden


def in_own_draft(actor: Actor, file_id: int) -> bool:
    """Does a file hang on a draft of this person that was not sent yet?"""
    if actor.person_id is None:
        return False
    drafts: Iterable[list[int]] = session().scalars(
        select(Draft.files).where(Draft.person_id == actor.person_id, Draft.ticket_number.is_(None))
    )
    return any(file_id in files for files in drafts)
