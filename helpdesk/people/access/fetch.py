"""The doors' only fetch of one person, appointment or grant.

A person is seen by whoever covers one of the person's bodies. Touching the person as a whole
(name, account, merge) takes an actor above everything the person has; touching one appointment or
grant takes an actor above that one.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.people.access.scope import paths_granted, paths_served
from helpdesk.people.models import Appointment, Person, RoleGrant
from helpdesk.people.rules import ROOT_ADMIN_GRANTS


class BeyondYourRange(Forbidden):
    """The person also serves, or was granted something, outside the actor's range."""

    sentence = N_(
        "%(name)s在您管辖范围以外还有任职或授权，这件事要由管辖全部范围的上级管理员办理。"
    )


def person(actor: Actor, person_id: int, to: Permission = Permission.ROSTER_READ) -> Person:
    """The person. NotFound for a stranger.

    `to` ROSTER_READ needs one body of the person in range; anything else all of them, and every
    node on which the person was granted something: also who writes down another mail address
    decides who reads that person's notices.
    Raises Forbidden or BeyondYourRange otherwise.
    """
    query = select(Person).where(Person.id == person_id, Person.merged_into_id.is_(None))
    found = session().scalar(query)
    if found is None:
        raise NotFound
    served = paths_served(person_id)
    readable = (Permission.ROSTER_READ, to)
    if not any(actor.covers(p, path) for p in readable for path in served):
        raise NotFound
    if to is Permission.ROSTER_READ:
        return found
    if not actor.anywhere(to):
        raise Forbidden
    needed = served | paths_granted(person_id)
    if not all(actor.covers(to, path) for path in needed):
        raise BeyondYourRange(name=found.name)
    return found


def person_by_number(
    actor: Actor, staff_no: str, to: Permission = Permission.ROSTER_READ
) -> Person:
    """The same, by staff number."""
    found = session().scalar(select(Person.id).where(Person.staff_no == staff_no))
    if found is None:
        raise NotFound
    return person(actor, found, to)


def appointment(
    actor: Actor, appointment_id: int, to: Permission = Permission.ROSTER_MANAGE
) -> Appointment:
    """The appointment with its posts. NotFound for a stranger, Forbidden without `to` there."""
    row = (
        session()
        .execute(
            select(Appointment, Body.path)
            .join(Body, Body.id == Appointment.body_id)
            .where(Appointment.id == appointment_id)
            .options(selectinload(Appointment.posts), selectinload(Appointment.subsystems))
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound
    found, path = row
    if not (actor.covers(to, path) or actor.covers(Permission.ROSTER_READ, path)):
        raise NotFound
    if not actor.covers(to, path):
        raise Forbidden
    return found


def grant(actor: Actor, grant_id: int, to: Permission = Permission.ROLE_GRANT) -> RoleGrant:
    """The grant. NotFound where the person is a stranger, Forbidden where the node is not below."""
    row = (
        session()
        .execute(
            select(RoleGrant, func.coalesce(Body.path, ROOT_PATH))
            .outerjoin(Body, Body.id == RoleGrant.body_id)
            .where(RoleGrant.id == grant_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound
    found, path = row
    person(actor, found.person_id)
    if not actor.covers(to, ROOT_PATH if found.role in ROOT_ADMIN_GRANTS else path):
        raise Forbidden
    return found
