"""哪一天提醒: the days on which who is not trained is reminded, as a table an official can read."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.training.rules import reminding
from helpdesk.training.rules.reminding import OrderKind, Plan, Stage
from helpdesk.training.rules.years import YearKind, year, year_of
from helpdesk.workdays.queries import shipped_calendar
from helpdesk.workdays.rules import UnknownYear

CALENDAR = shipped_calendar()
USUAL = Plan(on=True, monthly_from=9, weekly_from=12)

# 日期, 每月第一个工作日, 每周第一个工作日, 按默认设置提醒
DAYS = [
    pytest.param("2026-08-03", True, True, False, id="8月还不提醒"),
    pytest.param("2026-08-31", False, True, False, id="8月31日周一，每周提醒从12月起"),
    pytest.param("2026-09-01", True, False, True, id="9月1日周二，9月第一个工作日"),
    pytest.param("2026-09-02", False, False, False, id="9月2日"),
    pytest.param("2026-09-07", False, True, False, id="9月7日周一，只是一周的第一天"),
    pytest.param("2026-09-20", False, False, False, id="调休上班的周日是一周的最后一天"),
    pytest.param("2026-10-01", False, False, False, id="国庆放假"),
    pytest.param("2026-10-08", True, True, True, id="10月第一个工作日是8日"),
    pytest.param("2026-10-10", False, False, False, id="调休上班的周六"),
    pytest.param("2026-11-01", False, False, False, id="11月1日周日"),
    pytest.param("2026-11-02", True, True, True, id="11月2日周一"),
    pytest.param("2026-11-30", False, True, False, id="11月30日周一，还在11月"),
    pytest.param("2026-12-01", True, False, True, id="12月1日周二，12月第一个工作日"),
    pytest.param("2026-12-07", False, True, True, id="12月起每周一"),
    pytest.param("2026-12-08", False, False, False, id="12月8日周二"),
    pytest.param("2026-12-28", False, True, True, id="最后一周"),
    pytest.param("2026-02-24", False, True, False, id="春节后第一天是周二"),
    pytest.param("2025-12-29", False, True, True, id="2025年最后一周"),
]


@pytest.mark.parametrize(("day", "of_month", "of_week", "reminds"), DAYS)
def test_days(day: str, of_month: bool, of_week: bool, reminds: bool) -> None:
    on = date.fromisoformat(day)
    turn = reminding.turn_of(on, CALENDAR, year_of(on, YearKind.CALENDAR))
    assert (turn is not None and turn.of_month, turn is not None and turn.of_week) == (
        of_month,
        of_week,
    )
    assert (turn is not None and turn.due(USUAL)) is reminds


# 学年从9月1日起, 年度第几个月
SCHOOL_YEAR = [
    ("2026-09-01", 1, False),
    ("2027-04-01", 8, False),
    ("2026-10-08", 2, False),
    ("2026-05-06", 9, True),
    ("2026-08-03", 12, True),
    ("2026-08-10", 12, True),
]


@pytest.mark.parametrize(("day", "month", "reminds"), SCHOOL_YEAR)
def test_months_of_a_school_year(day: str, month: int, reminds: bool) -> None:
    on = date.fromisoformat(day)
    turn = reminding.turn_of(on, CALENDAR, year_of(on, YearKind.SCHOOL))
    assert turn is not None
    assert (turn.month, turn.due(USUAL)) == (month, reminds)


@pytest.mark.parametrize(
    ("plan", "reminds"),
    [
        (Plan(on=False, monthly_from=1, weekly_from=1), False),
        (Plan(on=True, monthly_from=10, weekly_from=12), False),
        (Plan(on=True, monthly_from=12, weekly_from=9), True),
        (Plan(on=True, monthly_from=9, weekly_from=12), False),
    ],
)
def test_a_node_has_a_plan_of_its_own(plan: Plan, reminds: bool) -> None:
    monday = date(2026, 9, 7)
    turn = reminding.turn_of(monday, CALENDAR, year(2026, YearKind.CALENDAR))
    assert turn is not None
    assert turn.due(plan) is reminds


# 今天, 应补发的提醒日
LATE = [
    ("2026-12-01", "2026-12-01"),
    ("2026-12-03", "2026-12-01"),
    ("2026-12-06", "2026-12-01"),
    ("2026-12-07", "2026-12-07"),
    ("2026-09-07", "2026-09-01"),
    ("2026-09-08", None),
    ("2026-10-07", None),
    ("2027-01-02", None),
]


@pytest.mark.parametrize(("today", "on"), LATE)
def test_a_day_that_was_missed_is_made_up_for_within_a_week(today: str, on: str | None) -> None:
    day = date.fromisoformat(today)
    found = reminding.newest(day, CALENDAR, year_of(day, YearKind.CALENDAR), USUAL)
    assert (found[0].isoformat() if found else None) == on


def test_a_year_without_calendar_is_an_error() -> None:
    with pytest.raises(UnknownYear):
        reminding.turn_of(date(1990, 3, 1), CALENDAR, year(1990, YearKind.CALENDAR))


def test_an_order_by_hand_tells_the_persons_and_ends() -> None:
    assert reminding.after(Stage.PERSONS, OrderKind.BY_HAND) is Stage.DONE
    way = [Stage.PERSONS]
    while way[-1] is not Stage.DONE:
        way.append(reminding.after(way[-1], OrderKind.PLANNED))
    assert way == [Stage.PERSONS, Stage.BODIES, Stage.OFFICES, Stage.DONE]
