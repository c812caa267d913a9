"""Tables of attendance and of what it makes: one record per person and session, and its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import Mode


def _person(*, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=nullable)


class Attendance(Model):
    """Was this person there? `online` tells a completion (minutes, per cent) from a presence.

    `flag` until a coordinator has looked at it: such a record counts for nothing. `body_id`: where
    the person worked then.
    """

    __tablename__ = "training_attendance"
    __table_args__ = (
        # What must never be false: one record per person and session, whatever desk wrote it.
        UniqueConstraint("session_id", "person_id", name="uq_training_attendance_once"),
        CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes"),
        Index("ix_training_attendance_person", "person_id", "session_id"),
        Index(
            "ix_training_attendance_flagged",
            "session_id",
            sqlite_where=text("flag IS NOT NULL"),
            postgresql_where=text("flag IS NOT NULL"),
        ),
    )

    id: Mapped[IntPk]
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = _person()
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    presence: Mapped[Presence] = mapped_column(EnumText(Presence))
    way: Mapped[Way] = mapped_column(EnumText(Way))
    online: Mapped[bool] = mapped_column(default=False)
    minutes: Mapped[int | None] = mapped_column(Integer)
    percent: Mapped[int | None] = mapped_column(Integer)
    flag: Mapped[Flag | None] = mapped_column(EnumText(Flag))
    at: Mapped[datetime]
    by_person_id: Mapped[int | None] = _person(nullable=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class AttendanceChange(Model):
    """Append-only: every act on a record, with the reason of a correction.

    `once` is the token of the click: a desk that lost its connection sends it again, and nothing
    happens twice.
    """

    __tablename__ = "training_attendance_change"
    __table_args__ = (Index("ix_training_attendance_change_session", "session_id", "id"),)

    id: Mapped[IntPk]
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = _person()
    at: Mapped[datetime]
    by_person_id: Mapped[int | None] = _person(nullable=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(300), default="")
    once: Mapped[str | None] = mapped_column(String(100), unique=True)


class Trained(Model):
    """The person has a valid training in this year: derived from attendance, never typed.

    `trained_on` is the first day on which it was valid, `online` how. `corrected_at`: it came, or
    went (`void`), after the year was closed, so that the figures of the year do not hold it.
    """

    __tablename__ = "training_trained"
    __table_args__ = (Index("ix_training_trained_year", "year", "trained_on", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    trained_on: Mapped[date] = mapped_column(Date)
    mode: Mapped[Mode] = mapped_column(EnumText(Mode))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    corrected_at: Mapped[datetime | None]
    void: Mapped[bool] = mapped_column(default=False)
