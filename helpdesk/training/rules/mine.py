"""How much of the training year is left, as it is told to somebody who is not trained yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helpdesk.training.rules.years import TrainingYear


@dataclass(frozen=True)
class Left:
    """Whole months up to the last day of the year; below one month the days, today included."""

    months: int
    days: int


def left_of(year: TrainingYear, today: date) -> Left:
    """From today to the last day of the year."""
    months = (year.last.year - today.year) * 12 + year.last.month - today.month
    return Left(max(months, 0), max((year.last - today).days + 1, 0))
