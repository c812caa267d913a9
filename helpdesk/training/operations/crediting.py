"""Who is trained: the rows of `Trained` follow from attendance, and only from attendance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from helpdesk.kernel.db import session
from helpdesk.people.events import PersonsMerged
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.sessions import Series, Session
from helpdesk.training.operations import certifying, counting, gate
from helpdesk.training.queries import quizzes, years
from helpdesk.training.rules.attendance import Record, Terms
from helpdesk.training.rules.credit import Calendar, Seen, Training, checks_asked, trainings
from helpdesk.training.rules.years import TrainingYear

_BATCH = 1000
_Key = tuple[int, int]  # person, year


def settle(person_ids: Collection[int], *, now: datetime) -> None:
    """Bring who is trained in line with attendance for these persons, in this transaction.

    To be called after any change that may change it: a record, the state, terms or series of a
    session, a check passed. A constant number of statements for every 1,000 persons. What changes
    in a closed year is marked on the row (`corrected_at`, `void`); its figures stay.
    """
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), _BATCH):
        _settle(ids[start : start + _BATCH], now)


def settle_everybody(*, now: datetime) -> None:
    """The same for whoever was at any session: the calendar of training years has changed."""
    settle(session().scalars(select(Attendance.person_id).distinct()).all(), now=now)


def _settle(ids: Sequence[int], now: datetime) -> None:
    gate.pass_shared()
    _hold_sessions(ids)
    gate.hold_persons(ids)
    calendar, closed = years.calendar()
    seen = _seen(ids)
    passed = _passed(seen, calendar)
    found = {
        (person_id, training.year): training
        for person_id, mine in seen.items()
        for training in trainings(mine, calendar, passed[person_id]).values()
    }
    _write(ids, found, closed, now)
    counting.count_persons(ids)
    certifying.follow_training(ids, now=now)


def _hold_sessions(ids: Collection[int]) -> None:
    # Whoever cancels a session changes its row, then settles those who attended: a record written
    # at the same moment must not be judged by the state of before.
    session().execute(
        select(Session.id)
        .where(Session.id.in_(select(Attendance.session_id).where(Attendance.person_id.in_(ids))))
        .order_by(Session.id)
        .with_for_update(read=True)
    ).all()


def _seen(ids: Collection[int]) -> dict[int, list[Seen]]:
    rows = session().execute(
        select(
            Attendance.person_id, Attendance.presence, Attendance.online, Attendance.minutes,
            Attendance.percent, Attendance.flag, Session.id, Session.held_on, Session.state,
            Session.minutes.label("length"), Session.share_percent, Session.online_minutes,
            Session.online_percent, Session.check_required, Session.quiz, Session.series_id,
            Series.needed,
        )
        .join(Session, Session.id == Attendance.session_id)
        .outerjoin(Series, Series.id == Session.series_id)
        .where(Attendance.person_id.in_(ids))
    )  # fmt: skip
    found: defaultdict[int, list[Seen]] = defaultdict(list)
    for row in rows:
        record = Record(row.presence, row.online, row.minutes, row.percent, row.flag is not None)
        terms = Terms(row.length, row.share_percent, row.online_minutes, row.online_percent)
        found[row.person_id].append(
            Seen(
                session_id=row.id,
                held_on=row.held_on,
                state=row.state,
                record=record,
                terms=terms,
                quiz=row.quiz if row.check_required else "",
                series_id=row.series_id,
                needed=row.needed or 1,
            )
        )
    return found


def _passed(
    seen: Mapping[int, list[Seen]], calendar: Calendar
) -> Mapping[int, set[tuple[str, int]]]:
    """Checks passed by the last day of the year, by person. A statement for each pool and year."""
    asked: defaultdict[tuple[str, TrainingYear], list[int]] = defaultdict(list)
    for person_id, mine in seen.items():
        for pair in checks_asked(mine, calendar):
            asked[pair].append(person_id)
    found: defaultdict[int, set[tuple[str, int]]] = defaultdict(set)
    for (pool, of), ids in asked.items():
        for person_id in quizzes.passed(ids, pool, of.first, of.last):
            found[person_id].add((pool, of.label))
    return found


def _write(
    ids: Collection[int], found: Mapping[_Key, Training], closed: Collection[int], now: datetime
) -> None:
    rows = session().scalars(
        select(Trained).where(Trained.person_id.in_(ids)).execution_options(populate_existing=True)
    )
    stored = {(row.person_id, row.year): row for row in rows}
    for key, row in stored.items():
        _correct(row, found.get(key), late=row.year in closed, now=now)
    fresh = [
        {
            "person_id": person_id,
            "year": training.year,
            "trained_on": training.trained_on,
            "mode": training.mode,
            "session_id": training.session_id,
            "corrected_at": now if training.year in closed else None,
            "void": False,
        }
        for (person_id, _year), training in found.items()
        if (person_id, training.year) not in stored
    ]
    session().flush()
    if fresh:
        session().execute(insert(Trained), fresh)


def _correct(row: Trained, training: Training | None, *, late: bool, now: datetime) -> None:
    if training is None:
        if not late:
            session().delete(row)
        elif not row.void:
            row.void, row.corrected_at = True, now
        return
    new = (training.trained_on, training.mode, training.session_id, False)
    if (row.trained_on, row.mode, row.session_id, row.void) != new:
        row.trained_on, row.mode, row.session_id, row.void = new
        row.corrected_at = now if late else None


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person, whose attendance lies with the kept one by now: so does what
    was credited for it, before anything is worked out anew and would look like a correction."""
    gate.pass_shared()
    theirs = select(Trained.year).where(Trained.person_id == fact.kept_id)
    kept = session().scalars(theirs).all()
    session().execute(
        update(Trained)
        .where(Trained.person_id == fact.merged_id, Trained.year.not_in(kept))
        .values(person_id=fact.kept_id)
        .execution_options(synchronize_session=False)
    )
    session().expire_all()
    settle((fact.kept_id, fact.merged_id), now=fact.at)
