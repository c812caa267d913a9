"""The day table: what each notice ordered, and the standing of each year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.workdays.rules import YearStatus


class Year(Model):
    """The notice in force for one year of one region. No row: nothing is known of the year."""

    __tablename__ = "workdays_year"
    __table_args__ = (
        UniqueConstraint("region", "year"),
        CheckConstraint("year BETWEEN 2000 AND 2200", name="plausible"),
    )

    id: Mapped[IntPk]
    region: Mapped[str] = mapped_column(String(2))
    year: Mapped[int] = mapped_column(Integer)
    status: Mapped[YearStatus] = mapped_column(EnumText(YearStatus))
    source: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(16))
    loaded_at: Mapped[dt.datetime]
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), nullable=True)


class Day(Model):
    """A day that a notice names. Days that no notice names follow the weekday of a known year."""

    __tablename__ = "workdays_day"
    __table_args__ = (UniqueConstraint("region", "notice_year", "day"),)

    id: Mapped[IntPk]
    region: Mapped[str] = mapped_column(String(2))
    notice_year: Mapped[int] = mapped_column(Integer)
    day: Mapped[dt.date] = mapped_column(Date)
    works: Mapped[bool]
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
