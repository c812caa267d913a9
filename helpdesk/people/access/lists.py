"""The lists of administrators. Each asks first whether the actor may see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import selectinload

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people import rules
from helpdesk.people.models import (
    Account,
    Appointment,
    Person,
    RoleGrant,
    Throttle,
)
from helpdesk.people.rules import Post, Role

FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Place:
    """A body as a list shows it."""

    id: int
    code: str
    name: str
    name_en: str
    kind: Kind


@dataclass(frozen=True)
class AccountRow:
    """The state of an account as an administrator sees it."""

    id: int
    user_name: str
    must_change_password: bool
    code_expires_at: datetime | None
    disabled_at: datetime | None
    blocked_until: datetime | None
    last_signed_in_at: datetime | None

    def code_expired(self, now: datetime) -> bool:
        """Did the one-time code run out unused?"""
        return self.code_expires_at is not None and self.code_expires_at <= now

    def blocked(self, now: datetime) -> bool:
        """Is the user name locked after too many attempts?"""
        return self.blocked_until is not None and now < self.blocked_until


@dataclass(frozen=True)
class GrantRow:
    """A live grant; `place` None: on the root."""

    id: int
    role: Role
    place: Place | None
    path: str
    granted_at: datetime


@dataclass(frozen=True)
class WorkRow:
    """A person's work in one body, present or past."""

    id: int
    person_id: int
    staff_no: str
    name: str
    mobile: str
    place: Place
    path: str
    posts: tuple[Post, ...]
    subsystems: tuple[Subsystem, ...]
    joined_on: date
    left_on: date | None
    on_leave_since: date | None
    on_leave_until: date | None

    def on_leave(self, day: date) -> bool:
        """Away on this day?"""
        since, until = self.on_leave_since, self.on_leave_until
        return since is not None and since <= day and (until is None or day <= until)


@dataclass(frozen=True)
class RosterRow:
    """A line of a roster. `moved_on`: gone from here and at work elsewhere."""

    work: WorkRow
    account: AccountRow | None
    roles: tuple[Role, ...]
    moved_on: bool


def roster(
    actor: Actor, body_code: str, *, left: bool = False, after: str | None = None, size: int = 50
) -> Page[RosterRow]:
    """The staff of one body by name; `left`: those who are gone. Six queries at any size.

    Raises NotFound, Forbidden.
    """
    body = session().scalar(select(Body).where(Body.code == body_code))
    if body is None or not actor.covers(Permission.ROSTER_READ, body.path):
        raise NotFound
    query = _works().where(
        Appointment.body_id == body.id,
        Appointment.left_on.is_not(None) if left else Appointment.left_on.is_(None),
    )
    if after:
        key, last = decode(after, (str, int))
        query = query.where(
            or_(Person.sort_key > key, and_(Person.sort_key == key, Appointment.id > last))
        )
    found = session().execute(query.order_by(Person.sort_key, Appointment.id).limit(size + 1)).all()
    ids = {row[1].id for row in found}
    accounts, grants = accounts_of(ids), _roles_on(body.id, ids)
    elsewhere = _at_work(ids) if left else frozenset()
    return page_of(
        found,
        size,
        lambda row: (row[1].sort_key, row[0].id),
        lambda row: RosterRow(
            work=_work_row(row),
            account=accounts.get(row[1].id),
            roles=grants.get(row[1].id, ()),
            moved_on=row[1].id in elsewhere,
        ),
    )


def works_of(person_id: int) -> tuple[WorkRow, ...]:
    """Every appointment of a person whom the door has fetched: present ones, then the newest."""
    rows = session().execute(
        _works()
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.left_on.is_not(None), Appointment.joined_on.desc(), Appointment.id)
    )
    return tuple(_work_row(row) for row in rows)


