"""Reads about attendance: the desk's list, what changed since, the record and its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from helpdesk.kernel.actor import within
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import NotFound
from helpdesk.organizations.models import Body
from helpdesk.people.models import Appointment, Person
from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.queries import audience
from helpdesk.training.rules.attendance import THERE, Flag, Presence, Way
from helpdesk.training.rules.sessions import Place

# Numbers of history rows are given before they are committed: a desk reads so many again.
_OVERLAP = 100


@dataclass(frozen=True)
class RecordView:
    """One record, as it stands in one version."""

    session_id: int
    person_id: int
    presence: Presence
    way: Way
    online: bool
    minutes: int | None
    percent: int | None
    flag: Flag | None
    at: datetime
    by_person_id: int | None
    version: int


@dataclass(frozen=True)
class Line:
    """A person of the desk's list: who stands on the list of the session, and who was recorded."""

    person_id: int
    name: str
    sort_key: str
    staff_no: str
    body_name: str
    place: Place | None
    record: RecordView | None


@dataclass(frozen=True)
class Changes:
    """Records that other desks wrote, and the cursor to ask with next time."""

    cursor: int
    records: tuple[RecordView, ...]


@dataclass(frozen=True)
class Counts:
    """How many were there, by presence; `flagged` ones count for nothing yet and stand apart."""

    listed: int
    present: int
    late: int
    left_early: int
    excused: int
    absent: int
    flagged: int

    @property
    def there(self) -> int:
        """Everybody who was there."""
        return self.present + self.late + self.left_early


@dataclass(frozen=True)
class Act:
    """A line of a record's history. `before` empty: the first act; values as facts of the time."""

    at: datetime
    by_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class Somebody:
    """A person as a coordinator tells one from another."""

    id: int
    name: str
    staff_no: str
    body_name: str


def view(row: Attendance) -> RecordView:
    """The row as a value."""
    return RecordView(
        session_id=row.session_id,
        person_id=row.person_id,
        presence=row.presence,
        way=row.way,
        online=row.online,
        minutes=row.minutes,
        percent=row.percent,
        flag=row.flag,
        at=row.at,
        by_person_id=row.by_person_id,
        version=row.version,
    )


def desk(session: Session) -> tuple[Line, ...]:
    """Everybody on the list or with a record, by name. Three statements at any size."""
    return _lines(session, or_(Person.id.in_(_listed(session)), Person.id.in_(_recorded(session))))


def _lines(session: Session, which: ColumnElement[bool]) -> tuple[Line, ...]:
    known = (Enrolment.person_id == Person.id) & (Enrolment.session_id == session.id)
    written = (Attendance.person_id == Person.id) & (Attendance.session_id == session.id)
    found = database().execute(
        select(Person, Enrolment.place, Attendance)
        .outerjoin(Enrolment, known)
        .outerjoin(Attendance, written)
        .where(which)
        .order_by(Person.sort_key, Person.id)
    )
    rows = found.all()
    bodies = _body_names(session, [person.id for person, _place, _row in rows])
    return tuple(
        Line(
            person_id=person.id,
            name=person.name,
            sort_key=person.sort_key,
            staff_no=person.staff_no,
            body_name=bodies.get(person.id, ""),
            place=place,
            record=view(row) if row else None,
        )
        for person, place, row in rows
    )


def _listed(session: Session) -> Select[int]:
    return select(Enrolment.person_id).where(
        Enrolment.session_id == session.id, Enrolment.place != Place.DECLINED
    )


def _recorded(session: Session) -> Select[int]:
    return select(Attendance.person_id).where(Attendance.session_id == session.id)


def cursor(session_id: int) -> int:
    """The newest act of a session; 0: none."""
    query = select(func.max(AttendanceChange.id)).where(AttendanceChange.session_id == session_id)
    return database().scalar(query) or 0


def changes(session_id: int, after: int) -> Changes:
    """Records with an act since the cursor `after`, some of them once more. Two statements."""
    touched = select(AttendanceChange.person_id).where(
        AttendanceChange.session_id == session_id, AttendanceChange.id > after - _OVERLAP
    )
    newest = cursor(session_id)
    if newest == after:
        return Changes(after, ())
    rows = database().scalars(
        select(Attendance).where(
            Attendance.session_id == session_id, Attendance.person_id.in_(touched)
        )
    )
    return Changes(newest, tuple(view(row) for row in rows))


def counts(session: Session) -> Counts:
    """Figures of a session. Two statements."""
    rows = database().execute(
        select(Attendance.presence, Attendance.flag.is_not(None), func.count())
        .where(Attendance.session_id == session.id)
        .group_by(Attendance.presence, Attendance.flag.is_not(None))
    )
    found: dict[Presence, int] = dict.fromkeys(Presence, 0)
    flagged = 0
    for presence, is_flagged, number in rows:
        if is_flagged:
            flagged += number
        else:
            found[presence] += number
    listed = database().scalar(select(func.count()).select_from(_listed(session).subquery()))
    return Counts(
        listed=listed or 0,
        present=found[Presence.PRESENT],
        late=found[Presence.LATE],
        left_early=found[Presence.LEFT_EARLY],
        excused=found[Presence.EXCUSED],
        absent=found[Presence.ABSENT],
        flagged=flagged,
    )


