"""Tables of good cases, of what hangs on them, and of what was done to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.kernel.instants import shanghai_date
from helpdesk.knowledge.rules.cases import State, Verb, case_number
from helpdesk.organizations.rules import Subsystem


def _body(*, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("organizations_body.id"), nullable=nullable)


def _person() -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=True)


def _case(*, primary_key: bool = False) -> Any:
    return mapped_column(ForeignKey("knowledge_case.id"), primary_key=primary_key)


class Case(Model):
    """Experience of one body. Published, it is seen by everybody below `publisher_id`.

    `reviewer_id`: the body above, to which it was submitted. `once`: the token of the form that
    began it. `version` rises with every act.
    """

    __tablename__ = "knowledge_case"
    __table_args__ = (
        CheckConstraint("state <> 'published' OR publisher_id IS NOT NULL", name="published_by"),
        CheckConstraint(
            "state NOT IN ('submitted', 'returned', 'published') OR reviewer_id IS NOT NULL",
            name="reviewed_by",
        ),
        Index("ix_knowledge_case_body", "body_id", "id"),
        Index("ix_knowledge_case_reviewer", "reviewer_id", "state", "id"),
        Index("ix_knowledge_case_publisher", "publisher_id", "state", "id"),
    )

    id: Mapped[IntPk]
    body_id: Mapped[int] = _body()
    author_person_id: Mapped[int | None] = _person()
    title: Mapped[str] = mapped_column(String(200))
    situation: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(EnumText(State), default=State.DRAFT)
    reviewer_id: Mapped[int | None] = _body(nullable=True)
    publisher_id: Mapped[int | None] = _body(nullable=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    once: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)

    @property
    def number(self) -> str:
        """By which people name it."""
        return case_number(shanghai_date(self.created_at).year, self.id)


class CaseCard(Model):
    """A problem card that a case is about."""

    __tablename__ = "knowledge_case_card"
    __table_args__ = (Index("ix_knowledge_case_card_code", "card_code", "case_id"),)

    case_id: Mapped[int] = _case(primary_key=True)
    card_code: Mapped[str] = mapped_column(String(12), primary_key=True)


class CaseSubsystem(Model):
    """A subsystem that a case is about."""

    __tablename__ = "knowledge_case_subsystem"
    __table_args__ = (Index("ix_knowledge_case_subsystem_word", "subsystem", "case_id"),)

    case_id: Mapped[int] = _case(primary_key=True)
    subsystem: Mapped[Subsystem] = mapped_column(EnumText(Subsystem), primary_key=True)


class CaseFile(Model):
    """A file of a case."""

    __tablename__ = "knowledge_case_file"
    __table_args__ = (Index("ix_knowledge_case_file_file", "file_id"),)

    case_id: Mapped[int] = _case(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"), primary_key=True)


class Recommendation(Model):
    """An upper office shows the case to everybody below it (推荐)."""

    __tablename__ = "knowledge_recommendation"

    case_id: Mapped[int] = _case(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organizations_body.id"), primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = _person()
    words: Mapped[str] = mapped_column(String(300), default="")


class CaseSession(Model):
    """A published case is material of a training session."""

    __tablename__ = "knowledge_case_session"
    __table_args__ = (Index("ix_knowledge_case_session_session", "session_id", "case_id"),)

    case_id: Mapped[int] = _case(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), primary_key=True
    )
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = _person()


class History(Model):
    """Append-only: who did what for which body, from which state to which, and why.

    `once` is the token of the form: a second click finds this row and does nothing.
    """

    __tablename__ = "knowledge_history"
    __table_args__ = (
        UniqueConstraint("case_id", "once", name="uq_knowledge_history_once"),
        Index("ix_knowledge_history_case", "case_id", "id"),
    )

    id: Mapped[IntPk]
    case_id: Mapped[int] = _case()
    at: Mapped[datetime]
    verb: Mapped[Verb] = mapped_column(EnumText(Verb))
    person_id: Mapped[int | None] = _person()
    body_id: Mapped[int] = _body()
    from_state: Mapped[State | None] = mapped_column(EnumText(State))
    to_state: Mapped[State] = mapped_column(EnumText(State))
    words: Mapped[str] = mapped_column(Text, default="")
    once: Mapped[str | None] = mapped_column(String(64))
