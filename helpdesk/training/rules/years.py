"""The training year: one for the whole country, by the calendar or by the school (semantics 7)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class YearKind(StrEnum):
    """`school`: from 1 September to 31 August, named after the year in which it begins."""

    CALENDAR = "calendar"
    SCHOOL = "school"


_SCHOOL_BEGINS: Final = 9


@dataclass(frozen=True)
class TrainingYear:
    """`label` names it; both days belong to it."""

    label: int
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Does the day lie in this year?"""
        return self.first <= day <= self.last

    def closes_on(self, close_days: int) -> date:
        """The first day on which nothing moves it any more."""
        return self.last + timedelta(days=close_days + 1)


def year(label: int, kind: YearKind) -> TrainingYear:
    """The training year of this name."""
    if kind is YearKind.CALENDAR:
        return TrainingYear(label, date(label, 1, 1), date(label, 12, 31))
    begins = date(label, _SCHOOL_BEGINS, 1)
    return TrainingYear(label, begins, date(label + 1, _SCHOOL_BEGINS, 1) - timedelta(days=1))


def year_of(day: date, kind: YearKind) -> TrainingYear:
    """The training year in which a day lies."""
    early = kind is YearKind.SCHOOL and day.month < _SCHOOL_BEGINS
    return year(day.year - early, kind)


def calendar(
    kind: YearKind, closed: Collection[TrainingYear] = ()
) -> Callable[[date], TrainingYear]:
    """In which year a day lies; a closed year keeps its days, whatever the setting says later."""

    def year_at(day: date) -> TrainingYear:
        kept = next((of for of in closed if of.holds(day)), None)
        return kept or year_of(day, kind)

    return year_at


def month_ends(of: TrainingYear) -> tuple[date, ...]:
    """The last days of the twelve months of a training year, in order."""
    ends = []
    month = of.first
    for _ in range(12):
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        ends.append(following - timedelta(days=1))
        month = following
    return tuple(ends)
