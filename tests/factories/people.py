"""Persons for tests of people: administrators and staff, made by the verbs that make them in life.

They stand in a `country` (tests.factories.country), whose own staff is written straight into the
tables.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.organizations.models import Body
from helpdesk.people.models import Account, Appointment, Audit, Person
from helpdesk.people.operations import accounts, hashing, roles, roster
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.rules import Act, Post, Role
from tests.factories.country import Country, actor_behind

PASSWORD = "three-plain-words"
_NUMBERS = itertools.count(1)
_DIGEST: list[str] = []


def work(*posts: Post, **over: Any) -> WorkEntry:
    """An appointment since 1 September 2026 as manager, unless said otherwise."""
    return WorkEntry(
        joined_on=over.pop("joined_on", date(2026, 9, 1)),
        posts=frozenset(posts or (Post.MANAGER,)),
        **over,
    )


def employ(body: Body, name: str, now: datetime, **over: Any) -> Person:
    """A person on the roster of a body."""
    number = next(_NUMBERS)
    return roster.add_person(
        actor=over.pop("actor", SYSTEM),
        body_id=body.id,
        entry=PersonEntry(name=name, staff_no=over.pop("staff_no", f"Z-{number:05d}"), **over),
        work=work(),
        once=f"employ-{number}",
        now=now,
    )


def add(land: Country, body: str = "school", who: Any = SYSTEM, **over: Any) -> Person:
    """周老师, added to the roster of a body by `who`."""
    fields = {"name": "周老师(演示)", "staff_no": "A-001", **over.pop("entry", {})}
    return roster.add_person(
        actor=who,
        body_id=land.body(body).id,
        entry=PersonEntry(**fields),
        work=over.pop("work", work(Post.OPERATOR)),
        once=over.pop("once", "once-1"),
        now=land.now,
    )


def acts_on(person: Person) -> list[Act]:
    """What the trail says was done to a person, in order."""
    query = select(Audit.act).where(Audit.person_id == person.id).order_by(Audit.id)
    return list(session().scalars(query))


def give_account(person: Person, now: datetime, user_name: str = "") -> Account:
    """An open account with PASSWORD, changed from its code already."""
    issued = accounts.open_account(
        actor=SYSTEM, person=person, user_name=user_name or f"user-{person.id}", now=now
    )
    if not _DIGEST:
        _DIGEST.append(hashing.digest(PASSWORD))
    session().execute(
        update(Account)
        .where(Account.id == issued.account_id)
        .values(password_hash=_DIGEST[0], one_time_code_hash=None, code_expires_at=None)
    )
    account = session().get_one(Account, issued.account_id)
    session().refresh(account)
    return account


def admin_of(body: Body, now: datetime, name: str = "管理员(演示)") -> Actor:
    """A node_admin of a body, as an actor."""
    return holder(body, Role.NODE_ADMIN, now, name)


def holder(body: Body, role: Role, now: datetime, name: str = "专员(演示)") -> Actor:
    """Somebody on the roster of a body with a role there, as an actor."""
    person = employ(body, name, now)
    account = give_account(person, now)
    roles.grant_role(actor=SYSTEM, person=person, role=role, body_id=body.id, now=now)
    return actor_of(account, now)


def root_admin(now: datetime, user_name: str = "root-admin") -> Actor:
    """The first administrator, with PASSWORD instead of the code."""
    issued = accounts.create_admin(user_name=user_name, name="首位管理员", now=now)
    account = session().get_one(Account, issued.account_id)
    account.password_hash = hashing.digest(PASSWORD)
    account.one_time_code_hash = account.code_expires_at = None
    session().flush()
    return actor_of(account, now)


def actor_of(account: Account, now: datetime) -> Actor:
    """The actor behind an account, fresh from the tables."""
    session().flush()
    found = actor_behind(account.id, now)
    assert found is not None
    return found


def present_work(person: Person) -> Appointment:
    """The one present appointment of a person, with its posts."""
    from helpdesk.people.access import fetch, lists

    rows = [row for row in lists.works_of(person.id) if row.left_on is None]
    assert len(rows) == 1
    return fetch.appointment(SYSTEM, rows[0].id)
