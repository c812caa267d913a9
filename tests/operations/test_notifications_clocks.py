"""What the sweep tells whom, and messages that lose their reason before they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.notifications.queries import tickets
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel
from helpdesk.people.models import RoleGrant
from helpdesk.people.rules import Role
from helpdesk.routing import operations as routing
from helpdesk.sla.events import ClockMoved
from helpdesk.sla.operations.sweeping import sweep
from helpdesk.sla.rules import Cause, Effect, Promise
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import answers, conversation, steps, work
from tests.factories.country import Country
from tests.factories.tickets import Desk
from tests.support.hearing import Ear, delegated, everyone

# The ticket arrives on Tuesday 22 September 2026 at 10:20; Friday 25 to Sunday 27 are a holiday.
WEDNESDAY, THURSDAY, MONDAY, TUESDAY = 23, 24, 28, 29


@pytest.fixture
def ear(session: Session, country: Country) -> Ear:
    return Ear(session, country)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A Beijing time in September 2026."""
    return datetime.fromisoformat(f"2026-09-{day:02}T{hour:02}:{minute:02}:00+08:00")


def in_hand(desk: Desk, who: str = "county_officer") -> Ticket:
    """A ticket that somebody of the county works on: 3 working days to answer, until Monday."""
    ticket = desk.open()
    desk.accept(who, ticket)
    return ticket


STAGES = [
    # day and time of the sweep -> {who: message}
    (at(WEDNESDAY, 8, 31), everyone("clock_warning", "county_officer")),
    (at(THURSDAY, 8, 31), everyone("clock_warning", "county_officer", "county_lead")),
    (at(MONDAY, 8, 31), everyone("clock_warning", "county_officer", "county_lead")),
    (at(MONDAY, 17, 31), everyone("clock_breach", "county_officer", "county_lead")),
    (at(TUESDAY, 8, 31), everyone("clock_breach", "county_officer", "county_lead")),
]


def test_the_stages_of_a_local_promise(desk: Desk, ear: Ear) -> None:
    in_hand(desk)
    ear.rows()
    heard = []
    for moment, _ in STAGES:
        sweep(now=moment)
        heard.append((moment, ear.told()))
    assert heard == STAGES


def test_the_third_late_day_reaches_the_supervisor_above(desk: Desk, ear: Ear) -> None:
    in_hand(desk)
    sweep(now=at(30, 8, 31))
    assert "city_supervisor" not in ear.told()
    sweep(now=datetime.fromisoformat("2026-10-08T08:31:00+08:00"))
    assert ear.told()["city_supervisor"] == {"clock_breach"}


def test_the_same_sweep_twice_tells_nobody_again(desk: Desk, ear: Ear) -> None:
    in_hand(desk)
    sweep(now=at(MONDAY, 8, 31))
    ear.rows()
    sweep(now=at(MONDAY, 8, 32))
    assert ear.rows() == []


def test_nothing_accepted_warns_everybody_of_the_body(desk: Desk, ear: Ear) -> None:
    desk.open()
    ear.rows()
    sweep(now=at(WEDNESDAY, 8, 31))
    rows = ear.rows()
    people = desk.country.people
    ids = {people["county_officer"].id, people["county_lead"].id}
    assert {row.recipient_id for row in rows} == ids
    assert {row.params["due_promise"] for row in rows} == {"accept", "answer"}


def test_a_step_warns_the_step_body_and_from_one_left_its_lead(desk: Desk, ear: Ear) -> None:
    delegated(desk)
    ear.rows()
    sweep(now=at(WEDNESDAY, 8, 31))
    told = [row for row in ear.rows() if row.params.get("step")]
    officer = desk.country.people["enrolment_officer"].id
    assert {row.recipient_id for row in told} == {officer}
    assert {row.params["subject"].partition(":")[0] for row in told} == {"step"}


def test_the_asker_is_reminded_to_supply_and_to_confirm(desk: Desk, ear: Ear) -> None:
    ticket = in_hand(desk)
    desk.ask("county_officer", ticket)
    ear.rows()
    # Ten working days from Tuesday 22 September end on Monday 12 October: two are left on the 9th.
    sweep(now=datetime.fromisoformat("2026-10-10T08:31:00+08:00"))
    assert ear.told() == everyone("waiting_reminder", "teacher")
    desk.now = datetime.fromisoformat("2026-10-10T09:00:00+08:00")
    conversation.supply(ticket=ticket, act=desk.act("teacher", ticket), text="昨天下午")
    desk.resolve("county_officer", ticket)
    ear.rows()
    sweep(now=datetime.fromisoformat("2026-10-16T08:31:00+08:00"))
    assert ear.told() == everyone("confirm_reminder", "teacher")


def test_what_nobody_answered_is_closed_with_a_notice(desk: Desk, ear: Ear) -> None:
    ticket = in_hand(desk)
    desk.resolve("county_officer", ticket)
    ear.rows()
    sweep(now=datetime.fromisoformat("2026-10-12T08:31:00+08:00"))
    told = ear.told()
    assert ticket.status == "closed"
    assert told["teacher"] == {"ticket_closed"}
    assert told["county_officer"] == {"ticket_closed"}


