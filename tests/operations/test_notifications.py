"""Which act tells whom what. Each test reads: who does what -> {person: messages}."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from helpdesk.notifications.rules import BELL_ONLY, Msg
from helpdesk.outbox.rules import Channel
from helpdesk.routing import operations as routing
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import answers, conversation, steps, work
from tests.factories.country import Country
from tests.factories.tickets import Desk
from tests.support.hearing import Ear, Told, delegated, everyone, leave


@pytest.fixture
def ear(session: Session, country: Country) -> Ear:
    return Ear(session, country)


COUNTY = ("county_officer", "county_lead")
CITY = ("city_officer", "city_lead")
PROVINCE = ("province_officer", "province_lead")
CENTRE = ("agent", "agent_lead")


def test_a_new_ticket_is_told_to_the_direct_office(desk: Desk, ear: Ear) -> None:
    desk.open()
    assert ear.told() == everyone("ticket_arrived", *COUNTY)


def test_the_way_up_and_the_answer_reach_everybody_who_ever_held_it(desk: Desk, ear: Ear) -> None:
    """The story of the issue: five tiers up, the feedback comes back to all of them."""
    ticket = desk.open()
    ear.told()
    desk.hand_up("county_officer", ticket)
    assert ear.told() == everyone("ticket_handed_up", *CITY)
    desk.hand_up("city_officer", ticket)
    assert ear.told() == everyone("ticket_handed_up", *PROVINCE)
    desk.hand_up("province_officer", ticket)
    assert ear.told() == everyone("ticket_handed_up", *CENTRE)
    desk.accept("agent", ticket)
    assert ear.told() == {}
    answers.feedback(
        ticket=ticket, act=desk.act("agent", ticket), text="正在修复", promised_on=date(2026, 9, 24)
    )
    # Of each office the person who worked on it; the agent spoke, so it is not told.
    assert ear.told() == everyone(
        "feedback_given", "teacher", "county_officer", "city_officer", "province_officer"
    )
    desk.resolve("agent", ticket)
    told = ear.told()
    assert told.pop("teacher") == {"please_confirm"}
    assert told == everyone("ticket_resolved", "county_officer", "city_officer", "province_officer")


def test_a_resubmission_says_so(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    ear.told()
    return_down(desk, "county_officer", ticket)
    assert ear.told() == everyone("ticket_returned", "teacher")
    routing.resubmit(ticket=ticket, act=desk.act("teacher", ticket), text="补充了截图")
    rows = ear.rows()
    assert {row.message for row in rows} == {"ticket_handed_up"}
    assert all(row.params["resubmitted"] is True for row in rows)


def return_down(desk: Desk, who: str, ticket: Ticket) -> None:
    routing.return_down(
        ticket=ticket, act=desk.act(who, ticket), reason="缺少截图", missing="出错页面的截图"
    )


def test_the_second_return_alerts_both_leads(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    for _ in range(2):
        desk.accept("city_officer", ticket)
        ear.told()
        return_down(desk, "city_officer", ticket)
        told = ear.told()
        if ticket.returns < 2:
            routing.resubmit(ticket=ticket, act=desk.act("county_officer", ticket), text="补齐")
    assert told == {
        "county_officer": {"ticket_returned"},
        "county_lead": {"ticket_returned", "ticket_returned_twice"},
        "city_lead": {"ticket_returned_twice"},
    }


def test_taking_back_tells_the_tier_above(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    ear.told()
    routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="自己能办")
    assert ear.told() == everyone("ticket_recalled", *CITY)


def test_the_assignee_is_told_and_then_is_told_alone(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    ear.told()
    officer = desk.country.people["county_officer"].id
    work.assign(ticket=ticket, act=desk.act("county_lead", ticket), person_id=officer)
    assert ear.told() == everyone("ticket_assigned", "county_officer")
    reply(desk, "teacher", ticket, "school")
    assert ear.told() == everyone("ticket_replied", "county_officer")


def test_who_takes_it_needs_no_news_of_it(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    ear.told()
    work.take(ticket=ticket, act=desk.act("county_officer", ticket))
    assert ear.told() == {}


def reply(desk: Desk, who: str, ticket: Ticket, body: str) -> None:
    conversation.reply(
        ticket=ticket, act=desk.act(who, ticket), body_id=desk.country.body(body).id, text="好的"
    )


REPLIES: list[tuple[str, str, Told]] = [
    # who replies for which body -> who is told
    ("county_officer", "county", {"teacher": {"ticket_replied"}}),
    ("teacher", "school", {"county_officer": {"ticket_replied"}}),
    ("principal", "school", {"county_officer": {"ticket_replied"}}),
]


@pytest.mark.parametrize(("who", "body", "expected"), REPLIES)
def test_reply(desk: Desk, ear: Ear, who: str, body: str, expected: Told) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    ear.told()
    reply(desk, who, ticket, body)
    assert ear.told() == expected


def test_a_former_holder_who_replies_reaches_asker_and_holder(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    ear.told()
    reply(desk, "county_officer", ticket, "county")
    assert ear.told() == everyone("ticket_replied", "teacher", *CITY)


def test_an_internal_note_reaches_neither_asker_nor_step_body(desk: Desk, ear: Ear) -> None:
    ticket = delegated(desk)
    officer = desk.country.people["county_officer"].id
    work.assign(ticket=ticket, act=desk.act("county_lead", ticket), person_id=officer)
    ear.told()
    conversation.note(ticket=ticket, act=desk.act("county_lead", ticket), text="内部情况")
    rows = ear.rows()
    assert {row.recipient_id for row in rows} == {officer}
    assert {row.channel for row in rows} == {Channel.IN_APP}


def test_a_step_and_its_answer(desk: Desk, ear: Ear) -> None:
    ticket = delegated(desk)
    told = ear.told()
    assert told["enrolment_officer"] == {"step_delegated"}
    enrolment = desk.country.body("enrolment").id
    (step,) = [s for s in steps.steps_of(ticket) if s.body_id == enrolment]
    steps.complete(
        ticket=ticket, act=desk.act("enrolment_officer", ticket), step_id=step.id, answer="已核对"
    )
    assert ear.told() == everyone("step_completed", "county_officer")


def test_the_step_body_gets_the_outcome(desk: Desk, ear: Ear) -> None:
    ticket = delegated(desk)
    enrolment = desk.country.body("enrolment").id
    (step,) = [s for s in steps.steps_of(ticket) if s.body_id == enrolment]
    steps.complete(
        ticket=ticket, act=desk.act("enrolment_officer", ticket), step_id=step.id, answer="已核对"
    )
    ear.told()
    desk.resolve("county_officer", ticket)
    assert ear.told() == {
        "teacher": {"please_confirm"},
        "enrolment_officer": {"ticket_resolved"},
    }


def test_asking_and_supplying(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    ear.told()
    desk.ask("county_officer", ticket)
    assert ear.told() == everyone("information_asked", "teacher")
    conversation.supply(ticket=ticket, act=desk.act("teacher", ticket), text="昨天下午")
    assert ear.told() == everyone("information_supplied", "county_officer")


def test_when_the_asker_has_left_its_school_is_told(desk: Desk, ear: Ear, now: datetime) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    ear.told()
    leave(desk.country, "teacher", ear.session, now)
    desk.ask("county_officer", ticket)
    assert ear.told() == everyone("information_asked", "principal")


def test_a_body_without_handler_still_receives_and_its_parent_is_told(desk: Desk, ear: Ear) -> None:
    desk.open("lonely_teacher")
    assert ear.told() == everyone("body_without_handler", *CITY)


def test_a_side_body_without_handler_is_told_to_the_office_of_its_level(
    desk: Desk, ear: Ear, now: datetime
) -> None:
    """Environment questions go to provincial IT; nobody there: the province's aid office hears."""
    leave(desk.country, "it_engineer", ear.session, now)
    desk.open(card="ENV", title="系统打不开", text="页面一直打不开")
    assert ear.told() == everyone("body_without_handler", *PROVINCE)


