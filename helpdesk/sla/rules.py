"""What a clock promises, when it warns, when it is broken (pure; semantics of the five days).

The legal promise is S-3.5.5: solve or feed back within 5 working days at the call centre. All
other promises are this system's own (本系统约定) and are labelled 本地承诺.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.workdays import rules as workdays
from helpdesk.workdays.rules import Calendar, UnknownYear


class Promise(StrEnum):
    """What is promised about a subject."""

    LEGAL = "legal"
    ACCEPT = "accept"
    ANSWER = "answer"
    STEP = "step"
    ENV = "env"
    SYNC = "sync"
    PROMISED = "promised"  # the date given with a feedback
    CONFIRM = "confirm"  # the asker may say whether it is solved
    WAITING = "waiting"  # the asker owes us something


LOCAL: Final = frozenset({Promise.ACCEPT, Promise.ANSWER, Promise.STEP, Promise.ENV, Promise.SYNC})
ANSWERING: Final = (Promise.ANSWER, Promise.ENV, Promise.SYNC)  # by the kind of office, one of them
LAPSING: Final = frozenset({Promise.CONFIRM, Promise.WAITING})

PROMISES: Final = {
    Promise.LEGAL: N_("法定时限"),
    Promise.ACCEPT: N_("受理"),
    Promise.ANSWER: N_("答复或上报"),
    Promise.STEP: N_("办理步骤"),
    Promise.ENV: N_("处理运行环境问题"),
    Promise.SYNC: N_("处理数据同步问题"),
    Promise.PROMISED: N_("承诺的解决日期"),
    Promise.CONFIRM: N_("等待确认是否解决"),
    Promise.WAITING: N_("等待提问方补充"),
}


class Outcome(StrEnum):
    """How a clock ended."""

    MET = "met"
    LATE = "late"  # answered, but after due_at
    RETURNED = "returned"
    MERGED = "merged"
    MOVED = "moved"  # a promised date gave way to another
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"  # what was promised is no longer asked for
    LAPSED = "lapsed"  # the asker let a confirm or waiting clock run out


# By which act a promise was met; feedback and resolution are recorded apart (S-3.5.5).
FEEDBACK: Final = "feedback"
RESOLUTION: Final = "resolution"


class Level(StrEnum):
    """Warnings, in the order in which they come."""

    TWO_LEFT = "two_left"
    ONE_LEFT = "one_left"
    LAST_DAY = "last_day"
    BREACH = "breach"
    LATE = "late"  # each later working day at opening
    LAPSE = "lapse"


class PauseReason(StrEnum):
    """The only reasons for which a local promise may stand still."""

    WAITING_FOR_ASKER = "waiting_for_asker"
    OUTSIDE_EVENT = "outside_event"


PAUSE_REASONS: Final = {
    PauseReason.WAITING_FOR_ASKER: N_("等待提问方补充"),
    PauseReason.OUTSIDE_EVENT: N_("等待外部事件"),
}


class Cause(StrEnum):
    """Why a due date moved."""

    CALENDAR = "calendar_change"
    SETTINGS = "settings_change"
    RESUMED = "resumed"
    DUPLICATE = "duplicate"


class Effect(StrEnum):
    """What a new due date does to a running clock."""

    LATER = "later"
    EARLIER = "earlier"
    STRUCK = "breach_struck"
    BREACHED = "breached"


EFFECTS: Final = {
    Effect.LATER: N_("推后"),
    Effect.EARLIER: N_("提前"),
    Effect.STRUCK: N_("推后，撤销超期"),
    Effect.BREACHED: N_("因日历变更而超期"),
}


@dataclass(frozen=True)
class ClockView:
    """One clock as it stands. Instants are aware UTC; `due_on`, `day_zero` are Shanghai dates.

    `days` is None where the date itself was promised. `paused_on`: days at whose close of business
    it stood paused. `working_days_late` is the verdict of an ended clock, None if it was not late.
    """

    id: int
    subject: str
    promise: Promise
    body_id: int
    region: str
    started_at: datetime
    received_at: datetime
    days: int | None
    close_of_business: time
    opening: time
    due_at: datetime
    due_on: date
    provisional: bool
    calendar_version: str
    next_at: datetime | None = None
    paused_since: datetime | None = None
    paused_on: frozenset[date] = frozenset()
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    met_by: str | None = None
    working_days_late: int | None = None

    @property
    def day_zero(self) -> date:
        """The day of arrival, which is never counted."""
        return shanghai_date(self.received_at)

    @property
    def legal(self) -> bool:
        """Is this the five days of the notice, and no promise of our own?"""
        return self.promise is Promise.LEGAL

    @property
    def lapses(self) -> bool:
        """Does it run out on the asker instead of being broken by an office?"""
        return self.promise in LAPSING


@dataclass(frozen=True)
class Reckoning:
    """Where a clock is due by a calendar."""

    due_at: datetime
    due_on: date
    provisional: bool


def reckon(
    calendar: Calendar,
    received_at: datetime,
    days: int | None,
    close_of_business: time,
    due_on: date | None = None,
    paused_on: frozenset[date] = frozenset(),
) -> Reckoning:
    """Close of business of the `days`-th counted working day, or of the promised day `due_on`.

    A promised day is a date and rests on no notice, so it is never provisional.
    """
    if days is None:
        assert due_on is not None
        return Reckoning(at_shanghai(due_on, close_of_business), due_on, False)
    found = workdays.due(calendar, received_at, days, close_of_business, paused_on)
    return Reckoning(found.due_at, found.due_on, found.provisional)


def reckon_again(calendar: Calendar, clock: ClockView) -> Reckoning:
    """Where this clock is due by `calendar`, with its own settings and pauses."""
    return reckon(
        calendar,
        clock.received_at,
        clock.days,
        clock.close_of_business,
        clock.due_on,
        clock.paused_on,
    )


def resumed(calendar: Calendar, clock: ClockView, now: datetime) -> ClockView:
    """A paused clock as it would be if it went on at `now`; a running one as it is."""
    if clock.paused_since is None:
        return clock
    held = clock.paused_on | closes_within(clock.paused_since, now, clock.close_of_business)
    on = replace(clock, paused_since=None, paused_on=held)
    due = reckon_again(calendar, on)
    return replace(on, due_at=due.due_at, due_on=due.due_on, provisional=due.provisional)


def closes_within(since: datetime, until: datetime, close_of_business: time) -> frozenset[date]:
    """Days at whose close of business something stood paused from `since` until before `until`."""
    day, last = shanghai_date(since), shanghai_date(until)
    found = set()
    while day <= last:
        if since <= at_shanghai(day, close_of_business) < until:
            found.add(day)
        day += timedelta(days=1)
    return frozenset(found)


def working_days_late(calendar: Calendar, clock: ClockView, at: datetime) -> int | None:
    """None at or before due_at; afterwards the working days since the due day (0 on that day).

    A day at whose close of business the clock stood paused is no late day either.
    """
    if at <= clock.due_at:
        return None
    last = shanghai_date(at)
    held = sum(clock.due_on < day <= last and calendar.works(day) for day in clock.paused_on)
    return workdays.days_used(calendar, clock.due_on, last) - held


def days_left(calendar: Calendar, clock: ClockView, now: datetime) -> int:
    """Working days after today up to the due day; -n when n working days late."""
    late = working_days_late(calendar, clock, now)
    if late is not None:
        return -late
    return workdays.days_left(calendar, now, clock.due_on)


# ------------------------------------------------------------------ when something happens


@dataclass(frozen=True, order=True)
class Moment:
    """At `at`, `level` of working day `day` is reached."""

    at: datetime
    level: Level
    day: date


@dataclass(frozen=True)
class Look:
    """What a look at a clock finds: the newest level reached (None: none), and when to look next.

    `breaches`: due_at has passed and nobody noted it yet. `lapses`: it runs out now.
    """

    newest: Moment | None
    breaches: bool
    lapses: bool
    next_at: datetime


def look(calendar: Calendar, clock: ClockView, now: datetime) -> Look:
    """What is due on a running clock. Of several levels passed since, only the newest counts."""
    assert clock.next_at is not None
    agenda = _agenda(calendar, clock, now)
    reached = [m for m in agenda if clock.next_at <= m.at <= now]
    over = now >= clock.due_at
    return Look(
        newest=reached[-1] if reached else None,
        breaches=over and not clock.lapses and clock.breached_at is None,
        lapses=over and clock.lapses,
        next_at=_first_after(agenda, now, clock),
    )


def next_moment(calendar: Calendar, clock: ClockView, since: datetime) -> datetime:
    """The first moment after `since` at which something happens to this clock."""
    return _first_after(_agenda(calendar, clock, since), since, clock)


def _first_after(agenda: list[Moment], since: datetime, clock: ClockView) -> datetime:
    return next((m.at for m in agenda if m.at > since), clock.due_at)


def _agenda(calendar: Calendar, clock: ClockView, now: datetime) -> list[Moment]:
    """All warnings, the due moment, and of the late days the last one reached and the next."""
    end = Level.LAPSE if clock.lapses else Level.BREACH
    found = [*_warnings(calendar, clock), Moment(clock.due_at, end, clock.due_on)]
    if not clock.lapses and now >= clock.due_at:
        found += _late(calendar, clock, now)
    return sorted(found)


def _warnings(calendar: Calendar, clock: ClockView) -> list[Moment]:
    last = workdays.last_working_day_on_or_before(calendar, clock.due_on)
    days = {Level.LAST_DAY: last}
    # Who may still say "not solved" was told with the solution, and is reminded once.
    if clock.promise is not Promise.CONFIRM:
        days[Level.ONE_LEFT] = workdays.nth_working_day_before(calendar, last, 1)
        days[Level.TWO_LEFT] = workdays.nth_working_day_before(calendar, last, 2)
    return [Moment(at_shanghai(day, clock.opening), level, day) for level, day in days.items()]


def _late(calendar: Calendar, clock: ClockView, now: datetime) -> list[Moment]:
    day = workdays.last_working_day_on_or_before(calendar, shanghai_date(now))
    if at_shanghai(day, clock.opening) > now:
        day = workdays.nth_working_day_before(calendar, day, 1)
    reached = [day] if day > clock.due_on else []
    return [
        Moment(at_shanghai(late, clock.opening), Level.LATE, late)
        for late in (*reached, _next_late(calendar, max(day, clock.due_on)))
    ]


def _next_late(calendar: Calendar, day: date) -> date:
    try:
        return workdays.nth_working_day_after(calendar, day, 1)
    except UnknownYear:
        # Look again when that year begins; without a calendar the sweep then says so aloud.
        return date(day.year + 1, 1, 1)


# ------------------------------------------------------------------ another due date


def effect(clock: ClockView, due_at: datetime, now: datetime) -> Effect | None:
    """What moving a running clock to `due_at` means; None: nothing.

    A breach whose due_at lies ahead again is struck. A due_at that now lies behind is a breach,
    unless it lay behind before, which is for the sweep to find.
    """
    if clock.breached_at is not None and due_at > now:
        return Effect.STRUCK
    running = clock.breached_at is None and clock.paused_since is None and not clock.lapses
    if running and due_at <= now < clock.due_at:
        return Effect.BREACHED
    if due_at == clock.due_at:
        return None
    return Effect.LATER if due_at > clock.due_at else Effect.EARLIER


def armed_since(clock: ClockView, due_at: datetime, now: datetime) -> datetime:
    """From when on the levels of a new due date count.

    Moved later: what lies behind stays behind. Moved earlier: the newest level passed is due now.
    """
    return now if due_at > clock.due_at or due_at <= now else clock.received_at


# ------------------------------------------------------------------ words


def verdict(clock: ClockView) -> tuple[str, dict[str, object]]:
    """How an ended clock is told: a Chinese source sentence and what fills it."""
    late = clock.working_days_late
    if clock.outcome is Outcome.LATE:
        if not late:
            return N_("超期办理，不足1个工作日"), {}
        return N_("超期%(days)s个工作日办理"), {"days": late}
    if clock.breached_at is not None and clock.outcome in _TOLD_WITH_BREACH:
        return _TOLD_WITH_BREACH[clock.outcome], {}
    assert clock.outcome is not None
    if clock.outcome is Outcome.MET and clock.met_by in (FEEDBACK, RESOLUTION):
        return _MET[clock.met_by], {}
    return _TOLD[clock.outcome], {}


_MET: Final = {FEEDBACK: N_("按期反馈"), RESOLUTION: N_("按期解决")}
_TOLD_WITH_BREACH: Final = {
    Outcome.RETURNED: N_("超期后退回"),
    Outcome.MERGED: N_("超期后并入另一个问题"),
    Outcome.WITHDRAWN: N_("超期后撤回"),
    Outcome.MOVED: N_("超期后另定日期"),
    Outcome.CANCELLED: N_("超期后不再需要"),
}
_TOLD: Final = {
    Outcome.MET: N_("按期完成"),
    Outcome.RETURNED: N_("已退回"),
    Outcome.MERGED: N_("已并入另一个问题"),
    Outcome.MOVED: N_("已另定日期"),
    Outcome.WITHDRAWN: N_("已撤回"),
    Outcome.CANCELLED: N_("不再需要"),
    Outcome.LAPSED: N_("到期未回复"),
}
