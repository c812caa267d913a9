"""Drafts of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.catalog.rules import Door
from helpdesk.intake.rules.questions import Stage
from helpdesk.kernel.db import EnumText, IntPk, Model


class Draft(Model):
    """A question on its way to being sent; it never holds a number of a person.

    `body_id`: the body that asks. `for_others`: written down for somebody on the telephone.
    `ticket_number`: what it became; the row stays a while so that a second click finds it, emptied.
    """

    __tablename__ = "intake_draft"
    __table_args__ = (
        Index("ix_intake_draft_person", "person_id", "ticket_number", "updated_at"),
        Index("ix_intake_draft_updated_at", "updated_at"),
        CheckConstraint(
            "step IN ('details', 'review')",
            name="step_known",
        ),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    for_others: Mapped[bool] = mapped_column(Boolean)
    door: Mapped[Door] = mapped_column(EnumText(Door))
    card_code: Mapped[str] = mapped_column(String(12))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    files: Mapped[list[int]] = mapped_column(JSON)
    step: Mapped[Stage] = mapped_column(EnumText(Stage))
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    ticket_number: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
