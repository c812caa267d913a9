"""The counters as a whole: folded, brought to the day, rebuilt from the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, insert, or_, select, union
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import is_empty
from helpdesk.people.models import Appointment
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.counting import (
    CountedBody,
    CountedWork,
    Counter,
    Counting,
    Delta,
)
from helpdesk.training.operations import closing, counting, crediting, gate
from helpdesk.training.operations.counting import State
from helpdesk.training.queries import figures, years
from helpdesk.training.queries.figures import NUMBERS
from helpdesk.training.queries.sources import counted, of_rows
from helpdesk.training.rules.coverage import NAUGHT, Numbers, plus
from helpdesk.training.rules.years import year_of

FOLD_AT_ONCE = 5000


class Drift(NamedTuple):
    """A figure that did not say what the rows say; the numbers in the order of NUMBERS."""

    node_id: int
    facet: str
    stored: Numbers
    true: Numbers


# --- folding ---------------------------------------------------------------------------------


def fold(*, limit: int = FOLD_AT_ONCE) -> int:
    """Add at most `limit` open deltas to the counters: how many. Any number of processes may fold
    at once: each takes rows nobody else holds, and adds in the order of the keys."""
    chosen = select(Delta.id).order_by(Delta.id).limit(limit).with_for_update(skip_locked=True)
    ids = session().scalars(chosen).all()
    if not ids:
        return 0
    taken = (
        delete(Delta)
        .where(Delta.id.in_(ids))
        .returning(Delta.node_id, Delta.facet, *(getattr(Delta, name) for name in NUMBERS))
    )
    sums: defaultdict[tuple[int, str], Numbers] = defaultdict(lambda: NAUGHT)
    number = 0
    for row in session().execute(taken.execution_options(synchronize_session=False)):
        sums[row[0], row[1]] = plus(sums[row[0], row[1]], tuple(row[2:]))
        number += 1
    _raise([(key, sums[key]) for key in sorted(sums) if any(sums[key])])
    return number


def _raise(added: Iterable[tuple[tuple[int, str], Numbers]]) -> None:
    rows = [
        {"node_id": node, "facet": facet, **dict(zip(NUMBERS, numbers, strict=True))}
        for (node, facet), numbers in added
    ]
    if not rows:
        return
    upsert = _insert()(Counter.__table__)
    both = {name: Counter.__table__.c[name] + upsert.excluded[name] for name in NUMBERS}
    key = ["node_id", "facet"]
    session().connection().execute(
        upsert.on_conflict_do_update(index_elements=key, set_=both), rows
    )


def _insert() -> Any:
    on_sqlite = session().get_bind().dialect.name == "sqlite"
    return sqlite.insert if on_sqlite else postgresql.insert


# --- the day ---------------------------------------------------------------------------------


def turn_day(now: datetime) -> bool:
    """Bring the counters to today: appointments that began or ended, bodies and trainings whose day
    has come. A new year, in which nobody is trained yet, another calendar of years, and the first
    count start from the rows.
    True where something was to be done."""
    to = _today(now)
    if counting.state() == to:
        return False
    gate.pass_alone()
    of = counting.state()
    if of == to:
        return False
    if of is None and is_empty():
        return False  # what a whole country is loaded into is counted once, when it is there
    if of is not None and of.kind != to.kind:
        closing.forget_curves()
        crediting.settle_everybody(now=now)
    if of is None or (of.year, of.kind) != (to.year, to.kind) or of.day > to.day:
        _rebuild(to)
    else:
        _turn(of, to)
    return True


def _today(now: datetime) -> State:
    kind, today = years.kind(), shanghai_date(now)
    return State(today, year_of(today, kind).label, kind)


def _turn(of: State, to: State) -> None:
    _keep(to)
    moves: counting.Moves = defaultdict(lambda: NAUGHT)
    bodies = select(Body.id).where(Body.status_since > of.day, Body.status_since <= to.day)
    for some in counting.batches(session().scalars(bodies)):
        counting.count_bodies(some, to, moves)
    counting.write(moves)
    for some in counting.batches(session().scalars(_whose_day_came(of.day, to))):
        counting.count_persons(some)


def _whose_day_came(day: date, to: State) -> Any:
    joined = and_(Appointment.joined_on > day, Appointment.joined_on <= to.day)
    left = and_(Appointment.left_on > day, Appointment.left_on <= to.day)
    return union(
        select(Appointment.person_id).where(or_(joined, left)),
        select(Trained.person_id).where(
            Trained.year == to.year, Trained.trained_on > day, Trained.trained_on <= to.day
        ),
    )


def _keep(to: State) -> None:
    session().execute(delete(Counting))
    session().execute(
        insert(Counting).values(id=1, counted_on=to.day, year=to.year, year_kind=to.kind)
    )


# --- a new count -----------------------------------------------------------------------------


def recount(now: datetime) -> tuple[Drift, ...]:
    """Count everything anew from the rows, and say where the counters were wrong: nowhere, if all
    is well. Counters of an earlier day are brought to today first."""
    gate.pass_alone()
    to = _today(now)
    of = counting.state()
    if of is None:
        _rebuild(to)
        return ()
    turn_day(now)
    before = figures.from_counters(None)
    _rebuild(to)
    true = figures.from_counters(None)
    return tuple(
        Drift(*key, before.get(key, NAUGHT), true.get(key, NAUGHT))
        for key in sorted(before.keys() | true.keys())
        if before.get(key, NAUGHT) != true.get(key, NAUGHT)
    )


def _rebuild(to: State) -> None:
    gate.make_room()
    for table in (CountedWork, CountedBody, Counter, Delta):
        session().execute(delete(table))
    _keep(to)
    source = of_rows(to.day, to.year, to.day)
    for table, rows in ((CountedWork, source.works), (CountedBody, source.bodies)):
        names = [column.name for column in table.__table__.columns]
        fill = select(*(rows.c[name] for name in names))
        session().execute(insert(table).from_select(names, fill))
    names = ["node_id", "facet", *NUMBERS]
    session().execute(insert(Counter).from_select(names, figures.added_up(counted())))
    session().expire_all()
