"""期限怎么数: the count of working days, as tables an official can read."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from helpdesk.kernel.instants import in_shanghai, parse_instant
from helpdesk.workdays import rules
from helpdesk.workdays.queries import shipped_calendar
from helpdesk.workdays.rules import BadTerm, Reason, UnknownYear

CALENDAR = shipped_calendar()
CLOSE = time(17, 30)
EXAMPLES = Path(__file__).parents[1] / "data" / "due_dates.csv"
ROWS = list(csv.DictReader(EXAMPLES.read_text(encoding="utf-8").splitlines()))


def due(received: str, days: int = 5) -> rules.Due:
    return rules.due(CALENDAR, parse_instant(received), days, CLOSE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['received_at']}: {row['note']}")
def test_worked_examples(row: dict[str, str]) -> None:
    found = due(row["received_at"], int(row["working_days"]))
    assert found.due_on == date.fromisoformat(row["due_on"])
    assert in_shanghai(found.due_at).isoformat() == f"{row['due_on']}T17:30:00+08:00"
    assert not found.provisional


def test_there_are_examples() -> None:
    assert len(ROWS) == 14


TERMS = [
    # 收到, 工作日数, 截止
    pytest.param("2026-09-18 15:00", 1, "2026-09-20", id="周五收到，周日调休上班，1天到周日"),
    pytest.param("2026-09-18 15:00", 4, "2026-09-23", id="4天"),
    pytest.param("2026-09-18 15:00", 6, "2026-09-28", id="第6天跨过中秋"),
    pytest.param("2026-09-24 08:00", 5, "2026-10-09", id="中秋与国庆之间只有三个工作日"),
    pytest.param("2026-09-19 12:00", 1, "2026-09-20", id="周六收到，次日周日上班"),
    pytest.param("2026-09-20 12:00", 1, "2026-09-21", id="调休上班的周日收到，当日仍不计"),
    pytest.param("2026-10-01 09:00", 1, "2026-10-08", id="节日第一天收到"),
    pytest.param("2026-10-07 23:59", 3, "2026-10-10", id="节日最后一分钟收到，周六上班是第3天"),
    pytest.param("2025-12-31 18:00", 3, "2026-01-06", id="跨年，1月4日周日上班"),
    pytest.param("2018-12-28 10:00", 1, "2018-12-29", id="2019年的通知把2018年12月29日改为上班"),
    pytest.param("2005-12-30 10:00", 1, "2005-12-31", id="2005年12月31日是工作日"),
    pytest.param("2020-01-23 10:00", 1, "2020-02-03", id="2020年春节延长到2月2日"),
    pytest.param("2015-09-02 10:00", 1, "2015-09-06", id="2015年9月3日放假，9月6日周日上班"),
]


@pytest.mark.parametrize(("received", "days", "expected"), TERMS)
def test_terms(received: str, days: int, expected: str) -> None:
    assert due(received, days).due_on == date.fromisoformat(expected)


def test_every_day_is_explained_in_order() -> None:
    told = [
        (d.date.day, d.counted, d.reason.value, d.text_zh) for d in due("2026-09-18 15:00").days
    ]
    assert told == [
        (18, False, "day_of_receipt", "收到当日不计"),
        (19, False, "weekend", "周末"),
        (20, True, "makeup", "国庆节调休上班"),
        (21, True, "working", "工作日"),
        (22, True, "working", "工作日"),
        (23, True, "working", "工作日"),
        (24, True, "working", "工作日"),
    ]


def test_holidays_are_named_in_both_languages() -> None:
    found = {d.date.day: d for d in due("2026-09-24 09:00", 1).days}
    assert (found[25].text_zh, found[25].text_en) == ("中秋节放假", "Holiday: Mid-autumn Festival")


BEIJING = [
    pytest.param("2026-09-18T23:59:59+08:00", "2026-09-24", id="北京时间当日最后一秒"),
    pytest.param("2026-09-18T16:00:00+00:00", "2026-09-24", id="UTC下午四点已是北京次日(周六)"),
    pytest.param("2026-09-19T16:00:00Z", "2026-09-28", id="UTC周六已是北京周日(上班，当日不计)"),
    pytest.param("2026-09-18 15:00", "2026-09-24", id="不写时区就是北京时间"),
    pytest.param("2026-09-17T22:00:00-08:00", "2026-09-24", id="别的时区先换成北京日期"),
]


@pytest.mark.parametrize(("received", "expected"), BEIJING)
def test_day_of_receipt_is_the_date_in_beijing(received: str, expected: str) -> None:
    assert due(received).due_on == date.fromisoformat(expected)


PROVISIONAL = [
    pytest.param("2026-12-24 10:00", 5, "2026-12-31", False, id="12月24日收到，年内到期，已确认"),
    pytest.param("2026-12-24 23:59", 5, "2026-12-31", False, id="12月24日最后一分钟，已确认"),
    pytest.param(
        "2026-12-25 00:00", 5, "2027-01-04", True, id="12月25日收到，跨入未公布的年份，暂定"
    ),
    pytest.param("2026-12-25 10:00", 4, "2026-12-31", False, id="12月25日收到，4天，年内到期"),
    pytest.param(
        "2026-12-31 10:00", 1, "2027-01-04", True, id="年末最后一天收到，次日起都在2027年"
    ),
    pytest.param("2027-02-04 10:00", 1, "2027-02-09", True, id="2027年春节法定假日已知，仍是暂定"),
]


@pytest.mark.parametrize(("received", "days", "expected", "provisional"), PROVISIONAL)
def test_provisional(received: str, days: int, expected: str, provisional: bool) -> None:
    found = due(received, days)
    assert (found.due_on, found.provisional) == (date.fromisoformat(expected), provisional)


def test_assumed_days_of_a_provisional_year_say_so() -> None:
    told = {d.date.isoformat(): (d.counted, d.reason) for d in due("2026-12-31 10:00", 1).days}
    assert told == {
        "2026-12-31": (False, Reason.DAY_OF_RECEIPT),
        "2027-01-01": (False, Reason.HOLIDAY),
        "2027-01-02": (False, Reason.PROVISIONAL),
        "2027-01-03": (False, Reason.PROVISIONAL),
        "2027-01-04": (True, Reason.PROVISIONAL),
    }


UNKNOWN = [
    pytest.param("2027-12-30 10:00", 5, 2028, id="跨进没有日历的2028年"),
    pytest.param("2028-01-05 10:00", 1, 2028, id="收到日在没有日历的年份"),
    pytest.param("2003-12-31 10:00", 1, 2003, id="早于日历"),
]


@pytest.mark.parametrize(("received", "days", "year"), UNKNOWN)
def test_a_year_without_a_notice_is_an_error(received: str, days: int, year: int) -> None:
    with pytest.raises(UnknownYear) as refused:
        due(received, days)
    assert refused.value.params == {"year": year}
    assert str(year) in str(refused.value)


@pytest.mark.parametrize("days", [0, -1, 251])
def test_terms_nobody_can_mean(days: int) -> None:
    with pytest.raises(BadTerm, match=str(days)):
        due("2026-09-18 15:00", days)


def test_a_day_on_hold_at_close_is_not_counted() -> None:
    on_hold = frozenset({date(2026, 9, 21), date(2026, 9, 19)})
    found = rules.due(CALENDAR, parse_instant("2026-09-18 15:00"), 3, CLOSE, on_hold)
    told = [(d.date.day, d.reason.value) for d in found.days if not d.counted]
    assert found.due_on == date(2026, 9, 23)
    assert told == [(18, "day_of_receipt"), (19, "weekend"), (21, "paused")]


LEFT = [
    # 现在, 截止, 还剩
    pytest.param("2026-09-18 15:00", "2026-09-24", 5, id="收到当天，还有5个工作日"),
    pytest.param("2026-09-19 09:00", "2026-09-24", 5, id="周六不是工作日，仍是5"),
    pytest.param("2026-09-20 09:00", "2026-09-24", 4, id="调休上班的周日过去一天"),
    pytest.param("2026-09-22 10:20", "2026-09-24", 2, id="还有2个"),
    pytest.param("2026-09-24 00:00", "2026-09-24", 0, id="截止当天零点起是0"),
    pytest.param("2026-09-24 23:59", "2026-09-24", 0, id="截止当天深夜仍是0"),
    pytest.param("2026-09-25 12:00", "2026-09-24", 0, id="次日放假，还没有过去一个工作日"),
    pytest.param("2026-09-28 00:00", "2026-09-24", -1, id="节后第一个工作日，超期1"),
    pytest.param("2026-10-08 12:00", "2026-09-24", -4, id="国庆后，超期4"),
]


@pytest.mark.parametrize(("now", "due_on", "expected"), LEFT)
def test_days_left(now: str, due_on: str, expected: int) -> None:
    assert rules.days_left(CALENDAR, parse_instant(now), date.fromisoformat(due_on)) == expected


USED = [
    # 到达, 离开, 用时
    pytest.param("2026-09-10 09:12", "2026-09-14 16:40", 2, id="县：周四到，周一走，用2"),
    pytest.param("2026-09-14 16:40", "2026-09-15 10:05", 1, id="市：用1"),
    pytest.param("2026-09-15 10:05", "2026-09-18 15:00", 3, id="省：用3"),
    pytest.param("2026-09-10 09:12", "2026-09-18 15:00", 6, id="三段相加等于全程"),
    pytest.param("2026-09-18 15:00", "2026-09-18 18:00", 0, id="当天到当天走，用0"),
    pytest.param("2026-09-18 15:00", "2026-09-19 18:00", 0, id="周六走，用0"),
    pytest.param("2026-09-18 15:00", "2026-09-20 18:00", 1, id="调休上班的周日走，用1"),
    pytest.param("2026-09-21 15:00", "2026-09-20 18:00", 0, id="次序颠倒也不会是负数"),
]


@pytest.mark.parametrize(("start", "end", "expected"), USED)
def test_days_used(start: str, end: str, expected: int) -> None:
    first, last = parse_instant(start), parse_instant(end)
    assert rules.days_used(CALENDAR, first, last) == expected
    assert (
        rules.days_used(CALENDAR, in_shanghai(first).date(), in_shanghai(last).date()) == expected
    )


def test_days_used_reads_instants_on_beijing_calendars() -> None:
    evening_before = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)
    assert rules.days_used(CALENDAR, evening_before, datetime(2026, 9, 18, 4, tzinfo=UTC)) == 0


LAST = [
    pytest.param("2026-01-31", "2026-01-30", id="1月31日是周六"),
    pytest.param("2026-06-20", "2026-06-18", id="端午假期中"),
    pytest.param("2026-10-10", "2026-10-10", id="周六但上班"),
    pytest.param("2026-10-07", "2026-09-30", id="国庆最后一天"),
    pytest.param("2026-01-03", "2025-12-31", id="退到上一年"),
]


@pytest.mark.parametrize(("day", "expected"), LAST)
def test_last_working_day_on_or_before(day: str, expected: str) -> None:
    found = rules.last_working_day_on_or_before(CALENDAR, date.fromisoformat(day))
    assert found == date.fromisoformat(expected)


STEPS = [
    pytest.param("2026-09-24", 1, "2026-09-28", id="向后跨中秋"),
    pytest.param("2026-09-30", -1, "2026-09-29", id="向前1天"),
    pytest.param("2026-09-28", -1, "2026-09-24", id="向前跨中秋"),
    pytest.param("2026-09-26", -2, "2026-09-23", id="从休息日向前"),
    pytest.param("2026-09-26", 1, "2026-09-28", id="从休息日向后"),
]


@pytest.mark.parametrize(("day", "steps", "expected"), STEPS)
def test_nth_working_day(day: str, steps: int, expected: str) -> None:
    start = date.fromisoformat(day)
    if steps > 0:
        found = rules.nth_working_day_after(CALENDAR, start, steps)
    else:
        found = rules.nth_working_day_before(CALENDAR, start, -steps)
    assert found == date.fromisoformat(expected)


def test_no_step_leaves_the_known_years() -> None:
    with pytest.raises(UnknownYear, match="2028"):
        rules.nth_working_day_after(CALENDAR, date(2027, 12, 31), 1)
    with pytest.raises(UnknownYear, match="2003"):
        rules.nth_working_day_before(CALENDAR, date(2004, 1, 1), 1)
    with pytest.raises(UnknownYear, match="2003"):
        rules.last_working_day_on_or_before(CALENDAR, date(2004, 1, 1))
