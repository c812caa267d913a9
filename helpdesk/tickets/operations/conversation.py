"""What is said on a ticket: replies, notes, questions and the answers to them."""

from __future__ import annotations

from helpdesk.kernel import events
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import Kind
from helpdesk.sla.rules import PauseReason
from helpdesk.tickets.events import TicketAsked, TicketNoted, TicketReplied, TicketSupplied
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import clocks, parties
from helpdesk.tickets.operations.record import Act, begin, fact, said, write
from helpdesk.tickets.rules import Status, Verb


class NobodyToAsk(RuleBroken):
    """Only the asker and those who held the ticket before can be asked."""

    sentence = N_("只能向提问单位或曾经办理的单位追问。需要其他单位配合，请用“派步骤”。")


def reply(*, ticket: Ticket, act: Act, body_id: int, text: str) -> History:
    """A word to all parties, spoken for `body_id`."""
    begin(ticket, Verb.REPLY, act)
    row = write(
        ticket,
        Verb.REPLY,
        act,
        body_id=body_id,
        before=ticket.status,
        text=said(N_("回复内容"), text),
    )
    events.publish(TicketReplied(**fact(ticket, row)))
    return row


def note(*, ticket: Ticket, act: Act, text: str) -> History:
    """Internal: for bodies that hold or held the ticket (semantics 3)."""
    begin(ticket, Verb.NOTE, act)
    row = write(
        ticket,
        Verb.NOTE,
        act,
        body_id=ticket.holder_body_id,
        before=ticket.status,
        text=said(N_("备注内容"), text),
        internal=True,
    )
    events.publish(TicketNoted(**fact(ticket, row)))
    return row


def ask(*, ticket: Ticket, act: Act, text: str, body_id: int) -> History:
    """追问. Waiting for the asker stops a local promise and starts the ten days of waiting;
    the legal clock runs on (S-3.5.5 knows no pause)."""
    before = begin(ticket, Verb.ASK, act)
    question = said(N_("追问内容"), text)
    earlier = {segment.body_id for segment in parties.segments(ticket)}
    if body_id == ticket.holder_body_id or body_id not in earlier | {ticket.asker_body_id}:
        raise NobodyToAsk
    ticket.status = Status.WAITING
    ticket.waiting_on_body_id = body_id
    holder = clocks.body_of(ticket.holder_body_id)
    if holder.kind is not Kind.CALL_CENTRE and body_id == ticket.asker_body_id:
        clocks.pause(ticket, PauseReason.WAITING_FOR_ASKER, now=act.now)
        clocks.wait_for(ticket, organizations.body(body_id), now=act.now)
    row = write(
        ticket,
        Verb.ASK,
        act,
        body_id=ticket.holder_body_id,
        before=before,
        text=question,
        to_body_id=body_id,
    )
    events.publish(TicketAsked(**fact(ticket, row), asked_body_id=body_id))
    return row


def supply(*, ticket: Ticket, act: Act, text: str) -> History:
    """The awaited body answers; the holder goes on, the clock too."""
    before = begin(ticket, Verb.SUPPLY, act)
    answer = said(N_("补充内容"), text)
    body_id = ticket.waiting_on_body_id
    ticket.status = _state_before_asking(ticket)
    ticket.waiting_on_body_id = None
    clocks.resume(ticket, now=act.now)
    row = write(ticket, Verb.SUPPLY, act, body_id=body_id, before=before, text=answer)
    events.publish(TicketSupplied(**fact(ticket, row), holder_body_id=ticket.holder_body_id))
    return row


def _state_before_asking(ticket: Ticket) -> Status:
    """A question asked after feedback leads back to the promise, not to unanswered work."""
    if ticket.return_to_body_id is not None:
        return Status.RETURNED
    return Status.FED_BACK if ticket.promised_on is not None else Status.ACCEPTED
