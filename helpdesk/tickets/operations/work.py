"""The holder at work: accept, take, assign, release, urgency, standing still, leaving."""

from __future__ import annotations

from datetime import datetime

from helpdesk.kernel import events
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.queries import BodyView
from helpdesk.people import queries as people
from helpdesk.sla.rules import Outcome, PauseReason, Promise
from helpdesk.tickets.events import (
    TicketAccepted,
    TicketAssigned,
    TicketPrioritised,
)
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import clocks, parties
from helpdesk.tickets.operations.record import Act, begin, fact, said, write
from helpdesk.tickets.rules import Status, Verb


class NotAHandlerHere(RuleBroken):
    """The person cannot handle tickets of the holder."""

    sentence = N_("%(name)s在本单位没有办理权限。请选本单位的经办人，或者先请管理员授权。")


def hand_over(
    ticket: Ticket,
    to: BodyView,
    verb: Verb,
    *,
    outcome: Outcome,
    at: datetime,
    status: Status = Status.ARRIVED,
) -> None:
    """Move the ticket to another body: clocks end as `outcome`, the next segment begins.

    Clocks of the new holder are the caller's business: they depend on why it moved.
    """
    clocks.leave(ticket, outcome, at=at)
    parties.end_segment(ticket, verb, at=at)
    ticket.status = status
    ticket.waiting_on_body_id = None
    parties.begin_segment(ticket, to, verb, at=at)


def accept(*, ticket: Ticket, act: Act) -> History:
    """受理: work begins; whoever accepts handles it unless somebody was assigned."""
    before = begin(ticket, Verb.ACCEPT, act)
    ticket.status = Status.ACCEPTED
    if ticket.assignee_person_id is None:
        ticket.assignee_person_id = act.actor.person_id
    parties.accepted(ticket, at=act.now)
    clocks.meet(ticket, Promise.ACCEPT, how="accepted", at=act.now)
    row = write(ticket, Verb.ACCEPT, act, body_id=ticket.holder_body_id, before=before)
    events.publish(TicketAccepted(**fact(ticket, row)))
    return row


def take(*, ticket: Ticket, act: Act) -> History:
    """I handle it."""
    begin(ticket, Verb.TAKE, act)
    return _assign(ticket, Verb.TAKE, act, act.actor.person_id)


def assign(*, ticket: Ticket, act: Act, person_id: int) -> History:
    """The lead names who handles it: somebody who may, at the holder."""
    begin(ticket, Verb.ASSIGN, act)
    handlers = people.holders_of(Permission.TICKET_ACCEPT, ticket.holder_body_id)
    if person_id not in handlers:
        raise NotAHandlerHere(name=people.person(person_id).name)
    return _assign(ticket, Verb.ASSIGN, act, person_id)


def release(*, ticket: Ticket, act: Act) -> History:
    """Back to the unassigned."""
    begin(ticket, Verb.RELEASE, act)
    return _assign(ticket, Verb.RELEASE, act, None)


def _assign(ticket: Ticket, verb: Verb, act: Act, person_id: int | None) -> History:
    ticket.assignee_person_id = person_id
    row = write(
        ticket,
        verb,
        act,
        body_id=ticket.holder_body_id,
        before=ticket.status,
        to_person_id=person_id,
    )
    events.publish(TicketAssigned(**fact(ticket, row), assignee_person_id=person_id))
    return row


def prioritise(*, ticket: Ticket, act: Act, urgent: bool) -> History:
    """Normal or urgent: it changes the order of the queue only."""
    begin(ticket, Verb.PRIORITY, act)
    ticket.urgent = urgent
    row = write(
        ticket,
        Verb.PRIORITY,
        act,
        body_id=ticket.holder_body_id,
        before=ticket.status,
        details={"urgent": urgent},
    )
    events.publish(TicketPrioritised(**fact(ticket, row), urgent=urgent))
    return row


def pause(*, ticket: Ticket, act: Act, event_name: str) -> History:
    """A local promise stands still for a named outside event; the legal one refuses."""
    begin(ticket, Verb.PAUSE, act)
    reason = said(N_("等待的外部事项"), event_name)
    clocks.pause(ticket, PauseReason.OUTSIDE_EVENT, now=act.now, note=reason)
    return write(
        ticket,
        Verb.PAUSE,
        act,
        body_id=ticket.holder_body_id,
        before=ticket.status,
        text=reason,
        details={"reason": PauseReason.OUTSIDE_EVENT.value},
    )


def resume(*, ticket: Ticket, act: Act) -> History:
    """The outside event has come; count again."""
    begin(ticket, Verb.RESUME, act)
    clocks.resume(ticket, now=act.now)
    return write(ticket, Verb.RESUME, act, body_id=ticket.holder_body_id, before=ticket.status)
