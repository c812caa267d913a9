"""Figures of questions and training: rates, small samples, where a session helps, windows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from helpdesk.reports.rules import (
    Known,
    Need,
    Period,
    Rate,
    Split,
    Staff,
    need,
    period,
    ranked,
    split,
    windows,
)
from helpdesk.training.rules.years import YearKind, year

TODAY = date(2026, 9, 22)
YEAR = year(2026, YearKind.CALENDAR)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, (date(2026, 1, 1), TODAY)),
        (date(2026, 3, 1), date(2026, 3, 31), (date(2026, 3, 1), date(2026, 3, 31))),
        (date(2025, 3, 1), date(2027, 3, 31), (date(2026, 1, 1), TODAY)),
        (date(2026, 12, 1), None, (TODAY, TODAY)),  # nothing lies ahead
        (date(2026, 5, 1), date(2026, 4, 1), (date(2026, 5, 1), date(2026, 5, 1))),
    ],
)
def test_a_period_lies_in_its_year_and_not_ahead(
    first: date | None, last: date | None, days: tuple[date, date]
) -> None:
    found = period(YEAR, TODAY, first, last)
    assert (found.first, found.last) == days


def test_a_year_that_is_over_is_whole() -> None:
    assert period(year(2025, YearKind.CALENDAR), TODAY).days == 365


def test_a_year_that_has_not_begun_is_its_first_day() -> None:
    assert period(year(2027, YearKind.CALENDAR), TODAY).days == 1


@pytest.mark.parametrize(
    ("questions", "staff", "rate", "small"),
    [
        (5, 10.0, 50.0, False),
        (4, 10.0, 40.0, True),
        (5, 9.9, pytest.approx(50.505, abs=0.001), True),
        (0, 200.0, 0.0, True),
        (3, 0.0, None, True),
    ],
)
def test_rates_and_small_samples(
    questions: int, staff: float, rate: float | None, small: bool
) -> None:
    found = Rate(questions, staff)
    assert found.per_hundred == rate
    assert found.small is small


def test_staff_is_a_mean_over_the_days() -> None:
    # Ten persons for 100 days, of whom five were trained after 40 of them.
    found = split({Known.TRAINED: 3, Known.UNTRAINED: 7, Known.NOBODY: 2}, Staff(1000, 300), 100)
    assert found == Split(Rate(3, 3.0), Rate(7, 7.0), 2)
    assert found.all == Rate(12, 10.0)


@pytest.mark.parametrize(
    ("untrained", "yardstick", "avoided"),
    [
        (Rate(20, 40), Rate(10, 100), 16.0),  # 40 x (50 - 10) / 100
        (Rate(20, 40), Rate(0, 100), 20.0),
        (Rate(20, 40), Rate(50, 100), None),  # nothing to gain
        (Rate(5, 40), Rate(11, 100), None),  # less than one question
        (Rate(4, 40), Rate(0, 100), None),  # too few questions
        (Rate(20, 9), Rate(0, 100), None),  # too few staff
        (Rate(20, 40), Rate(0, 9), None),  # nobody to measure by
    ],
)
def test_what_a_session_would_save(untrained: Rate, yardstick: Rate, avoided: float | None) -> None:
    found = need(1, "ACC-1", untrained, yardstick)
    assert (found.avoided if found else None) == avoided


def test_the_greatest_gain_comes_first() -> None:
    small, great = (Need(k, "ACC-1", Rate(), Rate(), a) for k, a in ((1, 2.0), (2, 9.0)))
    same = Need(1, "ACC-2", Rate(), Rate(), 9.0)
    assert ranked([small, None, great, same], most=2) == (same, great)


@pytest.mark.parametrize(
    ("passed", "days"), [(61, 60), (200, 60), (60, 59), (15, 14), (14, None), (0, None), (-5, None)]
)
def test_windows_are_equally_long_and_over(passed: int, days: int | None) -> None:
    held_on = TODAY - timedelta(days=passed)
    found = windows(held_on, TODAY)
    assert (found.days if found else None) == days
    if found:
        assert found.held_on - found.first == found.last - found.held_on
        assert found.last < TODAY


def test_a_period_counts_both_ends() -> None:
    assert Period(2026, date(2026, 1, 1), date(2026, 1, 31)).days == 31
