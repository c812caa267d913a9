"""Filing dates: what the six annexes ask of whom, on which days, and who may ask for it earlier.

A date of the notice is a day and is never moved (semantics 8); the last working day on or before
it stands beside it. An item's day of the next calendar year belongs to the term or year it is of.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from helpdesk.kernel.actor import within
from helpdesk.kernel.errors import Named, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import AID_OFFICES, Kind, Subsystem
from helpdesk.workdays.rules import Calendar, UnknownYear, last_working_day_on_or_before


class Level(StrEnum):
    """Who acts: schools, or the aid office of a tier."""

    SCHOOL = "school"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    CENTRAL = "central"


class Cycle(StrEnum):
    """How often an item comes back."""

    YEAR = "year"
    TERM = "term"
    MONTH = "month"


class Term(StrEnum):
    """Spring term of a calendar year, or its autumn term (which ends in the next)."""

    SPRING = "spring"
    AUTUMN = "autumn"


class Fidelity(StrEnum):
    """How the annex prints the row of an item; `inferred`: it does not print it at all."""

    VERBATIM = "verbatim"
    SHIFTED = "columns_shifted"
    RECONSTRUCTED = "reconstructed"
    INFERRED = "inferred"


class Status(StrEnum):
    """On what the last working day rests: an issued holiday notice, a forecast, or nothing yet."""

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"
    UNKNOWN = "unknown"


LEVELS: Final[Mapping[Level, str]] = {
    Level.SCHOOL: N_("学校"),
    Level.COUNTY: N_("县级"),
    Level.CITY: N_("市级"),
    Level.PROVINCE: N_("省级"),
    Level.CENTRAL: N_("中央级"),
}
TERMS: Final[Mapping[Term, str]] = {Term.SPRING: N_("春季学期"), Term.AUTUMN: N_("秋季学期")}
LEVEL_OF: Final[Mapping[Kind, Level]] = {
    Kind.SCHOOL: Level.SCHOOL,
    Kind.CENTRAL_HEI: Level.SCHOOL,
    Kind.COUNTY_AID: Level.COUNTY,
    Kind.CITY_AID: Level.CITY,
    Kind.PROVINCE_AID: Level.PROVINCE,
    Kind.NATIONAL_AID_CENTRE: Level.CENTRAL,
}
# The Centre stands directly above the universities of central ministries; no other school's.
HIGHER: Final = frozenset({Subsystem.POSTGRADUATE, Subsystem.UNDERGRADUATE})
_ORDER: Final = tuple(Level)


@dataclass(frozen=True)
class Label:
    """A code with its words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Words:
    """A remark in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Module:
    """A block of an annex. `parts`: modules that share one printed block."""

    label: Label
    parts: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Point:
    """A day in a cycle. `day` 0 is the last of the month; `month` 0 is every month."""

    day: int
    month: int = 0
    term: Term | None = None
    level: Level | None = None
    next_year: bool = False
    except_months: frozenset[int] = frozenset()

    def on(self, year: int, month: int = 0) -> date:
        """The day in the cycle of `year` (monthly points: in `month` of it)."""
        if not self.month:
            return date(year, month, self.day or months.monthrange(year, month)[1])
        return date(year + self.next_year, self.month, self.day)


@dataclass(frozen=True)
class Item:
    """One row of an annex: what is filed, how often, until when by whom."""

    id: str
    subsystem: Subsystem
    annex: int
    rows: tuple[int, ...]
    module: Module
    item: Label
    short: Words
    cycle: Cycle
    school: tuple[Point, ...]
    authority: tuple[Point, ...]
    fidelity: Fidelity
    central_only: bool = False
    enabled: bool = True
    repair: Words | None = None
    school_remark: Words | None = None
    authority_remark: Words | None = None

    @property
    def inferred(self) -> bool:
        """Read into the notice, printed in no annex."""
        return self.fidelity is Fidelity.INFERRED

    def remark(self, level: Level) -> Words | None:
        """What those who act should know."""
        return self.school_remark if level is Level.SCHOOL else self.authority_remark


@dataclass(frozen=True)
class Table:
    """The annex of one subsystem. `absent`: what somebody may look for in vain."""

    subsystem: Subsystem
    name: Words
    annex: int
    modules: tuple[Module, ...]
    items: tuple[Item, ...]
    absent: tuple[Words, ...]

    def counted_modules(self) -> tuple[Label, ...]:
        """Modules in force with shared blocks taken apart: 学校资助 and 社会资助 are two."""
        used = {i.module for i in self.items if i.enabled}
        return tuple(label for m in self.modules if m in used for label in (m.parts or (m.label,)))


@dataclass(frozen=True)
class BodyRule:
    """A rule of the notice's text. `caps`: the last days of a term where no annex date rules."""

    clause: str
    text: Words
    reading: Words
    caps: tuple[Point, ...] = ()
    monthly: Mapping[Subsystem, frozenset[int]] = field(default_factory=dict)


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
        """`VO-18:school:2026-01-15`: what ticks, overlays and feeds know it by."""
        return f"{self.item.id}:{self.level}:{self.named_on.isoformat()}"


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
        return f"{self.item_id}:{self.level}:{self.named_on.isoformat()}"


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


# ------------------------------------------------------------------ earlier dates


class NotEarlier(RuleBroken):
    """An overlay must be earlier than the notice (semantics 8)."""

    sentence = N_("只能比通知的%(named)s提前，不能推后。请另选更早的日期。")


class LaterThanAbove(RuleBroken):
    """An office above asks for it earlier already."""

    sentence = N_("%(office)s已要求%(due)s前完成，不能推后。请另选更早的日期。")


class AlreadyPast(RuleBroken):
    """Nobody can keep a day that is over."""

    sentence = N_("%(due)s已过，没有人能按时完成。请选今天或以后的日期。")


class NotYourLevel(RuleBroken):
    """An office orders its own duties and those below it."""

    sentence = N_("只能提前本级和下级的期限。请另选一级。")


class NoSuchDate(RuleBroken):
    """The notice has no such date for this item and level."""

    sentence = N_("通知里没有这个期限。请从日历里重新选择。")


def check_earlier(found: Occurrence, due_on: date, above: Iterable[Overlay], today: date) -> None:
    """May an office ask for `found` on `due_on`? NotEarlier, LaterThanAbove, AlreadyPast."""
    if due_on >= found.named_on:
        raise NotEarlier(named=found.named_on.isoformat())
    if due_on < today:
        raise AlreadyPast(due=due_on.isoformat())
    stricter = strictest(above)
    if stricter and stricter.due_on and due_on >= stricter.due_on:
        raise LaterThanAbove(office=stricter.office, due=stricter.due_on.isoformat())


def may_order(office: Kind, level: Level) -> bool:
    """Does an office of this kind stand at or above those who act at `level`?"""
    return office in AID_OFFICES and _ORDER.index(level) <= _ORDER.index(LEVEL_OF[office])


def on_path(overlays: Iterable[Overlay], path: str) -> tuple[Overlay, ...]:
    """Those of the node at `path` and of the nodes above it."""
    return tuple(o for o in overlays if within(path, o.path))


# ------------------------------------------------------------------ weeks


def week_of(day: date) -> str:
    """`2026-W39`: the ISO week."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def month_grid(year: int, month: int) -> tuple[tuple[date, ...], ...]:
    """The weeks of a month, Monday first, filled up with the days around it."""
    return tuple(tuple(week) for week in months.Calendar().monthdatescalendar(year, month))
