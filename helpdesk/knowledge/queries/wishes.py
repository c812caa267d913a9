"""The list of answers that are worth an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.knowledge.access import wishes as access
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.models.wishes import Wish
from helpdesk.people.models import Person

SHOWN: Final = 50


@dataclass(frozen=True)
class WishLine:
    """A line of the list. `who`: the name of whoever marked it, empty for nobody."""

    id: int
    ticket_number: str
    title: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Marked:
    """What became of a mark: on the list, begun as an article (its key), or put aside."""

    done: bool
    article_key: str | None


def waiting(actor: Actor) -> tuple[WishLine, ...]:
    """What waits at the bodies for which the actor writes, the oldest first; at most SHOWN."""
    rows = session().execute(
        select(Wish.id, Wish.ticket_number, Wish.title, Person.name, Wish.at)
        .outerjoin(Person, Person.id == Wish.person_id)
        .where(access.ours(actor), Wish.done_at.is_(None))
        .order_by(Wish.id)
        .limit(SHOWN)
    )
    return tuple(
        WishLine(wish_id, number, title, who or "", at) for wish_id, number, title, who, at in rows
    )


def marked(ticket_number: str, body_id: int) -> Marked | None:
    """Has this body marked this ticket already? One query."""
    row = session().execute(
        select(Wish.done_at, Article.key)
        .outerjoin(Article, Article.id == Wish.article_id)
        .where(Wish.ticket_number == ticket_number, Wish.body_id == body_id)
    ).first()  # fmt: skip
    return None if row is None else Marked(row.done_at is not None, row.key)
