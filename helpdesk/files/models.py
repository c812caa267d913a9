"""Table of the stored files. The bytes lie in the content store, named by their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import IntPk, Model


class File(Model):
    """One file that somebody sent. The same bytes sent twice are two rows and one blob.

    `confirmed_at`: when the sender confirmed that its pictures show no student data; a file with
    pictures is not kept without that.
    """

    __tablename__ = "files_file"
    __table_args__ = (
        Index("ix_files_file_sha256", "sha256"),
        Index("ix_files_file_kept_at", "kept_at", "id"),
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("NOT pictures OR confirmed_at IS NOT NULL", name="pictures_confirmed"),
    )

    id: Mapped[IntPk]
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    pictures: Mapped[bool] = mapped_column(Boolean)
    confirmed_at: Mapped[datetime | None]
    kept_at: Mapped[datetime]
    kept_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
