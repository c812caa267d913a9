"""Which grants count, and over which nodes of the tree a person's record spreads."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.paths import below_any
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Shelf
from helpdesk.people.models import Account, Appointment, Person, RoleGrant
from helpdesk.people.rules import HANDLER_ROLES, ROOT_ADMIN_GRANTS, Role


def in_service() -> ColumnElement[bool]:
    """Condition on Person: not merged away, and not somebody whose appointments have all ended.

    Who never had one counts: the first administrator stands on no roster.
    """
    own = select(Appointment.id).where(Appointment.person_id == Person.id)
    return and_(
        Person.merged_into_id.is_(None),
        or_(own.where(Appointment.left_on.is_(None)).exists(), ~own.exists()),
    )


def counting_grants() -> Select[int, Role]:
    """(person_id, role) of the live grants of persons in service whose account is open."""
    return (
        select(RoleGrant.person_id, RoleGrant.role)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(RoleGrant.revoked_at.is_(None), Account.disabled_at.is_(None), in_service())
    )


def unhandled(tops: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Body: an office in the range of `tops` where nobody could accept a ticket."""
    handled = (
        counting_grants()
        .where(RoleGrant.body_id == Body.id, RoleGrant.role.in_(HANDLER_ROLES))
        .correlate(Body)
        .exists()
    )
    offices = Body.shelf.in_((Shelf.OFFICE, Shelf.BESIDE))
    return below_any(Body.path, tops), offices, ~handled


def paths_served(person_id: int) -> frozenset[str]:
    """Paths of the bodies the person works in; nobody's staff any more: of the former ones.

    A person without any appointment belongs to the root alone.
    """
    rows = session().execute(
        select(Body.path, Appointment.left_on)
        .join(Appointment, Appointment.body_id == Body.id)
        .where(Appointment.person_id == person_id)
    )
    found = [(path, left_on is None) for path, left_on in rows]
    present = frozenset(path for path, here in found if here)
    return present or frozenset(path for path, _ in found) or frozenset({ROOT_PATH})


def paths_granted(person_id: int) -> frozenset[str]:
    """Paths of the nodes on which the person holds a role.

    Some roles only the administrator of the whole tree handles; they stand on the root here.
    """
    rows = session().execute(
        select(RoleGrant.role, func.coalesce(Body.path, ROOT_PATH))
        .outerjoin(Body, Body.id == RoleGrant.body_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
    )
    return frozenset(ROOT_PATH if role in ROOT_ADMIN_GRANTS else path for role, path in rows)