def grants_of(person_id: int) -> tuple[GrantRow, ...]:
    """The live grants of a person whom the door has fetched."""
    rows = session().execute(
        select(RoleGrant, Body)
        .outerjoin(Body, Body.id == RoleGrant.body_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return tuple(
        GrantRow(
            id=grant.id,
            role=grant.role,
            place=place_of(body),
            path=body.path if body else ROOT_PATH,
            granted_at=grant.granted_at,
        )
        for grant, body in rows
    )


def root_holders(actor: Actor) -> tuple[tuple[str, GrantRow, int], ...]:
    """(name, grant, person id) of everybody with a role on the root, for those who manage it."""
    if not actor.covers(Permission.ROLE_GRANT, ROOT_PATH):
        return ()
    rows = session().execute(
        select(RoleGrant, Person)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.body_id.is_(None), RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.role, Person.sort_key)
    )
    return tuple(
        (who.name, GrantRow(g.id, g.role, None, ROOT_PATH, g.granted_at), who.id) for g, who in rows
    )


def accounts_of(person_ids: Collection[int]) -> dict[int, AccountRow]:
    """Accounts by person; persons without one are left out. Two queries."""
    accounts = list(session().scalars(select(Account).where(Account.person_id.in_(person_ids))))
    keys = {rules.name_key(account.user_name): account.id for account in accounts}
    blocked = {
        keys[key]: until
        for key, until in session().execute(
            select(Throttle.key, Throttle.blocked_until).where(Throttle.key.in_(keys))
        )
    }
    return {
        account.person_id: AccountRow(
            id=account.id,
            user_name=account.user_name,
            must_change_password=account.must_change_password,
            code_expires_at=account.code_expires_at,
            disabled_at=account.disabled_at,
            blocked_until=blocked.get(account.id),
            last_signed_in_at=account.last_signed_in_at,
        )
        for account in accounts
    }


def people_found(actor: Actor, text: str) -> tuple[WorkRow, ...]:
    """Present staff in the actor's range by beginning of the name, staff number or user name."""
    wanted = rules.plain(text)
    if not wanted:
        return ()
    by_account = select(Account.person_id).where(Account.user_name == rules.user_name_key(wanted))
    rows = session().execute(
        _works()
        .where(
            below_any(Body.path, actor.paths(Permission.ROSTER_READ)),
            Appointment.left_on.is_(None),
            or_(
                Person.name.startswith(wanted, autoescape=True),
                Person.staff_no == wanted.upper(),
                Person.id.in_(by_account),
            ),
        )
        .order_by(Person.sort_key, Appointment.id)
        .limit(FOUND_AT_MOST)
    )
    return tuple(_work_row(row) for row in rows)


def _works() -> Select[*tuple[Any, ...]]:
    return (
        select(Appointment, Person, Body)
        .join(Person, Person.id == Appointment.person_id)
        .join(Body, Body.id == Appointment.body_id)
        .options(selectinload(Appointment.posts), selectinload(Appointment.subsystems))
    )


def _work_row(row: Any) -> WorkRow:
    work, who, body = row
    have = {s.subsystem for s in work.subsystems}
    does = {p.post for p in work.posts}
    return WorkRow(
        id=work.id,
        person_id=who.id,
        staff_no=who.staff_no,
        name=who.name,
        mobile=who.mobile,
        place=Place(body.id, body.code, body.name, body.name_en, body.kind),
        path=body.path,
        posts=tuple(post for post in Post if post in does),
        subsystems=tuple(s for s in Subsystem if s in have),
        joined_on=work.joined_on,
        left_on=work.left_on,
        on_leave_since=work.on_leave_since,
        on_leave_until=work.on_leave_until,
    )


def place_of(body: Body | None) -> Place | None:
    """The body as a list shows it; None stays None (the root)."""
    return Place(body.id, body.code, body.name, body.name_en, body.kind) if body else None


def _roles_on(body_id: int, person_ids: Collection[int]) -> dict[int, tuple[Role, ...]]:
    rows = session().execute(
        select(RoleGrant.person_id, RoleGrant.role).where(
            RoleGrant.body_id == body_id,
            RoleGrant.person_id.in_(person_ids),
            RoleGrant.revoked_at.is_(None),
        )
    )
    found: dict[int, set[Role]] = {}
    for person_id, role in rows:
        found.setdefault(person_id, set()).add(role)
    return {who: tuple(role for role in Role if role in held) for who, held in found.items()}


def _at_work(person_ids: Collection[int]) -> frozenset[int]:
    query = select(Appointment.person_id).where(
        Appointment.person_id.in_(person_ids), Appointment.left_on.is_(None)
    )
    return frozenset(session().scalars(query))
