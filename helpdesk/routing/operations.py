"""Who holds it next: opening, handing up, returning, redirecting, coming back.

The rules are pure and stand in `rules.py`; here they are applied to real bodies and written down.
"""

from __future__ import annotations

from datetime import datetime

from helpdesk.catalog import queries as catalog
from helpdesk.kernel import events
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind, ids_in
from helpdesk.people import queries as people
from helpdesk.routing import queries as routing
from helpdesk.routing.queries import RoutePlan
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.sla.rules import Outcome, Promise
from helpdesk.tickets.events import (
    TicketHandedUp,
    TicketNotSolved,
    TicketOpened,
    TicketRecalled,
    TicketRedirected,
    TicketReopened,
    TicketReturned,
    TicketTakenOver,
)
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import clocks, filing, parties, steps, work
from helpdesk.tickets.operations.filing import NewTicket
from helpdesk.tickets.operations.record import Act, NotNow, begin, clean, fact, said, write
from helpdesk.tickets.operations.steps import PlannedStep
from helpdesk.tickets.rules import STATUS_NAMES, VERB_NAMES, PartyWhy, Status, Verb


class NotReturned(RuleBroken):
    """Nobody waits for this ticket to come back."""

    sentence = N_("这个问题没有被退回，请用“上报”。")


class HandlerIsThere(RuleBroken):
    """Only a ticket of a body without an active handler may be taken over."""

    sentence = N_("%(name)s有可以办理的人员，不能代为接手。")


class ComplaintStays(RuleBroken):
    """A complaint is seen by no office complained of; as another type it would be."""

    sentence = N_(
        "督办申诉只能由提问单位自己提交，不能和其他类型互改：否则被反映的部门会看到。"
        "请退回并说明，由对方另提。"
    )


class ReopenTooLate(RuleBroken):
    """The reopen window is over."""

    sentence = N_(
        "办结已超过%(days)s个工作日，不能重新打开。请提一个新问题，并写上编号%(number)s。"
    )


def open_ticket(*, draft: NewTicket, act: Act, submission_key: str) -> Ticket:
    """Store a new ticket at its first holder (semantics 2) and start its clocks.

    The same `submission_key` again gives the ticket it made the first time.
    """
    known = filing.by_submission(submission_key)
    if known is not None:
        return known
    received_at = draft.received_at or act.now
    plan = routing.plan(draft.card_code, draft.asker_body_id, draft.accused_body_id)
    asker = organizations.body(draft.asker_body_id)
    holder = organizations.body(plan.first_holder.id)
    ticket = filing.file_ticket(
        draft,
        act,
        submission_key=submission_key,
        holder=holder,
        asker=asker,
        restricted=catalog.card(draft.card_code).restricted,
        received_at=received_at,
    )
    clocks.arrive(ticket, holder, received_at=received_at, now=act.now)
    collecting = plan.collecting_office.id if plan.collecting_office else None
    _join_others(ticket, draft, collecting, at=received_at)
    steps.plan(ticket, _planned(plan))
    opening = Act(act.actor, act.now, once=submission_key, files=draft.files)
    row = write(
        ticket,
        Verb.SUBMIT,
        opening,
        body_id=draft.filer_body_id or asker.id,
        before=None,
        to_body_id=holder.id,
        details=_reported(draft),
    )
    events.publish(TicketOpened(**fact(ticket, row), holder_body_id=holder.id))
    return ticket


def _reported(draft: NewTicket) -> dict[str, str]:
    """Why the clocks count from another time than that of writing it down."""
    if draft.received_at is None:
        return {}
    how = clean(N_("怎样接到的"), draft.received_how)
    return {"received_at": draft.received_at.isoformat(), "received_how": how}


def _join_others(
    ticket: Ticket, draft: NewTicket, collecting_id: int | None, *, at: datetime
) -> None:
    """The filer's body; and 逐级收集: the direct aid office reads what goes elsewhere."""
    if draft.filer_body_id is not None and draft.filer_body_id != draft.accused_body_id:
        parties.join(ticket, organizations.body(draft.filer_body_id), PartyWhy.FILER, at=at)
    if collecting_id is not None and collecting_id != draft.accused_body_id:
        parties.join(ticket, organizations.body(collecting_id), PartyWhy.COLLECTING, at=at)


def _planned(plan: RoutePlan) -> list[PlannedStep]:
    return [
        PlannedStep(
            key=planned.step.key,
            name_zh=planned.step.name_zh,
            name_en=planned.step.name_en,
            by=planned.step.by.value,
            body_id=planned.body.id if planned.body else None,
            required=planned.step.required,
        )
        for planned in plan.steps
    ]


def hand_up(*, ticket: Ticket, act: Act, reason: str, tried: str) -> History:
    """上报: to the next tier, with the reason and what was tried (R7). Never skips a tier.

    Refused with the name of the right parent where the way ends (S-3.5.4).
    """
    before = begin(ticket, Verb.HAND_UP, act)
    words = said(N_("上报理由"), reason)
    details = {"tried": said(N_("已做的尝试"), tried)}
    if ticket.return_to_body_id is not None:  # it goes straight back: resubmit
        raise NotNow(status=STATUS_NAMES[Status.RETURNED], verb=VERB_NAMES[Verb.HAND_UP])
    target = organizations.body(routing.next_body(ticket.holder_body_id).id)
    row = _send_up(ticket, target, Verb.HAND_UP, act, before, words, details)
    events.publish(TicketHandedUp(**fact(ticket, row), holder_body_id=target.id))
    return row


