"""A month as a table of weeks: what is due on each day, and which days nobody works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from helpdesk.filing.rules import dates
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.filing.shown import Day, Entry
from helpdesk.web.shell.language import current
from helpdesk.workdays.rules import Calendar, NamedDay

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """A line of a cell: several lines of the agenda with the same short words."""

    short: str
    subsystems: tuple[Subsystem, ...]
    own: bool
    number: int
    state: str


@dataclass(frozen=True)
class Cell:
    """A day of the table. `mark`: 班 or 休; `before`: days whose last working day it is."""

    day: date
    out: bool
    works: bool
    mark: str
    title: str
    pieces: tuple[Piece, ...]
    before: tuple[Day, ...]
    state: str
    target: date

    @property
    def count(self) -> int:
        """For the phone: how many lines the cell has."""
        return len(self.pieces) + len(self.before)


def weeks(
    year: int, month: int, days: Sequence[Day], calendar: Calendar
) -> tuple[tuple[Cell, ...], ...]:
    """The table of a month, Monday first."""
    by_day = {d.day: d for d in days}
    before: dict[date, list[Day]] = {}
    for d in days:
        if d.why and d.open and d.last_working_day:
            before.setdefault(d.last_working_day, []).append(d)
    return tuple(
        tuple(_cell(day, month, by_day, tuple(before.get(day, ())), calendar) for day in week)
        for week in dates.month_grid(year, month)
    )


def _cell(
    day: date,
    month: int,
    by_day: Mapping[date, Day],
    before: tuple[Day, ...],
    calendar: Calendar,
) -> Cell:
    found = by_day.get(day)
    named = calendar.named.get(day)
    states = [d.level for d in (*before, *((found,) if found else ())) if d.open]
    return Cell(
        day=day,
        out=day.month != month,
        works=_works(calendar, day),
        mark="" if named is None else ("work" if named.works else "rest"),
        title=_title(calendar, day, named),
        pieces=pieces(found) if found else (),
        before=before,
        state=next((s for s in ("late", "soon") if s in states), ""),
        target=found.day if found else (before[0].day if before else day),
    )


def _works(calendar: Calendar, day: date) -> bool:
    return day.year in calendar.years and calendar.works(day)


def _title(calendar: Calendar, day: date, named: NamedDay | None) -> str:
    """The holiday on its first day, or that a weekend is worked."""
    if named is None:
        return ""
    if named.works:
        return str(_("调休上班"))
    yesterday = calendar.named.get(day - _DAY)
    if yesterday is not None and not yesterday.works and yesterday.name_zh == named.name_zh:
        return ""
    return named.name_en if current() == "en" else named.name_zh


def pieces(day: Day) -> tuple[Piece, ...]:
    """The lines of a cell, those with the same short words as one."""
    lines: dict[tuple[bool, str, bool], list[Entry]] = {}
    for entry in day.entries:
        lines.setdefault((entry.own, entry.short, entry.done), []).append(entry)
    return tuple(_piece(day, own, done, line) for (own, _short, done), line in lines.items())


def _piece(day: Day, own: bool, done: bool, line: Sequence[Entry]) -> Piece:
    state = "past" if done else (day.level if day.level in ("late", "soon") else "")
    return Piece(line[0].short, _subsystems(line), own, len(line), state)


def _subsystems(line: Iterable[Entry]) -> tuple[Subsystem, ...]:
    used = {s for entry in line for s in entry.subsystems}
    return tuple(s for s in Subsystem if s in used)