ENDS: list[tuple[str, Callable[[Desk, Ticket], Any], Told]] = [
    (
        "confirmed",
        lambda desk, t: answers.confirm(ticket=t, act=desk.act("teacher", t)),
        everyone("ticket_closed", "county_officer"),
    ),
    (
        "closed by the holder",
        lambda desk, t: answers.close(
            ticket=t, act=desk.act("county_officer", t), reason="电话里说已解决"
        ),
        everyone("ticket_closed", "teacher"),
    ),
    (
        "not solved",
        lambda desk, t: routing.not_solved(
            ticket=t, act=desk.act("teacher", t), reason="还是不能登录"
        ),
        everyone("ticket_not_solved", *COUNTY),
    ),
]


@pytest.mark.parametrize(("name", "end", "expected"), ENDS, ids=[end[0] for end in ENDS])
def test_what_the_asker_makes_of_the_answer(
    desk: Desk, ear: Ear, name: str, end: Callable[[Desk, Ticket], Any], expected: Told
) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    ear.told()
    end(desk, ticket)
    assert ear.told() == expected


def test_reopened(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    ear.told()
    routing.reopen(ticket=ticket, act=desk.act("teacher", ticket), reason="又不能登录了")
    assert ear.told() == everyone("ticket_reopened", *COUNTY)


def test_withdrawn_and_urged(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    ear.told()
    answers.urge(ticket=ticket, act=desk.act("teacher", ticket), text="很急")
    assert ear.told() == everyone("ticket_urged", *COUNTY)
    answers.withdraw(ticket=ticket, act=desk.act("teacher", ticket), reason="已经好了")
    assert ear.told() == everyone("ticket_withdrawn", *COUNTY)


def test_urging_reaches_assignee_and_lead(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    work.take(ticket=ticket, act=desk.act("county_officer", ticket))
    ear.told()
    answers.urge(ticket=ticket, act=desk.act("teacher", ticket))
    assert ear.told() == everyone("ticket_urged", *COUNTY)


def test_merged(desk: Desk, ear: Ear) -> None:
    first, second = desk.open(), desk.open("sibling_teacher")
    desk.accept("county_officer", first)
    desk.accept("county_officer", second)
    ear.told()
    answers.merge(
        ticket=second, act=desk.act("county_officer", second), into=first, reason="同一个问题"
    )
    rows = ear.rows()
    assert {row.message for row in rows} == {"ticket_merged"}
    assert {row.recipient_id for row in rows} == {desk.country.people["sibling_teacher"].id}
    assert {row.params["into"] for row in rows} == {first.number}


def test_a_second_click_tells_nobody_twice(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    ear.rows()
    act = desk.act("county_officer", ticket)
    work.accept(ticket=ticket, act=act)
    with pytest.raises(Exception, match="已经处理过"):
        work.accept(ticket=ticket, act=act)
    assert ear.rows() == []


# --- what a row holds ----------------------------------------------------------------------------


def test_a_row_speaks_of_the_ticket_and_of_nothing_a_person_wrote_in_it(
    desk: Desk, ear: Ear
) -> None:
    ticket = desk.open(text="登录提示密码错误，昨天开始的。")
    desk.hand_up("county_officer", ticket)
    for row in ear.rows():
        assert row.about == f"ticket:{ticket.number}"
        assert row.params["number"] == ticket.number
        assert row.params["title"] == ticket.title
        assert "昨天开始" not in str(row.params)
        assert "核对了账号" not in str(row.params)


def test_the_bell_alone_rings_for_news_that_ask_nothing(desk: Desk, ear: Ear) -> None:
    ticket = desk.open()
    assert {row.channel for row in ear.rows()} == {Channel.IN_APP, Channel.MAIL}
    desk.hand_up("county_officer", ticket)
    ear.rows()
    routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="自己能办")
    assert {Msg(row.message) for row in ear.rows()} <= BELL_ONLY


def test_of_a_restricted_ticket_only_the_number_is_told_and_only_to_its_parties(
    desk: Desk, ear: Ear
) -> None:
    """A complaint about the county goes to the city; the county hears nothing of it."""
    ticket = desk.open(
        card="SUP",
        title="对县里督办数字有异议",
        accused_body_id=desk.country.body("county").id,
        fields={"bulletin_no": "2026-3", "figure": "92"},
    )
    assert ticket.restricted
    rows = ear.rows()
    names = {person.id: name for name, person in desk.country.people.items()}
    assert {names[row.recipient_id] for row in rows} == set(CITY)
    assert {row.message for row in rows} == {"restricted_news"}
    assert all(row.params == {"number": ticket.number} for row in rows)
