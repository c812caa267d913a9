"""Reads about sessions: one whole, lists by state, and who stands on a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_

from helpdesk.files import queries as files
from helpdesk.files.queries import StoredFile
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.paging import BadCursor, Page, decode, page_of
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind, Subsystem, ids_in
from helpdesk.training import access
from helpdesk.training.models.sessions import (
    Enrolment,
    Material,
    Plan,
    Series,
    Session,
    SessionCard,
    SessionSubsystem,
)
from helpdesk.training.queries import audience
from helpdesk.training.rules.audience import Limits
from helpdesk.training.rules.sessions import Mode, Place, State

_ENDED = (State.CLOSED, State.CANCELLED)


@dataclass(frozen=True)
class Counts:
    """How many stand where on a list."""

    invited: int = 0
    enrolled: int = 0
    waiting: int = 0
    declined: int = 0

    @property
    def all(self) -> int:
        """Everybody on the list."""
        return self.invited + self.enrolled + self.waiting + self.declined


@dataclass(frozen=True)
class Group:
    """A series or plan that a session belongs to. `needed`: of a series, for one training."""

    id: int
    title: str
    needed: int = 1


@dataclass(frozen=True)
class SessionView:
    """A session as its page shows it. `starts_at` and `ends_at` are instants, `held_on` the
    Beijing date; shares in per cent, `minutes` and `online_minutes` in minutes."""

    id: int
    organizer: BodyView
    title: str
    about: str
    mode: Mode
    state: State
    starts_at: datetime
    ends_at: datetime
    held_on: date
    minutes: int
    place: str
    link: str
    capacity: int | None
    trainers: str
    share_percent: int
    online_minutes: int
    online_percent: int
    check_required: bool
    quiz: str
    cancelled_why: str
    closed_at: datetime | None
    version: int
    series: Group | None
    plan: Group | None
    subsystems: tuple[Subsystem, ...]
    cards: tuple[str, ...]
    limits: Limits
    nodes: tuple[BodyView, ...]
    counts: Counts
    materials: tuple[StoredFile, ...]


_SAME = tuple(
    name
    for name in SessionView.__dataclass_fields__
    if name
    not in {
        "organizer", "series", "plan", "subsystems", "cards", "limits", "nodes", "counts",
        "materials",
    }
)  # fmt: skip


def view(session_id: int) -> SessionView:
    """The session (ten queries at most, whatever hangs on it). NotFound when there is none."""
    row = database().get(Session, session_id)
    if row is None:
        raise NotFound
    limits = audience.limits_of(session_id)
    bodies = organizations.bodies({row.organizer_id, *limits.nodes})
    series = database().get(Series, row.series_id) if row.series_id else None
    plan = database().get(Plan, row.plan_id) if row.plan_id else None
    return SessionView(
        **{name: getattr(row, name) for name in _SAME},
        organizer=bodies[row.organizer_id],
        series=Group(series.id, series.title, series.needed) if series else None,
        plan=Group(plan.id, plan.title) if plan else None,
        subsystems=_topics(session_id),
        cards=_cards(session_id),
        limits=limits,
        nodes=tuple(bodies[i] for i in sorted(limits.nodes) if i in bodies),
        counts=counts((session_id,)).get(session_id, Counts()),
        materials=_materials(session_id),
    )


def _topics(session_id: int) -> tuple[Subsystem, ...]:
    rows = select(SessionSubsystem.subsystem).where(SessionSubsystem.session_id == session_id)
    found = set(database().scalars(rows))
    return tuple(subsystem for subsystem in Subsystem if subsystem in found)


def _cards(session_id: int) -> tuple[str, ...]:
    rows = select(SessionCard.card_code).where(SessionCard.session_id == session_id)
    return tuple(database().scalars(rows.order_by(SessionCard.card_code)))


def _materials(session_id: int) -> tuple[StoredFile, ...]:
    rows = select(Material.file_id).where(Material.session_id == session_id)
    ids = database().scalars(rows.order_by(Material.file_id)).all()
    return tuple(files.files(ids).values())


def counts(session_ids: Collection[int]) -> dict[int, Counts]:
    """Places by session; sessions without a list are left out (one query)."""
    rows = database().execute(
        select(Enrolment.session_id, Enrolment.place, func.count())
        .where(Enrolment.session_id.in_(session_ids))
        .group_by(Enrolment.session_id, Enrolment.place)
    )
    found: dict[int, dict[str, int]] = {}
    for session_id, place, number in rows:
        found.setdefault(session_id, {})[place.value] = number
    return {session_id: Counts(**numbers) for session_id, numbers in found.items()}


# --- lists -----------------------------------------------------------------------------------


class When(StrEnum):
    """Which part of the list."""

    COMING = "coming"
    RUNNING = "running"
    PAST = "past"


class Whose(StrEnum):
    """Mine to organise, offered to me, or all I may see."""

    OFFERED = "offered"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Filters:
    """What narrows a list. `since`/`until`: instants between which it begins."""

    whose: Whose = Whose.ALL
    since: datetime | None = None
    until: datetime | None = None
    mode: Mode | None = None
    state: State | None = None
    organizer_id: int | None = None
    series_id: int | None = None
    plan_id: int | None = None


EVERYTHING = Filters()


@dataclass(frozen=True)
class SessionLine:
    """A session in a list. `own`: where the reader stands on it."""

    id: int
    title: str
    organizer: BodyView
    mode: Mode
    state: State
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int | None
    counts: Counts
    own: Place | None


def page(
    actor: Actor,
    when: When,
    filters: Filters = EVERYTHING,
    *,
    after: str | None = None,
    size: int = 30,
) -> Page[SessionLine]:
    """Sessions that the actor may see: coming ones nearest first, the others newest first.

    Five queries at any size.
    """
    query = select(Session).where(*_narrowed(actor, when, filters))
    ascending = when is When.COMING
    keys = tuple_(Session.starts_at, Session.id)
    if after:
        last = tuple_(*after_instant(after))
        query = query.where(keys > last if ascending else keys < last)
    order = (Session.starts_at, Session.id)
    query = query.order_by(*(order if ascending else (k.desc() for k in order)))
    found = database().scalars(query.limit(size + 1)).all()
    lines = {line.id: line for line in _lines(found, actor)}
    return page_of(
        found, size, lambda row: (row.starts_at.isoformat(), row.id), lambda row: lines[row.id]
    )


def after_instant(cursor: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The instant and id of a cursor, as a database compares them. Raises BadCursor."""
    text, last = decode(cursor, (str, int))
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise BadCursor
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
    return literal(at, Session.starts_at.type), literal(last, Session.id.type)


