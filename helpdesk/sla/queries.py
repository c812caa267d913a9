"""Reads of clocks: by subject, by office, for the board; and the explanation of a due date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Body
from helpdesk.sla import rules
from helpdesk.sla.models import Clock, Move, Pause
from helpdesk.sla.rules import (
    Cause,
    ClockView,
    Effect,
    PauseReason,
    Promise,
    Reckoning,
)
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as counting
from helpdesk.workdays.rules import Calendar, DayCount, Reason

__all__ = ["ClockView"]

LONGEST_BOARD: Final = 5000  # open clocks of one office; more than a board can show anyway


def view(clock: Clock) -> ClockView:
    """The row as a value."""
    return ClockView(
        id=clock.id,
        subject=clock.subject,
        promise=clock.promise,
        body_id=clock.body_id,
        region=clock.region,
        started_at=clock.started_at,
        received_at=clock.received_at,
        days=clock.days,
        close_of_business=clock.close_of_business,
        opening=clock.opening,
        due_at=clock.due_at,
        due_on=clock.due_on,
        provisional=clock.provisional,
        calendar_version=clock.calendar_version,
        next_at=clock.next_at,
        paused_since=clock.paused_since,
        paused_on=frozenset(date.fromisoformat(day) for day in clock.paused_on),
        breached_at=clock.breached_at,
        ended_at=clock.ended_at,
        outcome=clock.outcome,
        met_by=clock.met_by,
        working_days_late=clock.working_days_late,
    )


def clocks_of(subjects: Collection[str]) -> dict[str, tuple[ClockView, ...]]:
    """Every clock of these subjects, running and ended, oldest first. One query."""
    found: dict[str, list[ClockView]] = {}
    rows = select(Clock).where(Clock.subject.in_(subjects)).order_by(Clock.id)
    for clock in session().scalars(rows):
        found.setdefault(clock.subject, []).append(view(clock))
    return {subject: tuple(clocks) for subject, clocks in found.items()}


def open_clocks(promise: Promise, body_id: int) -> tuple[ClockView, ...]:
    """Running clocks of a promise at a body, the earliest due first. One indexed query."""
    rows = (
        select(Clock)
        .where(Clock.body_id == body_id, Clock.promise == promise, Clock.ended_at.is_(None))
        .order_by(Clock.due_at, Clock.id)
        .limit(LONGEST_BOARD)
    )
    return tuple(view(clock) for clock in session().scalars(rows))


@dataclass(frozen=True)
class Column:
    """Clocks with so many working days left. `left` None: late. `more`: that many or more."""

    left: int | None
    due_on: date | None
    more: bool
    clocks: tuple[ClockView, ...]


def board(promise: Promise, body_id: int, now: datetime, highest: int = 5) -> tuple[Column, ...]:
    """Running clocks by working days left: `highest` first, then down to 0 (today), then late."""
    clocks = open_clocks(promise, body_id)
    calendars = workdays.calendars({counting.NATIONAL, *(c.region for c in clocks)})
    by_left: dict[int | None, list[ClockView]] = {}
    for clock in clocks:
        left = None if now > clock.due_at else rules.days_left(calendars[clock.region], clock, now)
        by_left.setdefault(left if left is None else min(left, highest), []).append(clock)
    national = calendars[counting.NATIONAL]
    return tuple(
        Column(
            left=left,
            due_on=None if left is None else _day_with_left(national, now, left),
            more=left == highest,
            clocks=tuple(by_left.get(left, ())),
        )
        for left in (*range(highest, -1, -1), None)
    )


def _day_with_left(calendar: Calendar, now: datetime, left: int) -> date:
    today = shanghai_date(now)
    return counting.nth_working_day_after(calendar, today, left) if left else today


@dataclass(frozen=True)
class PauseView:
    """A stretch during which a clock stood still."""

    since: datetime
    until: datetime | None
    reason: PauseReason
    note: str


@dataclass(frozen=True)
class MoveView:
    """A due date that moved; `struck_breach_at` is the breach that no longer stands."""

    at: datetime
    cause: Cause
    effect: Effect
    due_before: datetime
    due_after: datetime
    struck_breach_at: datetime | None
    note: str


def pauses_of(clock_ids: Collection[int]) -> dict[int, tuple[PauseView, ...]]:
    """Pauses by clock, oldest first. One query."""
    found: dict[int, tuple[PauseView, ...]] = {}
    rows = select(Pause).where(Pause.clock_id.in_(clock_ids)).order_by(Pause.since, Pause.id)
    for p in session().scalars(rows):
        seen = PauseView(p.since, p.until, p.reason, p.note)
        found[p.clock_id] = (*found.get(p.clock_id, ()), seen)
    return found


def moves_of(clock_ids: Collection[int]) -> dict[int, tuple[MoveView, ...]]:
    """How the due dates of these clocks moved, oldest first. One query."""
    found: dict[int, tuple[MoveView, ...]] = {}
    rows = select(Move).where(Move.clock_id.in_(clock_ids)).order_by(Move.id)
    for m in session().scalars(rows):
        seen = MoveView(
            m.at, m.cause, m.effect, m.due_before, m.due_after, m.struck_breach_at, m.note
        )
        found[m.clock_id] = (*found.get(m.clock_id, ()), seen)
    return found


def running_below(path: str, promises: Collection[Promise]) -> tuple[ClockView, ...]:
    """Running clocks of these promises whose body stands at `path` or below, by due date."""
    rows = (
        select(Clock)
        .join(Body, Body.id == Clock.body_id)
        .where(Clock.ended_at.is_(None), Clock.promise.in_(promises), below(Body.path, path))
        .order_by(Clock.due_at, Clock.id)
    )
    return tuple(view(clock) for clock in session().scalars(rows))


@dataclass(frozen=True)
class ClockMove:
    """A running clock whose due date another calendar or setting changes."""

    clock: ClockView
    after: Reckoning
    effect: Effect


def open_regions() -> frozenset[str]:
    """Regions in which a clock runs."""
    rows = select(Clock.region).where(Clock.ended_at.is_(None)).distinct()
    return frozenset(session().scalars(rows))


def affected_regions(region: str) -> frozenset[str]:
    """Regions with running clocks whose calendar depends on notices of `region`."""
    regions = open_regions()
    return regions if region == counting.NATIONAL else regions & {region}


def foresee(
    region: str, calendar_of: Callable[[str], Calendar], now: datetime
) -> tuple[ClockMove, ...]:
    """Running clocks that would move if calendars were as `calendar_of` says. Changes nothing.

    A notice of region `CN` concerns every region, a province's own only its clocks.
    """
    found: list[ClockMove] = []
    for each in sorted(affected_regions(region)):
        calendar = calendar_of(each)
        rows = select(Clock).where(Clock.ended_at.is_(None), Clock.region == each)
        seen = (move(calendar, view(clock), now) for clock in session().scalars(rows))
        found.extend(one for one in seen if one is not None)
    return tuple(sorted(found, key=lambda one: (one.clock.due_at, one.clock.id)))


def move(
    calendar: Calendar, clock: ClockView, now: datetime, terms: ClockView | None = None
) -> ClockMove | None:
    """Where a running clock goes by `calendar` (and by the settings of `terms`); None: it stays."""
    after = rules.reckon_again(calendar, terms or clock)
    effect = rules.effect(clock, after.due_at, now)
    return ClockMove(clock, after, effect) if effect else None


class Place(StrEnum):
    """Where a day of the strip stands."""

    RECEIPT = "receipt"
    OFF = "off"
    USED = "used"
    TODAY = "today"
    AHEAD = "ahead"
    AFTER = "after"


@dataclass(frozen=True)
class StripDay:
    """One calendar day. `weekday` 0 is Monday; `ordinal` is n on the n-th counted day.

    `mark`: 班 on a weekend that is worked, 休 on a weekday that is off, else empty.
    """

    date: date
    weekday: int
    counted: bool
    reason: Reason
    text_zh: str
    text_en: str
    ordinal: int | None
    mark: str
    place: Place
    is_due: bool
    is_today: bool


@dataclass(frozen=True)
class Explanation:
    """Why a clock is due when it is due, day by day.

    `days`: from the day of receipt to the due day; `strip`: the same with what a page draws, and
    the day after. `cells`: one per working day: u used, t today, "" left, x late. `weekday_only`:
    the wrong day to which counting Monday to Friday would lead, None where it is the same.
    `recounted`: the calendar changed after this clock ended, so the strip no longer leads to its
    due day.
    """

    clock: ClockView
    days: tuple[DayCount, ...]
    strip: tuple[StripDay, ...]
    cells: tuple[str, ...]
    used: int
    left: int
    late: int | None
    weekday_only: date | None
    sources: tuple[str, ...]
    confirmed: bool
    recounted: bool


def explain(calendar: Calendar, clock: ClockView, now: datetime) -> Explanation:
    """Explain a clock by `calendar`: every day from the day of receipt to the day after due.

    A paused clock is explained as if it went on now.
    """
    at = clock.ended_at or now
    clock = rules.resumed(calendar, clock, now)
    told = counting.tell(calendar, clock.received_at, _end(calendar, clock), clock.paused_on)
    strip = _strip(told, clock, shanghai_date(at), running=clock.ended_at is None)
    counted = [day for day in strip if day.ordinal is not None]
    late = rules.working_days_late(calendar, clock, at)
    years = sorted({day.date.year for day in told if day.date <= clock.due_on})
    cells = [_CELLS[day.place] for day in counted] + ["x"] * (late or 0)
    return Explanation(
        clock=clock,
        days=tuple(day for day in told if day.date <= clock.due_on),
        strip=strip,
        cells=tuple(cells),
        used=sum(day.date <= shanghai_date(at) for day in counted),
        left=sum(day.date > shanghai_date(at) for day in counted),
        late=late,
        weekday_only=_weekday_only(clock),
        sources=tuple(s for year in years for s in calendar.info(year).sources),
        confirmed=not clock.provisional,
        recounted=clock.days is not None and len(counted) != clock.days,
    )


_CELLS: Final = {Place.USED: "u", Place.TODAY: "t", Place.AHEAD: ""}


def _end(calendar: Calendar, clock: ClockView) -> date:
    after = clock.due_on + timedelta(days=1)
    return after if after.year in calendar.years else clock.due_on


def _strip(
    told: Sequence[DayCount], clock: ClockView, today: date, *, running: bool
) -> tuple[StripDay, ...]:
    found, ordinal = [], 0
    for day in told:
        counted = day.counted and day.date <= clock.due_on
        ordinal += counted
        found.append(
            StripDay(
                date=day.date,
                weekday=day.date.weekday(),
                counted=counted,
                reason=day.reason,
                text_zh=day.text_zh,
                text_en=day.text_en,
                ordinal=ordinal if counted else None,
                mark=_mark(day),
                place=_place(day, counted, today, running=running),
                is_due=day.date == clock.due_on,
                is_today=running and day.date == today,
            )
        )
    return tuple(found)


def _mark(day: DayCount) -> str:
    if day.reason is Reason.MAKEUP:
        return "班"
    return "休" if day.reason is Reason.HOLIDAY and day.date.weekday() < counting.SATURDAY else ""


def _place(day: DayCount, counted: bool, today: date, *, running: bool) -> Place:
    if day.reason is Reason.DAY_OF_RECEIPT:
        return Place.RECEIPT
    if not counted:
        return Place.AFTER if day.counted else Place.OFF
    if day.date == today and running:
        return Place.TODAY
    return Place.USED if day.date <= today else Place.AHEAD


def _weekday_only(clock: ClockView) -> date | None:
    if clock.days is None or clock.paused_on:
        return None
    day, left = clock.day_zero, clock.days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < counting.SATURDAY
    return None if day == clock.due_on else day
