"""What the figures of questions and training mean. Pure: counts in, rates and ranks out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.training.rules.years import TrainingYear

# Below these a rate says little: shown, but marked.
FEW_QUESTIONS: Final = 5
FEW_STAFF: Final = 10
# Worth a session: at least one question less.
LEAST_AVOIDED: Final = 1.0

WINDOW_DAYS: Final = 60
SHORTEST_WINDOW: Final = 14


class Known(StrEnum):
    """What is known of who asked, on the day of asking."""

    TRAINED = "trained"
    UNTRAINED = "untrained"
    NOBODY = "nobody"  # the question names no person


@dataclass(frozen=True)
class Period:
    """Days of one training year, both ends included."""

    label: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def after(self) -> date:
        """The first day that is no longer of it."""
        return self.last + timedelta(days=1)


def period(
    year: TrainingYear, today: date, first: date | None = None, last: date | None = None
) -> Period:
    """What was asked for, as far as it lies in the year and not ahead of `today`."""
    end = min(year.last, max(today, year.first))
    start = min(max(first or year.first, year.first), end)
    return Period(year.label, start, max(start, min(last or end, end)))


@dataclass(frozen=True)
class Rate:
    """Questions of so many staff. `staff` is a mean over the days of the period."""

    questions: int = 0
    staff: float = 0.0

    @property
    def per_hundred(self) -> float | None:
        """Questions for every 100 staff; None where there was nobody."""
        return 100 * self.questions / self.staff if self.staff else None

    @property
    def small(self) -> bool:
        """Too few to say much."""
        return self.questions < FEW_QUESTIONS or self.staff < FEW_STAFF


@dataclass(frozen=True)
class Split:
    """The same questions by who asked. `nobody`: questions that name no person, counted apart."""

    trained: Rate = Rate()
    untrained: Rate = Rate()
    nobody: int = 0

    @property
    def all(self) -> Rate:
        """Everybody's, those that name nobody included."""
        asked = self.trained.questions + self.untrained.questions + self.nobody
        return Rate(asked, self.trained.staff + self.untrained.staff)


@dataclass(frozen=True)
class Staff:
    """Person-days in a period, all and those on which the person was trained already."""

    days: int = 0
    trained_days: int = 0

    def mean(self, period_days: int) -> tuple[float, float]:
        """(trained, untrained) persons on an average day."""
        trained = self.trained_days / period_days
        return trained, (self.days - self.trained_days) / period_days


def split(asked: Mapping[Known, int], staff: Staff, period_days: int) -> Split:
    """Counts and person-days as rates."""
    trained, untrained = staff.mean(period_days)
    return Split(
        trained=Rate(asked.get(Known.TRAINED, 0), trained),
        untrained=Rate(asked.get(Known.UNTRAINED, 0), untrained),
        nobody=asked.get(Known.NOBODY, 0),
    )


# --- where a session would help most -------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """An office and a problem card. `avoided`: questions less, had the untrained of this office
    asked as seldom as the trained of the whole node (`yardstick`)."""

    key: int
    card: str
    untrained: Rate
    yardstick: Rate
    avoided: float


def need(key: int, card: str, untrained: Rate, yardstick: Rate) -> Need | None:
    """untrained staff x (their rate - the rate of the trained) / 100, or None where there is too
    little to go by or less than LEAST_AVOIDED to gain."""
    if untrained.small or yardstick.staff < FEW_STAFF:
        return None
    avoided = untrained.questions - untrained.staff * yardstick.questions / yardstick.staff
    if avoided < LEAST_AVOIDED:
        return None
    return Need(key, card, untrained, yardstick, avoided)


def ranked(needs: Iterable[Need | None], most: int) -> tuple[Need, ...]:
    """The greatest gains first; equal ones by office and card."""
    found = [one for one in needs if one is not None]
    return tuple(sorted(found, key=lambda n: (-n.avoided, n.key, n.card))[:most])


# --- before and after a session ------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """So many days before and after the day of a session, which belongs to neither."""

    held_on: date
    days: int

    @property
    def first(self) -> date:
        """The first day before."""
        return self.held_on - timedelta(days=self.days)

    @property
    def last(self) -> date:
        """The last day after."""
        return self.held_on + timedelta(days=self.days)


def windows(held_on: date, today: date) -> Windows | None:
    """Equally long windows of whole days that are over; None: too early to compare."""
    passed = (today - held_on).days - 1
    days = min(WINDOW_DAYS, passed)
    return Windows(held_on, days) if days >= SHORTEST_WINDOW else None


@dataclass(frozen=True)
class Change:
    """Questions of the same persons before and after."""

    before: Rate
    after: Rate
