"""Fact -> who is told -> which message. One handler for each fact; `wiring.py` names them all.

They run in the transaction of the fact. Nobody is told of what he did himself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from helpdesk.kernel.instants import shanghai_date
from helpdesk.notifications import rules
from helpdesk.notifications.queries import tickets as queries
from helpdesk.notifications.rules import Msg, TicketNews
from helpdesk.organizations.rules import SCHOOL_KINDS
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note
from helpdesk.sla.events import ClockBreached, ClockFact, ClockMoved, ClockWarned
from helpdesk.sla.rules import Cause, Level, Promise
from helpdesk.tickets import events as facts
from helpdesk.tickets.events import TicketFact
from helpdesk.tickets.rules import CloseKind, step_id_of, ticket_id_of


def _tell(
    fact: TicketFact, ticket: TicketNews, message: Msg, persons: Iterable[int], **params: Any
) -> None:
    """Write one message down for these persons, once per act; `by` is the acting body."""
    others = {person for person in persons if person != fact.person_id}
    params["by"] = queries.body_name(fact.body_id)
    _write(f"history:{fact.history_id}", fact.at, ticket, message, others, params)


def _write(
    key: str,
    at: datetime,
    ticket: TicketNews,
    message: Msg,
    persons: Iterable[int],
    params: Mapping[str, Any],
) -> None:
    word, given = rules.worded(ticket, message, params)
    outbox.put_all(
        note=Note(event_key=key, message=word, about=f"ticket:{ticket.number}", params=given),
        recipients=persons,
        channels=rules.channels(message),
        now=at,
    )


def _arrived(fact: TicketFact, message: Msg, body_id: int, **params: Any) -> None:
    """A ticket came to a body: its people are told; if nobody is there, who stands above it."""
    ticket = queries.news(fact.ticket_id)
    _tell(fact, ticket, message, queries.holder_side(ticket), to_id=body_id, **params)
    _tell_above(fact, ticket, body_id)


def _tell_above(fact: TicketFact, ticket: TicketNews, body_id: int) -> None:
    """semantics 2: a body without an active handler still receives; its parent is told at once."""
    body, above = queries.above_without_handler(ticket, body_id)
    if body.kind not in SCHOOL_KINDS:
        name = {"zh": body.name, "en": body.name_en or body.name}
        _tell(fact, ticket, Msg.BODY_WITHOUT_HANDLER, above, body=name, to_id=body_id)


# --- the way of a ticket -------------------------------------------------------------------------


def ticket_opened(fact: facts.TicketOpened) -> None:
    """The first holder has a new ticket."""
    _arrived(fact, Msg.TICKET_ARRIVED, fact.holder_body_id)


def ticket_handed_up(fact: facts.TicketHandedUp) -> None:
    """The next tier has it."""
    _arrived(fact, Msg.TICKET_HANDED_UP, fact.holder_body_id, resubmitted=fact.resubmitted or None)


def ticket_recalled(fact: facts.TicketRecalled) -> None:
    """The tier above need not look any more."""
    ticket = queries.news(fact.ticket_id)
    _tell(fact, ticket, Msg.TICKET_RECALLED, queries.at_body(ticket, fact.from_body_id))


def ticket_redirected(fact: facts.TicketRedirected) -> None:
    """Only a change of holder is news to somebody who has to act."""
    if fact.moved:
        _arrived(fact, Msg.TICKET_REDIRECTED, fact.holder_body_id)


def ticket_returned(fact: facts.TicketReturned) -> None:
    """Down again, with what is missing; from the second time on both leads are told too."""
    _arrived(fact, Msg.TICKET_RETURNED, fact.holder_body_id)
    if fact.times < rules.RETURNS_THAT_ALERT:
        return
    ticket = queries.news(fact.ticket_id)
    bodies = (b for b in (fact.body_id, fact.holder_body_id) if b is not None)
    leads = {person for body_id in bodies for person in queries.leads(ticket, body_id)}
    to = queries.body_name(fact.holder_body_id)
    _tell(fact, ticket, Msg.TICKET_RETURNED_TWICE, leads, to=to, times=fact.times)


def ticket_assigned(fact: facts.TicketAssigned) -> None:
    """The assignee, unless it took the ticket itself."""
    if fact.assignee_person_id is not None:
        ticket = queries.news(fact.ticket_id)
        person = {fact.assignee_person_id}
        _tell(fact, ticket, Msg.TICKET_ASSIGNED, person, to_person_id=fact.assignee_person_id)


# --- the talk ------------------------------------------------------------------------------------


def ticket_replied(fact: facts.TicketReplied) -> None:
    """Asker and holder, whichever of the two did not speak."""
    ticket = queries.news(fact.ticket_id)
    told: set[int] = set()
    if fact.body_id != ticket.asker_body_id:
        told |= queries.askers(ticket)
    if fact.body_id != ticket.holder_body_id:
        told |= queries.holder_side(ticket)
    _tell(fact, ticket, Msg.TICKET_REPLIED, told)


def ticket_noted(fact: facts.TicketNoted) -> None:
    """The assignee alone: never the asker's body or a step body (semantics 3)."""
    ticket = queries.news(fact.ticket_id)
    if ticket.assignee_person_id is not None and ticket.holder_body_id != ticket.asker_body_id:
        _tell(fact, ticket, Msg.TICKET_NOTED, {ticket.assignee_person_id})


