"""Test runs of imports and their rows, for pages and the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import NotFound
from helpdesk.training.models.importing import ImportRow, ImportRun
from helpdesk.training.models.sessions import Session
from helpdesk.training.queries.attendance import Somebody, somebodies
from helpdesk.training.rules.matching import Outcome
from helpdesk.training.rules.sheets import Field

# Rows that keep an import from saying everything.
OPEN = (Outcome.BAD, Outcome.AMBIGUOUS, Outcome.UNKNOWN, Outcome.CHECK)


@dataclass(frozen=True)
class RowView:
    """A row of a run. `person`: whose it is; `candidates`: among whom to choose."""

    position: int
    lines: tuple[int, ...]
    staff_no: str
    mobile: str
    name: str
    body: str
    minutes: int | None
    percent: int | None
    outcome: Outcome
    reason: str
    person: Somebody | None
    candidates: tuple[Somebody, ...]


@dataclass(frozen=True)
class RunView:
    """A test run with all its rows."""

    id: int
    file_name: str
    online: bool
    columns: Mapping[Field, str]
    hidden: int
    created_at: datetime
    confirmed_at: datetime | None
    rows: tuple[RowView, ...]

    def of(self, outcome: str) -> Sequence[RowView]:
        """The rows with this outcome."""
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many rows have each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}


@dataclass(frozen=True)
class RunLine:
    """A run in the list of a session."""

    id: int
    file_name: str
    created_at: datetime
    confirmed_at: datetime | None


def run(session: Session, run_id: int) -> ImportRun:
    """The row of a run. NotFound unless it belongs to this session."""
    found = database().get(ImportRun, run_id)
    if found is None or found.session_id != session.id:
        raise NotFound
    return found


def row(run: ImportRun, position: int | None) -> ImportRow:
    """A row of a run. NotFound."""
    found = database().scalar(
        select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.position == position)
    )
    if found is None:
        raise NotFound
    return found


def shown(session: Session, found: ImportRun) -> RunView:
    """A run with its rows and the persons they are about. Three statements."""
    rows = (
        database()
        .scalars(select(ImportRow).where(ImportRow.run_id == found.id).order_by(ImportRow.position))
        .all()
    )
    ids = {row.person_id for row in rows if row.person_id is not None}
    ids |= {person_id for row in rows for person_id in row.candidates}
    people: dict[int, Somebody] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        people.update(somebodies(session, ordered[start : start + 500]))
    return RunView(
        id=found.id,
        file_name=found.file_name,
        online=found.online,
        columns={Field(key): heading for key, heading in found.columns.items()},
        hidden=found.hidden,
        created_at=found.created_at,
        confirmed_at=found.confirmed_at,
        rows=tuple(_row(row, people) for row in rows),
    )


def _row(row: ImportRow, people: Mapping[int, Somebody]) -> RowView:
    return RowView(
        position=row.position,
        lines=tuple(row.lines),
        staff_no=row.staff_no,
        mobile=row.mobile,
        name=row.name,
        body=row.body,
        minutes=row.minutes,
        percent=row.percent,
        outcome=row.outcome,
        reason=row.reason,
        person=people.get(row.person_id) if row.person_id else None,
        candidates=tuple(people[i] for i in row.candidates if i in people),
    )


def runs(session: Session) -> tuple[RunLine, ...]:
    """The newest twenty runs of a session."""
    rows = database().scalars(
        select(ImportRun)
        .where(ImportRun.session_id == session.id)
        .order_by(ImportRun.id.desc())
        .limit(20)
    )
    return tuple(RunLine(r.id, r.file_name, r.created_at, r.confirmed_at) for r in rows)
