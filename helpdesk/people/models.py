"""Tables of persons, appointments, accounts, grants and of what was done to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.kernel.db import ByteText, EnumText, IntPk, Model
from helpdesk.organizations.rules import Subsystem
from helpdesk.people.rules import Act, Post, Role, SignInOutcome


def _person(*, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=nullable)


def _body(*, nullable: bool = False) -> Any:
    return mapped_column(ForeignKey("organizations_body.id"), nullable=nullable)


class Person(Model):
    """A member of staff; never an ID number. `version` is the optimistic lock of its form.

    `once` is the token of the form that added the row: a second click finds it.
    """

    __tablename__ = "people_person"
    __table_args__ = (
        Index("ix_people_person_sort_key", "sort_key", "id"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_elsewhere"),
    )

    id: Mapped[IntPk]
    staff_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(ByteText)
    mobile: Mapped[str] = mapped_column(String(30), default="")
    mail: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    created_at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    merged_into_id: Mapped[int | None] = _person(nullable=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Appointment(Model):
    """A person's work in one body. `left_on` is the first day on which it is over."""

    __tablename__ = "people_appointment"
    __table_args__ = (
        Index("ix_people_appointment_body", "body_id", "left_on", "person_id"),
        Index("ix_people_appointment_person", "person_id", "left_on"),
        # Who left in a year, of a whole country.
        Index(
            "ix_people_appointment_left",
            "left_on",
            sqlite_where=text("left_on IS NOT NULL"),
            postgresql_where=text("left_on IS NOT NULL"),
        ),
        Index(
            "uq_people_appointment_open",
            "person_id",
            "body_id",
            unique=True,
            sqlite_where=text("left_on IS NULL"),
            postgresql_where=text("left_on IS NULL"),
        ),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="left_after_joining"),
        CheckConstraint(
            "on_leave_until IS NULL OR on_leave_until >= on_leave_since", name="leave_in_order"
        ),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = _person()
    body_id: Mapped[int] = _body()
    joined_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    on_leave_since: Mapped[date | None] = mapped_column(Date)
    on_leave_until: Mapped[date | None] = mapped_column(Date)
    transferred_from_id: Mapped[int | None] = mapped_column(ForeignKey("people_appointment.id"))

    posts: Mapped[list[AppointmentPost]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="AppointmentPost.post"
    )
    subsystems: Mapped[list[AppointmentSubsystem]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="AppointmentSubsystem.subsystem"
    )


class AppointmentPost(Model):
    """One post of an appointment."""

    __tablename__ = "people_appointment_post"

    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("people_appointment.id", ondelete="CASCADE"), primary_key=True
    )
    post: Mapped[Post] = mapped_column(EnumText(Post), primary_key=True)


class AppointmentSubsystem(Model):
    """One subsystem that an appointment works with."""

    __tablename__ = "people_appointment_subsystem"

    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("people_appointment.id", ondelete="CASCADE"), primary_key=True
    )
    subsystem: Mapped[Subsystem] = mapped_column(EnumText(Subsystem), primary_key=True)


class Account(Model):
    """The key of a person. It has a password of its own, or a one-time code to be changed.

    `session_epoch` rises to end every session at once.
    """

    __tablename__ = "people_account"
    __table_args__ = (
        CheckConstraint(
            "(password_hash IS NULL) <> (one_time_code_hash IS NULL)", name="password_or_code"
        ),
        CheckConstraint(
            "(one_time_code_hash IS NULL) = (code_expires_at IS NULL)", name="code_expires"
        ),
        Index(
            "ix_people_account_disabled",
            "disabled_at",
            sqlite_where=text("disabled_at IS NOT NULL"),
            postgresql_where=text("disabled_at IS NOT NULL"),
        ),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), unique=True)
    user_name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    one_time_code_hash: Mapped[str | None] = mapped_column(String(200))
    code_expires_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(Integer, default=1)
    last_signed_in_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def must_change_password(self) -> bool:
        """Does a one-time code stand in for the password?"""
        return self.one_time_code_hash is not None


class RoleGrant(Model):
    """A role of a person on a node; `body_id` NULL is the root. Revoked grants stay as history."""

    __tablename__ = "people_role_grant"
    __table_args__ = (
        Index("ix_people_role_grant_person", "person_id", "revoked_at"),
        Index("ix_people_role_grant_body", "body_id", "role", "revoked_at", "person_id"),
        Index(
            "uq_people_role_grant_live",
            "person_id",
            "role",
            text("coalesce(body_id, 0)"),
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[IntPk]
    person_id: Mapped[int] = _person()
    role: Mapped[Role] = mapped_column(EnumText(Role))
    body_id: Mapped[int | None] = _body(nullable=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = _person(nullable=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = _person(nullable=True)


class Throttle(Model):
    """Attempts to sign in with one user name or from one address.

    `key` is a digest: what was typed into the name field may have been a password.
    """

    __tablename__ = "people_throttle"
    __table_args__ = (Index("ix_people_throttle_since", "since"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SignIn(Model):
    """Append-only: an attempt to sign in to an account that exists."""

    __tablename__ = "people_sign_in"
    __table_args__ = (Index("ix_people_sign_in_account", "account_id", "id"),)

    id: Mapped[IntPk]
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("people_account.id"))
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[SignInOutcome] = mapped_column(EnumText(SignInOutcome))


class Audit(Model):
    """Append-only: who did what to which person, account or grant. No actor: the command line."""

    __tablename__ = "people_audit"
    __table_args__ = (
        Index("ix_people_audit_person", "person_id", "id"),
        Index("ix_people_audit_actor", "actor_person_id", "id"),
        Index("ix_people_audit_body", "body_id", "id"),
        Index("ix_people_audit_act", "act", "id"),
    )

    id: Mapped[IntPk]
    at: Mapped[datetime]
    act: Mapped[Act] = mapped_column(EnumText(Act))
    actor_person_id: Mapped[int | None] = _person(nullable=True)
    person_id: Mapped[int] = _person()
    body_id: Mapped[int | None] = _body(nullable=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
