"""A training year is closed, and months end: what is stored here nothing moves later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Integer, delete, func, insert, literal, or_, select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.models import Body
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.models.closing import (
    ClosedBody,
    ClosedFigure,
    ClosedWork,
    ClosedYear,
    MonthEnd,
)
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import gate
from helpdesk.training.queries import figures, sources, years
from helpdesk.training.rules.coverage import ALL
from helpdesk.training.rules.sessions import HELD
from helpdesk.training.rules.years import TrainingYear, month_ends, year, year_of

_POINT: Final = ("node_id", "day", "year", *figures.NUMBERS)


def close_due(now: datetime) -> tuple[int, ...]:
    """Close the years whose time for additions and corrections is over: their names.

    Figures, tree and persons are stored as of the last day. Years before the first session that
    was held are none of ours.
    """
    gate.pass_alone()  # a record that is being written belongs into the figures or is marked
    gate.make_room()
    due = [of for of in _open_years(now) if of.closes_on(_close_days()) <= shanghai_date(now)]
    for of in due:
        _close(of, now)
    return tuple(of.label for of in due)


def _close_days() -> int:
    return settings.value(Key.TRAINING_CLOSE_DAYS, ROOT_PATH)


def _open_years(now: datetime) -> list[TrainingYear]:
    """Past years that are not closed, from the first in which a session was held; oldest first."""
    first = session().scalar(select(func.min(Session.held_on)).where(Session.state.in_(HELD)))
    if first is None:
        return []
    kind, closed = years.kind(), set(years.closed())
    begin, end = year_of(first, kind).label, years.current(now).label
    return [year(label, kind) for label in range(begin, end) if label not in closed]


def _close(of: TrainingYear, now: datetime) -> None:
    row = ClosedYear(year=of.label, first_on=of.first, last_on=of.last, closed_at=now)
    session().add(row)
    session().flush()
    source = sources.of_rows(of.last, of.label, shanghai_date(now))
    _store(ClosedWork, of.label, select(source.works))
    named = select(source.bodies, Body.name, Body.name_en, Body.code).join(
        Body, Body.id == source.bodies.c.body_id
    )
    _store(ClosedBody, of.label, named)
    _store(ClosedFigure, of.label, figures.added_up(sources.closed(of.label)))
    _end_curve(of)


def _end_curve(of: TrainingYear) -> None:
    """The last point of the curve is what was stored, with what came in after that day."""
    session().execute(delete(MonthEnd).where(MonthEnd.day == of.last))
    rows = select(
        ClosedFigure.node_id, literal(of.last), ClosedFigure.year,
        *(getattr(ClosedFigure, name) for name in figures.NUMBERS),
    ).where(ClosedFigure.year == of.label, ClosedFigure.facet == ALL)  # fmt: skip
    session().execute(insert(MonthEnd).from_select(_POINT, rows))
    _keep_root(of.last, of.label)


def _store(table: Any, label: int, rows: Any) -> None:
    found = rows.subquery()
    names = [column.name for column in table.__table__.columns if column.name != "year"]
    values = select(literal(label, Integer), *(found.c[name] for name in names))
    session().execute(insert(table).from_select(["year", *names], values))


# --- the curve -------------------------------------------------------------------------------


def month_ends_due(now: datetime) -> Iterator[date]:
    """The ends of months that are over and stand in no curve yet, the oldest first."""
    today, current = shanghai_date(now), years.current(now)
    for of in (*_open_years(now), current):
        # A day that stands in the curve of a closed year stays there, by whatever calendar.
        stands = or_(MonthEnd.year == of.label, MonthEnd.year.in_(years.closed()))
        known = set(session().scalars(select(MonthEnd.day).where(stands)))
        yield from (day for day in month_ends(of) if day < today and day not in known)


def keep_month_end(now: datetime) -> date | None:
    """Store the oldest missing end of a month from the rows, for every office: its day.

    None: none is missing, or there is nobody to count. Persons of a month that was missed are
    counted as the rows know it now.
    """
    gate.pass_alone()  # of several schedulers the second finds it done
    day = next(month_ends_due(now), None)
    if day is None or session().scalar(select(Body.id).limit(1)) is None:
        return None
    gate.make_room()
    label = year_of(day, years.kind()).label
    source = sources.of_rows(day, label, shanghai_date(now))
    found = figures.added_up(source, every_facet=False).subquery()
    values = select(
        found.c.node_id, literal(day), literal(label, Integer),
        *(found.c[name] for name in figures.NUMBERS),
    )  # fmt: skip
    session().execute(insert(MonthEnd).from_select(_POINT, values))
    _keep_root(day, label)
    return day


def forget_curves() -> None:
    """Another calendar of years: the points of years that are not closed are stored anew."""
    session().execute(delete(MonthEnd).where(MonthEnd.year.not_in(years.closed())))


def _keep_root(day: date, label: int) -> None:
    """The row of the root says that the month is done, also where nobody was counted."""
    if session().get(MonthEnd, (0, day)) is None:
        session().add(MonthEnd(node_id=0, day=day, year=label))
        session().flush()
