"""How many are trained: of a node, of its parts, over a year, and what stands apart (semantics 7).

Today's figures of offices come from the counters, those of a closed year from what the closing
stored, those of any other day from the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, Kind, ids_in
from helpdesk.training.models.closing import MonthEnd
from helpdesk.training.queries import readings, years
from helpdesk.training.queries.bodies import BodyLine, BodyList, bodies_where
from helpdesk.training.queries.figures import NUMBERS
from helpdesk.training.queries.figures import directly_at as figures_at
from helpdesk.training.queries.readings import Reading
from helpdesk.training.queries.staff import (
    Apart,
    PersonLine,
    PersonList,
    PersonYear,
    apart,
    is_trained,
    person_years,
    persons_where,
    untrained_ids,
)
from helpdesk.training.rules.coverage import (
    ALL,
    NAUGHT,
    ROOT_NODE,
    SIDE,
    Bodies,
    Figures,
    Numbers,
    Persons,
    Standing,
    figures,
)
from helpdesk.training.rules.years import month_ends

# One door for whoever reads coverage: the figures here, the lists from `bodies` and `staff`.
__all__ = [
    "Apart", "Bodies", "BodyLine", "BodyList", "Child", "Coverage", "Figures", "PersonLine",
    "PersonList", "PersonYear", "Persons", "apart", "at_month_end", "bodies_where", "children",
    "coverage", "curve", "is_trained", "person_years", "persons_where", "provinces",
    "untrained_ids", "worst",
]  # fmt: skip

WORST = 20


@dataclass(frozen=True)
class Coverage:
    """The figures of a node. `side`: persons of side bodies and centres, a line of their own;
    `splits`: by facet (`tier:county`, `kind:school`, `post:operator`, `mode:online`, ...)."""

    label: int
    as_of: date
    closed: bool
    figures: Figures
    side: Persons
    splits: Mapping[str, Figures]


@dataclass(frozen=True)
class Child:
    """A part of a node. `label_kind`: `office` (a child office), `body`, or several bodies in one
    row (`body` None): `own_staff` of the office itself, `direct_schools`, `central_heis`."""

    body: BodyView | None
    label_kind: str
    figures: Figures


def coverage(path: str, label: int, *, now: datetime, as_of: date | None = None) -> Coverage:
    """The three figures of a node for a year: today, as of a day, or as the year was closed.

    Raises DayOutsideYear.
    """
    at = readings.reading(label, now, path, as_of)
    node = readings.node_of(path)
    found = at.of_body(ids_in(path)[-1]) if node is None else at.figures((node,))
    own = {facet: numbers for (_node, facet), numbers in found.items()}
    whole = figures(own.get(ALL, NAUGHT))
    return Coverage(
        label=label,
        as_of=at.day,
        closed=at.closed,
        figures=whole,
        side=figures(own.get(SIDE, NAUGHT)).persons,
        splits={
            facet: _split(facet, numbers, whole)
            for facet, numbers in sorted(own.items())
            if facet not in (ALL, SIDE)
        },
    )


def _split(facet: str, numbers: Numbers, whole: Figures) -> Figures:
    found = figures(numbers)
    if not facet.startswith("mode:"):
        return found
    # How somebody was trained is known of the trained only: their share of all.
    return replace(found, persons=Persons(whole.persons.active, found.persons.trained))


def children(
    path: str, label: int, *, now: datetime, as_of: date | None = None
) -> tuple[Child, ...]:
    """What a node is made of: its child offices by name, its own staff, the schools directly below
    it (at the root the central universities) as one row. Empty for a school."""
    at = readings.reading(label, now, path, as_of)
    node = readings.node_of(path)
    if node is None:
        return ()
    return (*_offices(at, _child_offices(at, node)), *_direct(at, node))


def _child_offices(at: Reading, node: int) -> dict[int, BodyView]:
    bodies = at.source.bodies
    parent = bodies.c.parent_id.is_(None) if node == ROOT_NODE else bodies.c.parent_id == node
    chosen = select(bodies.c.body_id).where(parent, bodies.c.kind.in_(list(AID_OFFICES)))
    return at.bodies(session().scalars(chosen))


def _offices(at: Reading, offices: Mapping[int, BodyView]) -> Iterable[Child]:
    found = readings.all_of(at.figures(tuple(offices), every_facet=False), offices)
    ordered = sorted(offices.values(), key=lambda body: (body.region_code or "~", body.code))
    return (Child(body, "office", figures(found[body.id])) for body in ordered)


def _direct(at: Reading, node: int) -> Iterable[Child]:
    found = figures_at(at.source, node)
    schools = "direct_schools" if node != ROOT_NODE else "central_heis"
    for label_kind, is_office in (("own_staff", True), (schools, False)):
        if is_office in found:
            yield Child(None, label_kind, figures(found[is_office]))


def provinces(label: int, *, now: datetime) -> tuple[tuple[BodyView, Figures], ...]:
    """The provinces with their figures, in the order of their codes."""
    at = readings.reading(label, now, ROOT_PATH)
    return tuple(
        (child.body, child.figures)
        for child in _offices(at, _child_offices(at, ROOT_NODE))
        if child.body is not None
    )


def worst(path: str, label: int, *, now: datetime, limit: int = WORST) -> tuple[Child, ...]:
    """County offices of a node by the number of bodies in which nobody is trained, the most first;
    for a county its bodies with nobody trained, the largest first."""
    at = readings.reading(label, now, path)
    node = readings.node_of(path)
    if node is None:
        return ()
    kind = at.source.bodies.c.kind
    if node != ROOT_NODE and _is_county(node):
        return _untouched(at, node, limit)
    chosen = select(at.source.bodies.c.body_id).where(
        kind == Kind.COUNTY_AID, at.source.scope(at.source.bodies.c.path, path)
    )
    # A country has some 3,000 of them: their numbers are quicker than a join by the planner.
    found = at.figures(session().scalars(chosen).all(), every_facet=False)
    none, total = 4, 2  # places in NUMBERS
    ranked = sorted(found.items(), key=lambda item: (-item[1][none], -item[1][total], item[0]))
    top = [(node, numbers) for (node, _facet), numbers in ranked[:limit] if numbers[none]]
    bodies = at.bodies(node for node, _numbers in top)
    return tuple(Child(bodies[node], "office", figures(numbers)) for node, numbers in top)


def _is_county(node: int) -> bool:
    return organizations.body(node).kind is Kind.COUNTY_AID


def _untouched(at: Reading, node: int, limit: int) -> tuple[Child, ...]:
    bodies = at.source.bodies
    rows = session().execute(
        select(bodies.c.body_id, bodies.c.active)
        .where(bodies.c.office_id == node, bodies.c.standing == Standing.NONE_TRAINED)
        .order_by(bodies.c.active.desc(), bodies.c.path)
        .limit(limit)
    )
    active = {row.body_id: row.active for row in rows}
    views = at.bodies(active)
    return tuple(
        Child(views[body_id], "body", Figures(Persons(number), Bodies(1, none_trained=1)))
        for body_id, number in active.items()
    )


def curve(path: str, label: int, *, now: datetime) -> tuple[tuple[date, float | None], ...]:
    """The rate of persons at the ends of the months that are over, in order; days nobody stored are
    left out. Of a body without bodies below it, from the rows."""
    year = years.of_label(label)
    ends = [day for day in month_ends(year) if day <= shanghai_date(now)]
    node = readings.node_of(path)
    if node is None:
        return tuple((day, _rate_on(path, label, now, day)) for day in ends)
    rows: Any = session().execute(
        select(MonthEnd.day, MonthEnd.active, MonthEnd.trained)
        .where(MonthEnd.node_id == node, MonthEnd.year == label)
        .order_by(MonthEnd.day)
    )
    return tuple((row.day, Persons(row.active, row.trained).rate) for row in rows)


def at_month_end(path: str, label: int, until: date) -> tuple[date, Figures] | None:
    """The figures of an office, or of the country, at the last end of a month up to a day, as they
    were stored (one row of the curve's). None: nothing was stored, or it is no office."""
    node = readings.node_of(path)
    row = session().scalar(
        select(MonthEnd)
        .where(MonthEnd.node_id == node, MonthEnd.year == label, MonthEnd.day <= until)
        .order_by(MonthEnd.day.desc())
        .limit(1)
    )
    if row is None:
        return None
    return row.day, figures(tuple(getattr(row, name) for name in NUMBERS))


def _rate_on(path: str, label: int, now: datetime, day: date) -> float | None:
    return coverage(path, label, now=now, as_of=day).figures.persons.rate
