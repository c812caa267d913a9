"""Whom a session is for, by set: one statement over the rosters below its organiser."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from helpdesk.kernel.db import session as database
from helpdesk.kernel.paths import below, below_any
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people.models import Appointment, AppointmentPost, AppointmentSubsystem
from helpdesk.training.access import range_of
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.sessions import Audience, Enrolment, Session
from helpdesk.training.rules import audience as rules
from helpdesk.training.rules.audience import KINDS, POSTS, Limits

_KEYS = 500  # ids in one statement


@dataclass(frozen=True)
class Circle:
    """An audience: the range of its organiser and what narrows it."""

    top: str
    limits: Limits
    node_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Size:
    """How many are meant, and from how many bodies."""

    persons: int
    bodies: int


def limits_of(session_id: int) -> Limits:
    """What narrows the audience of a session."""
    rows = select(Audience.facet, Audience.value).where(Audience.session_id == session_id)
    return rules.read((facet, value) for facet, value in database().execute(rows))


def circle(organizer: Body | BodyView, limits: Limits) -> Circle:
    """An audience that is still being planned (one query where nodes limit it)."""
    if not limits.nodes:
        return Circle(range_of(organizer), limits)
    paths = select(Body.path).where(Body.id.in_(limits.nodes)).order_by(Body.path)
    return Circle(range_of(organizer), limits, tuple(database().scalars(paths)))


def circle_of(session: Session) -> Circle:
    """The audience of a session (three queries at most)."""
    return circle(database().get_one(Body, session.organizer_id), limits_of(session.id))


def meant(
    of: Circle, day: date, *, untrained_in: int | None = None, unlisted_on: int | None = None
) -> Select[int, int]:
    """(person_id, body_id) of everybody meant on a day, each person once.

    `untrained_in`: without those who have their training of that year; `unlisted_on`: without
    those who stand on the list of that session already, whatever they answered.
    """
    found = (
        select(Appointment.person_id, func.min(Appointment.body_id).label("body_id"))
        .join(Body, Body.id == Appointment.body_id)
        .where(below(Body.path, of.top), Body.status == BodyStatus.ACTIVE, *_narrowed(of))
        .where(at_work(day))
        .group_by(Appointment.person_id)
    )
    if untrained_in is not None:
        found = found.where(~_trained(untrained_in))
    if unlisted_on is not None:
        found = found.where(~_listed(unlisted_on))
    return found


def at_work(day: date) -> ColumnElement[bool]:
    """Condition on Appointment: in force on this day."""
    return and_(
        Appointment.joined_on <= day, or_(Appointment.left_on.is_(None), Appointment.left_on > day)
    )


def _narrowed(of: Circle) -> list[ColumnElement[bool]]:
    limits = of.limits
    conditions = [Body.kind.in_(sorted(limits.any_kind)), _does(limits)]
    if limits.nodes:
        conditions.append(below_any(Body.path, of.node_paths))
    if limits.subsystems:
        conditions.append(_works_with(limits.subsystems))
    return conditions


def _does(limits: Limits) -> ColumnElement[bool]:
    own = select(AppointmentPost.post).where(AppointmentPost.appointment_id == Appointment.id)
    if limits.posts:
        return own.where(AppointmentPost.post.in_(sorted(limits.posts))).exists()
    counting = own.where(AppointmentPost.post.in_(sorted(POSTS))).exists()
    if limits.any_kind <= KINDS:
        return counting
    return or_(counting, and_(Body.kind.not_in(sorted(KINDS)), own.exists()))


def _works_with(subsystems: Collection[Subsystem]) -> ColumnElement[bool]:
    wanted = sorted(subsystems)
    own = select(AppointmentSubsystem.subsystem).where(
        AppointmentSubsystem.appointment_id == Appointment.id
    )
    served = select(BodySubsystem.subsystem).where(BodySubsystem.body_id == Body.id)
    by_body = or_(served.where(BodySubsystem.subsystem.in_(wanted)).exists(), ~served.exists())
    return or_(
        own.where(AppointmentSubsystem.subsystem.in_(wanted)).exists(), and_(~own.exists(), by_body)
    )


def _trained(label: int) -> ColumnElement[bool]:
    return (
        select(Trained.year)
        .where(
            Trained.person_id == Appointment.person_id,
            Trained.year == label,
            Trained.void.is_(False),
        )
        .exists()
    )


def _listed(session_id: int) -> ColumnElement[bool]:
    return (
        select(Enrolment.id)
        .where(Enrolment.session_id == session_id, Enrolment.person_id == Appointment.person_id)
        .exists()
    )


def size(
    of: Circle, day: date, *, untrained_in: int | None = None, unlisted_on: int | None = None
) -> Size:
    """How many would be invited (one query)."""
    found = meant(of, day, untrained_in=untrained_in, unlisted_on=unlisted_on).subquery()
    counted = select(func.count(), func.count(found.c.body_id.distinct())).select_from(found)
    persons, bodies = database().execute(counted).one()
    return Size(persons, bodies)


def body_in(of: Circle, person_id: int, day: date) -> int | None:
    """The body for which a person belongs to the audience; None: it is not for this person."""
    found = meant(of, day).where(Appointment.person_id == person_id).subquery()
    return database().scalar(select(found.c.body_id))


def bodies_of(persons: Collection[int], day: date) -> dict[int, int]:
    """Where these persons work, the lowest body each; who works nowhere is left out."""
    wanted = sorted(set(persons))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _KEYS):
        rows = database().execute(
            select(Appointment.person_id, func.min(Appointment.body_id))
            .where(Appointment.person_id.in_(wanted[start : start + _KEYS]), at_work(day))
            .group_by(Appointment.person_id)
        )
        found.update((person_id, body_id) for person_id, body_id in rows)
    return found


def nodes(organizer: Body | BodyView, codes: Collection[str]) -> dict[str, int]:
    """Bodies of the organiser's range by code; other codes are left out (one query)."""
    rows = database().execute(
        select(Body.code, Body.id).where(
            Body.code.in_(sorted(set(codes))), below(Body.path, range_of(organizer))
        )
    )
    return {row.code: row.id for row in rows}
