"""Filing dates: which day of which item is whose, and which of several counts.

A date of the notice is a day and is never moved (semantics 8); the last working day on or before
it stands beside it. An item's day of the next calendar year belongs to the term or year it is of.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from helpdesk.filing.rules.annexes import HIGHER, Cycle, Item, Level, Point, Status, Term
from helpdesk.kernel.errors import Named
from helpdesk.organizations.rules import Subsystem
from helpdesk.workdays.rules import Calendar, UnknownYear, last_working_day_on_or_before

_OPENING: Final = time(8, 30)


@dataclass(frozen=True)
class Occurrence:
    """One date of one item for one level. `named_on` is the day of the notice."""

    item: Item
    level: Level
    term: Term | None
    term_year: int
    named_on: date

    @property
    def key(self) -> str:
        """What ticks, overlays and feeds know it by."""
        return key_of(self.item.id, self.level, self.named_on)


def points_for(item: Item, level: Level, *, central: bool = False) -> tuple[Point, ...]:
    """The days of an item that bind a level (semantics 8).

    Authority days without a level bind every aid office above a school of the subsystem: county,
    city and province; the Centre only above universities. Items for universities of central
    ministries (`central`) bind them and the Centre, no local office.
    """
    if level is Level.SCHOOL:
        return item.school if central or not item.central_only else ()
    if level is Level.CENTRAL:
        above = item.subsystem in HIGHER
        return tuple(p for p in item.authority if p.level is level or (p.level is None and above))
    if item.central_only:
        return ()
    return tuple(p for p in item.authority if p.level in (None, level))


def occurrences(
    items: Iterable[Item], level: Level, first: date, last: date, *, central: bool = False
) -> Iterator[Occurrence]:
    """Every date of the notice from `first` to `last`, both included."""
    for item in items:
        for point in points_for(item, level, central=central):
            for year, day in _days(point, first, last):
                if first <= day <= last:
                    yield Occurrence(item, level, point.term, year, day)


def _days(point: Point, first: date, last: date) -> Iterator[tuple[int, date]]:
    """(year of the cycle, day) of a point around a stretch of days."""
    if point.month:
        for year in range(first.year - 1, last.year + 1):
            yield year, point.on(year)
        return
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            if month not in point.except_months:
                yield year, point.on(year, month)


def key_of(item_id: str, level: Level, named_on: date) -> str:
    """`VO-18:school:2026-01-15`: one date of the notice for one level."""
    return f"{item_id}:{level}:{named_on.isoformat()}"


def parsed(key: str) -> tuple[str, Level, date] | None:
    """Item, level and day of the notice of a key; None for what is no key."""
    try:
        item_id, level, named_on = key.split(":")
        return item_id, Level(level), date.fromisoformat(named_on)
    except ValueError:
        return None


def same_cycle(one: Occurrence, level: Level) -> Iterator[Occurrence]:
    """The same act in the same cycle at another level (VO-05 has a day for each)."""
    around = timedelta(days=366)
    first, last = one.named_on - around, one.named_on + around
    month = one.item.cycle is Cycle.MONTH
    for other in occurrences((one.item,), level, first, last):
        cycle = (other.term, other.term_year, month and other.named_on.month)
        if cycle == (one.term, one.term_year, month and one.named_on.month):
            yield other


@dataclass(frozen=True)
class Overlay:
    """An office asks everybody below it for an item earlier. `due_on` None: taken back.

    `version` counts its changes. `path` is the node of the office.
    """

    office: Named
    office_code: str
    path: str
    item_id: str
    level: Level
    named_on: date
    due_on: date | None
    reason: str
    version: int

    @property
    def key(self) -> str:
        """The occurrence it is about."""
        return key_of(self.item_id, self.level, self.named_on)


@dataclass(frozen=True)
class Deadline:
    """A date as somebody at a node has to keep it. `revision` rises when an overlay changes."""

    occurrence: Occurrence
    due_on: date
    overlay: Overlay | None
    last_working_day: date | None
    status: Status
    revision: int

    @property
    def key(self) -> str:
        """Key of the occurrence."""
        return self.occurrence.key


def strictest(overlays: Iterable[Overlay]) -> Overlay | None:
    """The earliest of several; of two on one day the higher office's."""
    standing = [o for o in overlays if o.due_on is not None]
    return min(standing, key=lambda o: (o.due_on or date.max, len(o.path)), default=None)


def deadlines(
    found: Iterable[Occurrence],
    overlays: Collection[Overlay],
    calendar: Calendar,
    first: date,
    last: date,
) -> tuple[Deadline, ...]:
    """Occurrences with the overlays of a path, due from `first` to `last`, in order of the day."""
    by_key: dict[str, list[Overlay]] = {}
    for overlay in overlays:
        by_key.setdefault(overlay.key, []).append(overlay)
    kept = (_deadline(o, by_key.get(o.key, ()), calendar) for o in found)
    return tuple(sorted((d for d in kept if first <= d.due_on <= last), key=_place))


def _place(deadline: Deadline) -> tuple[date, int, int, str]:
    level = deadline.occurrence.level
    subsystem = tuple(Subsystem).index(deadline.occurrence.item.subsystem)
    return deadline.due_on, level is Level.SCHOOL, subsystem, deadline.occurrence.item.id


def _deadline(found: Occurrence, overlays: Sequence[Overlay], calendar: Calendar) -> Deadline:
    earlier = strictest(overlays)
    due_on = earlier.due_on if earlier and earlier.due_on else found.named_on
    worked, status = last_working_day(calendar, due_on)
    return Deadline(found, due_on, earlier, worked, status, sum(o.version for o in overlays))


def last_working_day(calendar: Calendar, day: date) -> tuple[date | None, Status]:
    """The last working day on or before `day`, and on what it rests."""
    try:
        worked = last_working_day_on_or_before(calendar, day)
    except UnknownYear:
        return None, Status.UNKNOWN
    sure = calendar.confirmed(day.year) and calendar.confirmed(worked.year)
    return worked, Status.CONFIRMED if sure else Status.PROVISIONAL


def horizon(overlays: Iterable[Overlay], last: date) -> date:
    """How far to look for dates of the notice that an overlay brings before `last`."""
    brought = (o.named_on for o in overlays if o.due_on is not None and o.due_on <= last)
    return max((last, *brought))


# ------------------------------------------------------------------ weeks


def week_of(day: date) -> str:
    """`2026-W39`: the ISO week."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def digest_is_out(local: datetime) -> bool:
    """From Monday 08:30 on: nobody is told of a week before it begins to work."""
    return local.weekday() > 0 or local.time() >= _OPENING


def month_grid(year: int, month: int) -> tuple[tuple[date, ...], ...]:
    """The weeks of a month, Monday first, filled up with the days around it."""
    return tuple(tuple(week) for week in months.Calendar().monthdatescalendar(year, month))
