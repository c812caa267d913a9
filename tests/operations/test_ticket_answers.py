"""semantics 4 and 5 on real rows: what ends a ticket, and what brings it back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.instants import parse_instant
from helpdesk.routing import operations as routing
from helpdesk.sla import queries as sla
from helpdesk.sla.operations import sweeping
from helpdesk.sla.rules import Outcome, Promise
from helpdesk.tickets import access
from helpdesk.tickets.models import Segment
from helpdesk.tickets.operations import answers, steps, work
from helpdesk.tickets.rules import CloseKind, PartyWhy, ResolutionKind, Status, Verb, subject
from tests.factories.country import Country
from tests.factories.tickets import MONDAY, Desk


@pytest.fixture
def now() -> datetime:
    return MONDAY


# ---------------------------------------------------------------- answers


def test_a_ticket_is_not_resolved_while_a_required_step_is_open(desk: Desk) -> None:
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    with pytest.raises(answers.StepsUnfinished):
        answers.resolve(
            ticket=ticket, act=desk.act("county_officer", ticket), text="好了", proof="能登录"
        )
    desk.resolve("county_officer", ticket)
    assert ticket.status is Status.RESOLVED


def test_wrong_password_is_closed_by_the_county(desk: Desk) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.CONFIRMED)
    assert desk.clocks(ticket, Promise.ANSWER)[0].outcome is Outcome.MET
    assert desk.clocks(ticket, Promise.CONFIRM)[0].outcome is Outcome.MET


def test_unanswered_for_five_working_days_the_system_closes(desk: Desk) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    sweeping.sweep(now=parse_instant("2026-11-09 17:31"))
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.UNANSWERED)


def test_reopened_after_a_return_that_nobody_answered_it_is_with_the_returner(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    act = desk.act("county_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="看不清截图", missing="清楚的截图")
    desk.now = parse_instant("2026-11-16 17:31")
    sweeping.sweep(now=desk.now)
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.NO_INFORMATION)
    routing.reopen(ticket=ticket, act=desk.act("teacher", ticket), reason="刚看到通知")
    assert (desk.holder(ticket), ticket.status) == ("county", Status.ARRIVED)


def test_not_solved_goes_back_to_the_resolver_with_a_new_local_clock(desk: Desk) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("teacher", ticket), reason="还是登不进")
    assert (desk.holder(ticket), ticket.status) == ("county", Status.ARRIVED)
    assert [c.ended_at is None for c in desk.clocks(ticket, Promise.ANSWER)] == [False, True]


def test_not_solved_after_the_call_centre_goes_to_its_reporter(desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.resolve("agent", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("teacher", ticket), reason="没有好")
    assert desk.holder(ticket) == "province"
    desk.later(hours=1)
    desk.hand_up("province_officer", ticket)
    first, second = desk.clocks(ticket, Promise.LEGAL)
    assert (first.outcome, second.started_at) == (Outcome.MET, desk.now)


def test_not_solved_by_a_central_university_is_its_new_report(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.resolve("agent", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("hei_staff", ticket), reason="没有好")
    assert desk.holder(ticket) == "call_centre"
    assert [c.ended_at is None for c in desk.clocks(ticket, Promise.LEGAL)] == [False, True]


@pytest.mark.parametrize(
    ("at", "allowed"),
    [("2026-11-16 23:59", True), ("2026-11-17 00:01", False)],
    ids=["第10个工作日可以重新打开", "第11个工作日不行"],
)
def test_reopen_window(desk: Desk, at: str, allowed: bool) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    desk.now = parse_instant(at)
    act = desk.act("teacher", ticket)
    if allowed:
        routing.reopen(ticket=ticket, act=act, reason="又登不进了")
        assert (desk.holder(ticket), ticket.status) == ("county", Status.ARRIVED)
    else:
        with pytest.raises(routing.ReopenTooLate):
            routing.reopen(ticket=ticket, act=act, reason="又登不进了")


def test_feedback_needs_a_date_or_a_reason_and_not_both(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    for promised, because in ((None, ""), (date(2026, 11, 6), "无法解决")):
        with pytest.raises(answers.FeedbackNeedsEnd):
            answers.feedback(
                ticket=ticket,
                act=desk.act("agent", ticket),
                text="在查",
                promised_on=promised,
                cannot_because=because,
            )


def test_moving_a_promised_date_is_a_new_clock_with_its_reason(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    for day in (date(2026, 11, 6), date(2026, 11, 12)):
        answers.feedback(
            ticket=ticket, act=desk.act("agent", ticket), text="还要几天", promised_on=day
        )
    old, new = desk.clocks(ticket, Promise.PROMISED)
    assert (old.outcome, new.due_at) == (Outcome.MOVED, parse_instant("2026-11-12 17:30"))
    assert [c.outcome for c in desk.clocks(ticket, Promise.LEGAL)] == [Outcome.MET]


def test_cannot_be_solved_is_feedback_and_not_a_resolution(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    answers.feedback(
        ticket=ticket, act=desk.act("agent", ticket), text="查过了", cannot_because="政策不允许"
    )
    assert ticket.resolution_kind is ResolutionKind.CANNOT
    assert (ticket.status, ticket.resolved_at) == (Status.RESOLVED, None)
    assert desk.clocks(ticket, Promise.LEGAL)[0].met_by == "feedback"


def test_answered_late_counts_the_working_days(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    desk.now = parse_instant("2026-11-11 09:00")  # due Mon 9 Nov 17:30
    desk.resolve("agent", ticket)
    (legal,) = desk.clocks(ticket, Promise.LEGAL)
    assert (legal.outcome, legal.working_days_late) == (Outcome.LATE, 2)


def test_the_call_centre_gives_a_policy_question_to_the_national_centre(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open("province_officer", "BIZ", title="政策问题", text="政策怎么掌握？")
    desk.accept("agent", ticket)
    row = steps.add(
        ticket=ticket,
        act=desk.act("agent", ticket),
        body_id=country.body("national_aid").id,
        name="政策口径",
        question="请答复",
    )
    assert access.ticket(country.actor("national_officer"), ticket.number)
    assert row.step_id is not None
    assert desk.clocks(ticket, Promise.LEGAL)[0].paused_since is None
    steps.complete(
        ticket=ticket,
        act=desk.act("national_officer", ticket),
        step_id=row.step_id,
        answer="按文件执行",
    )
    desk.resolve("agent", ticket)


def test_a_county_cannot_reach_a_national_body_by_way_of_a_step(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open(card="ACC-3", title="新学校没有账号")
    desk.accept("county_officer", ticket)
    national = {country.body(name).id for name in ("call_centre", "moe_it", "national_aid")}
    (step, *_) = [s for s in steps.steps_of(ticket) if s.body_id in national]
    with pytest.raises(steps.OnlyFromTheCallCentre):
        steps.delegate(
            ticket=ticket, act=desk.act("county_officer", ticket), step_id=step.id, question=""
        )


def test_merging_passes_the_legal_clock_with_the_earlier_due_date(desk: Desk) -> None:
    early = desk.open("hei_staff")
    desk.later(days=2)
    late = desk.open("hei_staff", title="同一个问题")
    desk.accept("agent", early)
    desk.accept("agent", late)
    earlier_due = desk.clocks(early, Promise.LEGAL)[0].due_at
    answers.merge(ticket=early, act=desk.act("agent", early), into=late, reason="重复提交")
    running = [c for c in desk.clocks(late, Promise.LEGAL) if c.ended_at is None]
    assert [c.due_at for c in running] == [earlier_due]
    assert late.due_at == earlier_due
    assert desk.clocks(early, Promise.LEGAL)[0].outcome is Outcome.MERGED
    with pytest.raises(answers.NotADuplicate):
        answers.merge(ticket=late, act=desk.act("agent", late), into=late, reason="重复")


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("2026-11-02 09:00", "2026-11-02 17:00", False),
        ("2026-11-02 09:00", "2026-11-03 08:00", True),
        ("2026-11-06 09:00", "2026-11-07 09:00", False),
        ("2026-11-06 09:00", "2026-11-09 09:00", True),
    ],
    ids=["同一天不行", "下一个工作日可以", "周六还不行", "下周一可以"],
)
def test_urge_once_per_working_day(desk: Desk, first: str, second: str, allowed: bool) -> None:
    ticket = desk.open()
    desk.now = parse_instant(first)
    answers.urge(ticket=ticket, act=desk.act("teacher", ticket))
    desk.now = parse_instant(second)
    if allowed:
        answers.urge(ticket=ticket, act=desk.act("teacher", ticket))
    else:
        with pytest.raises(answers.AlreadyUrgedToday):
            answers.urge(ticket=ticket, act=desk.act("teacher", ticket))


def test_withdrawn_ends_every_clock(session: Session, desk: Desk) -> None:
    ticket = desk.open()
    answers.withdraw(ticket=ticket, act=desk.act("teacher", ticket), reason="已经好了")
    assert ticket.status is Status.WITHDRAWN
    assert all(c.ended_at for c in sla.clocks_of([subject(ticket.id)])[subject(ticket.id)])
    assert session.scalar(select(Segment.left_by).where(Segment.ticket_id == ticket.id)) is (
        Verb.WITHDRAW
    )


def test_assigning_needs_a_handler_of_the_holder(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(work.NotAHandlerHere):
        work.assign(
            ticket=ticket,
            act=desk.act("county_lead", ticket),
            person_id=country.people["city_officer"].id,
        )
    officer = country.people["county_officer"].id
    work.assign(ticket=ticket, act=desk.act("county_lead", ticket), person_id=officer)
    assert ticket.assignee_person_id == officer
    work.release(ticket=ticket, act=desk.act("county_officer", ticket))
    assert ticket.assignee_person_id is None


def test_a_moved_school_brings_its_new_office_and_nobody_leaves(
    country: Country, desk: Desk
) -> None:
    from helpdesk.organizations.events import BodyMoved
    from helpdesk.tickets.operations import reactions

    ticket = desk.open()
    school, neighbour = country.body("school"), country.body("neighbour")
    reactions.follow_body(
        BodyMoved(
            body_id=school.id,
            old_path=school.path,
            new_path=f"{neighbour.path}{school.id}/",
            old_parent_id=country.body("county").id,
            new_parent_id=neighbour.id,
            at=desk.now,
        )
    )
    assert access.ticket(country.actor("neighbour_officer"), ticket.number)
    assert access.ticket(country.actor("county_officer"), ticket.number)
    assert desk.parties(ticket, PartyWhy.JOINED) == {neighbour.id}