def resubmit(*, ticket: Ticket, act: Act, text: str) -> History:
    """补充后重报: straight to the returner (semantics 4), a new clock at its own arrival."""
    before = begin(ticket, Verb.RESUBMIT, act)
    words = said(N_("补充内容"), text)
    if ticket.return_to_body_id is None:
        raise NotReturned
    target = organizations.body(ticket.return_to_body_id)
    row = _send_up(ticket, target, Verb.RESUBMIT, act, before, words, {})
    events.publish(TicketHandedUp(**fact(ticket, row), holder_body_id=target.id, resubmitted=True))
    return row


def _send_up(
    ticket: Ticket,
    target: BodyView,
    verb: Verb,
    act: Act,
    before: Status,
    words: str,
    details: dict[str, str],
) -> History:
    lower = ticket.holder_body_id
    clocks.answered(ticket, how=verb.value, at=act.now)
    work.hand_over(ticket, target, verb, outcome=Outcome.MET, at=act.now)
    ticket.return_to_body_id = None
    # The asker itself takes back by withdrawing: it never was an office at work.
    ticket.handed_from_body_id = None if lower == ticket.asker_body_id else lower
    clocks.arrive(ticket, target, received_at=act.now, now=act.now)
    return write(
        ticket,
        verb,
        act,
        body_id=lower,
        before=before,
        text=words,
        to_body_id=target.id,
        details=dict(details),
    )


def recall(*, ticket: Ticket, act: Act, reason: str) -> History:
    """收回 until the upper office accepts: the clock there ends as recalled."""
    before = begin(ticket, Verb.RECALL, act)
    words = said(N_("收回原因"), reason)
    upper, lower = ticket.holder_body_id, ticket.handed_from_body_id
    assert lower is not None  # the state table lets only the reporter come here
    body = organizations.body(lower)
    work.hand_over(
        ticket, body, Verb.RECALL, outcome=Outcome.CANCELLED, at=act.now, status=Status.ACCEPTED
    )
    ticket.handed_from_body_id = None
    ticket.assignee_person_id = act.actor.person_id
    parties.accepted(ticket, at=act.now)
    _restart_answer(ticket, body, now=act.now)
    row = write(
        ticket, Verb.RECALL, act, body_id=lower, before=before, text=words, to_body_id=lower
    )
    events.publish(TicketRecalled(**fact(ticket, row), from_body_id=upper))
    return row


def _restart_answer(ticket: Ticket, body: BodyView, *, now: datetime) -> None:
    """Work goes on at a body that has accepted the ticket before: no acceptance is promised."""
    clocks.arrive(ticket, body, received_at=now, now=now)
    clocks.meet(ticket, Promise.ACCEPT, how="already_accepted", at=now)


def return_down(*, ticket: Ticket, act: Act, reason: str, missing: str) -> History:
    """退回 to where it came from, with what is missing. Ends the legal clock as `returned`."""
    before = begin(ticket, Verb.RETURN, act)
    words = said(N_("退回原因"), reason)
    details = {"missing": said(N_("还缺什么"), missing)}
    upper = ticket.holder_body_id
    lower = organizations.body(parties.reporter_to(ticket, upper))
    work.hand_over(
        ticket,
        lower,
        Verb.RETURN,
        outcome=Outcome.RETURNED,
        at=act.now,
        status=Status.RETURNED,
    )
    ticket.return_to_body_id, ticket.handed_from_body_id = upper, None
    ticket.returns += 1
    if lower.id == ticket.asker_body_id:
        clocks.wait_for(ticket, lower, now=act.now)
    else:
        _restart_answer(ticket, lower, now=act.now)
    row = write(
        ticket,
        Verb.RETURN,
        act,
        body_id=upper,
        before=before,
        text=words,
        to_body_id=lower.id,
        details=dict(details),
    )
    events.publish(
        TicketReturned(**fact(ticket, row), holder_body_id=lower.id, times=ticket.returns)
    )
    return row


def redirect(*, ticket: Ticket, act: Act, card_code: str, reason: str) -> History:
    """改类型: another problem card; while still at its first tier the ticket moves to that card's
    first holder. Steps of the old card that were not answered are dropped."""
    before = begin(ticket, Verb.REDIRECT, act)
    words = said(N_("改类型的原因"), reason)
    if ticket.accused_body_id is not None or catalog.card(card_code).needs_accused:
        raise ComplaintStays
    plan = routing.plan(card_code, ticket.asker_body_id)
    old_card, old_holder = ticket.card_code, ticket.holder_body_id
    at_first_tier = old_holder == ticket.first_holder_body_id
    ticket.card_code = card_code
    ticket.restricted = catalog.card(card_code).restricted
    steps.drop_unfinished(ticket, act)
    steps.plan(ticket, _planned(plan))
    moved = at_first_tier and plan.first_holder.id != old_holder
    if moved:
        _move_to_first_holder(ticket, organizations.body(plan.first_holder.id), act.now)
    row = write(
        ticket,
        Verb.REDIRECT,
        act,
        body_id=old_holder,
        before=before,
        text=words,
        to_body_id=ticket.holder_body_id if moved else None,
        details={"from_card": old_card, "to_card": card_code},
    )
    events.publish(
        TicketRedirected(**fact(ticket, row), holder_body_id=ticket.holder_body_id, moved=moved)
    )
    return row


