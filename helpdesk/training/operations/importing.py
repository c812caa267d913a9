"""Attendance from a file: a test run that changes nothing, settled by hand, then recorded once.

The file itself is not kept: it is a list of persons. What its rows say is kept without telephone
numbers, and without any number that names a person elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from helpdesk.files.rules import kinds, packages, tables
from helpdesk.files.rules.kinds import Limits, Media
from helpdesk.kernel.actor import Actor, within
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.statements import changed
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.people.models import Appointment, Person
from helpdesk.privacy import rules as privacy
from helpdesk.training.access import range_of
from helpdesk.training.models.importing import ImportRow, ImportRun
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import keeping, marking
from helpdesk.training.operations.marking import WRITTEN, Entry
from helpdesk.training.queries import attendance
from helpdesk.training.queries.attendance import RecordView
from helpdesk.training.queries.audience import at_work
from helpdesk.training.rules import matching, sheets
from helpdesk.training.rules.attendance import THERE, Terms, Way
from helpdesk.training.rules.matching import Found, Known, Outcome
from helpdesk.training.rules.scanning import same_name, staff_no_key
from helpdesk.training.rules.sessions import Mode
from helpdesk.training.rules.sheets import Field, Line, NoHeading, Reading

_KEYS = 500
UNUSED_AFTER = timedelta(days=30)


class NotATable(RuleBroken):
    """A picture, a letter, ..."""

    sentence = N_("请上传 XLSX 或 CSV 表格。")


class AlreadyRecorded(Conflict):
    """The test run was confirmed before."""

    sentence = N_("这次导入已经登记过了，没有再登记一遍。")


class NotACandidate(RuleBroken):
    """Chosen was somebody the row does not offer."""

    sentence = N_("请从列出的人里选一位。")


class NumberAndNameDiffer(RuleBroken):
    """By hand a staff number needs the name of the row."""

    sentence = N_("没有这个工号，或者工号的主人不叫这个名字。请核对后重新填写，或者跳过这一行。")


@dataclass(frozen=True)
class Recorded:
    """What a confirmed import did."""

    recorded: int
    already: int


def read_file(*, name: str, data: bytes, session: Session, limits: Limits) -> Reading:
    """What a file says. Raises a FileRefused, NotATable, NoHeading, NoRows, TooManyRows."""
    kinds.check_name(name)
    shown = kinds.shown_name(name)
    media = kinds.recognise(name, data)
    kinds.check_size(name, media, len(data), limits)
    if media is Media.CSV:
        return sheets.read(tables.csv_table(shown, data).rows, session.held_on)
    if media is not Media.XLSX:
        raise NotATable
    packages.check(shown, data)
    refusal: RuleBroken = NoHeading()
    for sheet in tables.workbook(shown, data):
        try:
            return sheets.read(sheet.rows, session.held_on)
        except RuleBroken as found:
            # Tools put a cover sheet first: the one with the list speaks for the file.
            refusal = refusal if isinstance(found, NoHeading) else found
    raise refusal


def try_out(
    *,
    actor: Actor,
    session: Session,
    name: str,
    data: bytes,
    limits: Limits,
    once: str,
    now: datetime,
    online: bool | None = None,
) -> ImportRun:
    """Read a file and say whose every row is; nothing is recorded. `online` None: by the session.

    The same `once` again gives the same run. Raises what read_file raises.
    """
    done = database().scalar(select(ImportRun).where(ImportRun.once == once))
    if done is not None:
        return done
    reading = read_file(name=name, data=data, session=session, limits=limits)
    run = ImportRun(
        session_id=session.id,
        file_name=kinds.shown_name(name),
        sha256=hashlib.sha256(data).hexdigest(),
        online=_is_online(session, reading) if online is None else online,
        columns={field.value: heading for field, heading in reading.headings.items()},
        hidden=reading.hidden,
        created_at=now,
        by_person_id=actor.person_id,
        once=once,
    )
    database().add(run)
    database().flush()
    pairs = judged(session, reading, online=run.online)
    rows = [_row(run.id, number, *pair) for number, pair in enumerate(pairs, 1)]
    for start in range(0, len(rows), _KEYS):
        database().execute(insert(ImportRow), rows[start : start + _KEYS])
    return run


def _is_online(session: Session, reading: Reading) -> bool:
    measured = {Field.MINUTES, Field.PERCENT} & reading.headings.keys()
    spans = {Field.JOINED, Field.LEFT} <= reading.headings.keys()
    return session.mode is Mode.ONLINE or (session.mode is Mode.BOTH and bool(measured or spans))


def judged(session: Session, reading: Reading, *, online: bool) -> list[tuple[Line, Found]]:
    """Every line with its verdict; lines that are one person's, added up."""
    among = matching.index(_known(session, reading.lines))
    verdicts = {line: matching.match(line, among) for line in reading.lines}

    def person(line: Line) -> Hashable:
        found = verdicts[line]
        return found.person_id if found.outcome is Outcome.MATCHED else line.numbers

    lines = sheets.added_up(reading.lines, person)
    first = {line.numbers[0]: verdict for line, verdict in verdicts.items()}
    ids = [found.person_id for found in first.values() if found.person_id is not None]
    there = {
        person_id for start in range(0, len(ids), _KEYS)
        for person_id, record in keeping.locked(
            session.id, ids[start : start + _KEYS]
        ).items() if record.presence in THERE and not _may_go_on(record, online)
    }  # fmt: skip
    return [(line, _unless_there(first[line.numbers[0]], there)) for line in lines]


