"""Tables of the tree: bodies by materialised path, their subsystems, their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.kernel.db import ByteText, EnumText, IntPk, Model
from helpdesk.organizations.rules import BodyStatus, Change, Kind, Shelf, Subsystem

# Compared by byte on both engines: a beginning is a range.
CodeText = String(20).with_variant(String(20, collation="C"), "postgresql")
SearchText = String(300).with_variant(String(300, collation="C"), "postgresql")

_SIDE_ACTIVE = text("shelf = '1_beside' AND status = 'active' AND parent_id IS NOT NULL")
_NATIONAL_ACTIVE = text("shelf = '1_beside' AND status = 'active' AND parent_id IS NULL")


class Body(Model):
    """An office or school. `path` is `/1/42/`: the ids from the top down to this one.

    Rows are never deleted and codes never change, so a code is never given twice.
    """

    __tablename__ = "organizations_body"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_counts"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
        # One list for every office: side bodies, offices, schools, each in the order of pinyin.
        Index("ix_organizations_body_children", "parent_id", "shelf", "sort_key", "id"),
        # Counts and search in a range read this index alone (470,000 schools: 70 ms at the root).
        Index("ix_organizations_body_scope", "shelf", "path", "status", "find_text"),
        Index(
            "ix_organizations_body_invalid",
            "path",
            sqlite_where=text("status = 'invalid'"),
            postgresql_where=text("status = 'invalid'"),
        ),
        Index(
            "uq_organizations_body_one_side",
            "parent_id",
            "kind",
            unique=True,
            sqlite_where=_SIDE_ACTIVE,
            postgresql_where=_SIDE_ACTIVE,
        ),
        Index(
            "uq_organizations_body_one_national",
            "kind",
            unique=True,
            sqlite_where=_NATIONAL_ACTIVE,
            postgresql_where=_NATIONAL_ACTIVE,
        ),
    )

    id: Mapped[IntPk]
    code: Mapped[str] = mapped_column(CodeText, unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    shelf: Mapped[Shelf] = mapped_column(EnumText(Shelf))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    path: Mapped[str] = mapped_column(ByteText, unique=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    region_code: Mapped[str] = mapped_column(String(6), default="")
    province_code: Mapped[str] = mapped_column(String(2), default="")
    plan_city: Mapped[bool] = mapped_column(default=False)
    bingtuan: Mapped[bool] = mapped_column(default=False)
    status: Mapped[BodyStatus] = mapped_column(EnumText(BodyStatus), default=BodyStatus.ACTIVE)
    status_since: Mapped[date]
    sort_key: Mapped[str] = mapped_column(ByteText)
    find_text: Mapped[str] = mapped_column(SearchText)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    used: Mapped[list[BodySubsystem]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class BodySubsystem(Model):
    """A school uses a subsystem (many to many)."""

    __tablename__ = "organizations_body_subsystem"
    __table_args__ = (Index("ix_organizations_body_subsystem_users", "subsystem", "body_id"),)

    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"), primary_key=True)
    subsystem: Mapped[Subsystem] = mapped_column(EnumText(Subsystem), primary_key=True)


class Affiliation(Model):
    """To whom a body belonged, from when until when, on whose approval. Append-only."""

    __tablename__ = "organizations_affiliation"
    __table_args__ = (
        Index("ix_organizations_affiliation_body", "body_id", "id"),
        Index("ix_organizations_affiliation_parent", "parent_id", "id"),
        Index(
            "uq_organizations_affiliation_open",
            "body_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
        CheckConstraint("until_on IS NULL OR until_on >= since_on", name="days_in_order"),
    )

    id: Mapped[IntPk]
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    approval_no: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    changed_at: Mapped[datetime]


class BodyChange(Model):
    """One act on one body: who, when, from what to what, why. Append-only."""

    __tablename__ = "organizations_body_change"
    __table_args__ = (Index("ix_organizations_body_change_body", "body_id", "id"),)

    id: Mapped[IntPk]
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    change: Mapped[Change] = mapped_column(EnumText(Change))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(300), default="")
