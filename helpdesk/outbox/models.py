"""The one table of all messages, whatever their channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.outbox.rules import Channel, State

_DUE = text("next_at IS NOT NULL")
# Queries use this very text: a bound value would hide from SQLite that the index fits.
UNREAD = text("channel = 'in_app' AND read_at IS NULL")


class Message(Model):
    """One message to one person over one channel; its words are made when it is sent or read.

    `next_at` is the next moment at which the row can change: the next attempt of a queued one,
    the end of the claim of one that is being sent. `about` names its subject (`ticket:<number>`).
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        # What must never be false: a fact tells a person once per message and channel.
        UniqueConstraint(
            "event_key", "recipient_id", "message", "channel", name="uq_outbox_message_once"
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("(state IN ('queued', 'sending')) = (next_at IS NOT NULL)", name="next_at"),
        Index("ix_outbox_message_due", "next_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_outbox_message_notices", "recipient_id", "channel", "id"),
        Index(
            "ix_outbox_message_unread",
            "recipient_id",
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        ),
        Index("ix_outbox_message_state", "state", "id"),
    )

    id: Mapped[IntPk]
    event_key: Mapped[str] = mapped_column(String(120))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    message: Mapped[str] = mapped_column(String(60))
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    about: Mapped[str] = mapped_column(String(120))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    locale: Mapped[str] = mapped_column(String(10))
    state: Mapped[State] = mapped_column(EnumText(State))
    attempts: Mapped[int] = mapped_column(default=0)
    put_at: Mapped[datetime]
    good_until: Mapped[datetime]
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    retried_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    retried_at: Mapped[datetime | None]