def there(session_id: int) -> int:
    """How many have been recorded as there, flagged ones too: the number on the screen."""
    query = select(func.count()).where(
        Attendance.session_id == session_id, Attendance.presence.in_(THERE)
    )
    return database().scalar(query) or 0


def record(session_id: int, person_id: int) -> RecordView | None:
    """The record of one person."""
    row = database().scalar(
        select(Attendance).where(
            Attendance.session_id == session_id, Attendance.person_id == person_id
        )
    )
    return view(row) if row else None


def history(session_id: int, person_id: int) -> tuple[Act, ...]:
    """Every act on a record, newest first; those before two persons were merged included."""
    writer = select(Person.name).where(Person.id == AttendanceChange.by_person_id)
    same = select(Person.id).where(or_(Person.id == person_id, Person.merged_into_id == person_id))
    rows = database().execute(
        select(AttendanceChange, writer.scalar_subquery())
        .where(AttendanceChange.session_id == session_id, AttendanceChange.person_id.in_(same))
        .order_by(AttendanceChange.id.desc())
    )
    return tuple(Act(row.at, name or "", row.before, row.after, row.reason) for row, name in rows)


def flagged(session: Session) -> tuple[Line, ...]:
    """Records that wait for a coordinator's word, by name."""
    waiting = _recorded(session).where(Attendance.flag.is_not(None))
    return _lines(session, Person.id.in_(waiting))


def on_desk(session: Session, person_id: int) -> Line:
    """One line of the desk's list. NotFound where the person is not on it."""
    if not is_known(session, person_id):
        raise NotFound
    return _lines(session, Person.id == person_id)[0]


def is_known(session: Session, person_id: int) -> bool:
    """Does this person stand on the list, or have a record? One statement."""
    known = or_(
        select(Enrolment.id)
        .where(Enrolment.session_id == session.id, Enrolment.person_id == person_id)
        .exists(),
        _recorded(session).where(Attendance.person_id == person_id).exists(),
    )
    return bool(database().scalar(select(known)))


# --- persons -----------------------------------------------------------------------------------


def by_staff_no(staff_no: str) -> Person | None:
    """Whoever has, or before a merge had, this number."""
    found = database().scalar(select(Person).where(Person.staff_no == staff_no))
    if found is None or found.merged_into_id is None:
        return found
    return database().get(Person, found.merged_into_id)


def belongs(session: Session, person_ids: Collection[int]) -> frozenset[int]:
    """Who of these stands on the list of the session or is of its audience."""
    meant = audience.meant(audience.circle_of(session), session.held_on).where(
        Appointment.person_id.in_(person_ids)
    )
    found = {row.person_id for row in database().execute(meant)}
    listed = _listed(session).where(Enrolment.person_id.in_(person_ids))
    return frozenset(found) | frozenset(database().scalars(listed))


def somebodies(session: Session, person_ids: Collection[int]) -> dict[int, Somebody]:
    """Persons with their body on the day of the session. Two statements."""
    rows = (
        database()
        .execute(select(Person.id, Person.name, Person.staff_no).where(Person.id.in_(person_ids)))
        .all()
    )
    bodies = _body_names(session, [row.id for row in rows])
    return {
        row.id: Somebody(row.id, row.name, row.staff_no, bodies.get(row.id, "")) for row in rows
    }


def bodies_then(session: Session, person_ids: Collection[int]) -> dict[int, int]:
    """Where each of these persons worked on the day of the session, first below its organiser."""
    return {person_id: place[0] for person_id, place in _places(session, person_ids).items()}


def _body_names(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    return {person_id: place[1] for person_id, place in _places(session, person_ids).items()}


def _places(session: Session, person_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """person -> (body id, its name)."""
    if not person_ids:
        return {}
    top = select(Body.path).where(Body.id == session.organizer_id).scalar_subquery()
    rows = database().execute(
        select(Appointment.person_id, Body.id, Body.name, Body.path, top)
        .join(Body, Body.id == Appointment.body_id)
        .where(
            Appointment.person_id.in_(person_ids),
            Appointment.joined_on <= session.held_on,
            or_(Appointment.left_on.is_(None), Appointment.left_on > session.held_on),
        )
        .order_by(Appointment.id)
    )
    found: dict[int, tuple[int, str]] = {}
    inside: set[int] = set()
    for person_id, body_id, name, path, organizer in rows:
        below = within(path, organizer)
        if person_id not in found or (below and person_id not in inside):
            found[person_id] = (body_id, name)
        if below:
            inside.add(person_id)
    return found


def names(person_ids: Iterable[int | None]) -> dict[int, str]:
    """Names of those who wrote records."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    rows = database().execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}
