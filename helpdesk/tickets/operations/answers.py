"""Answers and ends: feedback, resolution, confirmation, closing, merging, withdrawing, urging."""

from __future__ import annotations

from datetime import date, datetime

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Named, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.sla.operations import clocks as sla
from helpdesk.sla.rules import Outcome, Promise
from helpdesk.tickets.events import (
    TicketClosed,
    TicketConfirmed,
    TicketFedBack,
    TicketMerged,
    TicketResolved,
    TicketUrged,
    TicketWithdrawn,
)
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import clocks, parties, steps
from helpdesk.tickets.operations.record import Act, begin, claim, clean, fact, said, write
from helpdesk.tickets.rules import (
    OPEN,
    CloseKind,
    ResolutionKind,
    Status,
    Verb,
    subject,
    urged_today,
)
from helpdesk.workdays import queries as workdays


class StepsUnfinished(RuleBroken):
    """A step that the card requires is not answered."""

    sentence = N_("还有必办步骤没有结果：%(steps)s。请先完成，或登记对方的答复。")


class FeedbackNeedsEnd(RuleBroken):
    """Feedback names a date, or says why it cannot be solved: one of the two."""

    sentence = N_("反馈要么写明承诺解决日期，要么写明“无法解决”的原因，两者选一。")


class PromiseInThePast(RuleBroken):
    """The promised day has gone by."""

    sentence = N_("承诺解决日期不能早于今天，请改成今天或以后的日期。")


class AlreadyUrgedToday(RuleBroken):
    """Once per working day."""

    sentence = N_("今天已经催办过，下一个工作日可以再催。")


class NotADuplicate(RuleBroken):
    """The other ticket cannot take this one in."""

    sentence = N_("不能并入%(number)s：它要由本单位在办、没有办结，并且不是这个问题本身。")


def feedback(
    *,
    ticket: Ticket,
    act: Act,
    text: str,
    promised_on: date | None = None,
    cannot_because: str = "",
) -> History:
    """反馈 (S-3.5.5): meets the legal clock; the ticket stays open until the promised day, or
    ends with 'cannot be solved, because ...' for the asker to confirm. Given again it moves the
    promised day: a clock and a row of its own, with `text` as the reason."""
    before = begin(ticket, Verb.FEEDBACK, act)
    words = said(N_("反馈内容"), text)
    because = clean(N_("无法解决的原因"), cannot_because.strip())
    if (promised_on is None) == (not because):
        raise FeedbackNeedsEnd
    ticket.feedback_at = ticket.feedback_at or act.now
    if because:
        return _cannot(ticket, act, before, words, because)
    assert promised_on is not None
    if promised_on < shanghai_date(act.now):
        raise PromiseInThePast
    details = {"promised_on": promised_on.isoformat()}
    if ticket.promised_on is not None:
        details["moved_from"] = ticket.promised_on.isoformat()
    clocks.feedback_given(ticket, at=act.now)
    clocks.promise_day(ticket, promised_on, reason=words, now=act.now)
    ticket.status, ticket.waiting_on_body_id = Status.FED_BACK, None
    row = _answer_row(ticket, Verb.FEEDBACK, act, before, words, details)
    events.publish(TicketFedBack(**fact(ticket, row)))
    return row


def _cannot(ticket: Ticket, act: Act, before: Status, words: str, because: str) -> History:
    steps.drop_unfinished(ticket, act)
    return _answered(
        ticket,
        act,
        Verb.FEEDBACK,
        before,
        words,
        kind=ResolutionKind.CANNOT,
        details={"because": because},
    )


def resolve(*, ticket: Ticket, act: Act, text: str, proof: str) -> History:
    """办结答复: the answer, and the proof the card asks for. Waits for the asker's word."""
    before = begin(ticket, Verb.RESOLVE, act)
    words, shown = said(N_("答复内容"), text), said(N_("办结依据"), proof)
    missing = steps.unfinished_required(ticket)
    if missing:
        zh, en = "、".join(s.name_zh for s in missing), ", ".join(s.name_en for s in missing)
        raise StepsUnfinished(steps=Named(zh, en))
    ticket.resolved_at = act.now
    return _answered(
        ticket,
        act,
        Verb.RESOLVE,
        before,
        words,
        kind=ResolutionKind.SOLVED,
        details={"proof": shown},
    )


