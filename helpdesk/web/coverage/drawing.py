"""The geometry of the year view: numbers become places in a drawing. Pure; words stand elsewhere.

All lengths are units of the drawing's own view box, rounded to one decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from helpdesk.training.rules.years import TrainingYear, month_ends

METER: Final = 300
TICK: Final = 2
BAR_HEIGHT: Final = 14
TILE: Final = 42
PITCH: Final = 45
# Lower ends of the five shades of the tiles, in per cent; 0 is the palest.
SHADES: Final = (0, 60, 70, 80, 90)

Point = tuple[date, float | None]


def per_cent(rate: float) -> float:
    """`0.77499` -> 77.5. Never 100.0 while somebody is missing, never 0.0 where somebody is not."""
    shown = round(rate * 100, 1)
    if shown >= 100 and rate < 1:
        return 99.9
    return 0.1 if shown == 0 and rate > 0 else shown


@dataclass(frozen=True)
class Meter:
    """A bar of `width` and the tick of last year's same day (`tick` None: not known)."""

    width: float
    tick: float | None


def meter(rate: float | None, before: float | None) -> Meter:
    """The meter of a share between 0 and 1."""
    tick = None if before is None else min(round(before * METER, 1), METER - TICK)
    return Meter(round((rate or 0) * METER, 1), tick)


@dataclass(frozen=True)
class Part:
    """A rectangle of a bar. An outlined one lies half a unit inside its place."""

    cls: str
    x: float
    y: float
    width: float
    height: float


def bar(*, every: int, some: int, nobody: int, no_roster: int) -> tuple[Part, ...]:
    """Bodies of a node side by side: all trained, some, nobody, no roster. Empty parts are left
    out; the sum is the whole width."""
    numbers = (("f-all", every), ("f-some", some), ("f-none", nobody), ("f-gap", no_roster))
    total = sum(number for _, number in numbers)
    parts, before = [], 0
    for cls, number in numbers:
        if number:
            start, end = METER * before / total, METER * (before + number) / total
            parts.append(_part(cls, start, end))
        before += number
    return tuple(parts)


def _part(cls: str, start: float, end: float) -> Part:
    if cls in ("f-all", "f-some"):
        return Part(cls, round(start, 1), 0, round(end - start, 1), BAR_HEIGHT)
    width = round(max(end - start - 1, 0.5), 1)
    return Part(cls, round(min(start + 0.5, METER - 1), 1), 0.5, width, BAR_HEIGHT - 1)


# --- the curve over a year -----------------------------------------------------------------------

LEFT: Final = 34.0
RIGHT: Final = 452.0
TOP: Final = 14.0
BOTTOM: Final = 192.0


@dataclass(frozen=True)
class Mark:
    """A point of the drawing and the share it stands for."""

    x: float
    y: float
    rate: float


@dataclass(frozen=True)
class Curve:
    """Paths of this year and the one before (empty: nothing known), and where each ends.

    `below`: this year's end lies under last year's line, so its words stand under it.
    """

    now: str
    past: str
    now_end: Mark | None
    past_end: Mark | None
    below: bool
    months: tuple[tuple[float, int], ...]
    levels: tuple[tuple[float, int], ...]


def curve(
    year: TrainingYear, points: Sequence[Point], before: TrainingYear, past: Sequence[Point]
) -> Curve:
    """Two years over each other, month by month."""
    here, there = _marks(year, points), _marks(before, past)
    ends = month_ends(year)
    now_end = next((m for m in reversed(here) if m), None)
    return Curve(
        now=_path(here),
        past=_path(there),
        now_end=now_end,
        past_end=next((m for m in reversed(there) if m), None),
        below=now_end is not None and _under(now_end, [m for m in there if m]),
        months=tuple((_x(year, day), day.month) for day in ends[1::2]),
        levels=tuple((_y(level / 100), level) for level in (0, 25, 50, 75, 100)),
    )


def _marks(year: TrainingYear, points: Iterable[Point]) -> list[Mark | None]:
    return [
        None if rate is None else Mark(_x(year, day), _y(rate), rate)
        for day, rate in points
        if year.holds(day)
    ]


def _under(end: Mark, line: Sequence[Mark]) -> bool:
    """Is the line higher than this point, at the place nearest to it?"""
    nearest = min(line, key=lambda mark: abs(mark.x - end.x), default=None)
    return nearest is not None and nearest.rate > end.rate


def _x(year: TrainingYear, day: date) -> float:
    """Every month is equally wide; its last day is its right end."""
    month = (day.year - year.first.year) * 12 + day.month - year.first.month
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (following - timedelta(days=1)).day
    return round(LEFT + (RIGHT - LEFT) * (month + day.day / days) / 12, 1)


def _y(rate: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * rate, 1)


def _path(marks: Iterable[Mark | None]) -> str:
    """A line through the known points; it stops and starts anew at a gap."""
    steps, pen = [], "M"
    for mark in marks:
        if mark is not None:
            steps.append(f"{pen}{mark.x} {mark.y}")
        pen = "M" if mark is None else "L"
    return " ".join(steps)


# --- the tiles of provinces ----------------------------------------------------------------------


def shade(rate: float) -> int:
    """The shade (1 palest to 5) of a share between 0 and 1."""
    return sum(round(rate * 100, 6) >= low for low in SHADES)


def corner(place: int) -> int:
    """Left or upper edge of the tile at this column or row."""
    return 1 + place * PITCH
