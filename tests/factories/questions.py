"""Questions, rosters and trainings for figures, written straight into the tables."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from typing import Any

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import at_shanghai
from helpdesk.organizations.models import Body
from helpdesk.people.models import Appointment, AppointmentPost, Person
from helpdesk.people.rules import Post
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Status
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.sessions import Session
from helpdesk.training.rules.sessions import Mode

_NUMBERS = itertools.count(1)
NOON = time(12)


def person(now: datetime) -> Person:
    """Somebody without a name to remember."""
    number = next(_NUMBERS)
    made = Person(staff_no=f"Q-{number}", name=f"老师{number}(演示)", sort_key="q", created_at=now)
    session().add(made)
    session().flush()
    return made


def appoint(who: Person, body: Body, joined_on: date, left_on: date | None = None) -> None:
    """A stretch of work as operator."""
    row = Appointment(person_id=who.id, body_id=body.id, joined_on=joined_on, left_on=left_on)
    session().add(row)
    session().flush()
    session().add(AppointmentPost(appointment_id=row.id, post=Post.OPERATOR))
    session().flush()


def train(who: Person, of: Session, on: date, **over: Any) -> None:
    """The person is trained from this day on."""
    row = {"year": on.year, "trained_on": on, "mode": Mode.OFFLINE, "session_id": of.id, **over}
    session().add(Trained(person_id=who.id, **row))
    session().flush()


def ask(body: Body, who: Person | None, at: date | datetime, **over: Any) -> Ticket:
    """A question of this body; a date: at noon in Beijing."""
    number = next(_NUMBERS)
    opened_at = at if isinstance(at, datetime) else at_shanghai(at, NOON)
    row = {
        "number": f"Q-{number}", "submission_key": f"q-{number}", "card_code": "ACC-4a",
        "title": "登录失败", "text": "登录失败", "asker_body_id": body.id,
        "asker_person_id": who.id if who else None, "status": Status.CLOSED,
        "holder_body_id": body.id, "first_holder_body_id": body.id, "holder_since": opened_at,
        "opened_at": opened_at, "updated_at": opened_at, **over,
    }  # fmt: skip
    made = Ticket(**row)
    session().add(made)
    session().flush()
    return made
