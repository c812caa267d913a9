"""Which training year it is, and which are closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.models.closing import ClosedYear
from helpdesk.training.rules import years as rules
from helpdesk.training.rules.years import TrainingYear, YearKind, year, year_of


def kind() -> YearKind:
    """By which calendar the training years run (one query)."""
    return YearKind(settings.value(Key.TRAINING_YEAR, ROOT_PATH))


def current(now: datetime) -> TrainingYear:
    """The year of today."""
    return year_of(shanghai_date(now), kind())


def of_day(day: date) -> TrainingYear:
    """The year in which a session of that day counts (two queries)."""
    return calendar()[0](day)


def of_label(label: int) -> TrainingYear:
    """The year of this name; a closed one with the days it had when it was closed."""
    row = (
        session()
        .execute(select(ClosedYear.first_on, ClosedYear.last_on).where(ClosedYear.year == label))
        .one_or_none()
    )
    return TrainingYear(label, row[0], row[1]) if row else year(label, kind())


def calendar() -> tuple[Callable[[date], TrainingYear], frozenset[int]]:
    """In which year a day lies, and the names of the closed years (two queries)."""
    rows = session().execute(select(ClosedYear.year, ClosedYear.first_on, ClosedYear.last_on))
    closed = tuple(TrainingYear(*row) for row in rows)
    return rules.calendar(kind(), closed), frozenset(of.label for of in closed)


def is_closed(label: int) -> bool:
    """Do its figures stand for ever?"""
    return session().scalar(select(ClosedYear.year).where(ClosedYear.year == label)) is not None


def closed() -> tuple[int, ...]:
    """The closed years, newest first."""
    return tuple(session().scalars(select(ClosedYear.year).order_by(ClosedYear.year.desc())))
