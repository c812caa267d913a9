"""The lists behind the figures: bodies and persons of a node page by page; what one person did.

A person stands once in a list, however many appointments lie below the node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from helpdesk.kernel.db import session
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind, Subsystem, ids_in
from helpdesk.people.models import Appointment, AppointmentPost, Person
from helpdesk.people.rules import Post
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.closing import ClosedYear
from helpdesk.training.queries import readings
from helpdesk.training.queries.bodies import is_invalid
from helpdesk.training.queries.figures import NUMBERS
from helpdesk.training.queries.readings import Reading
from helpdesk.training.queries.sources import used_by
from helpdesk.training.rules.coverage import (
    ALL,
    COUNTED_KINDS,
    COUNTED_POSTS,
    NAUGHT,
    ROOT_NODE,
)
from helpdesk.training.rules.sessions import Mode

AT_ONCE = 1000
_NO_ROSTER = NUMBERS.index("no_roster")


class PersonList(StrEnum):
    """Which persons a list shows."""

    UNTRAINED = "untrained"
    TRAINED = "trained"
    ON_LEAVE = "on_leave"
    JOINED_LATELY = "joined_lately"
    LEFT_UNTRAINED = "left_untrained"
    SIDE = "side"


@dataclass(frozen=True)
class PersonLine:
    """A person at one body. Days are Beijing dates; `trained_on` None: no training this year."""

    person_id: int
    name: str
    staff_no: str
    body_id: int
    body_name: str
    body_name_en: str
    body_code: str
    posts: tuple[Post, ...]
    subsystems: tuple[Subsystem, ...]
    trained_on: date | None
    joined_on: date
    left_on: date | None
    on_leave: bool


@dataclass(frozen=True)
class Apart:
    """Numbers of what the figures hold but do not show, or leave out."""

    on_leave: int
    joined_lately: int
    left_untrained: int
    invalid: int
    no_roster: int


@dataclass(frozen=True)
class PersonYear:
    """A year in which the person was trained. `corrected`: 已结年度后更正, the figures of the year
    do not hold it."""

    label: int
    trained_on: date
    mode: Mode
    session_id: int
    closed: bool
    corrected: bool


Condition = Callable[[FromClause], ColumnElement[bool]]


# --- persons ---------------------------------------------------------------------------------


def persons_where(
    path: str,
    label: int,
    which: PersonList,
    *,
    now: datetime,
    after: str | None = None,
    size: int = 50,
    subsystem: Subsystem | None = None,
    post: Post | None = None,
    kind: Kind | None = None,
    tier: str | None = None,
) -> Page[PersonLine]:
    """Persons in the range of a node, in the order of the tree. Who left is not sorted by tier."""
    at = readings.reading(label, now, path)

    def narrowed(works: FromClause) -> ColumnElement[bool]:
        conditions = [_list_of(at, path, which)(works)]
        if kind is not None:
            conditions.append(works.c.kind == kind)
        if post is not None:
            conditions.append(works.c.posts.contains(post.value))
        if subsystem is not None:
            conditions.append(works.c.subsystems.contains(subsystem.value))
        if tier is not None and which is not PersonList.LEFT_UNTRAINED:
            conditions.append(works.c.tier == tier)
        return and_(*conditions)

    table = _left(at, path) if which is PersonList.LEFT_UNTRAINED else at.source.works
    return _page(at, table, narrowed, after, size)


def _list_of(at: Reading, path: str, which: PersonList) -> Condition:
    if which is PersonList.LEFT_UNTRAINED:
        return lambda works: below(works.c.path, path)
    what: dict[PersonList, Condition] = {
        PersonList.UNTRAINED: lambda works: works.c.trained_on.is_(None),
        PersonList.TRAINED: lambda works: works.c.trained_on.is_not(None),
        PersonList.ON_LEAVE: lambda works: _away(works, at.day),
        PersonList.JOINED_LATELY: lambda works: _lately(works, at, path),
    }

    def listed(works: FromClause) -> ColumnElement[bool]:
        here = at.source.scope(works.c.path, path)
        if which is PersonList.SIDE:
            return and_(here, works.c.side)
        return and_(here, ~works.c.side, what[which](works))

    return listed


def _away(works: FromClause, day: date) -> ColumnElement[bool]:
    until = works.c.on_leave_until
    return and_(works.c.on_leave_since <= day, or_(until.is_(None), until >= day))


def _lately(works: FromClause, at: Reading, path: str) -> ColumnElement[bool]:
    since = at.day - timedelta(days=settings.value(Key.TRAINING_RECENT_DAYS, path))
    return and_(works.c.joined_on > since, works.c.trained_on.is_(None))


def _left(at: Reading, path: str) -> FromClause:
    """Who left a counted body in this year without a training, and works nowhere in the range.

    Not stored when a year is closed; a training that came or went later is left out of it.
    """
    trained = exists().where(
        Trained.person_id == Appointment.person_id,
        Trained.year == at.year.label,
        Trained.void == (Trained.corrected_at.is_not(None) if at.closed else False),
    )
    works = at.source.works
    present = exists().where(
        works.c.person_id == Appointment.person_id, ~works.c.side,
        at.source.scope(works.c.path, path),
    )  # fmt: skip
    counted_post = exists().where(
        AppointmentPost.appointment_id == Appointment.id, AppointmentPost.post.in_(COUNTED_POSTS)
    )
    words = select(func.aggregate_strings(AppointmentPost.post, " ")).where(
        AppointmentPost.appointment_id == Appointment.id
    )
    return (
        select(
            Appointment.id.label("appointment_id"), Appointment.person_id, Appointment.body_id,
            _path_then(at).label("path"), Body.kind, words.scalar_subquery().label("posts"),
            func.coalesce(used_by(Body.id), "").label("subsystems"), Appointment.joined_on,
            Appointment.left_on, Appointment.on_leave_since, Appointment.on_leave_until,
            literal(None).label("trained_on"),
        )
        .join(Body, Body.id == Appointment.body_id)
        .where(
            Appointment.left_on > at.year.first, Appointment.left_on <= at.day,
            Body.kind.in_(COUNTED_KINDS), counted_post, ~trained, ~present,
        )
        .subquery()
    )  # fmt: skip


def _path_then(at: Reading) -> Any:
    """Where a body stood when the year was closed; one that was not counted then: where it is."""
    if not at.stored:
        return Body.path
    then = at.source.bodies
    stood = select(then.c.path).where(then.c.body_id == Body.id).scalar_subquery()
    return func.coalesce(stood, Body.path)


def _page(
    at: Reading, table: FromClause, narrowed: Condition, after: str | None, size: int
) -> Page[PersonLine]:
    place = tuple_(table.c.path, table.c.appointment_id)
    chosen = (
        select(table, Person.name, Person.staff_no)
        .join(Person, Person.id == table.c.person_id)
        .where(narrowed(table), _first(table, narrowed))
    )
    if after is not None:
        path, last = decode(after, (str, int))
        chosen = chosen.where(place > tuple_(literal(path), literal(last)))
    rows = (
        session()
        .execute(chosen.order_by(table.c.path, table.c.appointment_id).limit(size + 1))
        .all()
    )
    bodies = at.bodies(row.body_id for row in rows)
    return page_of(
        rows,
        size,
        lambda row: (row.path, row.appointment_id),
        lambda row: _line(row, bodies[row.body_id], at.day),
    )


def _first(table: FromClause, narrowed: Condition) -> ColumnElement[bool]:
    """Of several appointments that belong into the list only the first in the tree."""
    other = table.alias()
    earlier = tuple_(other.c.path, other.c.appointment_id) < tuple_(
        table.c.path, table.c.appointment_id
    )
    return ~exists().where(other.c.person_id == table.c.person_id, narrowed(other), earlier)


def _line(row: Any, body: BodyView, day: date) -> PersonLine:
    posts, subsystems = set((row.posts or "").split()), set((row.subsystems or "").split())
    since, until = row.on_leave_since, row.on_leave_until
    return PersonLine(
        person_id=row.person_id,
        name=row.name,
        staff_no=row.staff_no,
        body_id=body.id,
        body_name=body.name,
        body_name_en=body.name_en,
        body_code=body.code,
        posts=tuple(post for post in Post if post in posts),
        subsystems=tuple(one for one in Subsystem if one in subsystems),
        trained_on=row.trained_on,
        joined_on=row.joined_on,
        left_on=getattr(row, "left_on", None),
        on_leave=since is not None and since <= day and (until is None or day <= until),
    )


def untrained_ids(path: str, label: int, *, now: datetime) -> Iterator[tuple[int, ...]]:
    """Everybody who is to be trained and is not, by number, AT_ONCE in each part."""
    at = readings.reading(label, now, path)
    works = at.source.works
    last = 0
    while True:
        chosen = (
            select(works.c.person_id)
            .where(_list_of(at, path, PersonList.UNTRAINED)(works), works.c.person_id > last)
            .distinct()
            .order_by(works.c.person_id)
            .limit(AT_ONCE)
        )
        ids = tuple(session().scalars(chosen))
        if not ids:
            return
        yield ids
        last = ids[-1]


# --- what stands apart -----------------------------------------------------------------------


def apart(path: str, label: int, *, now: datetime) -> Apart:
    """How many are away, came lately, left untrained; schools set 无效; bodies without a roster."""
    at = readings.reading(label, now, path)
    works = at.source.works
    gone = _left(at, path)

    def number(table: FromClause, *conditions: Any) -> int:
        persons = select(func.count(table.c.person_id.distinct())).where(*conditions)
        return session().scalar(persons) or 0

    invalid = select(func.count()).where(below(Body.path, path), is_invalid(at.day))
    return Apart(
        on_leave=number(works, _list_of(at, path, PersonList.ON_LEAVE)(works)),
        joined_lately=number(works, _list_of(at, path, PersonList.JOINED_LATELY)(works)),
        left_untrained=number(gone, below(gone.c.path, path)),
        invalid=session().scalar(invalid) or 0,
        no_roster=_gaps(at, path),
    )


def _gaps(at: Reading, path: str) -> int:
    node = readings.node_of(path)
    if node is None:
        return at.of_body(ids_in(path)[-1]).get((ROOT_NODE, ALL), NAUGHT)[_NO_ROSTER]
    return at.figures((node,), every_facet=False).get((node, ALL), NAUGHT)[_NO_ROSTER]


# --- one person ------------------------------------------------------------------------------


def is_trained(person_id: int, label: int) -> bool:
    """Does the person hold a valid training of this year?"""
    row = exists().where(
        Trained.person_id == person_id, Trained.year == label, Trained.void.is_(False)
    )
    return bool(session().scalar(select(row)))


def person_years(person_id: int) -> tuple[PersonYear, ...]:
    """The years in which the person was trained, newest first. One query."""
    rows = session().execute(
        select(Trained, ClosedYear.year)
        .outerjoin(ClosedYear, ClosedYear.year == Trained.year)
        .where(Trained.person_id == person_id, Trained.void.is_(False))
        .order_by(Trained.year.desc())
    )
    return tuple(
        PersonYear(
            label=row.year,
            trained_on=row.trained_on,
            mode=row.mode,
            session_id=row.session_id,
            closed=closed is not None,
            corrected=row.corrected_at is not None,
        )
        for row, closed in rows
    )
