"""1 to 10 working days over 2004-2026 against a count that shares no code with ours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import chinese_calendar
import holidays
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.kernel.instants import SHANGHAI
from helpdesk.workdays import rules
from helpdesk.workdays.queries import shipped_calendar

CALENDAR = shipped_calendar()
CLOSE = time(17, 30)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)

instants = st.datetimes(
    min_value=datetime(2004, 1, 1), max_value=datetime(2026, 12, 12), timezones=st.just(SHANGHAI)
)
terms = st.integers(min_value=1, max_value=10)


def works(day: date) -> bool:
    return day == date(2005, 12, 31) or chinese_calendar.is_workday(day)


def brute_force(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= works(day)
    return day


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@given(received=instants, days=terms)
def test_due_equals_the_brute_force_count(received: datetime, days: int) -> None:
    found = rules.due(CALENDAR, received, days, CLOSE)
    assert found.due_on == brute_force(received.date(), days)
    assert found.due_at == datetime.combine(found.due_on, CLOSE, SHANGHAI)
    assert not found.provisional


@given(received=instants, days=terms)
def test_the_explanation_adds_up(received: datetime, days: int) -> None:
    found = rules.due(CALENDAR, received, days, CLOSE)
    dates = [d.date for d in found.days]
    assert sum(d.counted for d in found.days) == days
    assert dates == [received.date() + timedelta(days=n) for n in range(len(dates))]
    assert not found.days[0].counted
    assert found.days[-1].counted
    assert found.days[-1].date == found.due_on


@given(received=instants, days=terms)
def test_left_and_used_agree_with_the_due_day(received: datetime, days: int) -> None:
    due_on = rules.due(CALENDAR, received, days, CLOSE).due_on
    assert rules.days_left(CALENDAR, received, due_on) == days
    assert rules.days_used(CALENDAR, received, due_on) == days
    assert rules.nth_working_day_after(CALENDAR, received.date(), days) == due_on


@given(moments=st.lists(instants, min_size=3, max_size=6))
def test_adjoining_stretches_add_up(moments: list[datetime]) -> None:
    at = sorted(moments)
    parts = [rules.days_used(CALENDAR, a, b) for a, b in pairwise(at)]
    assert sum(parts) == rules.days_used(CALENDAR, at[0], at[-1])


@given(earlier=instants, later=instants, days=terms)
def test_who_comes_later_is_due_no_earlier(earlier: datetime, later: datetime, days: int) -> None:
    first, second = sorted((earlier, later))
    assert (
        rules.due(CALENDAR, first, days, CLOSE).due_at
        <= rules.due(CALENDAR, second, days, CLOSE).due_at
    )


def test_every_day_agrees_with_the_package_but_one() -> None:
    differing = [d for d in every_day() if CALENDAR.works(d) != chinese_calendar.is_workday(d)]
    assert differing == [date(2005, 12, 31)]


def test_every_day_agrees_with_a_second_package() -> None:
    other = holidays.country_holidays("CN", years=range(2003, 2028))
    assert [d for d in every_day() if CALENDAR.works(d) != other.is_working_day(d)] == []


def test_both_years_of_the_drawings_have_248_working_days() -> None:
    for year in (2025, 2026):
        assert sum(day.year == year for day in CALENDAR.working_days) == 248
