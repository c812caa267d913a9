"""Counting questions that were not needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.catalog import queries as catalog
from helpdesk.intake.models.asking import Solved
from helpdesk.kernel.db import session
from helpdesk.knowledge.models.articles import Article
from helpdesk.organizations.queries import BodyView


def count_solved(
    *,
    body: BodyView,
    now: datetime,
    once: str | None = None,
    card_code: str | None = None,
    article: Article | None = None,
) -> bool:
    """An answer was enough: count it, keep nothing else. False: this button was counted before.

    The card's likely answer, or an article (then `card_code` is the first guess, if any).
    """
    if once and session().scalar(select(Solved.id).where(Solved.once == once)):
        return False
    row = Solved(
        card_code=catalog.card(card_code).code if card_code else None,
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
