"""Reads about persons, accounts and grants. Values are small and frozen; lists page by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, or_, select, union_all

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import ancestors
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import BodyStatus, Kind, ids_in
from helpdesk.people.access.scope import counting_grants, in_service, unhandled
from helpdesk.people.models import Account, Appointment, AppointmentPost, Person, RoleGrant
from helpdesk.people.rules import (
    HANDLER_ROLES,
    LEAD_ROLES,
    ROLE_PERMISSIONS,
    Post,
    Role,
    roles_with,
    user_name_key,
)


@dataclass(frozen=True)
class PersonView:
    """A member of staff as other capabilities show and reach them."""

    id: int
    name: str
    staff_no: str
    mobile: str
    mail: str
    locale: str


@dataclass(frozen=True)
class SessionView:
    """What a session needs at every request. `bodies`: those the person may act for."""

    actor: Actor
    user_name: str
    epoch: int
    must_change_password: bool
    bodies: tuple[int, ...]


@dataclass(frozen=True)
class Gap:
    """An office nobody answers for."""

    id: int
    code: str
    name: str
    name_en: str
    kind: Kind


# --- the person at the screen ----------------------------------------------------------------


def session_of(account_id: int, now: datetime, body_id: int | None = None) -> SessionView | None:
    """The person behind an open account, at work for `body_id` where that is one of theirs, with
    what the session checks. Two queries.

    None where the account is closed, its one-time code has run out, or the person left service.
    """
    row = (
        session()
        .execute(
            select(Account, Person.id, Person.name, Person.locale)
            .join(Person, Person.id == Account.person_id)
            .where(Account.id == account_id, Account.disabled_at.is_(None), in_service())
        )
        .one_or_none()
    )
    if row is None or (row[0].code_expires_at and row[0].code_expires_at <= now):
        return None
    account, person_id, name, locale = row
    grants, bodies = _standing(person_id)
    acting = body_id if body_id in bodies else next(iter(bodies), None)
    actor = Actor(
        person_id=person_id,
        name=name,
        body_id=acting,
        body_path=bodies.get(acting) if acting else None,
        account_id=account.id,
        grants=grants,
        locale=locale,
    )
    return SessionView(
        actor, account.user_name, account.session_epoch, account.must_change_password, tuple(bodies)
    )


def actor_of_user(user_name: str, now: datetime) -> Actor | None:
    """The person behind a user name, as `session_of` sees them. Three queries."""
    name = user_name_key(user_name)
    account_id = session().scalar(select(Account.id).where(Account.user_name == name))
    found = session_of(account_id, now) if account_id is not None else None
    return found.actor if found is not None else None


def _standing(person_id: int) -> tuple[frozenset[tuple[Permission, str]], dict[int, str]]:
    """Grants as pairs of permission and path; bodies (id -> path), those of appointments first."""
    works = (
        select(null().label("role"), Body.id, Body.path, Appointment.id.label("rank"))
        .join(Appointment, Appointment.body_id == Body.id)
        .where(Appointment.person_id == person_id, Appointment.left_on.is_(None))
    )
    holds = (
        select(RoleGrant.role, Body.id, Body.path, RoleGrant.id.label("rank"))
        .outerjoin(Body, Body.id == RoleGrant.body_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
    )
    grants: set[tuple[Permission, str]] = set()
    places: list[tuple[bool, int, int, str]] = []
    rows: Iterable[Any] = session().execute(union_all(works, holds))
    for role, body_id, path, rank in rows:
        if role is not None:
            grants.update((p, path or ROOT_PATH) for p in ROLE_PERMISSIONS[Role(role)])
        if body_id is not None:
            places.append((role is not None, rank, body_id, path))
    return frozenset(grants), {b: path for _, _, b, path in sorted(places)}


# --- who is who ------------------------------------------------------------------------------


def _person_view(row: Person) -> PersonView:
    return PersonView(row.id, row.name, row.staff_no, row.mobile, row.mail, row.locale)


def person(person_id: int) -> PersonView:
    """The person, also one merged away (history names them). Raises NotFound."""
    row = session().get(Person, person_id)
    if row is None:
        raise NotFound
    return _person_view(row)


def persons(ids: Iterable[int]) -> dict[int, PersonView]:
    """Many persons in one query; unknown ids are left out."""
    wanted = set(ids)
    rows = session().scalars(select(Person).where(Person.id.in_(wanted))) if wanted else ()
    return {row.id: _person_view(row) for row in rows}


def holders_of(permission: Permission, body_id: int) -> tuple[int, ...]:
    """Persons with an open account and a role with `permission` on exactly this body."""
    return holders(permission, (body_id,)).get(body_id, ())


def holders(permission: Permission, body_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The same for many bodies in one query; bodies without anybody are left out."""
    return _granted_on(roles_with(permission), body_ids)


