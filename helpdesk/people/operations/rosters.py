"""Whole rosters at once: the same rules as one by one, a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.pinyin import sort_key
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import BodyStatus
from helpdesk.people import queries, rules
from helpdesk.people.events import StaffChanged
from helpdesk.people.models import (
    Appointment,
    AppointmentPost,
    AppointmentSubsystem,
    Audit,
    Person,
)
from helpdesk.people.operations.entries import (
    FirstResponsibleTaken,
    PersonEntry,
    StaffNoTaken,
    StaffNoWrong,
    WorkEntry,
    check_fit,
    checked,
)
from helpdesk.people.operations.roster import BodyClosed
from helpdesk.people.rules import Act, Post

_BATCH = 500


@dataclass(frozen=True)
class NewStaff:
    """A person nobody knows yet, with a staff number, and the first appointment."""

    body_id: int
    entry: PersonEntry
    work: WorkEntry


def add_staff(*, actor: Actor, rows: Sequence[NewStaff], now: datetime) -> dict[str, int]:
    """Put many new persons on rosters: staff number -> person id. One wrong row refuses all.

    Raises what add_person raises; every row brings a staff number. Publishes one StaffChanged.
    """
    if not rows:
        return {}
    cleaned = [replace(row, entry=checked(row.entry)) for row in rows]
    _refuse_numbers([row.entry.staff_no for row in cleaned])
    _check_bodies(actor, cleaned, now)
    persons = _add_persons(cleaned, now)
    appointments = _add_appointments(cleaned, persons)
    _add_posts(cleaned, persons, appointments)
    _write_down(actor, cleaned, persons, now)
    body_ids = tuple(dict.fromkeys(row.body_id for row in cleaned))
    events.publish(StaffChanged(tuple(persons.values()), body_ids, now))
    return persons


def _batches(items: Iterable[Any]) -> Iterable[list[Any]]:
    found = list(items)
    return (found[start : start + _BATCH] for start in range(0, len(found), _BATCH))


def _refuse_numbers(numbers: Sequence[str]) -> None:
    seen: set[str] = set()
    for number in numbers:
        if number in seen:
            raise StaffNoTaken(staff_no=number)
        if not rules.is_staff_no(number) or rules.is_own_number(number):
            raise StaffNoWrong
        seen.add(number)
    for some in _batches(seen):
        taken = session().scalar(select(Person.staff_no).where(Person.staff_no.in_(some)).limit(1))
        if taken is not None:
            raise StaffNoTaken(staff_no=taken)


def _check_bodies(actor: Actor, rows: Sequence[NewStaff], now: datetime) -> None:
    bodies = _bodies({row.body_id for row in rows})
    responsible = _with_first_responsible(bodies)
    for row in rows:
        body = bodies.get(row.body_id)
        if body is None:
            raise NotFound
        if not actor.covers(Permission.ROSTER_MANAGE, body.path):
            raise Forbidden
        if body.status is BodyStatus.CLOSED:
            raise BodyClosed(body=body)
        check_fit(body, {used.subsystem for used in body.used}, row.work, now)
        if Post.FIRST_RESPONSIBLE in row.work.posts:
            if body.id in responsible:
                raise FirstResponsibleTaken(name=responsible[body.id])
            responsible[body.id] = row.entry.name


def _bodies(ids: Collection[int]) -> dict[int, Body]:
    found: dict[int, Body] = {}
    for some in _batches(ids):
        statement = select(Body).where(Body.id.in_(some)).options(selectinload(Body.used))
        found.update({body.id: body for body in session().scalars(statement)})
    return found


def _with_first_responsible(body_ids: Collection[int]) -> dict[int, str]:
    held: dict[int, str] = {}
    for some in _batches(body_ids):
        found = queries.first_responsible(some)
        names = queries.persons(person for ids in found.values() for person in ids)
        held.update({body: names[ids[0]].name for body, ids in found.items() if ids})
    return held


def _add_persons(rows: Sequence[NewStaff], now: datetime) -> dict[str, int]:
    values = [
        {
            "staff_no": row.entry.staff_no,
            "name": row.entry.name,
            "sort_key": sort_key(row.entry.name),
            "mobile": row.entry.mobile,
            "mail": row.entry.mail,
            "created_at": now,
        }
        for row in rows
    ]
    session().execute(insert(Person), values)
    ids: dict[str, int] = {}
    for some in _batches(row.entry.staff_no for row in rows):
        statement = select(Person.staff_no, Person.id).where(Person.staff_no.in_(some))
        ids.update({row.staff_no: row.id for row in session().execute(statement)})
    return {row.entry.staff_no: ids[row.entry.staff_no] for row in rows}


def _add_appointments(rows: Sequence[NewStaff], persons: dict[str, int]) -> dict[int, int]:
    values = [
        {
            "person_id": persons[row.entry.staff_no],
            "body_id": row.body_id,
            "joined_on": row.work.joined_on,
            "on_leave_since": row.work.on_leave_since,
            "on_leave_until": row.work.on_leave_until,
        }
        for row in rows
    ]
    session().execute(insert(Appointment), values)
    ids: dict[int, int] = {}
    for some in _batches(persons.values()):
        statement = select(Appointment.person_id, Appointment.id).where(
            Appointment.person_id.in_(some)
        )
        ids.update({row.person_id: row.id for row in session().execute(statement)})
    return ids


def _add_posts(
    rows: Sequence[NewStaff], persons: dict[str, int], appointments: dict[int, int]
) -> None:
    works = [(appointments[persons[row.entry.staff_no]], row.work) for row in rows]
    posts = [{"appointment_id": i, "post": p} for i, work in works for p in sorted(work.posts)]
    used = [
        {"appointment_id": i, "subsystem": s} for i, work in works for s in sorted(work.subsystems)
    ]
    session().execute(insert(AppointmentPost), posts)
    if used:
        session().execute(insert(AppointmentSubsystem), used)


def _write_down(
    actor: Actor, rows: Sequence[NewStaff], persons: dict[str, int], now: datetime
) -> None:
    values = [
        {
            "at": now,
            "act": act,
            "actor_person_id": actor.person_id,
            "person_id": persons[row.entry.staff_no],
            "body_id": row.body_id,
            "details": details,
        }
        for row in rows
        for act, details in (
            (Act.PERSON_ADDED, {}),
            (Act.APPOINTMENT_ADDED, {"posts": sorted(row.work.posts)}),
        )
    ]
    session().execute(insert(Audit), values)
