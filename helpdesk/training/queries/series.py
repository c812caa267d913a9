"""Series: sessions of several days that make one training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from helpdesk.kernel.db import session as database
from helpdesk.training.models.sessions import Series, Session
from helpdesk.training.rules.sessions import State


@dataclass(frozen=True)
class SeriesView:
    """A series with the number of its sessions by state."""

    id: int
    title: str
    needed: int
    organizer_id: int
    states: Mapping[State, int] = field(default_factory=dict)


def of_organizer(organizer_id: int) -> tuple[SeriesView, ...]:
    """The series of an organiser, newest first (two queries)."""
    query = select(Series).where(Series.organizer_id == organizer_id)
    rows = database().scalars(query.order_by(Series.id.desc()).limit(100)).all()
    return _series_views(rows)


def one(series_id: int) -> SeriesView:
    """One of them. The door has fetched it."""
    return _series_views([database().get_one(Series, series_id)])[0]


def _series_views(rows: Iterable[Series]) -> tuple[SeriesView, ...]:
    found = list(rows)
    numbers = database().execute(
        select(Session.series_id, Session.state, func.count())
        .where(Session.series_id.in_([row.id for row in found]))
        .group_by(Session.series_id, Session.state)
    )
    states: dict[int | None, dict[State, int]] = {}
    for series_id, state, number in numbers:
        states.setdefault(series_id, {})[state] = number
    return tuple(
        SeriesView(row.id, row.title, row.needed, row.organizer_id, states.get(row.id, {}))
        for row in found
    )