def _answered(
    ticket: Ticket,
    act: Act,
    verb: Verb,
    before: Status,
    words: str,
    *,
    kind: ResolutionKind,
    details: dict[str, str],
) -> History:
    ticket.status, ticket.resolution_kind = Status.RESOLVED, kind
    ticket.resolver_body_id = ticket.holder_body_id
    ticket.waiting_on_body_id = ticket.return_to_body_id = None
    how = "resolution" if kind is ResolutionKind.SOLVED else "feedback"
    clocks.answered(ticket, how=how, at=act.now)
    # Waiting for the asker's word is not time used by the office.
    parties.end_segment(ticket, verb, at=act.now)
    asker = organizations.body(ticket.asker_body_id)
    clocks.start(subject(ticket.id), Promise.CONFIRM, asker, received_at=act.now, now=act.now)
    clocks.follow(ticket)
    row = _answer_row(ticket, verb, act, before, words, details)
    events.publish(TicketResolved(**fact(ticket, row), solved=kind is ResolutionKind.SOLVED))
    return row


def _answer_row(
    ticket: Ticket, verb: Verb, act: Act, before: Status, words: str, details: dict[str, str]
) -> History:
    return write(
        ticket,
        verb,
        act,
        body_id=ticket.holder_body_id,
        before=before,
        text=words,
        details=dict(details),
    )


def confirm(*, ticket: Ticket, act: Act, call_back: str = "") -> History:
    """确认解决 by the asker, or by the filer for somebody without an account (call-back noted)."""
    before = begin(ticket, Verb.CONFIRM, act)
    asker = organizations.body(ticket.asker_body_id)
    label = N_("回访记录")
    for_somebody_else = not act.actor.holds(Permission.TICKET_CONFIRM, asker.path)
    noted = said(label, call_back) if for_somebody_else else clean(label, call_back.strip())
    _close(ticket, CloseKind.CONFIRMED, act.now)
    row = write(
        ticket,
        Verb.CONFIRM,
        act,
        body_id=asker.id,
        before=before,
        text=noted or None,
    )
    events.publish(TicketConfirmed(**fact(ticket, row)))
    return row


def close(*, ticket: Ticket, act: Act, reason: str) -> History:
    """The holder closes what was resolved, with a reason (the asker said so elsewhere)."""
    before = begin(ticket, Verb.CLOSE, act)
    words = said(N_("关闭原因"), reason)
    return _closed(ticket, act, before, CloseKind.BY_HOLDER, words)


def lapse(ticket: Ticket, promise: Promise, *, now: datetime) -> History | None:
    """The system closes what nobody answered for 5 working days, or what waited 10 for the asker.

    None when the ticket has moved on since the clock ran out.
    """
    fits = {
        Promise.CONFIRM: (Status.RESOLVED, CloseKind.UNANSWERED),
        Promise.WAITING: (Status.WAITING, CloseKind.NO_INFORMATION),
    }
    expected, kind = fits[promise]
    returned_to_asker = (
        ticket.status is Status.RETURNED and ticket.holder_body_id == ticket.asker_body_id
    )
    if ticket.status is not expected and not (promise is Promise.WAITING and returned_to_asker):
        return None
    act = Act(actor=SYSTEM, now=now)
    claim(ticket, act)
    return _closed(ticket, act, ticket.status, kind, None)


def _closed(
    ticket: Ticket, act: Act, before: Status, kind: CloseKind, words: str | None
) -> History:
    _close(ticket, kind, act.now)
    steps.drop_unfinished(ticket, act)
    body_id = ticket.holder_body_id if act.actor.person_id is not None else None
    row = write(
        ticket,
        Verb.CLOSE,
        act,
        body_id=body_id,
        before=before,
        text=words,
        details={"kind": kind.value},
    )
    events.publish(TicketClosed(**fact(ticket, row), kind=kind.value))
    return row


