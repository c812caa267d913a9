"""Tables of certificates. What one says is copied: later changes of names do not reach it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.organizations.rules import Kind
from helpdesk.training.rules.certificates import CertificateState
from helpdesk.training.rules.sessions import Mode

_VALID = text("state = 'valid'")


class Certificate(Model):
    """A person was trained in a year. `corrected`: 已结年度后更正 (semantics 7)."""

    __tablename__ = "training_certificate"
    __table_args__ = (
        # What must never be false: one certificate that counts per person and year.
        Index(
            "uq_training_certificate_valid",
            "person_id",
            "year",
            unique=True,
            sqlite_where=_VALID,
            postgresql_where=_VALID,
        ),
        Index("ix_training_certificate_person", "person_id", "year"),
        CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[CertificateState] = mapped_column(
        EnumText(CertificateState), default=CertificateState.VALID
    )
    person_name: Mapped[str] = mapped_column(String(80))
    body_name: Mapped[str] = mapped_column(String(200))
    body_name_en: Mapped[str] = mapped_column(String(200), default="")
    organizer_name: Mapped[str] = mapped_column(String(200))
    organizer_name_en: Mapped[str] = mapped_column(String(200), default="")
    organizer_kind: Mapped[Kind] = mapped_column(EnumText(Kind))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    session_title: Mapped[str] = mapped_column(String(120))
    trained_on: Mapped[date] = mapped_column(Date)
    mode: Mapped[Mode] = mapped_column(EnumText(Mode))
    minutes: Mapped[int] = mapped_column(Integer)
    corrected: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ended_at: Mapped[datetime | None]
