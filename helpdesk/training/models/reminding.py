"""Orders to remind: one by the plan for each part of the tree and day, and those given by hand."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.training.rules.reminding import OrderKind, Stage

_OPEN = text("finished_at IS NULL")


class ReminderOrder(Model):
    """Everybody below a node (`body_id` NULL: the whole country) who is not trained in `year` is
    to be reminded. `day` is the Beijing date the order is for.

    `stage` and `cursor` say how far it has come; `version` lets one process at a time go on.
    """

    __tablename__ = "training_reminder_order"
    __table_args__ = (
        CheckConstraint("(stage = 'done') = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("told >= 0", name="told"),
        Index("ix_training_reminder_order_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_training_reminder_order_body", "body_id", "year", "id"),
    )

    id: Mapped[IntPk]
    # What must never be false: one order for a node, kind and day, whoever gives it how often.
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[OrderKind] = mapped_column(EnumText(OrderKind))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    year: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
    stage: Mapped[Stage] = mapped_column(EnumText(Stage), default=Stage.PERSONS)
    cursor: Mapped[str] = mapped_column(String(400), default="")
    told: Mapped[int] = mapped_column(Integer, default=0)
    ordered_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ordered_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, default=1)
