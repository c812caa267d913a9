"""看板和“为什么是这一天”: what pages read of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.sla import queries
from helpdesk.sla.events import ClockMoved
from helpdesk.sla.operations import clocks, moves, sweeping
from helpdesk.sla.operations.moves import LegalDaysAreFixed
from helpdesk.sla.queries import Explanation, StripDay
from helpdesk.sla.rules import FEEDBACK, Cause, ClockView, Effect, Promise
from helpdesk.workdays import operations
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import NamedDay
from tests.factories.clocks import Heard, Offices, at, offices, started, written
from tests.support.queries import Queries

NOW = at("09-22 10:20")  # Tuesday, the day of the drawings


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-01 08:00"))


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


RECEIVED = {
    # 工单: 收到 -> 剩几日
    "ticket:1": "09-22 08:00",  # 5
    "ticket:2": "09-21 08:00",  # 4: due 28 Sep
    "ticket:3": "09-18 15:00",  # 2: due 24 Sep
    "ticket:4": "09-16 15:00",  # 0: due 22 Sep (17, 18, 20, 21, 22)
    "ticket:5": "09-15 15:00",  # late: due 21 Sep
}


def columns(now: str) -> dict[int | None, list[str]]:
    return {
        column.left: [clock.subject for clock in column.clocks]
        for column in queries.board(Promise.LEGAL, _call_centre(), at(now))
        if column.clocks
    }


def _call_centre() -> int:
    (found,) = queries.clocks_of(["ticket:1"])["ticket:1"]
    return found.body_id


def test_a_column_for_every_number_of_days_left(where: Offices) -> None:
    for subject, received in RECEIVED.items():
        started(where, received, subject=subject)
    found = queries.board(Promise.LEGAL, where.call_centre, NOW)
    assert [column.left for column in found] == [5, 4, 3, 2, 1, 0, None]
    assert [str(column.due_on) for column in found] == [
        "2026-09-30",
        "2026-09-29",
        "2026-09-28",
        "2026-09-24",
        "2026-09-23",
        "2026-09-22",
        "None",
    ]
    assert columns("09-22 10:20") == {
        5: ["ticket:1"],
        4: ["ticket:2"],
        2: ["ticket:3"],
        0: ["ticket:4"],
        None: ["ticket:5"],
    }


def test_the_board_moves_with_the_clock(where: Offices) -> None:
    for subject, received in RECEIVED.items():
        started(where, received, subject=subject)
    assert columns("09-22 17:30")[0] == ["ticket:4"]
    assert columns("09-22 17:31")[None] == ["ticket:5", "ticket:4"]
    # On the Saturday of the holiday: nothing is due today.
    assert columns("09-26 12:00") == {
        3: ["ticket:1"],
        2: ["ticket:2"],
        None: ["ticket:5", "ticket:4", "ticket:3"],
    }


def test_more_days_than_columns_gather_in_the_first(where: Offices) -> None:
    started(where, "09-22 10:00", subject="ticket:9", promise=Promise.PROMISED,
            due_on=date(2026, 10, 30))  # fmt: skip
    first = queries.board(Promise.PROMISED, where.call_centre, NOW)[0]
    assert (first.left, first.more, len(first.clocks)) == (5, True, 1)


def test_the_board_costs_the_same_at_any_size(where: Offices, queries: Queries) -> None:
    from helpdesk.sla.queries import board

    for number in range(3):
        started(where, "09-18 15:00", subject=f"ticket:{number}")
    board(Promise.LEGAL, where.call_centre, NOW)
    queries.clear()
    board(Promise.LEGAL, where.call_centre, NOW)
    few = len(queries)
    for number in range(3, 40):
        started(where, "09-18 15:00", subject=f"ticket:{number}")
    queries.clear()
    board(Promise.LEGAL, where.call_centre, NOW)
    assert len(queries) == few == 2


# ------------------------------------------------------------------ why this date?


def explain(clock: ClockView, now: datetime) -> Explanation:
    """By the calendar in force."""
    return queries.explain(workdays.calendar(clock.region), clock, now)


def drawn(found: Explanation) -> list[str]:
    def one(day: StripDay) -> str:
        number = f" {day.ordinal}" if day.ordinal else ""
        flags = " due" * day.is_due + " today" * day.is_today
        return f"{day.date.day} {day.place.value}{number}{flags} {day.mark}".strip()

    return [one(day) for day in found.strip]


def test_the_strip_of_the_drawing(where: Offices) -> None:
    found = explain(started(where, "09-18 15:00"), NOW)
    assert drawn(found) == [
        "18 receipt",
        "19 off",
        "20 used 1 班",
        "21 used 2",
        "22 today 3 today",
        "23 ahead 4",
        "24 ahead 5 due",
        "25 off 休",
    ]
    assert [day.weekday for day in found.strip] == [4, 5, 6, 0, 1, 2, 3, 4]
    assert found.cells == ("u", "u", "t", "", "")
    assert (found.used, found.left, found.late) == (3, 2, None)
    assert found.weekday_only == date(2026, 9, 25)
    assert (found.confirmed, found.recounted) == (True, False)
    assert found.sources == ("国务院办公厅关于2026年部分节假日安排的通知(2025年11月4日)",)
    assert [day.date.day for day in found.days] == [18, 19, 20, 21, 22, 23, 24]


def test_the_strip_of_a_late_clock(where: Offices) -> None:
    found = explain(started(where, "09-18 15:00"), at("09-29 09:00"))
    assert found.cells == ("u", "u", "u", "u", "u", "x", "x")
    assert (found.used, found.left, found.late) == (5, 0, 2)


def test_an_ended_clock_is_drawn_as_of_its_end(where: Offices) -> None:
    started(where, "09-18 15:00")
    ended = clocks.meet(
        subject="ticket:12", promise=Promise.LEGAL, at=at("09-21 10:00"), how=FEEDBACK
    )
    assert ended is not None
    found = explain(ended, NOW)
    assert found.cells == ("u", "u", "", "", "")
    assert not any(day.is_today for day in found.strip)


def test_a_paused_clock_is_explained_as_if_it_went_on_now(where: Offices) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    paused = clocks.pause(
        subject="ticket:12",
        promise=Promise.ANSWER,
        reason="waiting_for_asker",
        now=at("09-21 10:00"),
    )
    assert paused is not None
    found = explain(paused, at("09-23 09:00"))
    assert drawn(found)[2:] == [
        "20 used 1 班",
        "21 off",
        "22 off",
        "23 today 2 today",
        "24 ahead 3 due",
        "25 off 休",
    ]
    assert [day.reason.value for day in found.strip[3:5]] == ["paused", "paused"]
    assert found.weekday_only is None


def test_a_provisional_clock_names_both_sources(where: Offices) -> None:
    found = explain(started(where, "12-25 10:00"), at("12-25 10:00"))
    assert not found.confirmed
    assert len(found.sources) == 2
    assert found.weekday_only == date(2027, 1, 1)


def test_the_day_after_is_left_out_where_the_calendar_ends(where: Offices) -> None:
    found = explain(started(where, "2027-12-30 10:00", days=1), at("2027-12-30 10:00"))
    assert found.strip[-1].date == date(2027, 12, 31)


def test_an_old_clock_says_that_the_calendar_changed_since(where: Offices) -> None:
    started(where, "09-18 15:00")
    ended = clocks.meet(
        subject="ticket:12", promise=Promise.LEGAL, at=at("09-22 10:00"), how=FEEDBACK
    )
    (notice,) = [n for n in workdays.notices() if n.year == 2026]
    off = NamedDay(date(2026, 9, 23), False, "试验日", "Trial Day")
    days = tuple(sorted({*notice.days, off}))
    operations.load_year(notice=replace(notice, days=days), actor=SYSTEM, now=NOW)
    assert ended is not None
    found = explain(ended, NOW)
    assert (found.recounted, found.strip[-2].is_due) == (True, True)


# ------------------------------------------------------------------ other settings


def test_a_setting_touches_running_clocks_only_where_chosen_and_shown(
    where: Offices, heard: Heard
) -> None:
    one = started(where, "09-18 15:00")
    two = started(where, "09-18 15:00", subject="ticket:13")
    later = time(18, 30)
    shown = moves.adopt_settings(
        clock_ids=[one.id], actor=SYSTEM, now=NOW, confirm=False, close_of_business=later
    )
    assert [(m.clock, written(m.after.due_at), m.effect) for m in shown] == [
        (one, "09-24 18:30", Effect.LATER)
    ]
    assert queries.clocks_of(["ticket:12"])["ticket:12"] == (one,)
    moves.adopt_settings(
        clock_ids=[one.id], actor=SYSTEM, now=NOW, confirm=True, close_of_business=later
    )
    found = queries.clocks_of(["ticket:12", "ticket:13"])
    assert (written(found["ticket:12"][0].due_at), found["ticket:13"]) == ("09-24 18:30", (two,))
    assert [m.cause for m in heard.of(ClockMoved)] == [Cause.SETTINGS]


def test_another_opening_hour_warns_at_that_hour(where: Offices) -> None:
    made = started(where, "09-18 15:00")
    assert not moves.adopt_settings(
        clock_ids=[made.id], actor=SYSTEM, now=NOW, confirm=True, opening=time(10, 0)
    )
    assert written(queries.clocks_of(["ticket:12"])["ticket:12"][0].next_at) == "09-23 10:00"


def test_other_days_for_a_local_promise(where: Offices, heard: Heard) -> None:
    made = started(where, "09-18 15:00", promise=Promise.ANSWER, days=5)
    moves.adopt_settings(clock_ids=[made.id], actor=SYSTEM, now=NOW, confirm=True, days=2)
    (found,) = queries.clocks_of(["ticket:12"])["ticket:12"]
    assert (found.days, written(found.due_at), written(found.breached_at)) == (
        2,
        "09-21 17:30",
        "09-21 17:30",
    )
    assert sweeping.sweep(now=NOW).acted == 0


def test_the_legal_days_are_fixed(where: Offices) -> None:
    made = started(where, "09-18 15:00")
    with pytest.raises(LegalDaysAreFixed):
        moves.adopt_settings(clock_ids=[made.id], actor=SYSTEM, now=NOW, confirm=False, days=7)
