"""Tables of the ticket and all that hangs on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import ByteText, EnumText, IntPk, Model
from helpdesk.tickets.rules import (
    CloseKind,
    PartyWhy,
    ResolutionKind,
    Status,
    StepState,
    Verb,
)


def _body(nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("organizations_body.id"), nullable=nullable)


def _person() -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=True)


class Ticket(Model):
    """A question on its way. `version` rises with every act (optimistic lock).

    `item_id`, `item_due_on`: the filing date it touched when it was asked (semantics 8).
    """

    __tablename__ = "tickets_ticket"
    __table_args__ = (
        Index("ix_tickets_ticket_holder", "holder_body_id", "status", "urgent", "due_at", "id"),
        Index("ix_tickets_ticket_assignee", "assignee_person_id", "status", "due_at", "id"),
        Index("ix_tickets_ticket_asker", "asker_body_id", "id"),
        Index("ix_tickets_ticket_reporter", "handed_from_body_id", "status", "id"),
        Index("ix_tickets_ticket_opened", "opened_at", "id"),
        # The same problem from several bodies within a few hours.
        Index("ix_tickets_ticket_card", "card_code", "opened_at"),
    )

    id: Mapped[IntPk]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    card_code: Mapped[str] = mapped_column(String(12))
    subsystem: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    restricted: Mapped[bool] = mapped_column(Boolean, default=False)

    asker_body_id: Mapped[int] = _body()
    asker_person_id: Mapped[int | None] = _person()
    filer_person_id: Mapped[int | None] = _person()
    filer_body_id: Mapped[int | None] = _body(nullable=True)
    accused_body_id: Mapped[int | None] = _body(nullable=True)
    callback_name: Mapped[str | None] = mapped_column(String(80))
    callback_number: Mapped[str | None] = mapped_column(String(40))

    status: Mapped[Status] = mapped_column(EnumText(Status))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    holder_body_id: Mapped[int] = _body()
    holder_since: Mapped[datetime]
    first_holder_body_id: Mapped[int] = _body()
    assignee_person_id: Mapped[int | None] = _person()
    waiting_on_body_id: Mapped[int | None] = _body(nullable=True)
    return_to_body_id: Mapped[int | None] = _body(nullable=True)
    handed_from_body_id: Mapped[int | None] = _body(nullable=True)
    returns: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None]
    due_promise: Mapped[str | None] = mapped_column(String(20))
    item_id: Mapped[str | None] = mapped_column(String(12))
    item_due_on: Mapped[date | None] = mapped_column(Date)

    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    feedback_at: Mapped[datetime | None]
    promised_on: Mapped[date | None] = mapped_column(Date)
    resolved_at: Mapped[datetime | None]
    resolution_kind: Mapped[ResolutionKind | None] = mapped_column(EnumText(ResolutionKind))
    resolver_body_id: Mapped[int | None] = _body(nullable=True)
    closed_at: Mapped[datetime | None]
    close_kind: Mapped[CloseKind | None] = mapped_column(EnumText(CloseKind))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets_ticket.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("tickets_ticket.id"))
    last_urged_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=1)


class NumberSeries(Model):
    """The last ticket number of a Beijing year."""

    __tablename__ = "tickets_number_series"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class Party(Model):
    """A body that takes part, by its path: who may read is a range on this table."""

    __tablename__ = "tickets_party"
    __table_args__ = (
        UniqueConstraint("ticket_id", "body_id", "why", name="uq_tickets_party_once"),
        Index("ix_tickets_party_path", "body_path", "ticket_id"),
        Index("ix_tickets_party_body", "body_id", "why", "ticket_id"),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    body_id: Mapped[int] = _body()
    body_path: Mapped[str] = mapped_column(ByteText)
    why: Mapped[PartyWhy] = mapped_column(EnumText(PartyWhy))
    since: Mapped[datetime]


class Segment(Model):
    """A stretch of time during which one body held the ticket; segments never overlap."""

    __tablename__ = "tickets_segment"
    __table_args__ = (
        UniqueConstraint("ticket_id", "position", name="uq_tickets_segment_position"),
        Index(
            "uq_tickets_segment_open",
            "ticket_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    position: Mapped[int] = mapped_column(Integer)
    body_id: Mapped[int] = _body()
    arrived_at: Mapped[datetime]
    arrived_by: Mapped[Verb] = mapped_column(EnumText(Verb))
    accepted_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_by: Mapped[Verb | None] = mapped_column(EnumText(Verb))


class Step(Model):
    """A step of the problem card, or one the holder added, with the body that does it."""

    __tablename__ = "tickets_step"
    __table_args__ = (
        Index("ix_tickets_step_ticket", "ticket_id", "position"),
        Index("ix_tickets_step_body", "body_id", "state", "ticket_id"),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    position: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(40))
    body_id: Mapped[int | None] = _body(nullable=True)
    required: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[StepState] = mapped_column(EnumText(StepState))
    asked_at: Mapped[datetime | None]
    question: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    done_by_person_id: Mapped[int | None] = _person()
    done_by_body_id: Mapped[int | None] = _body(nullable=True)
    answer: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(200))
    source_on: Mapped[date | None] = mapped_column(Date)


class History(Model):
    """Append-only: who did what when, from which state to which, and why.

    `once` is the token of the form that did it: a second click finds this row and does nothing.
    """

    __tablename__ = "tickets_history"
    __table_args__ = (
        UniqueConstraint("ticket_id", "once", name="uq_tickets_history_once"),
        Index("ix_tickets_history_ticket", "ticket_id", "id"),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    at: Mapped[datetime]
    verb: Mapped[Verb] = mapped_column(EnumText(Verb))
    person_id: Mapped[int | None] = _person()
    body_id: Mapped[int | None] = _body(nullable=True)
    to_body_id: Mapped[int | None] = _body(nullable=True)
    to_person_id: Mapped[int | None] = _person()
    step_id: Mapped[int | None] = mapped_column(ForeignKey("tickets_step.id"))
    from_status: Mapped[Status | None] = mapped_column(EnumText(Status))
    to_status: Mapped[Status] = mapped_column(EnumText(Status))
    text: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    once: Mapped[str | None] = mapped_column(String(64))


class TicketFile(Model):
    """A stored file hung on the ticket by an act; access is the ticket's (and the note's)."""

    __tablename__ = "tickets_file"
    __table_args__ = (
        UniqueConstraint("history_id", "file_id", name="uq_tickets_file_once"),
        Index("ix_tickets_file_ticket", "ticket_id"),
        Index("ix_tickets_file_file", "file_id"),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    history_id: Mapped[int] = mapped_column(ForeignKey("tickets_history.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"))
    name: Mapped[str] = mapped_column(String(200))
    internal: Mapped[bool] = mapped_column(Boolean, default=False)


class TicketArticle(Model):
    """An article that came with an answer: linked below it, and counted on the article."""

    __tablename__ = "tickets_article"
    __table_args__ = (
        UniqueConstraint("history_id", "article_id", name="uq_tickets_article_once"),
        Index("ix_tickets_article_article", "article_id", "id"),
    )

    id: Mapped[IntPk]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets_ticket.id"))
    history_id: Mapped[int] = mapped_column(ForeignKey("tickets_history.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("knowledge_article.id"))
