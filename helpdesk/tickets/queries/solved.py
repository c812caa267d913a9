"""Solved questions that are like one at work, and articles with which questions were answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.search.models import Entry
from helpdesk.search.queries.candidates import Sight
from helpdesk.search.rules.entries import Audience
from helpdesk.tickets import access
from helpdesk.tickets.models import History, Ticket, TicketArticle
from helpdesk.tickets.rules import ResolutionKind, Status, Verb

_SOLVED = (
    Ticket.restricted.is_(False),
    Ticket.status.in_((Status.RESOLVED, Status.CLOSED)),
    Ticket.resolution_kind == ResolutionKind.SOLVED,
)


@dataclass(frozen=True)
class Solved:
    """A question that was answered, with its last answer."""

    number: str
    title: str
    card_code: str
    resolved_at: datetime | None
    answer: str


def sight(actor: Actor, ticket_id: int) -> Sight:
    """What of the index may stand beside a ticket: other solved questions that the actor reads,
    restricted ones never; what was said aloud alone (semantics 3)."""
    one = select(Ticket.id).where(
        Ticket.id == Entry.owner_id, Ticket.id != ticket_id, *_SOLVED, access.visible(actor)
    )
    return Sight(access.KIND, (Entry.audience == Audience.ALL) & one.exists())


def solved(
    actor: Actor, ids: Sequence[int], *, card_code: str, limit: int = 5
) -> tuple[Solved, ...]:
    """Solved questions by row number, in the order given, those of this card first. One query."""
    rows = session().execute(
        select(
            Ticket.id, Ticket.number, Ticket.title, Ticket.card_code, Ticket.resolved_at,
            History.text,
        )
        .join(History, History.ticket_id == Ticket.id)
        .where(
            Ticket.id.in_(ids),
            *_SOLVED,
            access.visible(actor),
            History.verb == Verb.RESOLVE,
        )
        .order_by(History.id)
    )  # fmt: skip
    # Solved twice: the last answer counts.
    found = {
        row.id: Solved(row.number, row.title, row.card_code, row.resolved_at, row.text or "")
        for row in rows
    }
    near = [found[i] for i in dict.fromkeys(ids) if i in found]
    return tuple(sorted(near, key=lambda one: one.card_code != card_code)[:limit])


def open_to(actor: Actor, numbers: Collection[str]) -> frozenset[str]:
    """Which of these questions the actor reads, restricted ones never. One query, none for none."""
    if not numbers:
        return frozenset()
    seen = select(Ticket.number).where(
        Ticket.number.in_(sorted(numbers)), Ticket.restricted.is_(False), access.visible(actor)
    )
    return frozenset(session().scalars(seen))


def times_answered(article_id: int) -> int:
    """With how many answers an article was sent."""
    count = select(func.count()).select_from(TicketArticle)
    return session().scalar(count.where(TicketArticle.article_id == article_id)) or 0


@dataclass(frozen=True)
class Words:
    """What was asked and what was answered last, as an article may begin with it."""

    question: str
    answer: str
    card_code: str


def words(actor: Actor, number: str) -> Words:
    """The words of a question that the actor reads. NotFound; restricted ones are nobody's text."""
    ticket = access.ticket(actor, number)
    if ticket.restricted:
        raise NotFound
    last = (
        select(History.text)
        .where(History.ticket_id == ticket.id, History.verb == Verb.RESOLVE)
        .order_by(History.id.desc())
        .limit(1)
    )
    return Words(ticket.text, session().scalar(last) or "", ticket.card_code)
