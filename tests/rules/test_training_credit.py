"""Semantics 7, valid training: what a person's attendance comes to, as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from helpdesk.training.rules.attendance import Presence, Record, Terms
from helpdesk.training.rules.credit import Seen, Training, checks_asked, trainings
from helpdesk.training.rules.sessions import Mode, State
from helpdesk.training.rules.years import YearKind, calendar, year

TERMS = Terms(minutes=120, share_percent=80, online_minutes=96, online_percent=80)
DAY = date(2026, 5, 6)
CALENDAR = calendar(YearKind.CALENDAR)


def seen(session_id: int = 1, held_on: date = DAY, **over: Any) -> Seen:
    record = over.pop("record", Record(Presence.PRESENT))
    state = over.pop("state", State.CLOSED)
    return Seen(session_id, held_on, state, record, TERMS, **over)


ONE = [
    ("was there", seen(), True),
    ("came late", seen(record=Record(Presence.LATE)), True),
    ("left after 97 of 120 minutes", seen(record=Record(Presence.LEFT_EARLY, minutes=97)), True),
    ("left at exactly 80 %", seen(record=Record(Presence.LEFT_EARLY, minutes=96)), False),
    ("left early, nobody wrote when", seen(record=Record(Presence.LEFT_EARLY)), False),
    ("was absent", seen(record=Record(Presence.ABSENT)), False),
    ("was excused", seen(record=Record(Presence.EXCUSED)), False),
    ("online, all of it", seen(record=Record(Presence.PRESENT, True, 96, 80)), True),
    ("online, a minute short", seen(record=Record(Presence.PRESENT, True, 95, 100)), False),
    ("online, a per cent short", seen(record=Record(Presence.PRESENT, True, 120, 79)), False),
    ("not looked at yet", seen(record=Record(Presence.PRESENT, flagged=True)), False),
    ("the session runs", seen(state=State.RUNNING), True),
    ("it was never begun", seen(state=State.OPEN), False),
    ("it was cancelled", seen(state=State.CANCELLED), False),
    ("the check is not passed", seen(quiz="compulsory"), False),
]


@pytest.mark.parametrize(("case", "one", "valid"), ONE, ids=[row[0] for row in ONE])
def test_one_session(case: str, one: Seen, valid: bool) -> None:
    assert bool(trainings([one], CALENDAR)) is valid, case


def test_the_check_counts_in_its_own_year() -> None:
    asked = [seen(quiz="compulsory"), seen(2, date(2027, 2, 1), quiz="compulsory")]
    assert {(pool, of.label) for pool, of in checks_asked(asked, CALENDAR)} == {
        ("compulsory", 2026), ("compulsory", 2027),
    }  # fmt: skip
    assert set(trainings(asked, CALENDAR, {("compulsory", 2027)})) == {2027}
    assert trainings(asked, CALENDAR, {("preschool", 2026)}) == {}


def test_a_check_alone_is_no_training() -> None:
    assert trainings([], CALENDAR, {("compulsory", 2026)}) == {}


def test_the_first_day_of_each_year_counts() -> None:
    found = trainings(
        [seen(3, date(2027, 1, 4)), seen(2, date(2026, 9, 1)), seen(1, date(2026, 3, 2))], CALENDAR
    )
    assert found == {
        2026: Training(2026, date(2026, 3, 2), Mode.OFFLINE, 1),
        2027: Training(2027, date(2027, 1, 4), Mode.OFFLINE, 3),
    }


def test_the_school_year_begins_in_september() -> None:
    found = trainings(
        [seen(1, date(2026, 8, 31)), seen(2, date(2026, 9, 1))], calendar(YearKind.SCHOOL)
    )
    assert {label: one.session_id for label, one in found.items()} == {2025: 1, 2026: 2}


def days(*numbers: int, needed: int = 2, **over: Any) -> list[Seen]:
    """Sessions of one series on days of May 2026."""
    return [seen(n, date(2026, 5, n), series_id=9, needed=needed, **over) for n in numbers]


def test_of_a_series_as_many_are_needed_as_it_says() -> None:
    assert trainings(days(4), CALENDAR) == {}
    assert trainings(days(11, 4), CALENDAR)[2026] == Training(
        2026, date(2026, 5, 11), Mode.OFFLINE, 11
    )
    assert trainings(days(4, 5, needed=3), CALENDAR) == {}


def test_a_series_that_crosses_the_year_belongs_to_the_year_of_its_last_day() -> None:
    parts = [
        seen(1, date(2026, 12, 30), series_id=9, needed=2),
        seen(2, date(2027, 1, 6), series_id=9, needed=2),
    ]
    assert set(trainings(parts, CALENDAR)) == {2027}


def test_twice_as_many_make_two_trainings() -> None:
    parts = [
        seen(n, day, series_id=9, needed=2)
        for n, day in enumerate(
            (date(2026, 11, 2), date(2026, 11, 9), date(2027, 3, 1), date(2027, 3, 8)), start=1
        )
    ]
    assert {y: t.trained_on for y, t in trainings(parts, CALENDAR).items()} == {
        2026: date(2026, 11, 9),
        2027: date(2027, 3, 8),
    }


def test_how_it_was_held() -> None:
    online = Record(Presence.PRESENT, True, 120, 100)
    assert trainings([seen(record=online)], CALENDAR)[2026].mode is Mode.ONLINE
    both = [*days(4), *days(5, record=online)]
    assert trainings(both, CALENDAR)[2026].mode is Mode.BOTH


def test_a_closed_year_keeps_its_days_when_the_calendar_changes() -> None:
    closed = year(2025, YearKind.CALENDAR)
    changed = calendar(YearKind.SCHOOL, [closed])
    found = trainings([seen(1, date(2025, 5, 6)), seen(2, date(2026, 3, 2))], changed)
    assert {label: one.session_id for label, one in found.items()} == {2025: 1}
    assert set(trainings([seen(2, date(2026, 9, 2))], changed)) == {2026}
