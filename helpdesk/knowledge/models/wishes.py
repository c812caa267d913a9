"""Answers worth an article, as handlers marked them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


def _person() -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=True)


class Wish(Model):
    """The answer to a ticket deserves an article of this body; once a ticket and body.

    `done_at`: since when it is off the list; `article_id`: the article begun from it, none where
    it was put aside.
    """

    __tablename__ = "knowledge_wish"
    __table_args__ = (
        UniqueConstraint("ticket_number", "body_id", name="uq_knowledge_wish_once"),
        Index("ix_knowledge_wish_body", "body_id", "done_at", "id"),
    )

    id: Mapped[IntPk]
    ticket_number: Mapped[str] = mapped_column(String(20))
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    title: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = _person()
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_person_id: Mapped[int | None] = _person()
    article_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"))
