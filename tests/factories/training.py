"""Sessions and attendance for tests, written straight into the tables."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.organizations.models import Body
from helpdesk.people.models import Person
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.rules.attendance import Presence, Way
from helpdesk.training.rules.sessions import Mode, Place, Source, State

_TOKENS = itertools.count(1)


def add_session(organizer: Body, starts_at: datetime, **over: Any) -> Session:
    """A session of two hours, open unless `state` says otherwise."""
    ends_at = over.pop("ends_at", starts_at + timedelta(hours=2))
    row = Session(
        **{
            "organizer_id": organizer.id, "title": "资助系统操作培训(演示)",
            "mode": Mode.OFFLINE, "state": State.OPEN, "starts_at": starts_at,
            "ends_at": ends_at, "held_on": shanghai_date(starts_at), "minutes": 120,
            "place": "示范县教育局三楼会议室", "share_percent": 80, "online_minutes": 96,
            "online_percent": 80, "code_seed": f"seed-{next(_TOKENS)}", "created_at": starts_at,
            "once": f"session-{next(_TOKENS)}", **over,
        }
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


def held(organizer: Body, on: date, **over: Any) -> Session:
    """A session that was held on this day from nine o'clock and is closed."""
    hour = datetime(2000, 1, 1, 9).time()
    return add_session(organizer, at_shanghai(on, hour), **{"state": State.CLOSED, **over})


def enrol(of: Session, person: Person, place: Place = Place.ENROLLED) -> Enrolment:
    """Put a person on the list."""
    row = Enrolment(
        session_id=of.id, person_id=person.id, place=place, source=Source.ROSTER,
        queued_at=of.created_at,
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


def attend(of: Session, person: Person, **over: Any) -> Attendance:
    """A bare record: nothing that follows from it is worked out."""
    row = Attendance(
        **{
            "session_id": of.id, "person_id": person.id, "presence": Presence.PRESENT,
            "way": Way.DESK, "at": of.starts_at, **over,
        }
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


def train(of: Session, person: Person, **over: Any) -> Trained:
    """Somebody who was there, and the training that makes of the calendar year."""
    attend(of, person, **{"body_id": over.pop("body_id", None)})
    row = Trained(
        **{
            "person_id": person.id, "year": of.held_on.year, "trained_on": of.held_on,
            "mode": of.mode, "session_id": of.id, **over,
        }
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row
