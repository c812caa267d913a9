"""Tables of filing: earlier dates of offices, people's own ticks, feeds and digests."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.filing.rules.annexes import Level
from helpdesk.kernel.db import EnumText, IntPk, Model


class EarlierDate(Model):
    """An office wants one date of the notice kept earlier in its subtree (semantics 8).

    `due_on` NULL: taken back; the row stays, so that `version` only rises.
    """

    __tablename__ = "filing_overlay"
    __table_args__ = (
        UniqueConstraint("body_id", "item_id", "level", "named_on"),
        Index("ix_filing_overlay_named", "named_on"),
        CheckConstraint("due_on IS NULL OR due_on < named_on", name="earlier"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[IntPk]
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    item_id: Mapped[str] = mapped_column(String(10))
    level: Mapped[Level] = mapped_column(EnumText(Level))
    named_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(Integer, default=1)


class EarlierDateChange(Model):
    """One act on an earlier date. Append-only."""

    __tablename__ = "filing_overlay_change"
    __table_args__ = (UniqueConstraint("overlay_id", "version"),)

    id: Mapped[IntPk]
    overlay_id: Mapped[int] = mapped_column(ForeignKey("filing_overlay.id"))
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    due_before: Mapped[date | None] = mapped_column(Date)
    due_after: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300))


class Tick(Model):
    """A person's own note that one date is done; no record of any filing (semantics 8)."""

    __tablename__ = "filing_tick"

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    named_on: Mapped[date] = mapped_column(Date, primary_key=True)
    item_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    level: Mapped[Level] = mapped_column(EnumText(Level), primary_key=True)
    at: Mapped[datetime]


class Subscription(Model):
    """How a person wants to be told: the secret of the feed (its hash alone), mail or not."""

    __tablename__ = "filing_subscription"

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True)
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    feed_since: Mapped[datetime | None]
    by_mail: Mapped[bool] = mapped_column(Boolean, default=False)


class DigestRun(Model):
    """How far the digest of an ISO week has come: every person up to `after_person_id` has it."""

    __tablename__ = "filing_digest_run"

    week: Mapped[str] = mapped_column(String(8), primary_key=True)
    after_person_id: Mapped[int] = mapped_column(BigInteger, default=0)
    finished_at: Mapped[datetime | None]
