"""Which sessions and plans an actor may see and manage. The only fetch the doors have.

A session is read by the people of its range (its organiser stands above a body of theirs), by
whoever stands on its list and by who reads coverage of its organiser; planned ones by who manages
them alone. Managing and marking need the permission on the organiser's very node.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from helpdesk.kernel.actor import ROOT_PATH, Actor, within
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, SCHOOL_KINDS, Kind, ids_in
from helpdesk.training.models.sessions import Enrolment, Material, Plan, Series, Session
from helpdesk.training.rules.sessions import State

# Who can organise: offices and central universities for their subtree, schools for their own
# staff, the national centre for the country.
ORGANISERS = AID_OFFICES | SCHOOL_KINDS | {Kind.NATIONAL_AID_CENTRE}


def range_of(organizer: Body | BodyView) -> str:
    """Path of the node whose people an organiser may train; the national centre: everybody."""
    return ROOT_PATH if organizer.kind is Kind.NATIONAL_AID_CENTRE else organizer.path


def holds(
    actor: Actor, organizer: Body | BodyView, to: Permission = Permission.SESSION_MANAGE
) -> bool:
    """Was `to` granted on the organiser's very node, or on the root for the national centre?"""
    return actor.holds(to, organizer.path) or actor.holds(to, range_of(organizer))


def session(actor: Actor, session_id: int, to: Permission = Permission.SIGNED_IN) -> Session:
    """The session. NotFound for a stranger; Forbidden when seen without `to` on its organiser.

    `to` SIGNED_IN asks for reading alone.
    """
    rows = database().execute(
        select(Session, Body)
        .join(Body, Body.id == Session.organizer_id)
        .where(Session.id == session_id, visible(actor))
    )
    pair = rows.one_or_none()
    if pair is None:
        raise NotFound
    found, by = pair
    if to is not Permission.SIGNED_IN and not holds(actor, by, to):
        raise Forbidden
    return found


def visible(actor: Actor) -> ColumnElement[bool]:
    """Condition on Session: the rows this actor may read."""
    if actor.everything:
        return true()
    listed = select(Enrolment.session_id).where(Enrolment.person_id == actor.person_id)
    readable = or_(in_reach(actor), _covered(actor), Session.id.in_(listed))
    return or_(managed(actor), and_(Session.state != State.PLANNED, readable))


def managed(actor: Actor, to: Permission = Permission.SESSION_MANAGE) -> ColumnElement[bool]:
    """Condition on Session: those whose organiser's node `to` was granted on."""
    if actor.everything:
        return true()
    granted = actor.granted_at(to)
    own = Session.organizer_id.in_([ids_in(path)[-1] for path in granted if path != ROOT_PATH])
    return or_(own, Session.organizer_id.in_(_national())) if ROOT_PATH in granted else own


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """Condition on Session: the organiser is, or stands above, a body of the actor."""
    ids = {body_id for path in _own_paths(actor) for body_id in ids_in(path)}
    return or_(Session.organizer_id.in_(sorted(ids)), Session.organizer_id.in_(_national()))


def _own_paths(actor: Actor) -> Iterable[str]:
    paths = {path for _, path in actor.grants} | {actor.body_path or ROOT_PATH}
    return sorted(paths - {ROOT_PATH})


def _covered(actor: Actor) -> ColumnElement[bool]:
    tops = actor.paths(Permission.COVERAGE_READ)
    if ROOT_PATH in tops:
        return true()
    return Session.organizer_id.in_(select(Body.id).where(below_any(Body.path, tops)))


def _national() -> Select[int]:
    return select(Body.id).where(Body.parent_id.is_(None), Body.kind == Kind.NATIONAL_AID_CENTRE)


def organizer(actor: Actor, code: str) -> Body:
    """A body for which the actor may plan. NotFound for a stranger, Forbidden without the right."""
    found = database().scalar(select(Body).where(Body.code == code))
    if found is None or not _knows(actor, found):
        raise NotFound
    if found.kind not in ORGANISERS or not holds(actor, found):
        raise Forbidden
    return found


def _knows(actor: Actor, body: Body) -> bool:
    below = any(within(path, range_of(body)) for path in _own_paths(actor))
    return below or actor.covers(Permission.BODY_READ, body.path) or holds(actor, body)


def series(actor: Actor, series_id: int) -> Series:
    """A series of an organiser the actor manages. NotFound for everybody else."""
    found = database().get(Series, series_id)
    if found is None or not holds(actor, _body(found.organizer_id)):
        raise NotFound
    return found


def plan(actor: Actor, plan_id: int, to: Permission = Permission.COVERAGE_READ) -> Plan:
    """The plan: seen by who reads coverage of its owner, or of a body below it.

    Anything but COVERAGE_READ needs `to` on the owner's node. NotFound, Forbidden.
    """
    found = database().get(Plan, plan_id)
    if found is None:
        raise NotFound
    owner = _body(found.owner_id)
    above = any(within(path, range_of(owner)) for path in actor.paths(Permission.COVERAGE_READ))
    if not above and not actor.covers(Permission.COVERAGE_READ, owner.path):
        raise NotFound
    if to is not Permission.COVERAGE_READ and not holds(actor, owner, to):
        raise Forbidden
    return found


def _body(body_id: int) -> Body:
    return database().get_one(Body, body_id)


def file(actor: Actor, file_id: int) -> Material:
    """A material of a session the actor may read. NotFound for a stranger."""
    query = (
        select(Material)
        .join(Session, Session.id == Material.session_id)
        .where(Material.file_id == file_id, visible(actor))
    )
    found = database().scalars(query.limit(1)).first()
    if found is None:
        raise NotFound
    return found
