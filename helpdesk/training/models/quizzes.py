"""Table of tries at the short checks of skill (S-3.3.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model

_OPEN = text("sent_at IS NULL")


class QuizAttempt(Model):
    """One try of a person. `drawn`: what was asked, in the order of the page, each question with
    the mark of its wording and the order of its options; `answers`: per question id what was
    chosen, as numbers of options in the data file; `correct`: ids of the questions that were right.
    `body_id`: where the person worked when it was sent."""

    __tablename__ = "training_quiz_attempt"
    __table_args__ = (
        # One open try per person and pool: whoever starts twice goes on with the first.
        Index(
            "uq_training_quiz_attempt_open",
            "person_id",
            "pool",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("(sent_at IS NULL) = (passed IS NULL)", name="graded_when_sent"),
        CheckConstraint("score BETWEEN 0 AND asked", name="score"),
        Index("ix_training_quiz_attempt_person", "person_id", "pool", "sent_at"),
        Index("ix_training_quiz_attempt_pool", "pool", "sent_at"),
        Index("ix_training_quiz_attempt_session", "session_id"),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    pool: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"))
    drawn: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answers: Mapped[dict[str, list[int]]] = mapped_column(JSON, default=dict)
    correct: Mapped[list[str]] = mapped_column(JSON, default=list)
    score: Mapped[int] = mapped_column(Integer, default=0)
    passed: Mapped[bool | None]
    once: Mapped[str] = mapped_column(String(64), unique=True)
