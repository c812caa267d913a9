"""What came before a question: what was typed and read, and questions that were not needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class Trail(Model):
    """How a ticket was asked: the words typed into the question box, the first guess of the
    classification then, the card that was chosen, and the articles read before, in order.

    `typed` has passed the guard; `articles` are row numbers of `knowledge_article`.
    """

    __tablename__ = "intake_trail"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"), primary_key=True)
    typed: Mapped[str] = mapped_column(String(200), default="")
    guess_code: Mapped[str | None] = mapped_column(String(12))
    card_code: Mapped[str] = mapped_column(String(12))
    articles: Mapped[list[int]] = mapped_column(JSON, default=list)


class Solved(Model):
    """Somebody did not need to ask: an article or the likely answer of a card was enough.

    Nobody is named. `card_code`: the card whose answer it was, beside an article the first guess.
    `once`: the token of the button, so that a second click counts nothing.
    """

    __tablename__ = "intake_solved"
    __table_args__ = (
        Index("ix_intake_solved_card", "card_code", "at"),
        Index("ix_intake_solved_at", "at", "body_id"),
        Index("ix_intake_solved_article", "article_id", "at"),
        Index("uq_intake_solved_once", "once", unique=True),
    )

    id: Mapped[IntPk]
    card_code: Mapped[str | None] = mapped_column(String(12))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(String(64))
