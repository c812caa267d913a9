"""Tables of the counters: what is counted now, the figures of every office, and what moves them.

Every change writes the difference between the rows and what is counted (`Counted*`) as `Delta`, in
its own transaction; a job folds deltas into `Counter`; a reader adds those still open.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import ByteText, EnumText, IntPk, Model
from helpdesk.organizations.rules import Kind
from helpdesk.training.rules.coverage import Standing
from helpdesk.training.rules.sessions import Mode
from helpdesk.training.rules.years import YearKind


class FigureColumns:
    """The seven numbers of a node and facet. `node_id` 0 is the root."""

    active: Mapped[int] = mapped_column(Integer, default=0)
    trained: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    no_roster: Mapped[int] = mapped_column(Integer, default=0)
    none_trained: Mapped[int] = mapped_column(Integer, default=0)
    some_trained: Mapped[int] = mapped_column(Integer, default=0)
    all_trained: Mapped[int] = mapped_column(Integer, default=0)


class WorkColumns:
    """A counted appointment: who, where, in which posts, since when, and the training held.

    `office_id` is the lowest aid office in whose figures it stands (0: the root alone); `path` that
    of its body. `trained_on` and `mode` of the training of the year, NULL without one.
    """

    person_id: Mapped[int]
    body_id: Mapped[int]
    path: Mapped[str] = mapped_column(ByteText)
    kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    tier: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int]
    side: Mapped[bool]
    posts: Mapped[str] = mapped_column(String(200))
    subsystems: Mapped[str] = mapped_column(String(200))
    joined_on: Mapped[date] = mapped_column(Date)
    on_leave_since: Mapped[date | None] = mapped_column(Date)
    on_leave_until: Mapped[date | None] = mapped_column(Date)
    trained_on: Mapped[date | None] = mapped_column(Date)
    mode: Mapped[Mode | None] = mapped_column(EnumText(Mode))


class BodyColumns:
    """A counted body with its persons, and where that puts it. `parent_id` NULL: at the top."""

    parent_id: Mapped[int | None]
    path: Mapped[str] = mapped_column(ByteText)
    kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    tier: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int]
    subsystems: Mapped[str] = mapped_column(String(200))
    active: Mapped[int] = mapped_column(Integer, default=0)
    trained: Mapped[int] = mapped_column(Integer, default=0)
    standing: Mapped[Standing] = mapped_column(EnumText(Standing))


def _untrained() -> Any:
    return text("trained_on IS NULL")


def _on_leave() -> Any:
    return text("on_leave_since IS NOT NULL")


class CountedWork(WorkColumns, Model):
    """An appointment as it is counted now. No foreign key to it: a merge may take it away."""

    __tablename__ = "training_counted_work"
    __table_args__ = (
        Index("ix_training_counted_work_person", "person_id"),
        Index("ix_training_counted_work_office", "office_id", "kind"),
        Index("ix_training_counted_work_body", "body_id"),
        Index("ix_training_counted_work_path", "path", "appointment_id"),
        Index("ix_training_counted_work_joined", "joined_on", "path"),
        Index(
            "ix_training_counted_work_untrained",
            "path",
            "appointment_id",
            "joined_on",
            sqlite_where=_untrained(),
            postgresql_where=_untrained(),
        ),
        Index(
            "ix_training_counted_work_leave",
            "path",
            "appointment_id",
            sqlite_where=_on_leave(),
            postgresql_where=_on_leave(),
        ),
        Index(
            "ix_training_counted_work_side",
            "path",
            "appointment_id",
            sqlite_where=text("side"),
            postgresql_where=text("side"),
        ),
    )

    appointment_id: Mapped[IntPk] = mapped_column(autoincrement=False)


class CountedBody(BodyColumns, Model):
    """A body as it is counted now; its row is the lock of those who change its class."""

    __tablename__ = "training_counted_body"
    __table_args__ = (
        Index("ix_training_counted_body_standing", "standing", "path"),
        Index("ix_training_counted_body_path", "path"),
        Index("ix_training_counted_body_kind", "kind", "path"),
        Index("ix_training_counted_body_office", "office_id", "standing"),
        Index("ix_training_counted_body_parent", "parent_id", "kind"),
        CheckConstraint("trained >= 0 AND trained <= active", name="trained_are_active"),
    )

    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"), primary_key=True)


class Counter(FigureColumns, Model):
    """The folded figures of a node and facet."""

    __tablename__ = "training_counter"

    node_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(String(40), primary_key=True)


class Delta(FigureColumns, Model):
    """By how much a change moved the figures of a node and facet. Insert-only until folded."""

    __tablename__ = "training_delta"
    __table_args__ = (Index("ix_training_delta_node", "node_id", "facet"),)

    id: Mapped[IntPk]
    node_id: Mapped[int]
    facet: Mapped[str] = mapped_column(String(40))


class Counting(Model):
    """Of which day and year the counters are, by which calendar: one row, none before the first
    count."""

    __tablename__ = "training_counting"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[IntPk] = mapped_column(autoincrement=False)
    counted_on: Mapped[date] = mapped_column(Date)
    year: Mapped[int] = mapped_column(Integer)
    year_kind: Mapped[YearKind] = mapped_column(EnumText(YearKind))
