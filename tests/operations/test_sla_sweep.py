"""检查到期的时限: the sweep tells each thing once, oldest first, and passes over what fails."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.sla import queries
from helpdesk.sla.events import ClockBreached, ClockLapsed, ClockWarned
from helpdesk.sla.models import Clock, Warned
from helpdesk.sla.operations import clocks, sweeping
from helpdesk.sla.rules import FEEDBACK, Level, Outcome, Promise
from helpdesk.workdays.queries import calendar
from tests.factories.clocks import Heard, Offices, at, offices, started, written
from tests.support.queries import Queries


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-01 08:00"))


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


def sweep_daily(first: date, last: date) -> None:
    """Every day just before and at each hour at which something may happen."""
    day = first
    while day <= last:
        for hour in ("08:29", "08:30", "12:00", "17:29", "17:30"):
            sweeping.sweep(now=at(f"{day} {hour}"))
        day += timedelta(days=1)


def test_the_life_of_a_legal_clock(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    sweep_daily(date(2026, 9, 19), date(2026, 9, 29))
    warned = [(written(w.at), w.level.value, w.days_left) for w in heard.of(ClockWarned)]
    assert warned == [
        ("09-22 08:30", "two_left", 2),
        ("09-23 08:30", "one_left", 1),
        ("09-24 08:30", "last_day", 0),
        ("09-28 08:30", "late", -1),
        ("09-29 08:30", "late", -2),
    ]
    (breach,) = heard.of(ClockBreached)
    assert (written(breach.at), breach.newest, breach.cause) == ("09-24 17:30", True, None)
    (clock,) = queries.clocks_of(["ticket:12"])["ticket:12"]
    assert written(clock.breached_at) == "09-24 17:30"
    assert clock.ended_at is None


def test_a_sweep_that_comes_late_tells_the_newest_only(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    sweeping.sweep(now=at("09-29 12:00"))
    (breach,) = heard.of(ClockBreached)
    (late,) = heard.of(ClockWarned)
    assert not breach.newest
    assert (late.level, late.on_day.isoformat(), late.days_left) == (Level.LATE, "2026-09-29", -2)


def test_sweeping_twice_tells_nothing_twice(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    assert sweeping.sweep(now=at("09-23 09:00")).acted == 1
    assert sweeping.sweep(now=at("09-23 09:00")).acted == 0
    assert len(heard) == 1


def test_a_row_that_changed_meanwhile_is_left_alone(where: Offices, heard: Heard) -> None:
    seen = started(where, "09-18 15:00")
    sweeping.sweep(now=at("09-23 09:00"))
    found = sweeping._attempt(seen, calendar(), at("09-23 09:00"))
    assert found is False
    assert len(heard) == 1


def test_the_level_is_noted_in_the_same_transaction(where: Offices, session: Session) -> None:
    made = started(where, "09-18 15:00")
    sweeping.sweep(now=at("09-23 09:00"))
    (note,) = session.scalars(select(Warned))
    assert (note.clock_id, note.level, note.due_on) == (made.id, Level.ONE_LEFT, made.due_on)


def test_a_level_noted_before_is_not_told_again(
    where: Offices, heard: Heard, session: Session
) -> None:
    started(where, "09-18 15:00")
    sweeping.sweep(now=at("09-23 09:00"))
    session.execute(update(Clock).values(next_at=at("09-22 08:30")))
    assert sweeping.sweep(now=at("09-23 10:00")).acted == 1
    assert len(heard) == 1


def test_met_paused_and_ended_clocks_are_not_touched(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00", subject="ticket:1")
    clocks.meet(subject="ticket:1", promise=Promise.LEGAL, at=at("09-21 10:00"), how=FEEDBACK)
    started(where, "09-18 15:00", subject="ticket:2", promise=Promise.ANSWER)
    clocks.pause(
        subject="ticket:2",
        promise=Promise.ANSWER,
        reason="waiting_for_asker",
        now=at("09-21 10:00"),
    )
    assert sweeping.sweep(now=at("09-30 10:00")) == sweeping.Swept(acted=0, failed=0)
    assert heard == []


LAPSES = [
    pytest.param(Promise.CONFIRM, 5, "09-24 17:30", ["last_day"], id="5个工作日未确认：系统关闭"),
    pytest.param(
        Promise.WAITING,
        10,
        "10-09 17:30",
        ["two_left", "one_left", "last_day"],
        id="10个工作日未补充：提醒三次后关闭",
    ),
]


@pytest.mark.parametrize(("promise", "days", "over", "reminders"), LAPSES)
def test_the_askers_time_runs_out(
    where: Offices, heard: Heard, promise: Promise, days: int, over: str, reminders: list[str]
) -> None:
    started(where, "09-18 15:00", promise=promise, days=days)
    sweep_daily(date(2026, 9, 19), date(2026, 10, 12))
    assert [w.level.value for w in heard.of(ClockWarned)] == reminders
    assert heard.of(ClockBreached) == []
    (lapsed,) = heard.of(ClockLapsed)
    assert (lapsed.promise, written(lapsed.at)) == (promise, over)
    (clock,) = queries.clocks_of(["ticket:12"])["ticket:12"]
    assert (clock.outcome, written(clock.ended_at)) == (Outcome.LAPSED, over)
    assert (clock.breached_at, clock.working_days_late) == (None, None)


def test_the_longest_due_comes_first_and_batches_join(where: Offices, heard: Heard) -> None:
    for number, received in enumerate(("09-18 10:00", "09-16 10:00", "09-17 10:00")):
        started(where, received, subject=f"ticket:{number}")
    total = sweeping.sweep_all(clock=lambda: at("09-22 09:00"), transaction=nullcontext, limit=1)
    assert total == sweeping.Swept(acted=3, failed=0)
    assert [w.subject for w in heard.of(ClockWarned)] == ["ticket:1", "ticket:2", "ticket:0"]


def test_news_that_cannot_be_told_hold_up_nobody_else(
    where: Offices, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    for number in range(3):
        started(where, "09-18 15:00", subject=f"ticket:{number}")
    told: list[str] = []

    def publish(fact: ClockWarned) -> None:
        if fact.subject == "ticket:1":
            raise RuntimeError("nobody to tell")
        told.append(fact.subject)

    monkeypatch.setattr(events, "publish", publish)
    swept = sweeping.sweep_all(clock=lambda: at("09-22 09:00"), transaction=nullcontext, limit=1)
    assert swept == sweeping.Swept(acted=2, failed=1)
    assert told == ["ticket:0", "ticket:2"]
    assert len(session.scalars(select(Warned.clock_id)).all()) == 2
    left = session.scalars(select(Clock.subject).where(Clock.next_at <= at("09-22 09:00")))
    assert left.all() == ["ticket:1"]


def test_without_a_calendar_a_clock_stays_due_and_is_reported(
    where: Offices, caplog: pytest.LogCaptureFixture
) -> None:
    started(where, "2027-12-20 15:00")
    started(where, "2027-12-20 15:00", subject="ticket:13", promise=Promise.WAITING)
    assert sweeping.sweep(now=at("2027-12-31 12:00")).failed == 0
    swept = sweeping.sweep(now=at("2028-01-03 12:00"))
    assert (swept.acted, swept.failed) == (0, 1)
    assert "ticket:12 could not be swept" in caplog.text
    assert "2028" in caplog.text


def test_a_sweep_with_nothing_due_is_one_query(where: Offices, queries: Queries) -> None:
    for number in range(20):
        started(where, "09-18 15:00", subject=f"ticket:{number}")
    queries.clear()
    sweeping.sweep(now=at("09-18 16:00"))
    assert len([q for q in queries if "sla_clock" in q]) == 1
