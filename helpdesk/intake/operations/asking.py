"""Counting questions that were not needed, and keeping what came before those that were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.catalog import queries as catalog
from helpdesk.intake.models.asking import Solved, Trail
from helpdesk.intake.queries.classifying import classify
from helpdesk.intake.rules.questions import Answers
from helpdesk.kernel.db import session
from helpdesk.knowledge.models.articles import Article
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.models import Ticket


def count_solved(
    *,
    body: BodyView,
    now: datetime,
    once: str | None = None,
    card_code: str | None = None,
    article: Article | None = None,
    about: str = "",
) -> bool:
    """An answer was enough: count it, keep nothing else. False: this button was counted before.

    The likely answer of a card, or an article; then the card is guessed from the words `about`.
    """
    if once and session().scalar(select(Solved.id).where(Solved.once == once)):
        return False
    row = Solved(
        card_code=catalog.card(card_code).code if card_code else _guess(about, body.id),
        article_id=article.id if article else None,
        body_id=body.id,
        at=now,
        once=once or None,
    )
    try:
        with session().begin_nested():
            session().add(row)
    except IntegrityError:
        # The second of two clicks that came together.
        return False
    return True


def keep_trail(*, ticket: Ticket, answers: Answers) -> None:
    """Keep how a new ticket came about, where it came from the question box; once.

    The guess is made again from the typed words, so that nobody can send another one along.
    """
    if not answers.typed and not answers.read:
        return
    if session().get(Trail, ticket.id) is not None:
        return
    session().add(
        Trail(
            ticket_id=ticket.id,
            typed=answers.typed,
            guess_code=_guess(answers.typed, ticket.asker_body_id),
            card_code=ticket.card_code,
            articles=list(answers.read),
        )
    )
    session().flush()


def _guess(text: str, body_id: int) -> str | None:
    """The first guess; None where nothing can be made of the words."""
    guesses = classify(text, body_id=body_id) if text.strip() else ()
    return guesses[0].code if guesses and not guesses[0].lost else None
