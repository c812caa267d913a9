"""Granting and revoking roles: in one's range, fitting the body, never to oneself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from helpdesk.kernel.actor import ROOT_PATH, Actor, within
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, Forbidden, NotFound, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.people.models import Appointment, Person, RoleGrant
from helpdesk.people.operations import records
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import (
    BODY_ROLES,
    ROOT_ADMIN_GRANTS,
    Act,
    Role,
    clashing_role,
    role_fits,
)


class RoleDoesNotFit(RuleBroken):
    """The kind of body has no such role."""

    sentence = N_("%(body)s没有这个角色。请从列出的角色中选择。")


class NotOnTheRoster(RuleBroken):
    """A role that works for a body goes to the staff of that body."""

    sentence = N_("%(name)s不在%(body)s的名册里。请先登记在这里的任职，再授予角色。")


class NotInService(RuleBroken):
    """A person who has left, or an account that is closed, gets no role."""

    sentence = N_("%(name)s已不在岗。请先登记现在的任职，再授予角色。")


class DutiesApart(RuleBroken):
    """Administration, operation and audit are never in one hand."""

    sentence = N_(
        "%(name)s已有互斥的角色：单位管理员、系统运维、审计员必须由不同的人担任。请另选一人，或先撤销原角色。"
    )


class AlreadyGranted(Conflict):
    """The person holds this role here."""

    sentence = N_("%(name)s在这里已经有这个角色，不用再授予。")


class AlreadyRevoked(Conflict):
    """The grant has ended."""

    sentence = N_("这个角色已经撤销，不用再办。请刷新页面查看。")


def grant_role(
    *, actor: Actor, person: Person, role: Role, body_id: int | None, now: datetime
) -> RoleGrant:
    """`role` for `person` on the body (None: on the root).

    Raises NotYourself, Forbidden (node out of range, or a role only the root administrator gives),
    RoleDoesNotFit, NotInService, NotOnTheRoster, DutiesApart, AlreadyGranted.
    """
    if actor.person_id == person.id:
        raise NotYourself
    body = _node(actor, role, body_id)
    records.lock(person)
    _check_service(person, role, body)
    held = [grant for grant, _ in live_grants(person.id)]
    if clashing_role((grant.role for grant in held), role):
        raise DutiesApart(name=person.name)
    if any(grant.role is role and grant.body_id == body_id for grant in held):
        raise AlreadyGranted(name=person.name)
    made = RoleGrant(
        person_id=person.id,
        role=role,
        body_id=body_id,
        granted_at=now,
        granted_by=actor.person_id,
    )
    session().add(made)
    records.flush_or(AlreadyGranted(name=person.name))
    records.write(
        Act.ROLE_GRANTED,
        actor=actor,
        person_id=person.id,
        body_id=body_id,
        now=now,
        details={"role": role},
    )
    return made


def revoke_role(*, actor: Actor, grant: RoleGrant, now: datetime) -> None:
    """End a grant. Raises NotYourself, AlreadyRevoked."""
    if actor.person_id == grant.person_id:
        raise NotYourself
    records.lock(grant)
    if grant.revoked_at is not None:
        raise AlreadyRevoked
    end(grant, actor=actor, now=now)


def end(grant: RoleGrant, *, actor: Actor, now: datetime, why: Act | None = None) -> None:
    """Mark a live grant as ended and write it down; `why`: the act of which it is a consequence."""
    grant.revoked_at = now
    grant.revoked_by = actor.person_id
    details = {"role": grant.role, **({"why": why} if why else {})}
    records.write(
        Act.ROLE_REVOKED,
        actor=actor,
        person_id=grant.person_id,
        body_id=grant.body_id,
        now=now,
        details=details,
    )


def may_end(actor: Actor, role: Role, path: str) -> bool:
    """May the actor end a role on the node at `path`, as a consequence of something else too?

    Work for a body ends with the roster that a body keeps itself; what reaches further is taken
    back by those who could have given it.
    """
    if role in BODY_ROLES:
        return actor.covers(Permission.ROSTER_MANAGE, path)
    return actor.covers(Permission.ROLE_GRANT, ROOT_PATH if role in ROOT_ADMIN_GRANTS else path)


def live_grants(person_id: int, *, below: str | None = None) -> list[tuple[RoleGrant, str]]:
    """Grants that have not been revoked, with the path of their node; `below`: in that range."""
    rows = session().execute(
        select(RoleGrant, func.coalesce(Body.path, ROOT_PATH))
        .outerjoin(Body, Body.id == RoleGrant.body_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return [(grant, path) for grant, path in rows if below is None or within(path, below)]


def _node(actor: Actor, role: Role, body_id: int | None) -> Body | None:
    """The body (None: the root), if this actor may give this role there and it fits."""
    body = session().get(Body, body_id) if body_id is not None else None
    if body is None and body_id is not None:
        raise NotFound
    path = body.path if body and role not in ROOT_ADMIN_GRANTS else ROOT_PATH
    if not actor.covers(Permission.ROLE_GRANT, path):
        raise Forbidden
    if not role_fits(role, body.kind if body else None):
        raise RoleDoesNotFit(body=body or N_("全系统"))
    return body


def _check_service(person: Person, role: Role, body: Body | None) -> None:
    rows = session().execute(
        select(Appointment.body_id, Appointment.left_on).where(Appointment.person_id == person.id)
    )
    ever = [(body_id, left_on is None) for body_id, left_on in rows]
    here = {body_id for body_id, present in ever if present}
    if ever and not here:
        raise NotInService(name=person.name)
    if body is not None and role in BODY_ROLES and body.id not in here:
        raise NotOnTheRoster(name=person.name, body=body)