def _move_to_first_holder(ticket: Ticket, target: BodyView, now: datetime) -> None:
    work.hand_over(ticket, target, Verb.REDIRECT, outcome=Outcome.CANCELLED, at=now)
    ticket.first_holder_body_id = target.id
    ticket.handed_from_body_id = ticket.return_to_body_id = None
    clocks.arrive(ticket, target, received_at=now, now=now)


def take_over(*, ticket: Ticket, act: Act, reason: str) -> History:
    """代为接手: the parent (side body: the aid office of its level) of a body without an active
    handler takes the ticket (semantics 2); where nobody is there either, the next one above."""
    before = begin(ticket, Verb.TAKE_OVER, act)
    words = said(N_("接手原因"), reason)
    empty = organizations.body(ticket.holder_body_id)
    above = people.stand_in(empty.path)
    if above is None:
        raise HandlerIsThere(name=empty)
    parent = organizations.body(ids_in(above)[-1])
    work.hand_over(ticket, parent, Verb.TAKE_OVER, outcome=Outcome.CANCELLED, at=act.now)
    if ticket.first_holder_body_id == empty.id:
        ticket.first_holder_body_id = parent.id
    ticket.handed_from_body_id = None
    if ticket.return_to_body_id == parent.id:
        ticket.return_to_body_id = None  # it is back where it was returned from
    clocks.arrive(ticket, parent, received_at=act.now, now=act.now)
    row = write(
        ticket,
        Verb.TAKE_OVER,
        act,
        body_id=parent.id,
        before=before,
        text=words,
        to_body_id=parent.id,
    )
    events.publish(
        TicketTakenOver(**fact(ticket, row), holder_body_id=parent.id, from_body_id=empty.id)
    )
    return row


def not_solved(*, ticket: Ticket, act: Act, reason: str) -> History:
    """没有解决: back to the resolver with a new local clock, or, last answered by the call
    centre, to the body that reported it (semantics 4)."""
    before = begin(ticket, Verb.NOT_SOLVED, act)
    words = said(N_("哪里没有解决"), reason)
    row = _come_back(ticket, Verb.NOT_SOLVED, act, before, words)
    events.publish(TicketNotSolved(**fact(ticket, row), holder_body_id=ticket.holder_body_id))
    return row


def reopen(*, ticket: Ticket, act: Act, reason: str) -> History:
    """重新打开 within 10 working days of closing (setting); later a new, linked ticket."""
    before = begin(ticket, Verb.REOPEN, act)
    words = said(N_("重新打开的原因"), reason)
    if routing.reopen_days_left(ticket, now=act.now) < 0:
        allowed = settings.value(Key.REOPEN_DAYS, organizations.body(ticket.asker_body_id).path)
        raise ReopenTooLate(days=allowed, number=ticket.number)
    ticket.closed_at = ticket.close_kind = None
    row = _come_back(ticket, Verb.REOPEN, act, before, words)
    events.publish(TicketReopened(**fact(ticket, row), holder_body_id=ticket.holder_body_id))
    return row


def _come_back(ticket: Ticket, verb: Verb, act: Act, before: Status, words: str) -> History:
    target = _whom_it_comes_back_to(ticket)
    work.hand_over(ticket, target, verb, outcome=Outcome.CANCELLED, at=act.now)
    clocks.stop(ticket, Promise.CONFIRM, Outcome.CANCELLED, at=act.now)
    ticket.handed_from_body_id = ticket.return_to_body_id = None
    ticket.resolution_kind = ticket.resolved_at = ticket.promised_on = None
    clocks.arrive(ticket, target, received_at=act.now, now=act.now)
    return write(
        ticket,
        verb,
        act,
        body_id=ticket.asker_body_id,
        before=before,
        text=words,
        to_body_id=target.id,
    )


def _whom_it_comes_back_to(ticket: Ticket) -> BodyView:
    """Who answered last; who returned it, where it was closed for want of an answer to that.

    A central university reports for itself: its word is the new report to the call centre.
    """
    last_id = ticket.return_to_body_id or ticket.resolver_body_id or ticket.holder_body_id
    last = organizations.body(last_id)
    if last.kind is not Kind.CALL_CENTRE:
        return last
    reporter = organizations.body(parties.reporter_to(ticket, last.id))
    return last if reporter.id == ticket.asker_body_id and _asks_itself(reporter) else reporter


def _asks_itself(reporter: BodyView) -> bool:
    return reporter.kind in (Kind.CENTRAL_HEI, Kind.PROVINCE_AID)