def leads_of(body_id: int) -> tuple[int, ...]:
    """Persons who may assign and redirect for this body."""
    return leads((body_id,)).get(body_id, ())


def leads(body_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The same for many bodies in one query."""
    return _granted_on(LEAD_ROLES, body_ids)


def has_active_handler(body_id: int) -> bool:
    """Is there anybody who could accept a ticket for this body?"""
    return body_id in with_active_handler((body_id,))


def stand_in(path: str) -> str | None:
    """Path of the nearest body above the one at `path` where somebody could accept a ticket.

    None where the body has somebody itself, or nobody above has. One query.
    """
    line = ancestors(path)[1:]
    answered = with_active_handler(ids_in(path))
    able = [one for one in line if ids_in(one)[-1] in answered]
    return able[-1] if able and able[-1] != path else None


def with_active_handler(body_ids: Collection[int]) -> frozenset[int]:
    """Those of the bodies for which somebody could accept a ticket; one query."""
    return frozenset(_granted_on(HANDLER_ROLES, body_ids))


def _granted_on(roles: Collection[Role], body_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    rows = session().execute(
        counting_grants()
        .with_only_columns(RoleGrant.body_id, RoleGrant.person_id)
        .where(RoleGrant.body_id.in_(body_ids), RoleGrant.role.in_(roles))
        .distinct()
        .order_by(RoleGrant.person_id)
    )
    return _grouped(rows)


def _grouped(pairs: Iterable[Any]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for body_id, person_id in pairs:
        found[body_id].append(person_id)
    return {body_id: tuple(ids) for body_id, ids in found.items()}


def first_responsible_of(body_id: int) -> tuple[int, ...]:
    """The body's first responsible person (S-3.2.2), account or not."""
    return first_responsible((body_id,)).get(body_id, ())


def first_responsible(body_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The same for many bodies in one query."""
    return _grouped(
        session().execute(
            select(Appointment.body_id, Appointment.person_id)
            .join(AppointmentPost, AppointmentPost.appointment_id == Appointment.id)
            .where(
                Appointment.body_id.in_(body_ids),
                Appointment.left_on.is_(None),
                AppointmentPost.post == Post.FIRST_RESPONSIBLE,
            )
            .order_by(Appointment.person_id)
        )
    )


def supervisors_above(path: str) -> tuple[int, ...]:
    """Supervisors of the nearest node above the body at `path` that has any."""
    above = ancestors(path)[:-1]
    rows = session().execute(
        counting_grants()
        .outerjoin(Body, Body.id == RoleGrant.body_id)
        .with_only_columns(func.coalesce(Body.path, ROOT_PATH), RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.SUPERVISOR,
            or_(RoleGrant.body_id.is_(None), Body.path.in_(above)),
        )
        .distinct()
    )
    found: dict[str, set[int]] = defaultdict(set)
    for top, person_id in rows:
        found[top].add(person_id)
    return tuple(sorted(found[max(found, key=len)])) if found else ()


def bodies_without_handler(
    tops: Collection[str], *, after: str | None = None, size: int = 50
) -> Page[Gap]:
    """Offices below `tops` for which nobody could accept a question (semantics 2)."""
    query = select(Body).where(Body.status == BodyStatus.ACTIVE, *unhandled(tops))
    if after:
        query = query.where(Body.path > decode(after, (str,))[0])
    rows = session().scalars(query.order_by(Body.path).limit(size + 1)).all()
    return page_of(
        rows,
        size,
        lambda body: (body.path,),
        lambda body: Gap(body.id, body.code, body.name, body.name_en, body.kind),
    )


def staff_of(body_ids: Collection[int]) -> dict[int, tuple[PersonView, ...]]:
    """Who works in these bodies today, longest appointed first."""
    rows = session().execute(
        select(Appointment.body_id, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.body_id.in_(body_ids), Appointment.left_on.is_(None))
        .order_by(Appointment.id)
    )
    found: dict[int, list[PersonView]] = defaultdict(list)
    for body_id, row in rows:
        found[body_id].append(_person_view(row))
    return {body_id: tuple(staff) for body_id, staff in found.items()}
