"""Clocks, their pauses, what was told about them, and how their due dates moved."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.sla.rules import Cause, Effect, Level, Outcome, PauseReason, Promise

_OPEN = text("ended_at IS NULL")
_ARMED = text("next_at IS NOT NULL")
_ONCE = text("level <> 'late'")
_UNDER_WAY = text("until IS NULL")


class Clock(Model):
    """One promise about one subject, with the settings it had at its start.

    `next_at` is the next moment at which something happens to it; the sweep reads nothing else.
    """

    __tablename__ = "sla_clock"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_has_outcome"),
        CheckConstraint("promise <> 'legal' OR paused_since IS NULL", name="legal_never_pauses"),
        CheckConstraint(
            "(next_at IS NULL) = (ended_at IS NOT NULL OR paused_since IS NOT NULL)",
            name="running_is_armed",
        ),
        CheckConstraint("days IS NULL OR days > 0", name="days_positive"),
        CheckConstraint("outcome <> 'met' OR breached_at IS NULL", name="met_is_no_breach"),
        Index(
            "uq_sla_clock_open",
            "subject",
            "promise",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_sla_clock_subject", "subject", "id"),
        Index("ix_sla_clock_due", "next_at", "id", sqlite_where=_ARMED, postgresql_where=_ARMED),
        Index(
            "ix_sla_clock_board",
            "body_id",
            "promise",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_sla_clock_region",
            "region",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[IntPk]
    subject: Mapped[str] = mapped_column(String(40))
    promise: Mapped[Promise] = mapped_column(EnumText(Promise))
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    region: Mapped[str] = mapped_column(String(2))
    started_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime]
    days: Mapped[int | None] = mapped_column(Integer)
    close_of_business: Mapped[dt.time] = mapped_column(Time)
    opening: Mapped[dt.time] = mapped_column(Time)
    due_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date] = mapped_column(Date)
    provisional: Mapped[bool]
    calendar_version: Mapped[str] = mapped_column(String(12))
    next_at: Mapped[dt.datetime | None]
    paused_since: Mapped[dt.datetime | None]
    paused_on: Mapped[list[str]] = mapped_column(JSON, default=list)
    breached_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))
    met_by: Mapped[str | None] = mapped_column(String(40))
    working_days_late: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(500), default="")


class Pause(Model):
    """A stretch during which a local promise stood still, and why."""

    __tablename__ = "sla_pause"
    __table_args__ = (
        Index(
            "uq_sla_pause_under_way",
            "clock_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_sla_pause_clock", "clock_id", "since"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
    )

    id: Mapped[IntPk]
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clock.id"))
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None]
    reason: Mapped[PauseReason] = mapped_column(EnumText(PauseReason))
    note: Mapped[str] = mapped_column(String(500), default="")


class Warned(Model):
    """A level that was told. The constraints make every effect of the sweep happen once."""

    __tablename__ = "sla_warning"
    __table_args__ = (
        UniqueConstraint("clock_id", "due_on", "level", "on_day"),
        # A new calendar may put a level on another day; it is still told once per due day.
        Index(
            "uq_sla_warning_once",
            "clock_id",
            "due_on",
            "level",
            unique=True,
            sqlite_where=_ONCE,
            postgresql_where=_ONCE,
        ),
    )

    id: Mapped[IntPk]
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clock.id"))
    due_on: Mapped[dt.date] = mapped_column(Date)
    level: Mapped[Level] = mapped_column(EnumText(Level))
    on_day: Mapped[dt.date] = mapped_column(Date)
    told_at: Mapped[dt.datetime]


class Move(Model):
    """A due date that moved while its clock ran: append-only; a struck breach stays here."""

    __tablename__ = "sla_move"
    __table_args__ = (Index("ix_sla_move_clock", "clock_id", "id"),)

    id: Mapped[IntPk]
    clock_id: Mapped[int] = mapped_column(ForeignKey("sla_clock.id"))
    at: Mapped[dt.datetime]
    cause: Mapped[Cause] = mapped_column(EnumText(Cause))
    effect: Mapped[Effect] = mapped_column(EnumText(Effect))
    due_before: Mapped[dt.datetime]
    due_after: Mapped[dt.datetime]
    struck_breach_at: Mapped[dt.datetime | None]
    version_before: Mapped[str] = mapped_column(String(12))
    version_after: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    note: Mapped[str] = mapped_column(String(200), default="")
