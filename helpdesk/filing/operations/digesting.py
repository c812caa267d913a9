"""One digest per person and ISO week: what is due in the next days and not ticked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from helpdesk.filing.events import DigestDue
from helpdesk.filing.models import DigestRun, Subscription
from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.queries import tables
from helpdesk.filing.queries.calendar import Place
from helpdesk.filing.rules import dates, earlier
from helpdesk.filing.rules.annexes import Level
from helpdesk.filing.rules.dates import Deadline
from helpdesk.filing.rules.digest import DigestLine
from helpdesk.kernel.db import session
from helpdesk.kernel.events import publish
from helpdesk.kernel.instants import in_shanghai, shanghai_date
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.organizations import queries as organizations
from helpdesk.people.access.scope import counting_grants
from helpdesk.people.models import RoleGrant
from helpdesk.people.rules import Role
from helpdesk.workdays import queries as workdays

AHEAD: Final = timedelta(days=14)
CHUNK: Final = 200
# Who files and who reviews; leaders and side bodies look at the calendar when they want to.
_READERS: Final = (Role.SCHOOL_STAFF, Role.OFFICE_HANDLER, Role.OFFICE_LEAD)


@dataclass(frozen=True)
class _Run:
    """What a chunk needs to know once."""

    week: str
    first: date
    last: date
    now: datetime


def send_all(
    *,
    clock: Callable[[], datetime],
    transaction: Callable[[], AbstractContextManager[object]],
) -> int:
    """Send this week's digest to everybody who has not got it; returns how many were sent.

    Chunk by chunk, each in a transaction lent by the door; a run that dies goes on where it stood.
    """
    sent = 0
    while True:
        with transaction():
            more = send_chunk(now=clock())
        if more is None:
            return sent
        sent += more


def send_chunk(*, now: datetime, size: int = CHUNK) -> int | None:
    """The next persons of this week's digest; None: everybody has it. Publishes DigestDue."""
    if not dates.digest_is_out(in_shanghai(now)):
        return None
    today = shanghai_date(now)
    run = _Run(dates.week_of(today), today, today + AHEAD, now)
    session().execute(insert_once(DigestRun).values(week=run.week, after_person_id=0))
    row = (
        session()
        .scalars(
            select(DigestRun)
            .where(DigestRun.week == run.week)
            .execution_options(populate_existing=True)
        )
        .one()
    )
    if row.finished_at is not None:
        return None
    persons = _next_persons(row.after_person_id, size)
    sent = sum(_publish(facts) for facts in _digests(run, persons)) if persons else 0
    _advance(row, persons, now)
    return sent if persons else None


def _advance(row: DigestRun, persons: Collection[int], now: datetime) -> None:
    # Another scheduler may have gone ahead: then its place stands, and its messages are the same.
    at = DigestRun.after_person_id == row.after_person_id
    values = {"after_person_id": max(persons)} if persons else {"finished_at": now}
    changed(update(DigestRun).where(DigestRun.week == row.week, at).values(values))


def _next_persons(after: int, size: int) -> tuple[int, ...]:
    found = session().scalars(
        counting_grants()
        .with_only_columns(RoleGrant.person_id)
        .where(
            RoleGrant.person_id > after,
            RoleGrant.role.in_(_READERS),
            RoleGrant.body_id.is_not(None),
        )
        .distinct()
        .order_by(RoleGrant.person_id)
        .limit(size)
    )
    return tuple(found)


def _publish(fact: DigestDue) -> int:
    publish(fact)
    return 1


def _digests(run: _Run, persons: Collection[int]) -> Iterator[DigestDue]:
    bodies = _bodies_of(persons)
    due = _due(run, {body_id for ids in bodies.values() for body_id in ids})
    done = queries.ticks(persons, run.first)
    mail = _by_mail(persons)
    for person_id in persons:
        found = {d.key: d for body_id in bodies[person_id] for d in due.get(body_id, ())}
        left = [d for key, d in found.items() if (person_id, key) not in done]
        if left:
            yield DigestDue(
                person_id=person_id,
                week=run.week,
                until_on=run.last,
                by_mail=person_id in mail,
                lines=tuple(_line(d) for d in sorted(left, key=lambda d: d.due_on)),
                at=run.now,
            )


def _bodies_of(persons: Collection[int]) -> dict[int, set[int]]:
    rows = session().execute(
        counting_grants()
        .with_only_columns(RoleGrant.person_id, RoleGrant.body_id)
        .where(RoleGrant.person_id.in_(persons), RoleGrant.role.in_(_READERS))
    )
    found: dict[int, set[int]] = {person_id: set() for person_id in persons}
    for person_id, body_id in rows:
        if body_id is not None:
            found[person_id].add(body_id)
    return found


def _due(run: _Run, body_ids: Collection[int]) -> Mapping[int, tuple[Deadline, ...]]:
    active = [b for b in organizations.bodies(body_ids).values() if b.active]
    # The Centre is reminded of its own dates, not of those of half a million schools.
    central = queries.NATION.only((), (Level.CENTRAL,))
    found = queries.places_of(active).items()
    places = {b: central if place == queries.NATION else place for b, place in found}
    overlays = queries.all_overlays(run.first, run.last)
    calendars = workdays.calendars({place.region for place in places.values()})

    def at(place: Place) -> tuple[Deadline, ...]:
        here = earlier.on_path(overlays, place.path)
        return queries.with_overlays(place, here, run.first, run.last, calendars[place.region])

    return {body_id: at(place) for body_id, place in places.items()}


def _by_mail(persons: Collection[int]) -> frozenset[int]:
    return frozenset(
        session().scalars(
            select(Subscription.person_id).where(
                Subscription.person_id.in_(persons), Subscription.by_mail.is_(True)
            )
        )
    )


def _line(deadline: Deadline) -> DigestLine:
    item = deadline.occurrence.item
    name = tables.tables()[item.subsystem].name
    return DigestLine(
        due_on=deadline.due_on,
        subsystem=(name.zh, name.en),
        module=(item.module.label.zh, item.module.label.en),
        item=(item.item.zh, item.item.en),
    )
