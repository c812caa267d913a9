"""Which promises run on a ticket, started and stopped with its acts (semantics 5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from helpdesk.catalog import queries as catalog
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.sla import queries as clocks
from helpdesk.sla.operations import clocks as sla
from helpdesk.sla.rules import ANSWERING, FEEDBACK, Outcome, PauseReason, Promise
from helpdesk.tickets.models import Step, Ticket
from helpdesk.tickets.rules import Status, step_subject, subject

_DAYS = {
    Promise.LEGAL: Key.LEGAL_DAYS,
    Promise.ACCEPT: Key.ACCEPT_DAYS,
    Promise.ANSWER: Key.ANSWER_DAYS,
    Promise.STEP: Key.STEP_DAYS,
    Promise.ENV: Key.ENV_DAYS,
    Promise.SYNC: Key.SYNC_DAYS,
    Promise.CONFIRM: Key.CONFIRM_DAYS,
    Promise.WAITING: Key.WAITING_DAYS,
}
# Promises that end when the ticket leaves its holder, each in its own way.
OF_HOLDER = (Promise.LEGAL, Promise.ACCEPT, *ANSWERING)


def answer_promise(kind: Kind, card_code: str) -> Promise:
    """The promise under which a body of this kind answers or hands up."""
    if kind is Kind.CALL_CENTRE:
        return Promise.LEGAL
    if kind is Kind.PROVINCE_IT:
        promise = Promise(catalog.card(card_code).promise)
        return promise if promise in (Promise.ENV, Promise.SYNC) else Promise.ANSWER
    return Promise.ANSWER


def start(
    clock_subject: str,
    promise: Promise,
    body: BodyView,
    *,
    received_at: datetime,
    now: datetime,
    due_on: date | None = None,
) -> None:
    """Start a clock with the settings of the handler's body copied into it."""
    keys: list[Key[Any]] = [Key.CLOSE_OF_BUSINESS, Key.OPENING]
    if promise in _DAYS:
        keys.append(_DAYS[promise])
    found = settings.values(keys, body.path)
    sla.start(
        subject=clock_subject,
        promise=promise,
        body_id=body.id,
        region=body.region,
        days=found[_DAYS[promise]] if promise in _DAYS else None,
        close_of_business=found[Key.CLOSE_OF_BUSINESS],
        opening=found[Key.OPENING],
        received_at=received_at,
        now=now,
        due_on=due_on,
    )


def arrive(ticket: Ticket, body: BodyView, *, received_at: datetime, now: datetime) -> None:
    """Start what a new holder promises: the legal five days, or acceptance and answer."""
    promise = answer_promise(body.kind, ticket.card_code)
    if promise is not Promise.LEGAL:
        start(subject(ticket.id), Promise.ACCEPT, body, received_at=received_at, now=now)
    start(subject(ticket.id), promise, body, received_at=received_at, now=now)
    follow(ticket)


def leave(ticket: Ticket, outcome: Outcome, *, at: datetime) -> None:
    """End every clock of the present holder as `outcome`; a hand-up is what was promised."""
    for promise in OF_HOLDER:
        _stop(ticket, promise, outcome, at=at)
    _stop(ticket, Promise.WAITING, Outcome.CANCELLED, at=at)
    _stop(ticket, Promise.PROMISED, Outcome.CANCELLED, at=at)
    follow(ticket)


def meet(ticket: Ticket, *promises: Promise, how: str, at: datetime) -> None:
    """The promised act was done; late or not is the clock's own judgement."""
    for promise in promises:
        sla.meet(subject=subject(ticket.id), promise=promise, at=at, how=how)
    follow(ticket)


def answered(ticket: Ticket, *, how: str, at: datetime) -> None:
    """An answer meets every promise of the holder, and a date promised with feedback."""
    for promise in (*OF_HOLDER, Promise.PROMISED):
        sla.meet(subject=subject(ticket.id), promise=promise, at=at, how=how)
    _stop(ticket, Promise.WAITING, Outcome.CANCELLED, at=at)
    follow(ticket)