def _narrowed(actor: Actor, when: When, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [_of_part(when), _of_whom(actor, filters.whose)]
    wanted: Mapping[Any, Any] = {
        Session.mode: filters.mode,
        Session.state: filters.state,
        Session.organizer_id: filters.organizer_id,
        Session.series_id: filters.series_id,
        Session.plan_id: filters.plan_id,
    }
    conditions += [column == value for column, value in wanted.items() if value is not None]
    if filters.since is not None:
        conditions.append(Session.starts_at >= filters.since)
    if filters.until is not None:
        conditions.append(Session.starts_at < filters.until)
    return conditions


def _of_part(when: When) -> ColumnElement[bool]:
    if when is When.RUNNING:
        return Session.state == State.RUNNING
    states = _ENDED if when is When.PAST else (State.PLANNED, State.OPEN)
    return Session.state.in_(states)


def _of_whom(actor: Actor, whose: Whose) -> ColumnElement[bool]:
    if whose is Whose.MINE:
        return access.managed(actor)
    if whose is Whose.ALL:
        return access.visible(actor)
    listed = select(Enrolment.session_id).where(Enrolment.person_id == actor.person_id)
    return and_(Session.state != State.PLANNED, or_(access.in_reach(actor), Session.id.in_(listed)))


def _lines(rows: Iterable[Session], actor: Actor) -> list[SessionLine]:
    found = list(rows)
    ids = [row.id for row in found]
    bodies = organizations.bodies(row.organizer_id for row in found)
    numbers, own = counts(ids), own_places(actor, ids)
    return [
        SessionLine(
            id=row.id,
            title=row.title,
            organizer=bodies[row.organizer_id],
            mode=row.mode,
            state=row.state,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=row.place,
            capacity=row.capacity,
            counts=numbers.get(row.id, Counts()),
            own=own.get(row.id),
        )
        for row in found
    ]


def own_places(actor: Actor, session_ids: Collection[int]) -> dict[int, Place]:
    """Where the actor stands on these lists (one query)."""
    rows = database().execute(
        select(Enrolment.session_id, Enrolment.place).where(
            Enrolment.person_id == actor.person_id, Enrolment.session_id.in_(session_ids)
        )
    )
    return {row.session_id: row.place for row in rows}


def organizers(actor: Actor) -> tuple[BodyView, ...]:
    """Bodies for which the actor may plan, by path."""
    granted = actor.granted_at(Permission.SESSION_MANAGE)
    found = organizations.bodies(ids_in(path)[-1] for path in granted if path != ROOT_PATH)
    bodies = [body for body in found.values() if body.kind in access.ORGANISERS and body.active]
    national = organizations.national(Kind.NATIONAL_AID_CENTRE) if ROOT_PATH in granted else None
    if national is not None and national.id not in found:
        bodies.append(national)
    return tuple(sorted(bodies, key=lambda body: body.path))