def _close(ticket: Ticket, kind: CloseKind, at: datetime) -> None:
    ticket.status = Status.CLOSED
    ticket.close_kind = kind
    ticket.closed_at = at
    parties.end_segment(ticket, Verb.CLOSE, at=at)
    outcome = Outcome.MET if kind is CloseKind.CONFIRMED else Outcome.CANCELLED
    clocks.stop(ticket, Promise.CONFIRM, outcome, at=at)
    clocks.end_all(ticket, Outcome.CANCELLED, at=at)


def withdraw(*, ticket: Ticket, act: Act, reason: str) -> History:
    """The asker takes it back."""
    before = begin(ticket, Verb.WITHDRAW, act)
    words = said(N_("撤回原因"), reason)
    ticket.status, ticket.closed_at = Status.WITHDRAWN, act.now
    ticket.close_kind = CloseKind.WITHDRAWN
    parties.end_segment(ticket, Verb.WITHDRAW, at=act.now)
    clocks.end_all(ticket, Outcome.WITHDRAWN, at=act.now)
    steps.drop_unfinished(ticket, act)
    row = write(ticket, Verb.WITHDRAW, act, body_id=ticket.asker_body_id, before=before, text=words)
    events.publish(TicketWithdrawn(**fact(ticket, row)))
    return row


def merge(*, ticket: Ticket, act: Act, into: Ticket, reason: str) -> History:
    """Closed as duplicate of `into`: clocks end `merged`, a running legal clock passes on and the
    earlier due date is kept (semantics 5)."""
    before = begin(ticket, Verb.MERGE, act)
    words = said(N_("并入原因"), reason)
    fits = into.holder_body_id == ticket.holder_body_id and into.status in OPEN
    if into.id == ticket.id or not fits or into.restricted != ticket.restricted:
        raise NotADuplicate(number=into.number)
    _take_in(into, ticket, act)
    ticket.status, ticket.closed_at = Status.MERGED, act.now
    ticket.close_kind, ticket.merged_into_id = CloseKind.MERGED, into.id
    parties.end_segment(ticket, Verb.MERGE, at=act.now)
    clocks.end_all(ticket, Outcome.MERGED, at=act.now)
    clocks.follow(into)
    steps.drop_unfinished(ticket, act)
    row = _answer_row(ticket, Verb.MERGE, act, before, words, {"into": into.number})
    common = fact(ticket, row)
    events.publish(TicketMerged(**common, into_ticket_id=into.id, into_number=into.number))
    return row


def _take_in(into: Ticket, duplicate: Ticket, act: Act) -> None:
    """The other ticket inherits the legal clock and notes, for its holder, what it took in."""
    own = Act(actor=act.actor, now=act.now)
    claim(into, own)
    sla.pass_to(
        subject_from=subject(duplicate.id),
        subject_to=subject(into.id),
        promise=Promise.LEGAL,
        now=act.now,
    )
    write(
        into,
        Verb.MERGE,
        own,
        body_id=into.holder_body_id,
        before=into.status,
        details={"taken_in": duplicate.number},
        internal=True,
    )


def urge(*, ticket: Ticket, act: Act, text: str = "") -> History:
    """催办, once per working day: counted on the holder's calendar."""
    begin(ticket, Verb.URGE, act)
    holder = clocks.body_of(ticket.holder_body_id)
    calendar = workdays.calendar(holder.region)
    if urged_today(ticket.last_urged_on, calendar, act.now):
        raise AlreadyUrgedToday
    ticket.last_urged_on = shanghai_date(act.now)
    words = clean(N_("催办说明"), text.strip()) or None
    row = write(
        ticket,
        Verb.URGE,
        act,
        body_id=ticket.asker_body_id,
        before=ticket.status,
        text=words,
    )
    events.publish(TicketUrged(**fact(ticket, row)))
    return row


def by_id(ticket_id: int) -> Ticket:
    """For handlers of facts, which speak of a ticket by its id."""
    return session().get_one(Ticket, ticket_id)
