"""Questions before and after a training session: of those who attended, and of those it was for
who did not. Counts beside each other; what caused what is not for a program to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.people.models import Appointment
from helpdesk.reports.queries.rates import MIDNIGHT, opened_in
from helpdesk.reports.rules import Change, Rate, Windows
from helpdesk.tickets.models import Ticket
from helpdesk.training import access as training
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.sessions import Session, SessionCard
from helpdesk.training.queries import audience
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.sessions import HELD


@dataclass(frozen=True)
class HeldSession:
    """A session that was held, as the list shows it. `cards`: its topics."""

    id: int
    title: str
    held_on: date
    organizer: BodyView
    cards: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """`attended` and `others` are rates before and after; both groups worked here all the time."""

    windows: Windows
    attended: Change
    others: Change


def held(actor: Actor, path: str, *, after: str | None = None, size: int = 30) -> Page[HeldSession]:
    """Sessions held by bodies below `path` that the actor may read and that have cards as topics,
    newest first. Four statements."""
    topic = select(SessionCard.session_id).where(SessionCard.session_id == Session.id)
    query = (
        select(Session)
        .join(Body, Body.id == Session.organizer_id)
        .where(below(Body.path, path), Session.state.in_(sorted(HELD)), topic.exists())
        .where(training.visible(actor))
    )
    if after is not None:
        day, number = decode(after, (str, int))
        on = date.fromisoformat(day) if _is_day(day) else date.min
        query = query.where(
            or_(Session.held_on < on, and_(Session.held_on == on, Session.id < number))
        )
    order = (Session.held_on.desc(), Session.id.desc())
    found = database().scalars(query.order_by(*order).limit(size + 1)).all()
    cards = _cards([row.id for row in found])
    bodies = organizations.bodies(row.organizer_id for row in found)

    def line(row: Session) -> HeldSession:
        return HeldSession(
            row.id, row.title, row.held_on, bodies[row.organizer_id], cards.get(row.id, ())
        )

    return page_of(found, size, lambda row: (row.held_on.isoformat(), row.id), line)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _cards(ids: list[int]) -> Mapping[int, tuple[str, ...]]:
    rows = database().execute(
        select(SessionCard.session_id, SessionCard.card_code)
        .where(SessionCard.session_id.in_(ids))
        .order_by(SessionCard.card_code)
    )
    found: dict[int, tuple[str, ...]] = {}
    for session_id, code in rows:
        found[session_id] = (*found.get(session_id, ()), code)
    return found


def cards_of(session_id: int) -> tuple[str, ...]:
    """The problem cards that are topics of a session."""
    return _cards([session_id]).get(session_id, ())


def effect(of: Session, over: Windows) -> Effect:
    """What the two groups asked about the session's cards; at most eight statements."""
    codes = cards_of(of.id)
    there = _stayed(_attended(of), over)
    meant = audience.meant(audience.circle_of(of), of.held_on).subquery()
    for_whom = select(meant.c.person_id).where(meant.c.person_id.not_in(_listed(of)))
    others = _stayed(for_whom, over)
    return Effect(over, _change(there, codes, over), _change(others, codes, over))


def _attended(of: Session) -> Select[int]:
    """Who attended by the terms of the session: `attended` of the rules, in the database."""
    enough_online = and_(
        func.coalesce(Attendance.minutes, 0) >= of.online_minutes,
        func.coalesce(Attendance.percent, 0) >= of.online_percent,
    )
    long_enough = func.coalesce(Attendance.minutes, 0) * 100 > of.share_percent * of.minutes
    by_presence = or_(
        Attendance.presence.in_((Presence.PRESENT, Presence.LATE)),
        and_(Attendance.presence == Presence.LEFT_EARLY, long_enough),
    )
    return select(Attendance.person_id).where(
        Attendance.session_id == of.id,
        Attendance.flag.is_(None),
        Attendance.presence.not_in((Presence.ABSENT, Presence.EXCUSED)),
        case((Attendance.online.is_(True), enough_online), else_=by_presence),
    )


def _listed(of: Session) -> Select[int]:
    """Everybody of whom there is a record that is no absence: nobody to compare with."""
    return select(Attendance.person_id).where(
        Attendance.session_id == of.id,
        Attendance.presence.not_in((Presence.ABSENT, Presence.EXCUSED)),
    )


def _stayed(persons: Select[Any], over: Windows) -> Select[int]:
    """Those of them at work on the first and on the last day: who came or left could not ask."""
    ids = persons.subquery()
    person_id = ids.c[0]
    return select(person_id).where(_at_work(person_id, over.first), _at_work(person_id, over.last))


def _at_work(person_id: Any, day: date) -> ColumnElement[bool]:
    own = select(Appointment.id).where(Appointment.person_id == person_id)
    return own.where(audience.at_work(day)).exists()


def _change(group: Select[int], codes: tuple[str, ...], over: Windows) -> Change:
    persons = group.subquery()
    number = database().scalar(select(func.count()).select_from(persons)) or 0
    counts = dict(_questions(group, codes, over)) if codes else {}
    return Change(Rate(counts.get(False, 0), number), Rate(counts.get(True, 0), number))


def _questions(group: Select[int], codes: tuple[str, ...], over: Windows) -> list[tuple[bool, int]]:
    """(after?, number) of the group's questions; those of the day itself are left out."""
    day, following = over.held_on, over.held_on + timedelta(days=1)
    later = case((Ticket.opened_at >= at_shanghai(following, MIDNIGHT), 1), else_=0).label("later")
    rows = database().execute(
        select(later, func.count())
        .where(
            opened_in(over.first, over.last + timedelta(days=1)),
            or_(
                Ticket.opened_at < at_shanghai(day, MIDNIGHT),
                Ticket.opened_at >= at_shanghai(following, MIDNIGHT),
            ),
            Ticket.card_code.in_(codes),
            Ticket.asker_person_id.in_(group),
        )
        .group_by(later)
    )
    return [(bool(after), number) for after, number in rows]