def _may_go_on(record: RecordView, online: bool) -> bool:
    """Is it of an earlier file of the same course? When it is recorded, the further one stays."""
    return online and record.online and record.way is Way.IMPORT


def _unless_there(found: Found, there: set[int]) -> Found:
    if found.outcome in (Outcome.MATCHED, Outcome.CHECK) and found.person_id in there:
        return Found(Outcome.RECORDED, found.person_id)
    return found


def _row(run_id: int, position: int, line: Line, found: Found) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "position": position,
        "lines": list(line.numbers),
        "staff_no": line.staff_no,
        "mobile": privacy.mask(line.mobile),
        "name": line.name,
        "body": line.body,
        "minutes": line.minutes,
        "percent": line.percent,
        "joined_at": line.joined_at,
        "outcome": found.outcome,
        "person_id": found.person_id,
        "candidates": list(found.candidates),
        "reason": found.reason,
    }


# --- who may be meant --------------------------------------------------------------------------


def _known(session: Session, lines: Sequence[Line]) -> list[Known]:
    """Persons with a number, telephone or name of the file, with their bodies on that day."""
    top = range_of(database().get_one(Body, session.organizer_id))
    rows: dict[int, Person] = {}
    for some in _batches({line.staff_no for line in lines if line.staff_no}):
        rows.update(_persons(Person.staff_no.in_(some)))
    for some in _batches({line.mobile for line in lines if line.mobile}):
        rows.update(_persons(Person.mobile.in_(some)))
    names = {line.name for line in lines if line.name}
    for some in _batches(names):
        rows.update(_persons(Person.name.in_(some)))
    places = _places(session, rows)
    listed = _listed(session)
    return [
        Known(
            person_id=person.id,
            staff_no=person.staff_no,
            mobile=person.mobile,
            name=person.name,
            bodies=tuple(name for name, _path in places.get(person.id, ())),
            in_range=person.id in listed
            or any(within(path, top) for _name, path in places.get(person.id, ())),
        )
        for person in rows.values()
    ]


def _batches(keys: Iterable[Any]) -> Iterable[list[Any]]:
    found = sorted(keys)
    return (found[start : start + _KEYS] for start in range(0, len(found), _KEYS))


def _persons(condition: Any) -> dict[int, Person]:
    query = select(Person).where(condition, Person.merged_into_id.is_(None))
    return {person.id: person for person in database().scalars(query)}


