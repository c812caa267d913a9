"""What every act here has in common: its row in the trail, and two refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.people.models import Appointment, Audit, Person, RoleGrant
from helpdesk.people.rules import Act


class NotYourself(RuleBroken):
    """Nobody takes the ground from under their own feet, or lifts themselves."""

    sentence = N_("不能给自己办理这件事。请另一位管理员办理。")


def write(
    act: Act,
    *,
    actor: Actor,
    person_id: int,
    now: datetime,
    body_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add a row. `details` are codes, dates and names; never a password, code or digest."""
    session().add(
        Audit(
            at=now,
            act=act,
            actor_person_id=actor.person_id,
            person_id=person_id,
            body_id=body_id,
            details=dict(details or {}),
        )
    )


def lock(row: Person | RoleGrant) -> None:
    """Hold the row until the end, as it is now: acts on one person wait for each other.

    Two administrators at once could otherwise give one person two roles that must be apart, or
    save over each other. What is pending is sent first: a refresh would throw it away.
    """
    session().flush()
    session().refresh(row, with_for_update=True)


def home_of(person_id: int) -> int | None:
    """The body under which an act on the person as a whole is written: of the first appointment."""
    return session().scalar(
        select(Appointment.body_id)
        .where(Appointment.person_id == person_id, Appointment.left_on.is_(None))
        .order_by(Appointment.id)
        .limit(1)
    )


def about_person(
    act: Act,
    *,
    actor: Actor,
    person_id: int,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add a row about a person or account as a whole, under the body where the person works."""
    write(
        act,
        actor=actor,
        person_id=person_id,
        now=now,
        body_id=home_of(person_id),
        details=details,
    )


def flush_or(refusal: Conflict) -> None:
    """Send what is pending; where a unique key says that somebody was faster, raise `refusal`."""
    try:
        session().flush()
    except IntegrityError as error:
        raise refusal from error
