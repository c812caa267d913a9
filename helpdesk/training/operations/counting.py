"""The counters follow every change, in its own transaction (decision note 0010).

Each change is the difference between what the rows say now and what is counted: appointments by
person, and the class of each body by a locked row. Before the first count nothing is followed, and
readers take the rows themselves; so loading a whole country costs nothing here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, or_, select, union, update

from helpdesk.kernel.db import session
from helpdesk.kernel.paths import below
from helpdesk.organizations.events import BodyAdded, BodyEdited, BodyMoved, BodyStatusChanged
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Kind
from helpdesk.people.events import StaffChanged
from helpdesk.people.models import Appointment
from helpdesk.training.models.counting import CountedBody, CountedWork, Counting, Delta
from helpdesk.training.operations import gate
from helpdesk.training.queries.figures import NUMBERS
from helpdesk.training.queries.sources import places, used_by, works_of
from helpdesk.training.rules.coverage import (
    NAUGHT,
    Numbers,
    of_body,
    of_persons,
    plus,
    standing,
)
from helpdesk.training.rules.years import YearKind

_BATCH = 1000
_WORK = tuple(column.name for column in CountedWork.__table__.columns)
Moves = defaultdict[tuple[int, str], Numbers]


class State(NamedTuple):
    """Of which day and year the counters are, by which calendar."""

    day: date
    year: int
    kind: YearKind


class Standing(NamedTuple):
    """A body as it is counted: what of_body wants to know, and its persons."""

    body_id: int
    parent_id: int | None
    path: str
    kind: Kind
    tier: str
    office_id: int
    subsystems: str
    active: int
    trained: int


def state() -> State | None:
    """None before the first count."""
    row = (
        session()
        .execute(select(Counting.counted_on, Counting.year, Counting.year_kind))
        .one_or_none()
    )
    return State(*row) if row else None


# --- persons ---------------------------------------------------------------------------------


def follow_staff(fact: StaffChanged) -> None:
    """Persons joined, left, moved, went on leave or changed posts."""
    gate.pass_shared()
    if state() is None:
        return
    for some in batches(fact.person_ids):
        gate.hold_persons(some)
        count_persons(some)


def count_persons(person_ids: Sequence[int]) -> None:
    """Bring the counters in line for at most 1,000 persons, whom the caller holds at the gate."""
    of = state()
    if of is None:
        return
    moves: Moves = defaultdict(lambda: NAUGHT)
    _exchange(person_ids, of, moves)
    write(moves)


def _exchange(person_ids: Sequence[int], of: State, moves: Moves) -> None:
    """What is counted of these persons becomes what the rows say; `moves` takes the difference."""
    rows = works_of(of.day, of.year).where(Appointment.person_id.in_(person_ids))
    new = {row.appointment_id: row for row in session().execute(rows)}
    table = CountedWork.__table__
    stored = select(table).where(table.c.person_id.in_(person_ids))
    old = {row.appointment_id: row for row in session().execute(stored)}
    gone = {key for key, row in old.items() if not _same(row, new.get(key))}
    come = [row for key, row in new.items() if key in gone or key not in old]
    if not gone and not come:
        return
    _add(moves, of_persons(new.values()), 1)
    _add(moves, of_persons(old.values()), -1)
    _change_bodies(_in_bodies(new.values()), _in_bodies(old.values()), moves)
    if gone:
        session().execute(delete(CountedWork).where(CountedWork.appointment_id.in_(gone)))
    if come:
        values = [{name: getattr(row, name) for name in _WORK} for row in come]
        session().execute(insert(CountedWork), values)


def _same(old: Any, new: Any) -> bool:
    if new is None:
        return False
    for name in _WORK:
        one, other = getattr(old, name), getattr(new, name)
        if one != other and (
            name not in ("posts", "subsystems") or set(one.split()) != set(other.split())
        ):
            return False
    return True


def _in_bodies(works: Iterable[Any]) -> dict[int, tuple[int, int]]:
    """Persons and trained persons among these works, by body; bodies beside are no bodies here."""
    persons: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    for work in works:
        if not work.side:
            persons[work.body_id][work.person_id] = work.mode is not None
    return {body: (len(each), sum(each.values())) for body, each in persons.items()}


def _change_bodies(
    new: Mapping[int, tuple[int, int]], old: Mapping[int, tuple[int, int]], moves: Moves
) -> None:
    """Move the numbers of bodies by a difference, each under the lock of its row."""
    changed = {
        body_id: (now[0] - was[0], now[1] - was[1])
        for body_id in new.keys() | old.keys()
        if (now := new.get(body_id, (0, 0))) != (was := old.get(body_id, (0, 0)))
    }
    if not changed:
        return
    values = []
    for row in _stand(changed, lock=True):
        more, trained = changed[row.body_id]
        after = row._replace(active=row.active + more, trained=row.trained + trained)
        _reclass(row, after, moves)
        values.append(after)
    _save(values)


def _reclass(before: Standing, after: Standing, moves: Moves) -> None:
    _add(moves, of_body(before, before.active, before.trained), -1)
    _add(moves, of_body(after, after.active, after.trained), 1)


def _stand(body_ids: Iterable[int], *, lock: bool = False) -> list[Standing]:
    table = CountedBody.__table__
    chosen = select(*(table.c[name] for name in Standing._fields)).where(
        table.c.body_id.in_(body_ids)
    )
    if lock:
        chosen = chosen.order_by(table.c.body_id).with_for_update()
    return [Standing(*row) for row in session().execute(chosen)]


def _save(rows: Sequence[Standing]) -> None:
    if not rows:
        return
    table = CountedBody.__table__
    names = [name for name in Standing._fields if name != "body_id"]
    changes = update(CountedBody).where(table.c.body_id == bindparam("at"))
    changes = changes.values({name: bindparam(f"to_{name}") for name in (*names, "standing")})
    session().connection().execute(changes, [_renamed(row) for row in rows])


def _renamed(row: Standing) -> dict[str, Any]:
    values = {f"to_{name}": value for name, value in row._asdict().items() if name != "body_id"}
    return {"at": row.body_id, **values, "to_standing": standing(row.active, row.trained)}


# --- bodies ----------------------------------------------------------------------------------


def follow_added(fact: BodyAdded) -> None:
    """New bodies stand in the tree."""
    _follow(fact.body_ids)


def follow_edited(fact: BodyEdited) -> None:
    """A school uses other subsystems, perhaps."""
    _follow((fact.body_id,))


def follow_status(fact: BodyStatusChanged) -> None:
    """A body leaves all counts, or comes back."""
    _follow((fact.body_id,))


def follow_moved(fact: BodyMoved) -> None:
    """A body and all below it lie in the range of other offices."""
    gate.pass_alone()
    if state() is None:
        return
    _follow(session().scalars(select(Body.id).where(below(Body.path, fact.new_path))).all())


def _follow(body_ids: Collection[int]) -> None:
    gate.pass_alone()
    of = state()
    if of is None:
        return
    moves: Moves = defaultdict(lambda: NAUGHT)
    for some in batches(body_ids):
        count_bodies(some, of, moves)
    write(moves)


def count_bodies(body_ids: Sequence[int], of: State, moves: Moves) -> None:
    """Bring the counters in line for at most 1,000 bodies and their persons, alone at the gate.

    Bodies that come first, then persons, then bodies that go or change, so that a person always
    finds the body's row.
    """
    now = {row.body_id: row for row in _placed(body_ids, of)}
    known = {row.body_id for row in _stand(body_ids)}
    fresh = [row for body_id, row in now.items() if body_id not in known]
    for row in fresh:
        _add(moves, of_body(row, 0, 0), 1)
    if fresh:
        session().execute(
            insert(CountedBody), [{**row._asdict(), "standing": standing(0, 0)} for row in fresh]
        )
    for persons in batches(_persons_in(body_ids, of)):
        _exchange(persons, of, moves)
    _replace(body_ids, now, moves)


def _replace(body_ids: Sequence[int], now: Mapping[int, Standing], moves: Moves) -> None:
    gone, changed = [], []
    for row in _stand(body_ids):
        new = now.get(row.body_id)
        if new is None:
            _add(moves, of_body(row, row.active, row.trained), -1)
            gone.append(row.body_id)
        elif (after := new._replace(active=row.active, trained=row.trained)) != row:
            _reclass(row, after, moves)
            changed.append(after)
    _save(changed)
    if gone:
        session().execute(delete(CountedBody).where(CountedBody.body_id.in_(gone)))


def _placed(body_ids: Sequence[int], of: State) -> list[Standing]:
    place = places(of.day).where(Body.id.in_(body_ids)).subquery()
    rows = session().execute(
        select(
            place.c.body_id, place.c.parent_id, place.c.path, place.c.kind, place.c.tier,
            place.c.office_id, func.coalesce(used_by(place.c.body_id), ""),
        ).where(~place.c.side)
    )  # fmt: skip
    return [Standing._make((*row, 0, 0)) for row in rows]


def _persons_in(body_ids: Sequence[int], of: State) -> Sequence[int]:
    present = or_(Appointment.left_on.is_(None), Appointment.left_on > of.day)
    return (
        session()
        .scalars(
            union(
                select(CountedWork.person_id).where(CountedWork.body_id.in_(body_ids)),
                select(Appointment.person_id).where(Appointment.body_id.in_(body_ids), present),
            )
        )
        .all()
    )


# --- deltas ----------------------------------------------------------------------------------


def _add(moves: Moves, added: Mapping[tuple[int, str], Numbers], times: int) -> None:
    for key, numbers in added.items():
        moves[key] = plus(moves[key], numbers, times)


def write(moves: Moves) -> None:
    """Write what moved as deltas."""
    rows = [
        {"node_id": node, "facet": facet, **dict(zip(NUMBERS, numbers, strict=True))}
        for (node, facet), numbers in moves.items()
        if any(numbers)
    ]
    if rows:
        session().execute(insert(Delta), rows)


def batches(ids: Iterable[int]) -> Iterable[list[int]]:
    """The ids in order, 1,000 at a time."""
    found = sorted(set(ids))
    return (found[start : start + _BATCH] for start in range(0, len(found), _BATCH))
