"""Cascades: which there are, and how far the offices below have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select, tuple_

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below, below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, BodyStatus, Kind, Shelf, ids_in
from helpdesk.training.access import range_of
from helpdesk.training.models.sessions import Plan, PlanStage, Session
from helpdesk.training.queries import figures
from helpdesk.training.rules.coverage import Persons
from helpdesk.training.rules.plans import Progress, progress
from helpdesk.training.rules.sessions import HELD, State


@dataclass(frozen=True)
class PlanView:
    """A plan as lists and pages show it. `stages`: last days by kind, from the top down."""

    id: int
    owner: BodyView
    year: int
    title: str
    about: str
    version: int
    stages: Mapping[Kind, date]


@dataclass(frozen=True)
class Schools:
    """The schools directly below an office: all of them, and those that held their session."""

    total: int
    held: int


@dataclass(frozen=True)
class Office:
    """An office in the tree of a plan. `due_on` None: no stage of the plan is its own."""

    id: int
    code: str
    name: str
    name_en: str
    kind: Kind
    path: str
    due_on: date | None
    progress: Progress | None
    sessions: int
    persons: Persons | None
    schools: Schools | None
    below: tuple[Office, ...] = ()

    def counted(self) -> Mapping[Progress, int]:
        """How many offices below stand where (this one left out)."""
        found = dict.fromkeys(Progress, 0)
        for office in self.below:
            if office.progress is not None:
                found[office.progress] += 1
            for step, number in office.counted().items():
                found[step] += number
        return found


def view(plan: Plan) -> PlanView:
    """A plan whom the door has fetched."""
    return _views([plan])[0]


def _views(plans: Iterable[Plan]) -> tuple[PlanView, ...]:
    found = list(plans)
    owners = organizations.bodies(plan.owner_id for plan in found)
    stages: dict[int, dict[str, date]] = {}
    ids = [plan.id for plan in found]
    for row in database().scalars(select(PlanStage).where(PlanStage.plan_id.in_(ids))):
        stages.setdefault(row.plan_id, {})[row.kind] = row.due_on
    order = (Kind.PROVINCE_AID, Kind.CITY_AID, Kind.COUNTY_AID, Kind.SCHOOL)
    return tuple(
        PlanView(
            id=plan.id,
            owner=owners[plan.owner_id],
            year=plan.year,
            title=plan.title,
            about=plan.about,
            version=plan.version,
            stages={k: stages[plan.id][k] for k in order if k in stages.get(plan.id, {})},
        )
        for plan in found
    )


def page(actor: Actor, *, after: str | None = None, size: int = 30) -> Page[PlanView]:
    """Plans of the actor's range and of the offices above it, newest year first (three queries)."""
    query = select(Plan).where(_seen(actor))
    if after:
        year, last = decode(after, (int, int))
        query = query.where(tuple_(Plan.year, Plan.id) < tuple_(year, last))
    order = (Plan.year.desc(), Plan.id.desc())
    found = database().scalars(query.order_by(*order).limit(size + 1)).all()
    views = {plan.id: plan for plan in _views(found)}
    return page_of(found, size, lambda row: (row.year, row.id), lambda row: views[row.id])


def _seen(actor: Actor) -> Any:
    tops = actor.paths(Permission.COVERAGE_READ)
    above = sorted({body_id for top in tops for body_id in ids_in(top)})
    inside = select(Body.id).where(below_any(Body.path, tops))
    national = select(Body.id).where(
        Body.parent_id.is_(None), Body.kind == Kind.NATIONAL_AID_CENTRE
    )
    return or_(Plan.owner_id.in_(above), Plan.owner_id.in_(inside), Plan.owner_id.in_(national))


def for_organizer(body: Body | BodyView) -> tuple[PlanView, ...]:
    """Plans that a session of this organiser may belong to: its own and those of offices above."""
    national = select(Body.id).where(
        Body.parent_id.is_(None), Body.kind == Kind.NATIONAL_AID_CENTRE
    )
    query = select(Plan).where(
        or_(Plan.owner_id.in_(ids_in(body.path)), Plan.owner_id.in_(national))
    )
    order = (Plan.year.desc(), Plan.id.desc())
    return _views(database().scalars(query.order_by(*order).limit(50)))


# --- how far it has come ------------------------------------------------------------------------


def tree(plan: PlanView, *, today: date, top: str | None = None) -> tuple[Office, ...]:
    """The offices of a plan below `top` (its own range by default), parents before children, each
    with its progress and today's share of trained persons. Three queries at any size, four where
    schools have a stage of their own.
    """
    start = range_of(plan.owner) if top is None else top
    rows = list(
        database().execute(
            select(Body.id, Body.code, Body.name, Body.name_en, Body.kind, Body.path)
            .where(
                below(Body.path, start),
                Body.kind.in_(sorted(AID_OFFICES)),
                Body.status == BodyStatus.ACTIVE,
            )
            .order_by(Body.level, Body.sort_key, Body.id)
        )
    )
    facts = _Facts(
        plan=plan,
        today=today,
        held=_sessions(plan.id),
        shares=_shares(start),
        schools=_schools(plan.id, start) if Kind.SCHOOL in plan.stages else {},
    )
    below_of: dict[int, list[Any]] = {}
    known = {row.id for row in rows}
    for row in rows:
        above = [i for i in ids_in(row.path)[:-1] if i in known]
        below_of.setdefault(above[-1] if above else 0, []).append(row)
    return tuple(_office(row, facts, below_of) for row in below_of.get(0, ()))


@dataclass(frozen=True)
class _Facts:
    plan: PlanView
    today: date
    held: Mapping[int, list[State]]
    shares: Mapping[int, Persons]
    schools: Mapping[int, Schools]


def _office(row: Any, facts: _Facts, below_of: Mapping[int, list[Any]]) -> Office:
    due_on, states = facts.plan.stages.get(row.kind), facts.held.get(row.id, [])
    return Office(
        id=row.id,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        path=row.path,
        due_on=due_on,
        progress=progress(states, due_on, facts.today) if due_on else None,
        sessions=len([state for state in states if state is not State.CANCELLED]),
        persons=facts.shares.get(row.id),
        schools=facts.schools.get(row.id),
        below=tuple(_office(child, facts, below_of) for child in below_of.get(row.id, ())),
    )


def _sessions(plan_id: int) -> dict[int, list[State]]:
    found: dict[int, list[State]] = {}
    rows = select(Session.organizer_id, Session.state).where(Session.plan_id == plan_id)
    for organizer_id, state in database().execute(rows):
        found.setdefault(organizer_id, []).append(state)
    return found


def _shares(top: str) -> dict[int, Persons]:
    """Persons by office as counted today (one query)."""
    offices = select(Body.id).where(below(Body.path, top), Body.kind.in_(sorted(AID_OFFICES)))
    found = figures.from_counters(offices, every_facet=False)
    return {node: Persons(n[0], n[1]) for (node, _facet), n in found.items()}


def _schools(plan_id: int, top: str) -> dict[int, Schools]:
    """Schools by the office directly above them (one query)."""
    held = select(Session.organizer_id).where(
        Session.plan_id == plan_id, Session.state.in_(sorted(HELD))
    )
    rows = database().execute(
        select(Body.parent_id, func.count(), func.sum(case((Body.id.in_(held), 1), else_=0)))
        .where(
            below(Body.path, top),
            Body.shelf == Shelf.SCHOOL,
            Body.status == BodyStatus.ACTIVE,
            Body.parent_id.is_not(None),
        )
        .group_by(Body.parent_id)
    )
    return {parent_id: Schools(total, int(done)) for parent_id, total, done in rows}