def _places(session: Session, person_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for some in _batches(person_ids):
        rows = database().execute(
            select(Appointment.person_id, Body.name, Body.path)
            .join(Body, Body.id == Appointment.body_id)
            .where(Appointment.person_id.in_(some), at_work(session.held_on))
        )
        for person_id, name, path in rows:
            found.setdefault(person_id, []).append((name, path))
    return found


def _listed(session: Session) -> frozenset[int]:
    query = select(Enrolment.person_id).where(Enrolment.session_id == session.id)
    return frozenset(database().scalars(query))


# --- by hand -----------------------------------------------------------------------------------


def choose(*, run: ImportRun, row: ImportRow, person_id: int) -> None:
    """One of the persons a row offers. Raises NotACandidate, AlreadyRecorded."""
    _still_open(run)
    if person_id not in (*row.candidates, row.person_id):
        raise NotACandidate
    person = database().get_one(Person, person_id)
    # Two records may have become one since the file was read.
    row.person_id, row.outcome = person.merged_into_id or person.id, Outcome.MATCHED
    database().flush()


def give_number(*, run: ImportRun, row: ImportRow, staff_no: str) -> None:
    """The staff number of the person of a row, whose name must be the row's, where it has one.

    Raises NumberAndNameDiffer, AlreadyRecorded.
    """
    _still_open(run)
    person = attendance.by_staff_no(staff_no_key(staff_no))
    if person is None or not row.name or not same_name(person.name, row.name):
        raise NumberAndNameDiffer
    row.person_id, row.outcome = person.id, Outcome.MATCHED
    database().flush()


def skip(*, run: ImportRun, row: ImportRow) -> None:
    """Leave a row out. Raises AlreadyRecorded."""
    _still_open(run)
    row.outcome = Outcome.SKIPPED
    database().flush()


def accept_all(*, run: ImportRun) -> int:
    """Everybody who was found by the name alone is the right one; answers how many."""
    _still_open(run)
    return changed(
        update(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.outcome == Outcome.CHECK)
        .values(outcome=Outcome.MATCHED)
    )


def _still_open(run: ImportRun) -> None:
    if run.confirmed_at is not None:
        raise AlreadyRecorded


def confirm(*, actor: Actor, session: Session, run: ImportRun, now: datetime) -> Recorded:
    """Record every matched row, all or nothing, once. Rows still open are left out.

    Raises AlreadyRecorded, and what marking.mark raises.
    """
    taken = update(ImportRun).where(ImportRun.id == run.id, ImportRun.confirmed_at.is_(None))
    if changed(taken.values(confirmed_at=now)) != 1:
        raise AlreadyRecorded
    database().refresh(run)
    rows = database().scalars(
        select(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.outcome == Outcome.MATCHED)
        .order_by(ImportRow.position)
    )
    entries = _entries(session, run, list(rows))
    done = marking.mark(actor=actor, session=session, entries=entries, now=now)
    recorded = sum(marked.result in WRITTEN for marked in done)
    return Recorded(recorded, len(done) - recorded)


def forget_unused(*, now: datetime) -> int:
    """Delete test runs that nobody confirmed for a month, with their rows; answers how many runs.

    Whoever stands in them may be no member of staff at all.
    """
    old = select(ImportRun.id).where(
        ImportRun.confirmed_at.is_(None), ImportRun.created_at < now - UNUSED_AFTER
    )
    changed(delete(ImportRow).where(ImportRow.run_id.in_(old)))
    return changed(delete(ImportRun).where(ImportRun.id.in_(old)))


def _entries(session: Session, run: ImportRun, rows: Sequence[ImportRow]) -> list[Entry]:
    """An entry for each person; two rows that were settled as one person are added up."""
    owners = {row.position: row.person_id for row in rows}
    lines = [
        Line((row.position,), minutes=row.minutes, percent=row.percent, joined_at=row.joined_at)
        for row in rows
    ]
    terms = Terms(
        session.minutes, session.share_percent, session.online_minutes, session.online_percent
    )
    entries = []
    for line in sheets.added_up(lines, lambda line: owners[line.numbers[0]]):
        presence, minutes, percent = matching.presence_of(
            line, terms, session.starts_at, online=run.online
        )
        person_id = owners[line.numbers[0]]
        assert person_id is not None, "a matched row has its person"
        entries.append(
            Entry(
                person_id, presence, Way.IMPORT, online=run.online, minutes=minutes,
                percent=percent, once=f"import-{run.id}", at=line.joined_at,
            )
        )  # fmt: skip
    return entries
