"""Two records of one person become one: what hung on the merged one moves to the kept one."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session as database
from helpdesk.kernel.statements import changed
from helpdesk.people.events import PersonsMerged
from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.models.importing import ImportRow
from helpdesk.training.models.scanning import SignInTicket
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import keeping
from helpdesk.training.queries.attendance import RecordView, view
from helpdesk.training.rules.attendance import Record, Terms, rank
from helpdesk.training.rules.sessions import Place

# A reason that the program writes; the page says it in words.
MERGED = "merged"
# Of two places on one list the one further on stays.
_ORDER = (Place.DECLINED, Place.INVITED, Place.WAITING, Place.ENROLLED)


def move_records(fact: PersonsMerged) -> None:
    """Every attendance of the merged person; where both have one, the better of the two."""
    both = _of_both(fact)
    for session, kept, merged in both:
        _settle(fact, session, kept, merged)
    rows = database().scalars(select(Attendance).where(Attendance.person_id == fact.merged_id))
    moved = [view(row) for row in rows]
    changed(
        update(Attendance)
        .where(Attendance.person_id == fact.merged_id)
        .values(person_id=fact.kept_id, version=Attendance.version + 1)
    )
    history = [
        keeping.line(
            SYSTEM, one, replace(one, person_id=fact.kept_id, version=one.version + 1),
            now=fact.at, reason=MERGED,
        )
        for one in moved
    ]  # fmt: skip
    if history:
        database().execute(insert(AttendanceChange), history)
    for table in (SignInTicket, ImportRow):
        changed(
            update(table).where(table.person_id == fact.merged_id).values(person_id=fact.kept_id)
        )


def _of_both(fact: PersonsMerged) -> list[tuple[Session, RecordView, RecordView]]:
    other = aliased(Attendance)
    rows = database().execute(
        select(Session, Attendance, other)
        .join(Attendance, Attendance.session_id == Session.id)
        .join(other, other.session_id == Session.id)
        .where(Attendance.person_id == fact.kept_id, other.person_id == fact.merged_id)
    )
    return [(session, view(kept), view(merged)) for session, kept, merged in rows]


def _settle(fact: PersonsMerged, session: Session, kept: RecordView, merged: RecordView) -> None:
    terms = Terms(
        session.minutes, session.share_percent, session.online_minutes, session.online_percent
    )
    better = max((kept, merged), key=lambda one: rank(_judged(one), terms))
    after = replace(better, person_id=fact.kept_id, version=kept.version + 1)
    database().execute(delete(Attendance).where(
        Attendance.session_id == session.id, Attendance.person_id == fact.merged_id
    ))  # fmt: skip
    keeping.replaced(kept, after)
    line = keeping.line(SYSTEM, kept, after, now=fact.at, reason=MERGED)
    line["before"] = {**line["before"], "merged": keeping.facts(merged)}
    database().execute(insert(AttendanceChange), [line])


def _judged(one: RecordView) -> Record:
    return Record(one.presence, one.online, one.minutes, one.percent, one.flag is not None)


def move_places(fact: PersonsMerged) -> None:
    """Places on lists; where both stand on one, the one further on."""
    rows = database().scalars(
        select(Enrolment).where(Enrolment.person_id.in_((fact.kept_id, fact.merged_id)))
    )
    kept: dict[int, Enrolment] = {}
    merged: dict[int, Enrolment] = {}
    for row in rows:
        (kept if row.person_id == fact.kept_id else merged)[row.session_id] = row
    for session_id, row in merged.items():
        twin = kept.get(session_id)
        if twin is None:
            row.person_id = fact.kept_id
            continue
        if _ORDER.index(row.place) > _ORDER.index(twin.place):
            twin.place, twin.queued_at = row.place, row.queued_at
        database().delete(row)
    database().flush()
