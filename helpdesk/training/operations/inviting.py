"""Who is asked to come: the roster at opening, new staff later, single persons at any time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, literal, select

from helpdesk.kernel import events
from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.statements import insert_once
from helpdesk.people.models import Person
from helpdesk.training.events import PersonsInvited
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import acts, seats
from helpdesk.training.operations.acts import Click
from helpdesk.training.queries import audience, years
from helpdesk.training.rules.sessions import Act, Place, Source

# One click writes so many letters; the next click goes on.
MOST_AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class Invited:
    """How many were invited; `more`: there are others left for the next click."""

    number: int
    more: bool


def invite(*, session: Session, click: Click, only_untrained: bool = False) -> Invited:
    """Invite everybody of the audience who does not stand on the list, whatever they answered.

    One statement for thousands. `only_untrained`: without those trained in the session's year.
    """
    seats.lock(session)  # whoever enrols at this moment stands on the list before or after, once
    found = audience.meant(
        audience.circle_of(session),
        shanghai_date(click.now),
        untrained_in=years.of_day(session.held_on).label if only_untrained else None,
        unlisted_on=session.id,
    ).subquery()
    who = select(found.c.person_id, found.c.body_id).order_by(found.c.person_id)
    invited = _put_on_list(session, click, who.limit(MOST_AT_ONCE))
    return Invited(len(invited), more=len(invited) == MOST_AT_ONCE)


def _put_on_list(session: Session, click: Click, who: Select[int, int]) -> list[int]:
    rows = who.with_only_columns(
        *who.selected_columns,
        *_constants(session, click, Place.INVITED, Source.ROSTER),
        maintain_column_froms=True,
    )
    written = insert_once(Enrolment).from_select(
        ["person_id", "body_id", "session_id", "place", "source", "queued_at", "by_person_id"], rows
    )
    invited = list(database().scalars(written.returning(Enrolment.person_id)))
    _told(session, click, invited)
    return invited


def _constants(
    session: Session, click: Click, place: Place, source: Source
) -> tuple[ColumnElement[object], ...]:
    columns = Enrolment.__table__.c
    return (
        literal(session.id, columns.session_id.type),
        literal(place, columns.place.type),
        literal(source, columns.source.type),
        literal(click.now, columns.queued_at.type),
        literal(click.actor.person_id, columns.by_person_id.type),
    )


def _told(session: Session, click: Click, person_ids: list[int]) -> None:
    if person_ids:
        acts.write(session, Act.INVITED, click, number=len(person_ids))
        events.publish(PersonsInvited(session.id, tuple(sorted(person_ids)), click.now))


def invite_again(*, session: Session, click: Click, only_untrained: bool = False) -> Invited:
    """Whoever has joined the audience since, or was left over. Raises AlreadyDone, NotNow."""
    acts.refuse_second_click(session, click)
    acts.require(session, Act.INVITED)
    return invite(session=session, click=click, only_untrained=only_untrained)


def invite_persons(
    *, session: Session, person_ids: Collection[int], source: Source, click: Click
) -> int:
    """Invite these persons, whoever they are, once each; answers how many are new on the list.

    The door has fetched every one of them. Raises NotNow.
    """
    seats.lock(session)
    acts.require(session, Act.INVITED)
    known = set(
        database().scalars(
            select(Person.id).where(Person.id.in_(person_ids), Person.merged_into_id.is_(None))
        )
    )
    bodies = audience.bodies_of(known, shanghai_date(click.now))
    rows = [
        {
            "session_id": session.id,
            "person_id": person_id,
            "body_id": bodies.get(person_id),
            "place": Place.INVITED,
            "source": source,
            "queued_at": click.now,
            "by_person_id": click.actor.person_id,
        }
        for person_id in sorted(known)
    ]
    if not rows:
        return 0
    written = insert_once(Enrolment).values(rows).returning(Enrolment.person_id)
    invited = list(database().scalars(written))
    _told(session, click, invited)
    return len(invited)
