"""Table of checks that somebody was asked to take, from a question of theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class QuizOffer(Model):
    """A person was asked to take a check, once for each question (`ticket_number`)."""

    __tablename__ = "training_quiz_offer"
    __table_args__ = (
        UniqueConstraint("person_id", "pool", "ticket_number", name="uq_training_quiz_offer_once"),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    pool: Mapped[str] = mapped_column(String(60))
    ticket_number: Mapped[str] = mapped_column(String(20))
    offered_at: Mapped[datetime]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
