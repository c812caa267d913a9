"""Values set on nodes, and who set them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class Value(Model):
    """A setting on a body, or on the root (`body_id` NULL), in written form."""

    __tablename__ = "settings_value"
    __table_args__ = (
        # Two NULLs are different to a unique index: the root needs one of its own.
        Index("uq_settings_value_body", "body_id", "key", unique=True),
        Index(
            "uq_settings_value_root",
            "key",
            unique=True,
            sqlite_where=text("body_id IS NULL"),
            postgresql_where=text("body_id IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))


class ValueChange(Model):
    """One act on a setting: from what to what, by whom, why. Append-only."""

    __tablename__ = "settings_value_change"
    __table_args__ = (Index("ix_settings_value_change_body", "body_id", "id"),)

    id: Mapped[IntPk]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    key: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(200))
    after: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
