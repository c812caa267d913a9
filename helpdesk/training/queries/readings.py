"""Where a question about a node, a year and a day is answered from: the counters, what the closing
stored, or the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, ids_in
from helpdesk.training.models.closing import ClosedBody
from helpdesk.training.models.counting import Counting
from helpdesk.training.queries import figures, sources, years
from helpdesk.training.queries.figures import Nodes
from helpdesk.training.queries.sources import Source
from helpdesk.training.rules.coverage import ALL, NAUGHT, ROOT_NODE, Numbers
from helpdesk.training.rules.years import TrainingYear

Found = dict[tuple[int, str], Numbers]


class DayOutsideYear(RuleBroken):
    """Figures are known for days of the year that have come."""

    sentence = N_("%(day)s不在%(year)s年度内，或者还没有到。请选%(first)s至%(last)s之间的日期。")


@dataclass(frozen=True)
class Reading:
    """The answer to "from where". `counters`: those of today; `stored`: the closed year."""

    year: TrainingYear
    day: date
    closed: bool
    counters: bool
    stored: bool
    source: Source

    def figures(self, nodes: Nodes, *, every_facet: bool = True) -> Found:
        """The figures of these nodes by node and facet, in one statement."""
        if self.counters:
            return figures.from_counters(nodes, every_facet=every_facet)
        if self.stored:
            return figures.from_closed(self.year.label, nodes, every_facet=every_facet)
        return figures.read(figures.added_up(self.source, nodes, every_facet=every_facet))

    def of_body(self, body_id: int) -> Found:
        """The figures of a body without bodies below it, by facet, at the root node."""
        return figures.read(figures.added_up(self.source.only(body_id), (ROOT_NODE,)))

    def bodies(self, ids: Iterable[int]) -> dict[int, BodyView]:
        """Bodies by id; of a closed year by the names and places they had when it was closed."""
        views = organizations.bodies(ids)
        if not self.stored or not views:
            return views
        rows = session().execute(
            select(
                ClosedBody.body_id, ClosedBody.name, ClosedBody.name_en, ClosedBody.path,
                ClosedBody.parent_id,
            ).where(ClosedBody.year == self.year.label, ClosedBody.body_id.in_(views))
        )  # fmt: skip
        for body_id, name, name_en, path, parent_id in rows:
            views[body_id] = replace(
                views[body_id], name=name, name_en=name_en, path=path, parent_id=parent_id
            )
        return views


def reading(label: int, now: datetime, path: str, as_of: date | None = None) -> Reading:
    """For the node at `path`, this year and day; without a day its newest. Three queries, for a
    past day of a tree that has changed up to six.

    Raises DayOutsideYear.
    """
    today = shanghai_date(now)
    year, closed = years.of_label(label), years.is_closed(label)
    newest = min(today, year.last)
    day = as_of or newest
    if as_of is not None and not min(year.first, newest) <= as_of <= newest:
        raise DayOutsideYear(day=as_of, year=label, first=year.first, last=newest)
    stored = closed and day == year.last
    counters = not stored and day == today and _counted(today, label)
    if stored:
        source = sources.closed(label)
    else:
        source = sources.counted() if counters else sources.of_rows(day, label, today, path)
    return Reading(year, day, closed, counters, stored, source)


def _counted(today: date, label: int) -> bool:
    row = (
        session()
        .execute(select(Counting.counted_on, Counting.year, Counting.year_kind))
        .one_or_none()
    )
    return row is not None and tuple(row) == (today, label, years.kind())


def node_of(path: str) -> int | None:
    """The node at a path: of an aid office or the root; None: a body without bodies below it."""
    ids = ids_in(path)
    if not ids:
        return ROOT_NODE
    kind = session().scalar(select(Body.kind).where(Body.id == ids[-1]))
    return ids[-1] if kind in AID_OFFICES else None


def all_of(found: Found, nodes: Iterable[int]) -> dict[int, Numbers]:
    """The undivided figures by node."""
    return {node: found.get((node, ALL), NAUGHT) for node in nodes}
