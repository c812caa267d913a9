"""Tables of sessions: what is held, for whom, and who stands on the list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.organizations.rules import Subsystem
from helpdesk.training.rules.sessions import Act, Facet, Mode, Place, Source, State


def _session(*, primary_key: bool = False) -> Any:
    return mapped_column(
        ForeignKey("training_session.id", ondelete="CASCADE"), primary_key=primary_key
    )


def _body() -> Any:
    return mapped_column(ForeignKey("organizations_body.id"))


def _person(*, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=nullable)


class Plan(Model):
    """A cascade (S-3.3.1): the owner trains the tier below by a day, that tier the next, ..."""

    __tablename__ = "training_plan"
    __table_args__ = (Index("ix_training_plan_owner", "owner_id", "year", "id"),)

    id: Mapped[IntPk]
    owner_id: Mapped[int] = _body()
    year: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = _person(nullable=True)
    created_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class PlanStage(Model):
    """Until when the offices of one kind hold their session of a cascade."""

    __tablename__ = "training_plan_stage"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("training_plan.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date)


class Series(Model):
    """Sessions of several days: `needed` of them make one training."""

    __tablename__ = "training_series"
    __table_args__ = (
        CheckConstraint("needed >= 1", name="needed"),
        Index("ix_training_series_organizer", "organizer_id", "id"),
    )

    id: Mapped[IntPk]
    organizer_id: Mapped[int] = _body()
    title: Mapped[str] = mapped_column(String(120))
    needed: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(64), unique=True)


class Session(Model):
    """One date. `held_on` is the Beijing date of `starts_at`; `share_percent`, `online_minutes`,
    `online_percent` and `check_required` are copied from the settings when it is planned.
    `quiz`: key of the pool whose check belongs to it. `reminded_at`: when its people were reminded
    of the date, or when that was no longer needed."""

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("share_percent BETWEEN 0 AND 100", name="share"),
        CheckConstraint("online_percent BETWEEN 0 AND 100", name="online_percent"),
        CheckConstraint("NOT check_required OR quiz <> ''", name="check_needs_quiz"),
        Index("ix_training_session_organizer", "organizer_id", "starts_at", "id"),
        Index("ix_training_session_state", "state", "starts_at", "id"),
        Index("ix_training_session_series", "series_id"),
        Index("ix_training_session_plan", "plan_id", "organizer_id"),
    )

    id: Mapped[IntPk]
    organizer_id: Mapped[int] = _body()
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    mode: Mapped[Mode] = mapped_column(EnumText(Mode))
    state: Mapped[State] = mapped_column(EnumText(State), default=State.PLANNED)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    held_on: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    capacity: Mapped[int | None] = mapped_column(Integer)
    trainers: Mapped[str] = mapped_column(String(300), default="")
    share_percent: Mapped[int] = mapped_column(Integer)
    online_minutes: Mapped[int] = mapped_column(Integer)
    online_percent: Mapped[int] = mapped_column(Integer)
    check_required: Mapped[bool] = mapped_column(default=False)
    quiz: Mapped[str] = mapped_column(String(60), default="")
    series_id: Mapped[int | None] = mapped_column(ForeignKey("training_series.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("training_plan.id"))
    code_seed: Mapped[str] = mapped_column(String(64))
    cancelled_why: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = _person(nullable=True)
    created_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class SessionChange(Model):
    """One act on a session: who, when, what, why. `once` is the token of the click."""

    __tablename__ = "training_session_change"
    __table_args__ = (
        UniqueConstraint("session_id", "once", name="uq_training_session_change_once"),
        Index("ix_training_session_change_session", "session_id", "id"),
    )

    id: Mapped[IntPk]
    session_id: Mapped[int] = _session()
    at: Mapped[datetime]
    person_id: Mapped[int | None] = _person(nullable=True)
    act: Mapped[Act] = mapped_column(EnumText(Act))
    reason: Mapped[str] = mapped_column(String(300), default="")
    number: Mapped[int | None] = mapped_column(Integer)
    once: Mapped[str | None] = mapped_column(String(64))


class SessionCard(Model):
    """A problem card that is a topic of a session."""

    __tablename__ = "training_session_card"
    __table_args__ = (Index("ix_training_session_card_code", "card_code", "session_id"),)

    session_id: Mapped[int] = _session(primary_key=True)
    card_code: Mapped[str] = mapped_column(String(12), primary_key=True)


class SessionSubsystem(Model):
    """A subsystem that is a topic of a session."""

    __tablename__ = "training_session_subsystem"

    session_id: Mapped[int] = _session(primary_key=True)
    subsystem: Mapped[Subsystem] = mapped_column(EnumText(Subsystem), primary_key=True)


class Audience(Model):
    """One limit of the audience; no row of a facet: everybody below the organiser."""

    __tablename__ = "training_audience"

    session_id: Mapped[int] = _session(primary_key=True)
    facet: Mapped[Facet] = mapped_column(EnumText(Facet), primary_key=True)
    value: Mapped[str] = mapped_column(String(40), primary_key=True)


class Material(Model):
    """A file handed out at a session."""

    __tablename__ = "training_material"
    __table_args__ = (Index("ix_training_material_file", "file_id"),)

    session_id: Mapped[int] = _session(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"), primary_key=True)
    added_by: Mapped[int | None] = _person(nullable=True)
    added_at: Mapped[datetime]


class Enrolment(Model):
    """A person on the list of a session, once. `queued_at` orders the waiting list."""

    __tablename__ = "training_enrolment"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id", name="uq_training_enrolment_once"),
        Index("ix_training_enrolment_list", "session_id", "place", "queued_at", "id"),
        Index("ix_training_enrolment_person", "person_id", "session_id"),
    )

    id: Mapped[IntPk]
    session_id: Mapped[int] = _session()
    person_id: Mapped[int] = _person()
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organizations_body.id"))
    place: Mapped[Place] = mapped_column(EnumText(Place))
    source: Mapped[Source] = mapped_column(EnumText(Source))
    queued_at: Mapped[datetime]
    by_person_id: Mapped[int | None] = _person(nullable=True)