def ticket_asked(fact: facts.TicketAsked) -> None:
    """Whoever is to supply."""
    ticket = queries.news(fact.ticket_id)
    _tell(
        fact,
        ticket,
        Msg.INFORMATION_ASKED,
        _awaited(ticket, fact.asked_body_id),
        to_id=fact.asked_body_id,
    )


def _awaited(ticket: TicketNews, body_id: int) -> frozenset[int]:
    if body_id == ticket.asker_body_id:
        return queries.askers(ticket)
    return queries.at_body(ticket, body_id)


def ticket_supplied(fact: facts.TicketSupplied) -> None:
    """The holder can go on."""
    ticket = queries.news(fact.ticket_id)
    _tell(fact, ticket, Msg.INFORMATION_SUPPLIED, queries.holder_side(ticket))


def step_delegated(fact: facts.StepDelegated) -> None:
    """The body of the step (tickets give no step to a body where nobody is)."""
    ticket = queries.news(fact.ticket_id)
    name = queries.step(fact.step_id).name
    told = queries.at_body(ticket, fact.step_body_id)
    _tell(fact, ticket, Msg.STEP_DELEGATED, told, step=name, step_id=fact.step_id)


def step_completed(fact: facts.StepCompleted) -> None:
    """The holder, unless it recorded the answer itself."""
    if fact.body_id == fact.holder_body_id:
        return
    ticket = queries.news(fact.ticket_id)
    name = queries.step(fact.step_id).name
    _tell(fact, ticket, Msg.STEP_COMPLETED, queries.holder_side(ticket), step=name)


# --- answers and ends ----------------------------------------------------------------------------


def ticket_fed_back(fact: facts.TicketFedBack) -> None:
    """S-3.5.5: everybody who ever held it sees what the call centre says, and the askers do."""
    ticket = queries.news(fact.ticket_id)
    told = queries.askers(ticket) | queries.everybody(ticket)
    _tell(fact, ticket, Msg.FEEDBACK_GIVEN, told)


def ticket_resolved(fact: facts.TicketResolved) -> None:
    """The askers are to confirm; everybody who ever held it gets the outcome."""
    ticket = queries.news(fact.ticket_id)
    askers = queries.askers(ticket)
    _tell(fact, ticket, Msg.PLEASE_CONFIRM, askers, solved=fact.solved)
    others = queries.everybody(ticket) - askers
    _tell(fact, ticket, Msg.TICKET_RESOLVED, others, solved=fact.solved)


def ticket_confirmed(fact: facts.TicketConfirmed) -> None:
    """Who answered learns that it helped."""
    ticket = queries.news(fact.ticket_id)
    kind = CloseKind.CONFIRMED.value
    _tell(fact, ticket, Msg.TICKET_CLOSED, queries.holder_side(ticket), kind=kind)


def ticket_closed(fact: facts.TicketClosed) -> None:
    """The askers; and, where the system closed an unanswered question, all who worked on it."""
    ticket = queries.news(fact.ticket_id)
    told = queries.askers(ticket)
    if fact.kind == CloseKind.NO_INFORMATION:
        told |= queries.everybody(ticket)
    elif fact.kind == CloseKind.UNANSWERED:
        told |= queries.holder_side(ticket)
    _tell(fact, ticket, Msg.TICKET_CLOSED, told, kind=fact.kind)


def ticket_not_solved(fact: facts.TicketNotSolved) -> None:
    """Whoever has it now."""
    to = queries.body_name(fact.holder_body_id)
    _arrived(fact, Msg.TICKET_NOT_SOLVED, fact.holder_body_id, to=to)