def test_a_new_calendar_tells_the_handler_of_the_new_date(desk: Desk, ear: Ear) -> None:
    ticket = in_hand(desk)
    ear.rows()
    moved = ClockMoved(
        clock_id=1,
        subject=f"ticket:{ticket.id}",
        promise=Promise.ANSWER,
        body_id=ticket.holder_body_id,
        at=desk.now,
        due_before=at(MONDAY, 17, 30),
        due_after=at(TUESDAY, 17, 30),
        cause=Cause.CALENDAR,
        effect=Effect.LATER,
    )
    for handler in wiring.HANDLERS[ClockMoved]:
        if handler.__module__.startswith("helpdesk.notifications"):
            handler(moved)
    rows = ear.rows()
    assert {row.message for row in rows} == {"calendar_changed"}
    assert {row.recipient_id for row in rows} == {desk.country.people["county_officer"].id}


# --- asked again before a letter leaves ----------------------------------------------------------


def still(session: Session, message: str) -> set[bool]:
    """What the check says about every letter of this message."""
    letters = session.scalars(
        select(Message).where(Message.message == message, Message.channel == Channel.MAIL)
    ).all()
    assert letters, f"nobody was sent {message}"
    return {wiring.CHECKS[message](letter.about, letter.params) for letter in letters}


def test_arrival_is_no_news_once_accepted(desk: Desk, session: Session) -> None:
    ticket = desk.open()
    assert still(session, "ticket_arrived") == {True}
    desk.accept("county_officer", ticket)
    assert still(session, "ticket_arrived") == {False}


def test_a_hand_up_that_was_taken_back(desk: Desk, session: Session) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    assert still(session, "ticket_handed_up") == {True}
    routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="自己能办")
    assert still(session, "ticket_handed_up") == {False}


def test_a_return_that_was_answered(desk: Desk, session: Session) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    routing.return_down(
        ticket=ticket, act=desk.act("city_officer", ticket), reason="缺截图", missing="截图"
    )
    assert still(session, "ticket_returned") == {True}
    routing.resubmit(ticket=ticket, act=desk.act("county_officer", ticket), text="补齐")
    assert still(session, "ticket_returned") == {False}


def test_an_assignment_that_changed(desk: Desk, session: Session) -> None:
    ticket = in_hand(desk, "county_lead")
    officer = desk.country.people["county_officer"].id
    work.assign(ticket=ticket, act=desk.act("county_lead", ticket), person_id=officer)
    assert still(session, "ticket_assigned") == {True}
    work.take(ticket=ticket, act=desk.act("county_lead", ticket))
    assert still(session, "ticket_assigned") == {False}


def test_a_question_that_was_answered(desk: Desk, session: Session) -> None:
    ticket = in_hand(desk)
    desk.ask("county_officer", ticket)
    assert still(session, "information_asked") == {True}
    conversation.supply(ticket=ticket, act=desk.act("teacher", ticket), text="昨天下午")
    assert still(session, "information_asked") == {False}


def test_a_confirmation_that_was_given(desk: Desk, session: Session) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    assert still(session, "please_confirm") == {True}
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    assert still(session, "please_confirm") == {False}


def test_an_urge_about_a_ticket_that_has_ended(desk: Desk, session: Session) -> None:
    ticket = desk.open()
    answers.urge(ticket=ticket, act=desk.act("teacher", ticket))
    assert still(session, "ticket_urged") == {True}
    answers.withdraw(ticket=ticket, act=desk.act("teacher", ticket), reason="已经好了")
    assert still(session, "ticket_urged") == {False}


def test_a_step_that_was_answered(desk: Desk, session: Session) -> None:
    ticket = delegated(desk)
    assert still(session, "step_delegated") == {True}
    (row,) = session.scalars(
        select(Message).where(Message.message == "step_delegated", Message.channel == Channel.MAIL)
    )
    steps.complete(
        ticket=ticket,
        act=desk.act("enrolment_officer", ticket),
        step_id=row.params["step_id"],
        answer="已核对",
    )
    assert still(session, "step_delegated") == {False}


def test_a_clock_that_has_been_met(desk: Desk, session: Session) -> None:
    ticket = in_hand(desk)
    sweep(now=at(WEDNESDAY, 8, 31))
    assert still(session, "clock_warning") == {True}
    desk.resolve("county_officer", ticket)
    assert still(session, "clock_warning") == {False}


def test_a_body_that_got_a_handler(desk: Desk, session: Session, now: datetime) -> None:
    desk.open("lonely_teacher")
    assert still(session, "body_without_handler") == {True}
    session.add(
        RoleGrant(
            person_id=desk.country.people["county_officer"].id,
            role=Role.OFFICE_HANDLER,
            body_id=desk.country.body("empty_county").id,
            granted_at=now,
        )
    )
    session.flush()
    assert still(session, "body_without_handler") == {False}


def test_a_ticket_that_is_not_there_has_no_reason_left(session: Session) -> None:
    of_tickets = {m: c for m, c in wiring.CHECKS.items() if c.__module__ == tickets.__name__}
    assert len(of_tickets) > 10
    for message, check in of_tickets.items():
        params: dict[str, Any] = {"to_id": 1, "to_person_id": 1, "step_id": 1, "clock_id": 1}
        params |= {"subject": "ticket:1", "due_at": "2026-09-24T09:30:00+00:00"}
        assert not check("ticket:2026-9999999", params), message


def test_facts_are_connected(session: Session) -> None:
    assert events._handlers == wiring.HANDLERS
