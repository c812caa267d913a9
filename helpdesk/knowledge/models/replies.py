"""Tables of the replies that offices keep ready; the national stock is a file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class OwnReply(Model):
    """A reply of one office, offered there and below. `once`: the token of its first form."""

    __tablename__ = "knowledge_reply"
    __table_args__ = (Index("ix_knowledge_reply_body", "body_id", "id"),)

    id: Mapped[IntPk]
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    cards: Mapped[list[str]] = mapped_column(JSON, default=list)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    updated_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ReplyUse(Model):
    """How often an office has put a reply into an answer."""

    __tablename__ = "knowledge_reply_use"

    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"), primary_key=True)
    reply_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    uses: Mapped[int] = mapped_column(Integer)
