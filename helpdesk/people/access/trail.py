"""What auditors read: acts on persons, accounts and roles, and attempts to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.people import rules
from helpdesk.people.access.lists import Place, place_of
from helpdesk.people.models import Account, Audit, Person, SignIn
from helpdesk.people.rules import Act, SignInOutcome


@dataclass(frozen=True)
class TrailRow:
    """Who did what to whom. `actor` empty: the command line or the system."""

    id: int
    at: datetime
    act: Act
    actor: str
    person_id: int
    person: str
    staff_no: str
    place: Place | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class SignInRow:
    """One attempt to sign in to an account that exists."""

    id: int
    at: datetime
    user_name: str
    person: str
    address: str
    outcome: SignInOutcome


def trail(
    actor: Actor,
    *,
    act: Act | None = None,
    staff_no: str = "",
    after: str | None = None,
    size: int = 50,
) -> Page[TrailRow]:
    """What was done, newest first, in the auditor's range; acts on no body belong to the root."""
    tops = actor.paths(Permission.AUDIT_READ)
    query = _trail()
    if ROOT_PATH not in tops:
        query = query.where(below_any(Body.path, tops))
    if act is not None:
        query = query.where(Audit.act == act)
    if staff_no:
        who = select(Person.id).where(Person.staff_no == rules.plain(staff_no).upper())
        query = query.where(or_(Audit.person_id.in_(who), Audit.actor_person_id.in_(who)))
    return _trail_page(query, after, size)


def trail_of(person_id: int, *, size: int = 20) -> tuple[TrailRow, ...]:
    """The newest acts on a person whom the door has fetched."""
    page = _trail_page(_trail().where(Audit.person_id == person_id), None, size)
    return tuple(page.rows)


def sign_ins(
    actor: Actor, *, user_name: str = "", after: str | None = None, size: int = 50
) -> Page[SignInRow]:
    """Attempts to sign in, newest first. They belong to no node: for auditors of the whole tree.

    Raises Forbidden.
    """
    if not actor.covers(Permission.AUDIT_READ, ROOT_PATH):
        raise Forbidden
    query = (
        select(SignIn, Account.user_name, Person.name)
        .join(Account, Account.id == SignIn.account_id)
        .join(Person, Person.id == Account.person_id)
    )
    if user_name:
        query = query.where(Account.user_name == rules.user_name_key(user_name))
    if after:
        query = query.where(SignIn.id < decode(after, (int,))[0])
    rows = session().execute(query.order_by(SignIn.id.desc()).limit(size + 1)).all()
    return page_of(
        rows,
        size,
        lambda row: (row[0].id,),
        lambda row: SignInRow(row[0].id, row[0].at, row[1], row[2], row[0].address, row[0].outcome),
    )


def _trail() -> Select[*tuple[Any, ...]]:
    doer = aliased(Person)
    return (
        select(Audit, func.coalesce(doer.name, ""), Person, Body)
        .join(Person, Person.id == Audit.person_id)
        .outerjoin(doer, doer.id == Audit.actor_person_id)
        .outerjoin(Body, Body.id == Audit.body_id)
    )


def _trail_page(query: Select[*tuple[Any, ...]], after: str | None, size: int) -> Page[TrailRow]:
    if after:
        query = query.where(Audit.id < decode(after, (int,))[0])
    rows = session().execute(query.order_by(Audit.id.desc()).limit(size + 1)).all()
    return page_of(
        rows,
        size,
        lambda row: (row[0].id,),
        lambda row: TrailRow(
            id=row[0].id,
            at=row[0].at,
            act=row[0].act,
            actor=row[1],
            person_id=row[2].id,
            person=row[2].name,
            staff_no=row[2].staff_no,
            place=place_of(row[3]),
            details=row[0].details,
        ),
    )
