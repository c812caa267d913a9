"""Marking an answer as worth an article, and what becomes of the mark."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.models.wishes import Wish
from helpdesk.knowledge.operations.articles import writing
from helpdesk.privacy.rules import mask


def mark(*, actor: Actor, body_id: int, ticket_number: str, title: str, now: datetime) -> None:
    """Put the answer to a ticket on the list of a body; a second mark changes nothing."""
    session().execute(
        insert_once(Wish).values(
            ticket_number=ticket_number,
            body_id=body_id,
            title=mask(title),
            person_id=actor.person_id,
            at=now,
        )
    )


def begin(
    *,
    wish: Wish,
    actor: Actor,
    owner_id: int | None,
    text: str,
    card_code: str,
    once: str,
    now: datetime,
) -> Article:
    """Start the article from the ticket, and take the mark off the list. AlreadyDone: somebody
    else did. `owner_id` None: the national text."""
    _take_off(wish, actor, now)
    article = writing.start_from_ticket(
        actor=actor,
        body_id=owner_id,
        ticket_number=wish.ticket_number,
        title=wish.title,
        text=text,
        card_code=card_code,
        once=once,
        now=now,
    )
    changed(update(Wish).where(Wish.id == wish.id).values(article_id=article.id))
    return article


def put_aside(*, wish: Wish, actor: Actor, now: datetime) -> None:
    """No article is written; the mark leaves the list. AlreadyDone."""
    _take_off(wish, actor, now)


def _take_off(wish: Wish, actor: Actor, now: datetime) -> None:
    # The conditional UPDATE is the race's judge: of two people at once only one writes.
    taken = update(Wish).where(Wish.id == wish.id, Wish.done_at.is_(None))
    if not changed(taken.values(done_at=now, done_person_id=actor.person_id)):
        raise AlreadyDone
