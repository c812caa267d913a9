"""Who hears of a training session, and whether a message about one still has its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.organizations.models import Body
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.rules.sessions import Mode, Place, State

_KEYS = 500


@dataclass(frozen=True)
class SessionNews:
    """What a message needs to know about a session. `by`: the organiser's name."""

    id: int
    title: str
    mode: Mode
    starts_at: datetime
    place: str
    link: str
    version: int
    cancelled_why: str
    by: Mapping[str, str]

    def params(self, place: Place | None = None) -> dict[str, Any]:
        """As parameters of a message to somebody in this place: who waits is told no link yet."""
        given = {
            "session_id": self.id,
            "session_title": self.title,
            "session_mode": self.mode.value,
            "session_at": self.starts_at.isoformat(),
            "where": self.place,
            "address": "" if place is Place.WAITING else self.link,
            "by": dict(self.by),
        }
        return {key: value for key, value in given.items() if value}


def news(session_id: int) -> SessionNews:
    """The session as messages see it."""
    row = session().execute(
        select(Session, Body.name, Body.name_en)
        .join(Body, Body.id == Session.organizer_id)
        .where(Session.id == session_id)
    )
    found, name, name_en = row.one()
    return SessionNews(
        id=found.id,
        title=found.title,
        mode=found.mode,
        starts_at=found.starts_at,
        place=found.place,
        link=found.link,
        version=found.version,
        cancelled_why=found.cancelled_why,
        by={"zh": name, "en": name_en or name},
    )


def on_list(session_id: int, places: Collection[Place]) -> tuple[int, ...]:
    """Persons on the list of a session in one of these places."""
    rows = select(Enrolment.person_id).where(
        Enrolment.session_id == session_id, Enrolment.place.in_(sorted(places))
    )
    return tuple(session().scalars(rows.order_by(Enrolment.person_id)))


def by_place(session_id: int, person_ids: Collection[int]) -> dict[Place, list[int]]:
    """These persons by the place they have on the list."""
    wanted = sorted(set(person_ids))
    found: dict[Place, list[int]] = {}
    for start in range(0, len(wanted), _KEYS):
        rows = session().execute(
            select(Enrolment.person_id, Enrolment.place).where(
                Enrolment.session_id == session_id,
                Enrolment.person_id.in_(wanted[start : start + _KEYS]),
            )
        )
        for person_id, place in rows:
            found.setdefault(place, []).append(person_id)
    return found


# --- does a message still have its reason? (asked again before a letter leaves) -----------------


def _standing(params: Mapping[str, Any]) -> tuple[State, datetime, Place | None] | None:
    """State and beginning of the session, and the reader's place on its list."""
    own = select(Enrolment.place).where(
        Enrolment.session_id == Session.id, Enrolment.person_id == params.get("recipient_id")
    )
    row = (
        session()
        .execute(
            select(Session.state, Session.starts_at, own.scalar_subquery()).where(
                Session.id == params.get("session_id")
            )
        )
        .one_or_none()
    )
    return None if row is None else (row[0], row[1], row[2])


def still_expected(_about: str, params: Mapping[str, Any]) -> bool:
    """It will be held, and the reader has not said no."""
    found = _standing(params)
    if found is None:
        return False
    state, _starts_at, place = found
    return state in (State.OPEN, State.RUNNING) and place not in (None, Place.DECLINED)


def still_near(about: str, params: Mapping[str, Any]) -> bool:
    """The same, and still at the time that the message names."""
    found = _standing(params)
    if found is None or found[1] != datetime.fromisoformat(params["session_at"]):
        return False
    return still_expected(about, params)


def still_cancelled(_about: str, params: Mapping[str, Any]) -> bool:
    """The reader had not said no before."""
    found = _standing(params)
    return found is not None and found[0] is State.CANCELLED and found[2] is not Place.DECLINED


def still_enrolled(about: str, params: Mapping[str, Any]) -> bool:
    """The reader still has the place."""
    found = _standing(params)
    return found is not None and found[2] is Place.ENROLLED and still_expected(about, params)
