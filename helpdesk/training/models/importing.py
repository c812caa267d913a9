"""Tables of imported attendance: a test run with its rows, until it is confirmed and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.training.rules.matching import Outcome


class ImportRun(Model):
    """A file that was read. The file is not kept: only what its rows say about attendance.

    `hidden`: numbers of persons (identity, bank, student numbers) that stood in it and were left
    out. `once` is the token of the upload form.
    """

    __tablename__ = "training_import"
    __table_args__ = (
        Index("ix_training_import_session", "session_id", "id"),
        CheckConstraint("hidden >= 0", name="hidden"),
    )

    id: Mapped[IntPk]
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    online: Mapped[bool]
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hidden: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    once: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]


class ImportRow(Model):
    """One person in a file: the rows of a file that are this person, added up.

    `lines`: their numbers as the spreadsheet shows them. `mobile` is masked. `candidates`: ids of
    persons among whom somebody has to choose; `reason`: code of why a row was not taken.
    """

    __tablename__ = "training_import_row"
    __table_args__ = (UniqueConstraint("run_id", "position", name="uq_training_import_row_place"),)

    id: Mapped[IntPk]
    run_id: Mapped[int] = mapped_column(ForeignKey("training_import.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    lines: Mapped[list[int]] = mapped_column(JSON, default=list)
    staff_no: Mapped[str] = mapped_column(String(40), default="")
    mobile: Mapped[str] = mapped_column(String(30), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(String(120), default="")
    minutes: Mapped[int | None] = mapped_column(Integer)
    percent: Mapped[int | None] = mapped_column(Integer)
    joined_at: Mapped[datetime | None]
    outcome: Mapped[Outcome] = mapped_column(EnumText(Outcome))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    candidates: Mapped[list[int]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(40), default="")