def feedback_given(ticket: Ticket, *, at: datetime) -> None:
    """Feedback meets what the holder promises (S-3.5.5); what it promises itself runs on."""
    for promise in OF_HOLDER:
        sla.meet(subject=subject(ticket.id), promise=promise, at=at, how=FEEDBACK)


def end_all(ticket: Ticket, outcome: Outcome, *, at: datetime) -> None:
    """The ticket is over: nothing runs on."""
    sla.end_all(subject=subject(ticket.id), outcome=outcome, at=at)
    follow(ticket)


def stop(ticket: Ticket, promise: Promise, outcome: Outcome, *, at: datetime) -> None:
    """End one clock if it runs."""
    _stop(ticket, promise, outcome, at=at)
    follow(ticket)


def _stop(ticket: Ticket, promise: Promise, outcome: Outcome, *, at: datetime) -> None:
    sla.end(subject=subject(ticket.id), promise=promise, outcome=outcome, at=at)


def wait_for(ticket: Ticket, body: BodyView, *, now: datetime) -> None:
    """At most ten working days for the asker (the waiting clock); local promises stand still."""
    start(subject(ticket.id), Promise.WAITING, body, received_at=now, now=now)
    follow(ticket)


def pause(ticket: Ticket, reason: PauseReason, *, now: datetime, note: str = "") -> None:
    """Stop counting the local promise; the legal one never stands still."""
    for promise in ANSWERING:
        sla.pause(subject=subject(ticket.id), promise=promise, reason=reason, now=now, note=note)
    follow(ticket)


def resume(ticket: Ticket, *, now: datetime) -> None:
    """Count again."""
    for promise in ANSWERING:
        sla.resume(subject=subject(ticket.id), promise=promise, now=now)
    _stop(ticket, Promise.WAITING, Outcome.MET, at=now)
    follow(ticket)


def promise_day(ticket: Ticket, day: date, *, reason: str, now: datetime) -> None:
    """A date promised with feedback, or another one in its place: a clock of its own."""
    if ticket.promised_on is not None:
        sla.move_promised(subject=subject(ticket.id), due_on=day, reason=reason, now=now)
    else:
        holder = body_of(ticket.holder_body_id)
        start(subject(ticket.id), Promise.PROMISED, holder, received_at=now, now=now, due_on=day)
    ticket.promised_on = day
    follow(ticket)


def start_step(step: Step, body: BodyView, *, now: datetime) -> None:
    """Three working days for a step (local promise)."""
    start(step_subject(step.id), Promise.STEP, body, received_at=now, now=now)


def end_step(step: Step, outcome: Outcome, *, how: str, at: datetime) -> None:
    """The step was answered, or is no longer needed."""
    if outcome is Outcome.MET:
        sla.meet(subject=step_subject(step.id), promise=Promise.STEP, at=at, how=how)
    else:
        sla.end(subject=step_subject(step.id), promise=Promise.STEP, outcome=outcome, at=at)


def follow(ticket: Ticket) -> None:
    """Keep the earliest running due date on the ticket, for queues sorted by it."""
    running = [
        clock
        for clock in clocks.clocks_of([subject(ticket.id)]).get(subject(ticket.id), ())
        if clock.ended_at is None and clock.paused_since is None
    ]
    if ticket.status is Status.ACCEPTED or len(running) > 1:
        # Acceptance is a courtesy of the first day; the answer is what people wait for.
        running = [c for c in running if c.promise is not Promise.ACCEPT] or running
    first = min(running, key=lambda clock: clock.due_at, default=None)
    ticket.due_at = first.due_at if first else None
    ticket.due_promise = first.promise.value if first else None


def body_of(body_id: int) -> BodyView:
    """The body a clock is started for."""
    return organizations.body(body_id)
