"""Whatever the moments of sweeps and pauses are: nothing twice, nothing forgotten, days add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.kernel.instants import SHANGHAI, at_shanghai, shanghai_date
from helpdesk.sla import rules
from helpdesk.sla.rules import ClockView, Level, Moment, Promise
from helpdesk.workdays import rules as workdays
from helpdesk.workdays.queries import shipped_calendar

CALENDAR = shipped_calendar()
CLOSE, OPENING = time(17, 30), time(8, 30)

moments = st.datetimes(
    min_value=datetime(2025, 12, 1), max_value=datetime(2026, 10, 31), timezones=st.just(SHANGHAI)
)
terms = st.integers(min_value=1, max_value=10)
gaps = st.lists(st.integers(min_value=1, max_value=6000), min_size=1, max_size=12)


def clock(received: datetime, days: int, promise: Promise = Promise.ANSWER) -> ClockView:
    due = rules.reckon(CALENDAR, received, days, CLOSE)
    made = ClockView(
        id=1,
        subject="ticket:12",
        promise=promise,
        body_id=7,
        region="CN",
        started_at=received,
        received_at=received,
        days=days,
        close_of_business=CLOSE,
        opening=OPENING,
        due_at=due.due_at,
        due_on=due.due_on,
        provisional=due.provisional,
        calendar_version=CALENDAR.version,
    )
    return replace(made, next_at=rules.next_moment(CALENDAR, made, received))


def everything(of: ClockView, until: datetime) -> list[tuple[datetime, Level]]:
    """All that happens up to `until`, written down from the rules of the page of semantics."""
    found = [(of.due_at, Level.BREACH)]
    day = shanghai_date(of.received_at)
    while day <= shanghai_date(until):
        opens = at_shanghai(day, OPENING)
        if CALENDAR.works(day):
            left = workdays.days_left(CALENDAR, opens, of.due_on)
            level = {2: Level.TWO_LEFT, 1: Level.ONE_LEFT, 0: Level.LAST_DAY}.get(left)
            level = Level.LATE if day > of.due_on else level
            found += [(opens, level)] if level else []
        day += timedelta(days=1)
    return sorted((at, level) for at, level in found if of.received_at < at <= until)


def swept(of: ClockView, looks: list[datetime]) -> tuple[list[Moment], list[datetime]]:
    """What is told, and at which looks a breach is noted."""
    told: list[Moment] = []
    breaches: list[datetime] = []
    for now in looks:
        if of.next_at is None or of.next_at > now:
            continue
        found = rules.look(CALENDAR, of, now)
        told += [found.newest] if found.newest else []
        breaches += [now] if found.breaches else []
        breached = of.due_at if found.breaches else of.breached_at
        of = replace(of, next_at=found.next_at, breached_at=breached)
    return told, breaches


@given(received=moments, days=terms, minutes=gaps)
def test_sweeps_at_any_moments(received: datetime, days: int, minutes: list[int]) -> None:
    made, looks, now = clock(received, days), [], received
    for gap in minutes:
        now += timedelta(minutes=gap)
        looks.append(now)
    told, breaches = swept(made, looks)
    happened = everything(made, looks[-1])
    # Nothing twice, nothing invented, in order; and the newest is never missing.
    pairs = [(m.at, m.level) for m in told]
    assert pairs == sorted(set(pairs))
    assert set(pairs) <= set(happened)
    assert pairs[-1:] == happened[-1:]
    # A breach is noted once, at the first look at or after due_at.
    assert breaches == [look for look in looks if look >= made.due_at][:1]


@given(received=moments, days=terms)
def test_swept_every_half_hour_nothing_is_left_out(received: datetime, days: int) -> None:
    made = clock(received.replace(minute=7, second=0, microsecond=0), days)
    end = made.due_at + timedelta(days=3)
    looks, now = [], made.received_at
    while now < end:
        now += timedelta(minutes=30)
        looks.append(now)
    told, _ = swept(made, looks)
    assert [(m.at, m.level) for m in told] == everything(made, looks[-1])


@given(received=moments, days=terms, minutes=gaps)
def test_pauses_at_any_moments(received: datetime, days: int, minutes: list[int]) -> None:
    made = clock(received, days)
    now, stretches = received, []
    for gap, length in zip(minutes[::2], minutes[1::2], strict=False):
        since = now + timedelta(minutes=gap)
        now = since + timedelta(minutes=length)
        stretches.append((since, now))
        paused = replace(made, paused_since=since, next_at=None)
        made = rules.resumed(CALENDAR, paused, now)
    assert made.due_on == slow_count(received, days, stretches)


def slow_count(received: datetime, days: int, stretches: list[tuple[datetime, datetime]]) -> date:
    day = received.date()
    while days:
        day += timedelta(days=1)
        closes = datetime.combine(day, CLOSE, SHANGHAI)
        paused = any(since <= closes < until for since, until in stretches)
        days -= CALENDAR.works(day) and not paused
    return day
