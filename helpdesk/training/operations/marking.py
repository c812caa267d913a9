"""Attendance is written here, whichever way it came: telephone, desk, file, or online completion.

One record per person and session: the database judges who was first, and a change names the
version it has seen. Every act leaves a row of history; the token of a click makes it happen once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, insert, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.people.events import PersonsMerged
from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import crediting, keeping, merging, planning, seats
from helpdesk.training.operations.acts import Click
from helpdesk.training.queries.attendance import RecordView, bodies_then
from helpdesk.training.rules.attendance import THERE, Flag, Presence, Way
from helpdesk.training.rules.scanning import DOORS_OPEN
from helpdesk.training.rules.sessions import State

_BATCH = 500


class NotOpenYet(RuleBroken):
    """Nobody is invited yet."""

    sentence = N_("这期培训还没有开放，不能登记出勤。请先在培训班页面开放报名。")


class TooEarly(RuleBroken):
    """The session begins later."""

    sentence = N_("这期培训北京时间%(when)s开始，开始前2小时内才能登记出勤。")


class SessionWasCancelled(RuleBroken):
    """It will not be held."""

    sentence = N_("这期培训已取消，不能登记出勤。")


@dataclass(frozen=True)
class Entry:
    """What is to be recorded of one person.

    `seen`: the version that was on the screen (0: no record); None: telephone and file, which never
    change a record of somebody who was there; only a later file of a course goes on with an
    earlier. `once`: token of the click. `at`: when the person came, if not now.
    """

    person_id: int
    presence: Presence
    way: Way
    online: bool = False
    minutes: int | None = None
    percent: int | None = None
    flag: Flag | None = None
    once: str | None = None
    at: datetime | None = None
    seen: int | None = None


class Result(StrEnum):
    """What became of an entry."""

    RECORDED = "recorded"
    CHANGED = "changed"
    ALREADY = "already"  # it stands there like that, or this very click was done before
    STALE = "stale"  # changed by somebody else, or the session is over; nothing was written


WRITTEN = frozenset({Result.RECORDED, Result.CHANGED})


@dataclass(frozen=True)
class Marked:
    """What became of it, and the record as it stands now."""

    result: Result
    record: RecordView


def mark(
    *, actor: Actor, session: Session, entries: Sequence[Entry], now: datetime
) -> tuple[Marked, ...]:
    """Record attendance of some persons, in the order of `entries`, one entry per person.

    The first mark starts an open session. The same number of statements for one and for hundreds.
    Raises NotOpenYet, TooEarly, SessionWasCancelled.
    """
    be_running(actor, session, now)
    # Two files with the same people in another order wait for each other, not in a circle.
    ordered = sorted(entries, key=lambda entry: entry.person_id)
    done: dict[int, Marked] = {}
    for start in range(0, len(ordered), _BATCH):
        some = _mark(actor, session, ordered[start : start + _BATCH], now)
        done.update({marked.record.person_id: marked for marked in some})
    touched = {person_id for person_id, marked in done.items() if marked.result in WRITTEN}
    if touched:
        crediting.settle(touched, now=now)
    return tuple(done[entry.person_id] for entry in entries)


def be_running(actor: Actor, session: Session, now: datetime) -> None:
    """Attendance may be written: the session is held, or begins with this act.

    Its row is the first lock of everybody who writes attendance: shared by desks that work side by
    side, alone for the one that starts it. Two desks with one person then never wait for each other
    in a circle.
    """
    check_open(session, now)
    if session.state is State.OPEN:
        seats.lock(session)
        if session.state is State.OPEN:
            planning.start(session=session, click=Click(actor, now))
    elif database().scalar(_shared(session)) is not session.state:
        database().refresh(session)
    check_open(session, now)


def _shared(session: Session) -> Select[State]:
    return select(Session.state).where(Session.id == session.id).with_for_update(read=True)


def check_open(session: Session, now: datetime) -> None:
    """Raises NotOpenYet, TooEarly, SessionWasCancelled."""
    if session.state is State.CANCELLED:
        raise SessionWasCancelled
    if session.state is State.PLANNED:
        raise NotOpenYet
    # Also where somebody has pressed the button of the beginning, or of the end, weeks before.
    if now < session.starts_at - DOORS_OPEN:
        raise TooEarly(when=f"{in_shanghai(session.starts_at):%Y-%m-%d %H:%M}")


def _mark(
    actor: Actor, session: Session, entries: Sequence[Entry], now: datetime
) -> Iterable[Marked]:
    known = keeping.locked(session.id, [entry.person_id for entry in entries])
    fresh = [entry for entry in entries if entry.person_id not in known]
    written = _insert(actor, session, fresh, now) if fresh else {}
    late = [entry.person_id for entry in fresh if entry.person_id not in written]
    if late:
        # Another desk was faster between our look and our writing.
        known |= keeping.locked(session.id, late)
    # Asked when the records are ours: whoever sent the same click before has finished.
    used = _used(session.id, [entry for entry in entries if entry.person_id in known])
    log: list[dict[str, Any]] = []
    done = []
    for entry in entries:
        once = keeping.token(session.id, entry.person_id, entry.once)
        before = known.get(entry.person_id)
        if before is None:
            marked = Marked(Result.RECORDED, written[entry.person_id])
        else:
            repeated = bool(once) and once in used
            marked = _judged(
                actor, entry, before, now, repeated, over=session.state is State.CLOSED
            )
        if marked.result in WRITTEN:
            log.append(keeping.line(actor, before, marked.record, now=now, once=once))
        done.append(marked)
    if log:
        database().execute(insert(AttendanceChange), log)
    return done


def _used(session_id: int, entries: Sequence[Entry]) -> set[str | None]:
    tokens = [keeping.token(session_id, entry.person_id, entry.once) for entry in entries]
    tokens = [token for token in tokens if token]
    if not tokens:
        return set()
    query = select(AttendanceChange.once).where(AttendanceChange.once.in_(tokens))
    return set(database().scalars(query))


def _insert(
    actor: Actor, session: Session, entries: Sequence[Entry], now: datetime
) -> dict[int, RecordView]:
    bodies = bodies_then(session, [entry.person_id for entry in entries])
    made = {entry.person_id: _record(actor, session.id, entry, now) for entry in entries}
    values = [
        {**asdict(record), "body_id": bodies.get(person_id)} for person_id, record in made.items()
    ]
    statement = insert_once(Attendance).returning(Attendance.person_id)
    return {person_id: made[person_id] for person_id in database().scalars(statement, values)}


def _record(
    actor: Actor, session_id: int, entry: Entry, now: datetime, version: int = 1
) -> RecordView:
    return RecordView(
        session_id=session_id,
        person_id=entry.person_id,
        presence=entry.presence,
        way=entry.way,
        online=entry.online,
        minutes=entry.minutes,
        percent=entry.percent,
        flag=entry.flag,
        at=entry.at or now,
        by_person_id=actor.person_id,
        version=version,
    )


def _judged(
    actor: Actor, entry: Entry, before: RecordView, now: datetime, repeated: bool, *, over: bool
) -> Marked:
    if repeated or _says_the_same(entry, before):
        return Marked(Result.ALREADY, before)
    if entry.seen is None and before.presence in THERE and not _goes_on(entry, before):
        return Marked(Result.ALREADY, before)
    # What stands when a session is over is changed by a correction alone, which says why.
    if entry.seen is not None and (over or entry.seen != before.version):
        return Marked(Result.STALE, before)
    if entry.way is Way.QR and entry.flag is None:
        entry = replace(entry, flag=Flag.AGAIN)
    after = _record(actor, before.session_id, entry, now, before.version + 1)
    if not keeping.replaced(before, after):
        return Marked(Result.STALE, before)
    return Marked(Result.CHANGED, after)


def _goes_on(entry: Entry, before: RecordView) -> bool:
    """Does a later file say that somebody came further in a course than an earlier file knew?"""
    courses = entry.online and before.online and entry.way is before.way is Way.IMPORT
    was, now = _progress(before), _progress(entry)
    return courses and now != was and all(a <= b for a, b in zip(was, now, strict=True))


def _progress(of: Entry | RecordView) -> tuple[int, int]:
    return of.minutes or 0, of.percent or 0


def _says_the_same(entry: Entry, before: RecordView) -> bool:
    said = (entry.presence, entry.online, entry.minutes, entry.percent)
    stands = (before.presence, before.online, before.minutes, before.percent)
    # A coordinator's mark on a flagged record is an answer to the flag.
    return said == stands and (before.flag is None or entry.way is Way.QR)


def follow_merge(fact: PersonsMerged) -> None:
    """Attendance and places on lists move to the person who is kept.

    Where both were at one session the better record stays, and its history names the other.
    """
    merging.move_records(fact)
    merging.move_places(fact)
