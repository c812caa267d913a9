"""Replies kept ready, put into the words of a verb before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.operations import replies as operations
from helpdesk.knowledge.queries import replies
from helpdesk.knowledge.rules.replies import Reply, Variable, fill, ordered
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.rules import Side, Verb
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.dates import full_day_text
from helpdesk.web.shell.language import current
from helpdesk.web.tickets.scene import Scene

# Verbs whose words are an answer to the asker.
FILLED = (Verb.REPLY, Verb.ASK, Verb.FEEDBACK, Verb.RESOLVE)
FILL, USE = "fill", "use"


def office_of(seen: Scene) -> BodyView | None:
    """The office in whose name the actor answers here; None for those who keep no replies."""
    body = seen.names.body(seen.reach.bodies.get(Side.HOLDER) or seen.reach.bodies.get(Side.PARTY))
    may = body is not None and current_actor().holds(Permission.REPLY_WRITE, body.path)
    return body if may else None


def offers(seen: Scene, verb: Verb) -> tuple[Reply, ...]:
    """Replies that fit the ticket, those meant for its card first. Two queries, or none."""
    office = office_of(seen) if verb in FILLED else None
    if office is None:
        return ()
    return ordered(replies.offered(office.path, office.id), seen.row.card_code)


def asked() -> bool:
    """Was the button pressed that puts a reply in, and not the one that sends?"""
    return request.method == "POST" and FILL in request.form


def put_in(form: Any, seen: Scene) -> None:
    """The reply chosen, below what was typed already; counted for the office."""
    key, office = request.form.get(USE, ""), office_of(seen)
    if not key or office is None:
        return
    try:
        reply = replies.one(office.path, office.id, key)
    except NotFound:
        return
    text = reply.text_en if current() == "en" and reply.text_en else reply.text_zh
    filled = fill(text, values(seen, office))
    form.text.data = "\n\n".join(part for part in (form.text.data, filled) if part)
    with unit_of_work():
        operations.count_use(body_id=office.id, key=key)


def values(seen: Scene, office: BodyView) -> Mapping[Variable, str]:
    """What this ticket knows; the article is named where one is linked."""
    asker = seen.names.person(seen.reach.ticket.asker_person_id)
    due = seen.row.due_at
    return {
        Variable.ASKER_NAME: asker or seen.reach.ticket.callback_name or "",
        Variable.TICKET_NUMBER: seen.row.number,
        Variable.OFFICE_NAME: office.name,
        Variable.DUE_ON: full_day_text(due) if due else "",
        Variable.SCHOOL_NAME: seen.asker.name,
    }
