"""The bodies behind the figures, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, FromClause, and_, func, literal, select

from helpdesk.kernel.db import session
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import BodyStatus, Kind, Shelf, Subsystem
from helpdesk.training.queries import readings
from helpdesk.training.queries.sources import used_by
from helpdesk.training.rules.coverage import Standing


class BodyList(StrEnum):
    """Which bodies a list shows; `reached`: at least one person is trained there; `invalid` are
    those that are counted nowhere."""

    ALL = "all"
    NO_ROSTER = "no_roster"
    NONE_TRAINED = "none_trained"
    SOME_TRAINED = "some_trained"
    ALL_TRAINED = "all_trained"
    REACHED = "reached"
    INVALID = "invalid"


@dataclass(frozen=True)
class BodyLine:
    """A body with its persons; `standing` None: counted nowhere (无效)."""

    body: BodyView
    standing: Standing | None
    active: int
    trained: int


def bodies_where(
    path: str,
    label: int,
    which: BodyList,
    *,
    now: datetime,
    after: str | None = None,
    size: int = 50,
    kind: Kind | None = None,
    subsystem: Subsystem | None = None,
    tier: str | None = None,
) -> Page[BodyLine]:
    """Bodies in the range of a node, in the order of the tree. `tier`: of TIERS, or CENTRAL."""
    at = readings.reading(label, now, path)
    if which is BodyList.INVALID:
        table: FromClause = _invalid(at.day)
        conditions = [below(table.c.path, path)]
    else:
        table = at.source.bodies
        conditions = [at.source.scope(table.c.path, path)]
        if which is not BodyList.ALL:
            conditions.append(table.c.standing.in_(_STANDINGS[which]))
    if kind is not None:
        conditions.append(table.c.kind == kind)
    if subsystem is not None:
        conditions.append(table.c.subsystems.contains(subsystem.value))
    if tier is not None:
        conditions.append(table.c.tier == tier)
    chosen = select(table).where(*conditions)
    if after is not None:
        chosen = chosen.where(table.c.path > decode(after, (str,))[0])
    rows = session().execute(chosen.order_by(table.c.path).limit(size + 1)).all()
    views = at.bodies(row.body_id for row in rows)
    return page_of(
        rows,
        size,
        lambda row: (row.path,),
        lambda row: BodyLine(views[row.body_id], row.standing, row.active, row.trained),
    )


_STANDINGS: Final = {
    BodyList.NO_ROSTER: (Standing.NO_ROSTER,),
    BodyList.NONE_TRAINED: (Standing.NONE_TRAINED,),
    BodyList.SOME_TRAINED: (Standing.SOME_TRAINED,),
    BodyList.ALL_TRAINED: (Standing.ALL_TRAINED,),
    BodyList.REACHED: (Standing.SOME_TRAINED, Standing.ALL_TRAINED),
}


def is_invalid(day: date) -> ColumnElement[bool]:
    """Condition on Body: a school that is 无效, and was on that day."""
    return and_(
        Body.shelf == Shelf.SCHOOL, Body.status == BodyStatus.INVALID, Body.status_since <= day
    )


def _invalid(day: date) -> FromClause:
    return (
        select(
            Body.id.label("body_id"), Body.path, Body.kind,
            func.coalesce(used_by(Body.id), "").label("subsystems"),
            literal(None).label("standing"), literal(0).label("active"),
            literal(0).label("trained"), literal("").label("tier"),
        )
        .where(is_invalid(day))
        .subquery()
    )  # fmt: skip
