"""semantics 2-5 on real rows: one test for each line of the rules that a verb has to keep."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.instants import parse_instant
from helpdesk.routing import operations as routing
from helpdesk.routing.rules.places import NotYourDoor
from helpdesk.sla import queries as sla
from helpdesk.sla.operations import sweeping
from helpdesk.sla.rules import Outcome, Promise
from helpdesk.tickets import access
from helpdesk.tickets.models import History, Party, Segment, Ticket
from helpdesk.tickets.operations import answers, conversation, steps, work
from helpdesk.tickets.operations.record import (
    AlreadyDone,
    NotNow,
    PersonalDataFound,
    TextMissing,
    TicketChangedMeanwhile,
)
from helpdesk.tickets.rules import CloseKind, PartyWhy, ResolutionKind, Status, Verb, subject
from tests.factories import country as countries
from tests.factories.country import Country
from tests.factories.tickets import Desk

MONDAY = parse_instant("2026-11-02 09:00")  # an ordinary week: no holiday, no make-up day


@pytest.fixture
def country(session: Session) -> Country:
    return countries.build(MONDAY)


@pytest.fixture
def desk(country: Country) -> Desk:
    return Desk(country, MONDAY)


def clocks(ticket: Ticket, promise: Promise) -> list[sla.ClockView]:
    found = sla.clocks_of([subject(ticket.id)]).get(subject(ticket.id), ())
    return [clock for clock in found if clock.promise is promise]


def holder(ticket: Ticket, country: Country) -> str:
    return next(n for n, body in country.bodies.items() if body.id == ticket.holder_body_id)


def parties(session: Session, ticket: Ticket, why: PartyWhy) -> set[int]:
    found = select(Party.body_id).where(Party.ticket_id == ticket.id, Party.why == why)
    return set(session.scalars(found))


# ---------------------------------------------------------------- opening


def test_county_school_reaches_its_county_with_two_local_promises(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open()
    assert holder(ticket, country) == "county"
    assert [c.due_at for c in clocks(ticket, Promise.ACCEPT)] == [parse_instant("2026-11-03 17:30")]
    assert [c.due_at for c in clocks(ticket, Promise.ANSWER)] == [parse_instant("2026-11-05 17:30")]
    assert not clocks(ticket, Promise.LEGAL)


def test_environment_goes_to_province_it_and_the_county_reads_it(
    session: Session, country: Country, desk: Desk
) -> None:
    ticket = desk.open(card="ENV", title="系统打不开")
    assert holder(ticket, country) == "province_it"
    assert parties(session, ticket, PartyWhy.COLLECTING) == {country.body("county").id}
    assert access.ticket(country.actor("county_officer"), ticket.number)
    assert len(clocks(ticket, Promise.ENV)) == 1


def test_the_same_form_sent_twice_makes_one_ticket(country: Country, desk: Desk) -> None:
    draft = routing.NewTicket(
        card_code="ACC-4a",
        asker_body_id=country.body("school").id,
        title="忘记密码",
        text="忘记密码",
    )
    first, second = (
        routing.open_ticket(draft=draft, act=desk.act("teacher"), submission_key="form-1")
        for _ in range(2)
    )
    assert first.number == second.number


def test_numbers_run_within_the_beijing_year(desk: Desk) -> None:
    assert [desk.open().number, desk.open().number] == ["2026-0000001", "2026-0000002"]
    desk.now = parse_instant("2027-01-01 00:30")  # still 2026 in UTC
    assert desk.open().number == "2027-0000001"


def test_phoned_report_of_a_province_starts_the_legal_clock_at_the_call(
    country: Country, desk: Desk
) -> None:
    called = parse_instant("2026-10-30 16:00")
    ticket = desk.open(
        "agent",
        "BIZ",
        asker_body_id=country.body("province").id,
        asker_person_id=None,
        filer_body_id=country.body("call_centre").id,
        callback_name="省里经办",
        callback_number="027-00000000",
        received_at=called,
    )
    (legal,) = clocks(ticket, Promise.LEGAL)
    assert (legal.received_at, legal.due_at) == (called, parse_instant("2026-11-06 17:30"))


def test_phoned_report_of_a_school_goes_to_its_county(
    session: Session, country: Country, desk: Desk
) -> None:
    ticket = desk.open(
        "agent",
        asker_body_id=country.body("school").id,
        asker_person_id=None,
        filer_body_id=country.body("call_centre").id,
    )
    assert holder(ticket, country) == "county"
    assert not clocks(ticket, Promise.LEGAL)
    assert parties(session, ticket, PartyWhy.FILER) == {country.body("call_centre").id}
    assert access.ticket(country.actor("agent"), ticket.number)


def test_a_call_in_the_future_is_refused(desk: Desk) -> None:
    with pytest.raises(routing.ReceivedInTheFuture):
        desk.open(received_at=parse_instant("2026-11-02 09:01"))


@pytest.mark.parametrize("where", ["title", "text", "fields"])
def test_personal_data_is_refused_before_anything_is_stored(
    session: Session, desk: Desk, where: str
) -> None:
    leak = "学生身份证11010519491231002X"
    with pytest.raises(PersonalDataFound):
        desk.open(**{where: {"message": leak} if where == "fields" else leak})
    session.rollback()
    assert session.scalar(select(Ticket.id)) is None


# ---------------------------------------------------------------- who sees it


SEES = {
    "teacher": True,
    "principal": True,
    "sibling_teacher": False,
    "county_officer": True,
    "neighbour_officer": False,
    "city_officer": True,
    "city_supervisor": True,
    "province_officer": True,
    "other_province_officer": False,
    "it_engineer": False,
    "enrolment_officer": False,
    "agent": False,
    "hei_staff": False,
}


@pytest.mark.parametrize(("who", "sees"), SEES.items(), ids=SEES)
def test_a_school_question_is_seen_by_its_line_and_nobody_else(
    country: Country, desk: Desk, who: str, sees: bool
) -> None:
    ticket = desk.open()
    if sees:
        assert access.ticket(country.actor(who), ticket.number).id == ticket.id
    else:
        with pytest.raises(NotFound):
            access.ticket(country.actor(who), ticket.number)


RESTRICTED = {
    "teacher": True,
    "county_officer": False,
    "city_officer": True,
    "city_supervisor": False,
    "province_officer": False,
}


@pytest.mark.parametrize(("who", "sees"), RESTRICTED.items(), ids=RESTRICTED)
def test_a_complaint_is_seen_by_its_parties_only(
    country: Country, desk: Desk, who: str, sees: bool
) -> None:
    ticket = desk.open(
        card="SUP", title="对县里的通报有异议", accused_body_id=country.body("county").id
    )
    assert holder(ticket, country) == "city"
    if sees:
        assert access.ticket(country.actor(who), ticket.number)
    else:
        with pytest.raises(NotFound):
            access.ticket(country.actor(who), ticket.number)


NOTES = {
    "county_officer": True,
    "city_officer": True,
    "teacher": False,
    "province_officer": False,
    "enrolment_officer": False,
}


@pytest.mark.parametrize(("who", "reads"), NOTES.items(), ids=NOTES)
def test_internal_notes_are_read_by_present_and_former_holders(
    country: Country, desk: Desk, who: str, reads: bool
) -> None:
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    step = next(s for s in steps.steps_of(ticket) if s.body_id == country.body("enrolment").id)
    steps.delegate(
        ticket=ticket, act=desk.act("county_officer", ticket), step_id=step.id, question=""
    )
    desk.hand_up("county_officer", ticket)
    actor = country.actor(who)
    assert access.reads_notes(actor, access.reach(actor, ticket)) is reads


def test_seen_but_not_allowed_is_forbidden(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    for who in ("teacher", "city_officer", "city_supervisor"):
        with pytest.raises(Forbidden):
            access.ticket_for(country.actor(who), ticket.number, Verb.HAND_UP)


# ---------------------------------------------------------------- one act at a time


def test_a_second_click_does_nothing_and_says_so(session: Session, desk: Desk) -> None:
    ticket = desk.open()
    act = desk.act("county_officer", ticket)
    work.accept(ticket=ticket, act=act)
    with pytest.raises(AlreadyDone):
        work.accept(ticket=ticket, act=act)
    verbs = session.scalars(select(History.verb).where(History.ticket_id == ticket.id)).all()
    assert verbs.count(Verb.ACCEPT) == 1


def test_who_comes_second_is_told_what_happened(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    late = desk.act("county_lead", ticket)
    desk.hand_up("county_officer", ticket)
    with pytest.raises(TicketChangedMeanwhile) as told:
        answers.urge(ticket=ticket, act=late)
    assert told.value.params == {"verb": "上报"}


def test_a_word_is_never_lost_because_somebody_spoke_first(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    act = desk.act("teacher", version=None)
    desk.accept("county_officer", ticket)
    row = conversation.reply(
        ticket=ticket, act=act, body_id=country.body("school").id, text="还有一个情况"
    )
    assert row.text == "还有一个情况"


def test_a_verb_that_does_not_fit_the_state_names_the_state(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(NotNow) as told:
        routing.hand_up(
            ticket=ticket, act=desk.act("county_officer", ticket), reason="不会", tried="试过"
        )
    assert "待受理" in str(told.value)


@pytest.mark.parametrize(("reason", "tried"), [("", "试过"), ("不会", " "), ("\n", "")])
def test_hand_up_needs_reason_and_attempt(desk: Desk, reason: str, tried: str) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    with pytest.raises(TextMissing):
        routing.hand_up(
            ticket=ticket, act=desk.act("county_officer", ticket), reason=reason, tried=tried
        )


# ---------------------------------------------------------------- up, down and back


def test_a_county_is_refused_at_the_call_centre_and_told_where_to_go(
    country: Country,
) -> None:
    from helpdesk.routing import queries

    with pytest.raises(NotYourDoor) as told:
        queries.report_to_call_centre(country.body("county").id)
    assert "示范市资助中心" in str(told.value)


def test_recall_until_accepted(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="找到原因了")
    assert (holder(ticket, country), ticket.status) == ("county", Status.ACCEPTED)
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    with pytest.raises(NotNow):
        routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="又找到了")


def give_back(desk: Desk, who: str, ticket: Ticket) -> None:
    if ticket.status is Status.ARRIVED:
        desk.accept(who, ticket)
    routing.return_down(
        ticket=ticket, act=desk.act(who, ticket), reason="材料不全", missing="缺批准文号"
    )


def test_a_return_goes_down_one_tier_and_comes_straight_back(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.hand_up("city_officer", ticket)
    give_back(desk, "province_officer", ticket)
    assert (holder(ticket, country), ticket.status) == ("city", Status.RETURNED)
    give_back(desk, "city_officer", ticket)
    give_back(desk, "county_officer", ticket)
    assert holder(ticket, country) == "school"
    for who, body in (
        ("teacher", "county"), ("county_officer", "city"), ("city_officer", "province"),
    ):  # fmt: skip
        if ticket.status is Status.ARRIVED:
            desk.hand_up(who, ticket)
        else:
            routing.resubmit(ticket=ticket, act=desk.act(who, ticket), text="补齐了")
        assert holder(ticket, country) == body
    assert ticket.returns == 3


def test_return_by_the_call_centre_ends_the_legal_clock_and_a_new_one_starts(
    country: Country, desk: Desk
) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.later(days=1)
    give_back(desk, "agent", ticket)
    (first,) = clocks(ticket, Promise.LEGAL)
    assert (first.outcome, holder(ticket, country)) == (Outcome.RETURNED, "province")
    desk.later(days=1)
    routing.resubmit(ticket=ticket, act=desk.act("province_officer", ticket), text="补齐了")
    first, second = clocks(ticket, Promise.LEGAL)
    assert (second.started_at, second.due_at) == (desk.now, parse_instant("2026-11-11 17:30"))


def test_returned_after_the_due_date_the_breach_stands(desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.now = parse_instant("2026-11-10 09:00")
    give_back(desk, "agent", ticket)
    (legal,) = clocks(ticket, Promise.LEGAL)
    assert (legal.outcome, legal.breached_at) == (Outcome.RETURNED, legal.due_at)


def test_redirect_at_the_first_tier_moves_to_the_new_first_holder(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open()
    routing.redirect(
        ticket=ticket, act=desk.act("county_lead", ticket), card_code="ENV", reason="全县都打不开"
    )
    assert (ticket.card_code, holder(ticket, country)) == ("ENV", "province_it")
    assert len(clocks(ticket, Promise.ENV)) == 1


def test_redirect_higher_up_changes_the_type_only(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    routing.redirect(
        ticket=ticket, act=desk.act("city_lead", ticket), card_code="ENV", reason="是环境问题"
    )
    assert (ticket.card_code, holder(ticket, country)) == ("ENV", "city")


def test_province_it_hands_up_to_the_province_aid_office(country: Country, desk: Desk) -> None:
    ticket = desk.open(card="ENV", title="系统打不开")
    desk.hand_up("it_engineer", ticket)
    assert holder(ticket, country) == "province"
    desk.hand_up("province_officer", ticket)
    assert holder(ticket, country) == "call_centre"


def test_a_body_without_handler_receives_and_its_parent_may_take_it(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open("lonely_teacher")
    assert holder(ticket, country) == "empty_county"
    access.ticket_for(country.actor("city_officer"), ticket.number, Verb.TAKE_OVER)
    routing.take_over(ticket=ticket, act=desk.act("city_officer", ticket), reason="县里没有人")
    assert holder(ticket, country) == "city"


def test_nobody_takes_over_where_somebody_is(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(Forbidden):
        access.ticket_for(country.actor("city_officer"), ticket.number, Verb.TAKE_OVER)
    with pytest.raises(routing.HandlerIsThere):
        routing.take_over(ticket=ticket, act=desk.act("city_officer", ticket), reason="代办")


# ---------------------------------------------------------------- questions and pauses


def test_waiting_for_the_asker_stops_the_local_promise(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    desk.ask("county_officer", ticket)
    (answer,) = clocks(ticket, Promise.ANSWER)
    assert answer.paused_since == desk.now
    assert ticket.due_promise == "waiting"
    desk.later(days=2)
    conversation.supply(ticket=ticket, act=desk.act("teacher", ticket), text="昨天下午三点")
    (answer,) = clocks(ticket, Promise.ANSWER)
    assert answer.paused_since is None
    # Monday is the day of receipt; of the counted days only Tuesday closed standing still.
    assert answer.due_at == parse_instant("2026-11-06 17:30")
    assert ticket.status is Status.ACCEPTED


def test_the_legal_clock_never_stands_still(country: Country, desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.accept("agent", ticket)
    desk.ask("agent", ticket, body="province")
    (legal,) = clocks(ticket, Promise.LEGAL)
    assert (legal.paused_since, ticket.due_promise) == (None, "legal")
    assert not clocks(ticket, Promise.WAITING)


def test_ten_working_days_without_an_answer_close_the_ticket(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    desk.ask("county_officer", ticket)
    sweeping.sweep(now=parse_instant("2026-11-16 17:29"))
    assert ticket.status is Status.WAITING
    sweeping.sweep(now=parse_instant("2026-11-16 17:31"))
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.NO_INFORMATION)


def test_only_asker_and_former_holders_are_asked(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    for body in ("county", "city", "sibling_school"):
        with pytest.raises(conversation.NobodyToAsk):
            desk.ask("county_officer", ticket, body=body)


def test_a_named_outside_event_pauses_and_resumes(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    work.pause(ticket=ticket, act=desk.act("county_officer", ticket), event_name="等下季度下发账号")
    assert clocks(ticket, Promise.ANSWER)[0].paused_since == desk.now
    work.resume(ticket=ticket, act=desk.act("county_officer", ticket))
    assert clocks(ticket, Promise.ANSWER)[0].paused_since is None


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
    assert clocks(ticket, Promise.ANSWER)[0].outcome is Outcome.MET
    assert clocks(ticket, Promise.CONFIRM)[0].outcome is Outcome.MET


def test_unanswered_for_five_working_days_the_system_closes(desk: Desk) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    sweeping.sweep(now=parse_instant("2026-11-09 17:31"))
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.UNANSWERED)


def test_not_solved_goes_back_to_the_resolver_with_a_new_local_clock(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("teacher", ticket), reason="还是登不进")
    assert (holder(ticket, country), ticket.status) == ("county", Status.ARRIVED)
    assert [c.ended_at is None for c in clocks(ticket, Promise.ANSWER)] == [False, True]


def test_not_solved_after_the_call_centre_goes_to_its_reporter(
    country: Country, desk: Desk
) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.resolve("agent", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("teacher", ticket), reason="没有好")
    assert holder(ticket, country) == "province"
    desk.later(hours=1)
    desk.hand_up("province_officer", ticket)
    first, second = clocks(ticket, Promise.LEGAL)
    assert (first.outcome, second.started_at) == (Outcome.MET, desk.now)


def test_not_solved_by_a_central_university_is_its_new_report(country: Country, desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.resolve("agent", ticket)
    routing.not_solved(ticket=ticket, act=desk.act("hei_staff", ticket), reason="没有好")
    assert holder(ticket, country) == "call_centre"
    assert [c.ended_at is None for c in clocks(ticket, Promise.LEGAL)] == [False, True]


@pytest.mark.parametrize(
    ("at", "allowed"),
    [("2026-11-16 23:59", True), ("2026-11-17 00:01", False)],
    ids=["第10个工作日可以重新打开", "第11个工作日不行"],
)
def test_reopen_window(country: Country, desk: Desk, at: str, allowed: bool) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    desk.now = parse_instant(at)
    act = desk.act("teacher", ticket)
    if allowed:
        routing.reopen(ticket=ticket, act=act, reason="又登不进了")
        assert (holder(ticket, country), ticket.status) == ("county", Status.ARRIVED)
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
    old, new = clocks(ticket, Promise.PROMISED)
    assert (old.outcome, new.due_at) == (Outcome.MOVED, parse_instant("2026-11-12 17:30"))
    assert [c.outcome for c in clocks(ticket, Promise.LEGAL)] == [Outcome.MET]


def test_cannot_be_solved_is_feedback_and_not_a_resolution(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    answers.feedback(
        ticket=ticket, act=desk.act("agent", ticket), text="查过了", cannot_because="政策不允许"
    )
    assert ticket.resolution_kind is ResolutionKind.CANNOT
    assert (ticket.status, ticket.resolved_at) == (Status.RESOLVED, None)
    assert clocks(ticket, Promise.LEGAL)[0].met_by == "feedback"


def test_answered_late_counts_the_working_days(desk: Desk) -> None:
    ticket = desk.open("hei_staff")
    desk.accept("agent", ticket)
    desk.now = parse_instant("2026-11-11 09:00")  # due Mon 9 Nov 17:30
    desk.resolve("agent", ticket)
    (legal,) = clocks(ticket, Promise.LEGAL)
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
    assert clocks(ticket, Promise.LEGAL)[0].paused_since is None
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
    earlier_due = clocks(early, Promise.LEGAL)[0].due_at
    answers.merge(ticket=early, act=desk.act("agent", early), into=late, reason="重复提交")
    running = [c for c in clocks(late, Promise.LEGAL) if c.ended_at is None]
    assert [c.due_at for c in running] == [earlier_due]
    assert late.due_at == earlier_due
    assert clocks(early, Promise.LEGAL)[0].outcome is Outcome.MERGED
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
    session: Session, country: Country, desk: Desk
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
    assert parties(session, ticket, PartyWhy.JOINED) == {neighbour.id}
