"""时限的规则: when a clock warns, breaks and ends, as tables an official can read.

The week of the drawings: Fri 18 Sep 2026 received; Sun 20 works; due Thu 24 Sep 17:30;
25-27 Sep are off, the first late working day is Mon 28 Sep.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from helpdesk.kernel.instants import in_shanghai, parse_instant, shanghai_date
from helpdesk.sla import rules
from helpdesk.sla.rules import ClockView, Effect, Level, Outcome, Promise
from helpdesk.workdays.queries import shipped_calendar

CALENDAR = shipped_calendar()
CLOSE, OPENING = time(17, 30), time(8, 30)


def clock(
    received: str = "2026-09-18 15:00",
    days: int | None = 5,
    promise: Promise = Promise.LEGAL,
    due_on: date | None = None,
    paused_on: frozenset[date] = frozenset(),
) -> ClockView:
    at = parse_instant(received)
    due = rules.reckon(CALENDAR, at, days, CLOSE, due_on, paused_on)
    made = ClockView(
        id=1,
        subject="ticket:12",
        promise=promise,
        body_id=7,
        region="CN",
        started_at=at,
        received_at=at,
        days=days,
        close_of_business=CLOSE,
        opening=OPENING,
        due_at=due.due_at,
        due_on=due.due_on,
        provisional=due.provisional,
        calendar_version=CALENDAR.version,
        paused_on=paused_on,
    )
    return replace(made, next_at=rules.next_moment(CALENDAR, made, at))


def written(moment: datetime | None) -> str:
    return f"{in_shanghai(moment):%m-%d %H:%M}" if moment else ""


def life(of: ClockView, looks: list[str]) -> list[tuple[str, str]]:
    """What a sweep at each of these moments tells."""
    told = []
    for moment in looks:
        now = parse_instant(f"2026-{moment}")
        if of.next_at is None or of.next_at > now:
            continue
        found = rules.look(CALENDAR, of, now)
        if found.newest:
            told.append((moment, found.newest.level.value))
        breached = of.due_at if found.breaches else of.breached_at
        of = replace(of, next_at=None if found.lapses else found.next_at, breached_at=breached)
    return told


EVERY_HOUR = [f"09-{day:02} {hour:02}:30" for day in range(18, 31) for hour in range(24)]


def test_a_legal_clock_from_arrival_to_the_third_late_day() -> None:
    assert life(clock(), EVERY_HOUR) == [
        ("09-22 08:30", "two_left"),
        ("09-23 08:30", "one_left"),
        ("09-24 08:30", "last_day"),
        ("09-24 17:30", "breach"),
        ("09-28 08:30", "late"),
        ("09-29 08:30", "late"),
        ("09-30 08:30", "late"),
    ]


LIVES = [
    # 承诺, 工作日, 收到, 依次提醒
    pytest.param(
        Promise.ACCEPT,
        1,
        "2026-09-21 10:00",
        ["09-22 08:30 last_day", "09-22 17:30 breach", "09-23 08:30 late"],
        id="受理1天：收到当天已过的提醒不发，最后一天、超期、之后每个工作日",
    ),
    pytest.param(
        Promise.ACCEPT,
        1,
        "2026-09-21 07:00",
        ["09-21 08:30 one_left", "09-22 08:30 last_day", "09-22 17:30 breach"],
        id="上班前收到：当天上班时还剩1天",
    ),
    pytest.param(
        Promise.ANSWER,
        3,
        "2026-09-21 10:00",
        ["09-22 08:30 two_left", "09-23 08:30 one_left", "09-24 08:30 last_day"],
        id="答复3天",
    ),
    pytest.param(
        Promise.CONFIRM,
        5,
        "2026-09-18 10:00",
        ["09-24 08:30 last_day", "09-24 17:30 lapse"],
        id="等待确认：最后一天提醒，到期由系统关闭，不算超期",
    ),
    pytest.param(
        Promise.WAITING,
        10,
        "2026-09-10 10:00",
        [
            "09-21 08:30 two_left",
            "09-22 08:30 one_left",
            "09-23 08:30 last_day",
            "09-23 17:30 lapse",
        ],
        id="等待提问方10天：三次提醒后到期关闭",
    ),
]


@pytest.mark.parametrize(("promise", "days", "received", "expected"), LIVES)
def test_lives(promise: Promise, days: int, received: str, expected: list[str]) -> None:
    told = [f"{when} {level}" for when, level in life(clock(received, days, promise), EVERY_HOUR)]
    assert told[: len(expected)] == expected
    if promise in rules.LAPSING:
        assert len(told) == len(expected)


LATE_LOOKS = [
    # 检查的时刻, 发出的
    pytest.param(["09-21 12:00"], [], id="还没有到任何提醒"),
    pytest.param(["09-23 09:00"], ["one_left"], id="漏过剩2天，只发剩1天"),
    pytest.param(["09-24 09:00"], ["last_day"], id="漏过两级，只发最后一天"),
    pytest.param(["09-24 17:30"], ["breach"], id="恰在截止时刻：超期"),
    pytest.param(["09-24 17:29"], ["last_day"], id="截止前一分钟：还不是超期"),
    pytest.param(["09-25 12:00"], ["breach"], id="假日里检查：只有超期"),
    pytest.param(["09-28 08:29"], ["breach"], id="节后上班前：只有超期"),
    pytest.param(["09-29 10:00"], ["late"], id="停机多日：只发最新的一个超期日"),
    pytest.param(["09-23 09:00", "09-23 10:00"], ["one_left"], id="同一级不再发"),
    pytest.param(["09-28 09:00", "09-29 09:00"], ["late", "late"], id="每个超期工作日一次"),
]


@pytest.mark.parametrize(("looks", "expected"), LATE_LOOKS)
def test_only_the_newest_level_is_told(looks: list[str], expected: list[str]) -> None:
    assert [level for _, level in life(clock(), looks)] == expected


def test_a_breach_is_noted_even_when_a_later_level_is_told() -> None:
    found = rules.look(CALENDAR, clock(), parse_instant("2026-09-29 10:00"))
    assert found.breaches
    assert found.newest is not None
    assert (found.newest.level, found.newest.day) == (Level.LATE, date(2026, 9, 29))
    assert written(found.next_at) == "09-30 08:30"


def test_a_report_entered_late_is_warned_at_once() -> None:
    # Phoned on the 18th, entered on the last day at 10:00: the newest level passed is due now.
    made = clock()
    entered = parse_instant("2026-09-24 10:00")
    assert made.next_at is not None
    assert made.next_at <= entered
    found = rules.look(CALENDAR, made, entered)
    assert found.newest is not None
    assert found.newest.level is Level.LAST_DAY


def test_a_promised_date_warns_like_any_other() -> None:
    made = clock("2026-09-22 10:00", None, Promise.PROMISED, due_on=date(2026, 9, 28))
    assert life(made, EVERY_HOUR)[:4] == [
        ("09-23 08:30", "two_left"),
        ("09-24 08:30", "one_left"),
        ("09-28 08:30", "last_day"),
        ("09-28 17:30", "breach"),
    ]


def test_after_the_known_years_the_sweep_looks_again_on_the_first_day() -> None:
    made = clock("2027-12-24 10:00", 5)
    assert written(rules.next_moment(CALENDAR, made, made.due_at)) == "01-01 08:30"


LATE_DAYS = [
    # 答复于, 超期工作日 (None = 按期)
    pytest.param("2026-09-24 17:30", None, id="恰在截止时刻：按期"),
    pytest.param("2026-09-24 17:31", 0, id="截止日下班后：不足1个工作日"),
    pytest.param("2026-09-26 10:00", 0, id="假日里答复：不足1个工作日"),
    pytest.param("2026-09-28 00:10", 1, id="节后第一个工作日：1"),
    pytest.param("2026-09-30 16:00", 3, id="节后第三个工作日：3"),
    pytest.param("2026-10-09 16:00", 5, id="国庆后"),
]


@pytest.mark.parametrize(("answered", "expected"), LATE_DAYS)
def test_working_days_late(answered: str, expected: int | None) -> None:
    at = parse_instant(answered)
    assert rules.working_days_late(CALENDAR, clock(), at) == expected
    assert rules.days_left(CALENDAR, clock(), at) == -(expected or 0)


def test_days_on_hold_are_no_late_days() -> None:
    held = replace(clock(promise=Promise.ANSWER), paused_on=frozenset({date(2026, 9, 28)}))
    assert rules.working_days_late(CALENDAR, held, parse_instant("2026-09-29 12:00")) == 1


PAUSES = [
    # 暂停, 恢复, 截止
    pytest.param("09-21 10:00", "09-21 16:00", "09-24", id="当天暂停当天恢复：不顺延"),
    pytest.param("09-21 10:00", "09-21 17:30", "09-24", id="下班那一刻已恢复：这一天照计"),
    pytest.param("09-21 10:00", "09-21 17:31", "09-28", id="下班时仍暂停：这一天不计"),
    pytest.param("09-21 17:30", "09-22 08:00", "09-28", id="下班那一刻才暂停：这一天不计"),
    pytest.param("09-21 17:31", "09-22 08:00", "09-24", id="下班后暂停，次日上班前恢复：不顺延"),
    pytest.param("09-19 10:00", "09-19 20:00", "09-24", id="休息日暂停：不顺延"),
    pytest.param("09-19 10:00", "09-20 18:00", "09-28", id="周末暂停跨过上班的周日：顺延1天"),
    pytest.param("09-21 10:00", "09-23 09:00", "09-29", id="两天下班时暂停：顺延2天"),
    pytest.param("09-18 16:00", "09-18 18:00", "09-24", id="收到当天暂停：当天本就不计"),
    pytest.param("09-22 10:00", "10-09 09:00", "10-12", id="暂停跨过国庆：剩3天从恢复那天起数"),
]


@pytest.mark.parametrize(("since", "until", "expected"), PAUSES)
def test_pauses(since: str, until: str, expected: str) -> None:
    running = clock(promise=Promise.ANSWER)
    paused = replace(running, paused_since=parse_instant(f"2026-{since}"), next_at=None)
    found = rules.resumed(CALENDAR, paused, parse_instant(f"2026-{until}"))
    assert found.due_on == date.fromisoformat(f"2026-{expected}")
    assert found.paused_since is None
    assert written(found.due_at) == f"{expected} 17:30"


EFFECTS = [
    # 已超期, 现在, 新截止, 结果
    pytest.param(False, "09-22 10:00", "09-25", Effect.LATER, id="推后"),
    pytest.param(False, "09-22 10:00", "09-23", Effect.EARLIER, id="提前，仍在将来"),
    pytest.param(False, "09-22 10:00", "09-24", None, id="不变"),
    pytest.param(False, "09-24 12:00", "09-23", Effect.BREACHED, id="已成过去：因日历变更而超期"),
    pytest.param(False, "09-28 12:00", "09-23", Effect.EARLIER, id="原来就已过，由检查判定"),
    pytest.param(True, "09-28 12:00", "09-30", Effect.STRUCK, id="超期的移到将来：撤销超期"),
    pytest.param(True, "09-29 12:00", "09-28", Effect.LATER, id="推后但仍已过：超期保留"),
]


@pytest.mark.parametrize(("breached", "now", "due", "expected"), EFFECTS)
def test_effect_of_another_due_date(
    breached: bool, now: str, due: str, expected: Effect | None
) -> None:
    seen = clock()
    seen = replace(seen, breached_at=seen.due_at if breached else None)
    assert rules.effect(seen, parse_instant(f"2026-{due} 17:30"), parse_instant(f"2026-{now}")) == (
        expected
    )


VERDICTS = [
    pytest.param(Outcome.MET, "feedback", None, "按期反馈", id="反馈"),
    pytest.param(Outcome.MET, "resolution", None, "按期解决", id="解决"),
    pytest.param(Outcome.MET, "hand_up", None, "按期完成", id="上报"),
    pytest.param(Outcome.LATE, "feedback", 0, "超期办理，不足1个工作日", id="当日下班后"),
    pytest.param(Outcome.LATE, "feedback", 3, "超期3个工作日办理", id="三天后"),
    pytest.param(Outcome.RETURNED, None, None, "已退回", id="退回"),
    pytest.param(Outcome.RETURNED, None, 2, "超期后退回", id="超期后退回"),
    pytest.param(Outcome.MERGED, None, None, "已并入另一个问题", id="并入"),
    pytest.param(Outcome.LAPSED, None, None, "到期未回复", id="提问方未回复"),
]


@pytest.mark.parametrize(("outcome", "how", "late", "expected"), VERDICTS)
def test_verdicts(outcome: Outcome, how: str | None, late: int | None, expected: str) -> None:
    seen = clock()
    ended = replace(
        seen,
        outcome=outcome,
        met_by=how,
        working_days_late=late,
        breached_at=None if late is None else seen.due_at,
        ended_at=seen.due_at,
    )
    sentence, params = rules.verdict(ended)
    assert sentence % params == expected


KINDS = [
    # 承诺, 法定, 可暂停, 到期即止
    pytest.param(Promise.LEGAL, True, False, False, id="法定时限"),
    pytest.param(Promise.ACCEPT, False, True, False, id="受理"),
    pytest.param(Promise.ANSWER, False, True, False, id="答复或上报"),
    pytest.param(Promise.STEP, False, True, False, id="步骤"),
    pytest.param(Promise.ENV, False, True, False, id="运行环境"),
    pytest.param(Promise.SYNC, False, True, False, id="数据同步"),
    pytest.param(Promise.PROMISED, False, False, False, id="承诺的日期"),
    pytest.param(Promise.CONFIRM, False, False, True, id="等待确认"),
    pytest.param(Promise.WAITING, False, False, True, id="等待提问方"),
]


@pytest.mark.parametrize(("promise", "legal", "may_pause", "lapses"), KINDS)
def test_what_each_promise_is(promise: Promise, legal: bool, may_pause: bool, lapses: bool) -> None:
    seen = clock(promise=promise)
    assert (seen.legal, promise in rules.LOCAL, seen.lapses) == (legal, may_pause, lapses)
    assert seen.day_zero == shanghai_date(seen.received_at)
    assert promise in rules.PROMISES


def test_a_promised_date_is_never_provisional() -> None:
    made = clock("2026-12-28 10:00", None, Promise.PROMISED, due_on=date(2027, 1, 8))
    assert not made.provisional
    assert clock("2026-12-28 10:00", 5).provisional
