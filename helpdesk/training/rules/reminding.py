"""On which days who is not trained yet is reminded, and how far such an order has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.training.rules.years import TrainingYear
from helpdesk.workdays.rules import Calendar

# A service that stood still on the day itself makes up for it within a week.
CATCH_UP: Final = timedelta(days=6)
_DAY: Final = timedelta(days=1)


class OrderKind(StrEnum):
    """Who gave the order: the plan of the settings, or somebody by hand."""

    PLANNED = "planned"
    BY_HAND = "by_hand"


class Stage(StrEnum):
    """Whom an order is telling now; by hand only the persons are told."""

    PERSONS = "persons"
    BODIES = "bodies"
    OFFICES = "offices"
    DONE = "done"


class RemindedToday(Conflict):
    """One order by hand a day and node is enough."""

    sentence = N_("这个单位今天已经提醒过。请明天再来，或从名单里联系还没有培训的人。")


class NobodyToRemind(RuleBroken):
    """Everybody is trained, or the year is over."""

    sentence = N_("没有要提醒的人：应训人员都已培训，或这个年度已经结束。")


@dataclass(frozen=True)
class Plan:
    """What the settings of a node say: from which months of the training year (1 to 12)."""

    on: bool
    monthly_from: int
    weekly_from: int


@dataclass(frozen=True)
class Tally:
    """How many of a body's or an office's people are to be trained, and how many are not yet."""

    body_id: int
    active: int
    untrained: int


@dataclass(frozen=True)
class Turn:
    """What a day is: the first working day of its month, of its week, and in which month of the
    training year (1 to 12) it lies."""

    month: int
    of_month: bool
    of_week: bool

    def due(self, plan: Plan) -> bool:
        """Does somebody with this plan hear of it on such a day?"""
        monthly = self.of_month and self.month >= plan.monthly_from
        weekly = self.of_week and self.month >= plan.weekly_from
        return plan.on and (monthly or weekly)


def turn_of(day: date, calendar: Calendar, year: TrainingYear) -> Turn | None:
    """What this day is for reminders; None for a day off and for any other working day.

    Weeks begin on Monday; a Sunday worked to make up for a holiday ends its week. Raises
    UnknownYear where the calendar has no such year.
    """
    if not calendar.works(day):
        return None
    of_month = _first_since(day.replace(day=1), day, calendar)
    of_week = _first_since(day - day.weekday() * _DAY, day, calendar)
    month = (day.year - year.first.year) * 12 + day.month - year.first.month + 1
    return Turn(month, of_month, of_week) if of_month or of_week else None


def _first_since(start: date, day: date, calendar: Calendar) -> bool:
    return not any(calendar.works(start + n * _DAY) for n in range((day - start).days))


def newest(
    today: date, calendar: Calendar, year: TrainingYear, plan: Plan
) -> tuple[date, Turn] | None:
    """The last day up to today, at most CATCH_UP ago and in this year, that reminds by this plan.

    None: there was none.
    """
    day = today
    while day >= max(today - CATCH_UP, year.first):
        turn = turn_of(day, calendar, year)
        if turn is not None and turn.due(plan):
            return day, turn
        day -= _DAY
    return None


def after(stage: Stage, kind: OrderKind) -> Stage:
    """The stage that follows when everybody of this one was told."""
    if kind is OrderKind.BY_HAND or stage is Stage.OFFICES:
        return Stage.DONE
    return Stage.BODIES if stage is Stage.PERSONS else Stage.OFFICES