def ticket_reopened(fact: facts.TicketReopened) -> None:
    """Whoever has it now."""
    to = queries.body_name(fact.holder_body_id)
    _arrived(fact, Msg.TICKET_REOPENED, fact.holder_body_id, to=to)


def ticket_merged(fact: facts.TicketMerged) -> None:
    """Askers and all who worked on it: from now on the other number counts."""
    ticket = queries.news(fact.ticket_id)
    told = queries.askers(ticket) | queries.everybody(ticket)
    _tell(fact, ticket, Msg.TICKET_MERGED, told, into=fact.into_number)


def ticket_withdrawn(fact: facts.TicketWithdrawn) -> None:
    """All who worked on it may stop."""
    ticket = queries.news(fact.ticket_id)
    _tell(fact, ticket, Msg.TICKET_WITHDRAWN, queries.everybody(ticket))


def ticket_urged(fact: facts.TicketUrged) -> None:
    """催办 reaches the assignee (none: all handlers) and the lead."""
    ticket = queries.news(fact.ticket_id)
    leads = queries.leads(ticket, ticket.holder_body_id)
    _tell(fact, ticket, Msg.TICKET_URGED, queries.holder_side(ticket) | leads)


# --- clocks --------------------------------------------------------------------------------------

_REMINDERS = {Promise.WAITING: Msg.WAITING_REMINDER, Promise.CONFIRM: Msg.CONFIRM_REMINDER}


def clock_warned(fact: ClockWarned) -> None:
    """Two left, one left, last day, and every late working day (semantics 5)."""
    message = _REMINDERS.get(fact.promise)
    if message is not None:
        _remind(fact, message)
    elif fact.level is Level.LATE:
        _warn(fact, Msg.CLOCK_BREACH, fact.level, str(fact.on_day))
    else:
        _warn(fact, Msg.CLOCK_WARNING, fact.level, str(fact.on_day))


def clock_breached(fact: ClockBreached) -> None:
    """The breach itself, unless a later level is told in the same sweep."""
    if fact.newest and fact.promise not in _REMINDERS:
        _warn(fact, Msg.CLOCK_BREACH, Level.BREACH, "")


def clock_moved(fact: ClockMoved) -> None:
    """A new calendar gave the handlers another due date."""
    if fact.cause is not Cause.CALENDAR:
        return
    ticket, step_name = _subject(fact)
    if step_name is None and fact.promise not in _REMINDERS:
        told = queries.holder_side(ticket)
    else:
        told = queries.at_body(ticket, fact.body_id)
    params = {"before_at": fact.due_before.isoformat(), "after_at": fact.due_after.isoformat()}
    key = f"clock:{fact.clock_id}:moved:{fact.at.isoformat()}"
    _write(key, fact.at, ticket, Msg.CALENDAR_CHANGED, told, params)


def _warn(fact: ClockWarned | ClockBreached, message: Msg, level: Level, day: str) -> None:
    ticket, step_name = _subject(fact)
    assignee = ticket.assignee_person_id if step_name is None else None
    circle = queries.circle(ticket, fact.body_id, assignee)
    told = rules.warned(circle, fact.days_left, breached=message is Msg.CLOCK_BREACH)
    params = _clock_params(fact) | {"step": step_name, "body": queries.body_name(fact.body_id)}
    key = f"clock:{fact.clock_id}:{shanghai_date(fact.due_at)}:{level}:{day}"
    _write(key, fact.at, ticket, message, told, params)


def _remind(fact: ClockWarned, message: Msg) -> None:
    ticket, _ = _subject(fact)
    params = _clock_params(fact) | {"to_id": fact.body_id}
    key = f"clock:{fact.clock_id}:{shanghai_date(fact.due_at)}:{fact.level}:{fact.on_day}"
    _write(key, fact.at, ticket, message, _awaited(ticket, fact.body_id), params)


def _clock_params(fact: ClockWarned | ClockBreached) -> dict[str, Any]:
    return {
        "clock_id": fact.clock_id,
        "subject": fact.subject,
        "due_at": fact.due_at.isoformat(),
        "due_promise": fact.promise.value,
        "days_left": fact.days_left,
    }


def _subject(fact: ClockFact) -> tuple[TicketNews, Mapping[str, str] | None]:
    """The ticket a clock is about, and the name of the step if it is about one."""
    step_id = step_id_of(fact.subject)
    if step_id is not None:
        step = queries.step(step_id)
        return queries.news(step.ticket_id), step.name
    ticket_id = ticket_id_of(fact.subject)
    assert ticket_id is not None, fact.subject
    return queries.news(ticket_id), None
