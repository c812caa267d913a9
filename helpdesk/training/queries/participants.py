"""Who stands on the list of a session, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, or_, select, tuple_

from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.people import rules as people
from helpdesk.people.models import Person
from helpdesk.training.models.sessions import Enrolment, SessionChange
from helpdesk.training.queries.sessions import after_instant
from helpdesk.training.rules.sessions import Act, Place, Source


@dataclass(frozen=True)
class Participant:
    """A line of the list of a session. `body`: where the person worked when put on it."""

    person_id: int
    name: str
    staff_no: str
    mobile: str
    body: BodyView | None
    place: Place
    source: Source
    queued_at: datetime


def participants(
    session_id: int,
    *,
    place: Place | None = None,
    text: str = "",
    after: str | None = None,
    size: int = 50,
) -> Page[Participant]:
    """The list of a session by name; who waits in the order of waiting. Three queries.

    `text`: beginning of a name, or a staff number.
    """
    query = _on_list(session_id)
    if place is not None:
        query = query.where(Enrolment.place == place)
    wanted = people.plain(text)
    if wanted:
        query = query.where(
            or_(
                Person.name.startswith(wanted, autoescape=True),
                Person.staff_no.in_((wanted, wanted.upper())),
            )
        )
    if place is Place.WAITING:
        return _by_turn(query, after, size)
    if after:
        last = tuple_(*(literal(key) for key in decode(after, (str, int))))
        query = query.where(tuple_(Person.sort_key, Enrolment.id) > last)
    found = database().execute(
        query.order_by(Person.sort_key, Enrolment.id).limit(size + 1)
    ).all()  # fmt: skip
    return _participants(found, size, lambda row: (row[1].sort_key, row[0].id))


def _on_list(session_id: int) -> Select[Enrolment, Person]:
    return (
        select(Enrolment, Person)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.session_id == session_id)
    )


def _by_turn(query: Select[Enrolment, Person], after: str | None, size: int) -> Page[Participant]:
    if after:
        last = tuple_(*after_instant(after))
        query = query.where(tuple_(Enrolment.queued_at, Enrolment.id) > last)
    found = database().execute(
        query.order_by(Enrolment.queued_at, Enrolment.id).limit(size + 1)
    ).all()  # fmt: skip
    return _participants(found, size, lambda row: (row[0].queued_at.isoformat(), row[0].id))


def _participants(found: Any, size: int, keys: Any) -> Page[Participant]:
    bodies = organizations.bodies(row[0].body_id for row in found if row[0].body_id)
    return page_of(
        found,
        size,
        keys,
        lambda row: Participant(
            person_id=row[1].id,
            name=row[1].name,
            staff_no=row[1].staff_no,
            mobile=row[1].mobile,
            body=bodies.get(row[0].body_id),
            place=row[0].place,
            source=row[0].source,
            queued_at=row[0].queued_at,
        ),
    )


def one(session_id: int, person_id: int) -> Participant:
    """One line of the list. NotFound when the person does not stand on it."""
    query = _on_list(session_id).where(Enrolment.person_id == person_id)
    rows = _participants(database().execute(query).all(), 1, lambda row: (row[0].id,)).rows
    if not rows:
        raise NotFound
    return rows[0]


def sheet(session_id: int, *, limit: int = 2000) -> tuple[Participant, ...]:
    """Who may come to sign: those enrolled and those invited, by body and name, to be printed."""
    query = _on_list(session_id).where(Enrolment.place.in_((Place.ENROLLED, Place.INVITED)))
    query = query.outerjoin(Body, Body.id == Enrolment.body_id)
    order = (Body.path, Person.sort_key, Enrolment.id)
    found = database().execute(query.order_by(*order).limit(limit)).all()
    return tuple(_participants(found, limit, lambda row: (row[0].id,)).rows)


@dataclass(frozen=True)
class Done:
    """An act on a session, newest first in lists. `who` empty: the system."""

    at: datetime
    act: Act
    who: str
    reason: str
    number: int | None = None


def history(session_id: int, *, size: int = 20) -> tuple[Done, ...]:
    """The newest acts on a session."""
    rows = database().execute(
        select(SessionChange, Person.name)
        .outerjoin(Person, Person.id == SessionChange.person_id)
        .where(SessionChange.session_id == session_id)
        .order_by(SessionChange.id.desc())
        .limit(size)
    )
    return tuple(Done(r.at, r.act, name or "", r.reason, r.number) for r, name in rows)
