"""Tables of what was: closed years as of their last day, and the ends of months for the curve."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model
from helpdesk.training.models.counting import BodyColumns, FigureColumns, WorkColumns


class ClosedYear(Model):
    """This year is closed: nothing moves its figures any more (semantics 7)."""

    __tablename__ = "training_closed_year"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime]


def _year() -> Mapped[int]:
    return mapped_column(ForeignKey("training_closed_year.year"), primary_key=True)


class ClosedFigure(FigureColumns, Model):
    """The figures of a node and facet as of the last day."""

    __tablename__ = "training_closed_figure"

    year: Mapped[int] = _year()
    node_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(String(40), primary_key=True)


class ClosedBody(BodyColumns, Model):
    """A body as it stood in the tree on the last day, with the name it had when it was closed."""

    __tablename__ = "training_closed_body"
    __table_args__ = (
        Index("ix_training_closed_body_standing", "year", "standing", "path"),
        Index("ix_training_closed_body_path", "year", "path"),
        Index("ix_training_closed_body_parent", "year", "parent_id", "kind"),
    )

    year: Mapped[int] = _year()
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160))
    code: Mapped[str] = mapped_column(String(20))


class ClosedWork(WorkColumns, Model):
    """An appointment as it was on the last day, with the training the person held."""

    __tablename__ = "training_closed_work"
    __table_args__ = (
        Index("ix_training_closed_work_person", "person_id", "year"),
        Index("ix_training_closed_work_path", "year", "path", "appointment_id"),
        Index("ix_training_closed_work_office", "year", "office_id", "kind"),
    )

    year: Mapped[int] = _year()
    appointment_id: Mapped[IntPk] = mapped_column(autoincrement=False)


class MonthEnd(FigureColumns, Model):
    """An office (0: the whole country) at the end of a month: the points of the curve, and what
    the figures of the next year are compared with."""

    __tablename__ = "training_month_end"

    node_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
