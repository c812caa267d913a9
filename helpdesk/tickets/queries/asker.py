"""Who asked, whether an invitation reaches that person, and to what it may be invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.people.access.scope import in_service
from helpdesk.people.models import Account, Person
from helpdesk.tickets.models import Ticket
from helpdesk.training.models.sessions import Enrolment
from helpdesk.training.queries import near, quizzes
from helpdesk.training.queries.near import Near
from helpdesk.training.rules.quizzes import Pool

MOST = 20


@dataclass(frozen=True)
class Asker:
    """The person behind a question, with an open account: an invitation is read."""

    id: int
    name: str
    locale: str


@dataclass(frozen=True)
class Offers:
    """Sessions open to the asker, those about the ticket's card first; checks that fit."""

    sessions: tuple[Near, ...]
    pools: tuple[Pool, ...]


def asker(ticket: Ticket) -> Asker | None:
    """Who asked; None where nobody with an account did (a phoned report, somebody who left)."""
    row = (
        session()
        .execute(
            select(Person.id, Person.name, Person.locale)
            .join(Account, Account.person_id == Person.id)
            .where(Person.id == ticket.asker_person_id, Account.disabled_at.is_(None), in_service())
        )
        .one_or_none()
    )
    return None if row is None else Asker(*row)


def offers(ticket: Ticket, person_id: int, now: datetime) -> Offers:
    """To what a person may be invited from this question; what it is listed for is left out."""
    listed = session().scalars(select(Enrolment.session_id).where(Enrolment.person_id == person_id))
    members = near.members(person_id, shanghai_date(now))
    return Offers(
        sessions=near.sessions(
            members, now, without=listed.all(), card=ticket.card_code, limit=MOST
        ),
        pools=tuple(pool for pool in quizzes.pools() if pool.subsystem in (None, ticket.subsystem)),
    )
