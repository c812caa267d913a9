"""Who is to be reminded, by whose settings, and which orders there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, literal, or_, select, tuple_

from helpdesk.kernel import paging
from helpdesk.kernel.db import session
from helpdesk.kernel.paths import below
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import AID_OFFICES, BodyStatus, Kind
from helpdesk.settings import queries as settings
from helpdesk.settings.models import Value
from helpdesk.settings.rules import Key
from helpdesk.training.models.counting import CountedBody, CountedWork, Counting
from helpdesk.training.models.reminding import ReminderOrder
from helpdesk.training.rules.coverage import Standing
from helpdesk.training.rules.reminding import OrderKind, Plan
from helpdesk.workdays.rules import NATIONAL

PLAN_KEYS: Final = (Key.REMINDERS, Key.REMIND_MONTHLY_FROM, Key.REMIND_WEEKLY_FROM)
_TOP_KINDS: Final = (Kind.PROVINCE_AID, Kind.CENTRAL_HEI)


class Top(NamedTuple):
    """A part of the tree that gets its own order: a province or a central university."""

    body_id: int
    path: str
    region: str


class Candidate(NamedTuple):
    """Somebody not trained, in one body."""

    person_id: int
    path: str


class Lacking(NamedTuple):
    """A body where not everybody is trained."""

    body_id: int
    path: str
    active: int
    trained: int


class Office(NamedTuple):
    """An aid office of a node."""

    body_id: int
    path: str


@dataclass(frozen=True)
class OrderView:
    """An order as a page shows it; `finished_at` None: still under way."""

    id: int
    kind: OrderKind
    day: date
    told: int
    ordered_by: int | None
    ordered_at: datetime
    finished_at: datetime | None


def plans(paths: Collection[str]) -> dict[str, Plan]:
    """What the settings of these nodes say (one query)."""
    found = settings.values_along(PLAN_KEYS, paths)
    return {path: Plan(*(values[key] for key in PLAN_KEYS)) for path, values in found.items()}


def loosest_plan() -> Plan:
    """The earliest months that any node has set: before them nobody at all is reminded."""
    rows = session().execute(
        select(Value.key, Value.value).where(Value.key.in_([key.name for key in PLAN_KEYS[1:]]))
    )
    earliest = {key.name: key.default for key in PLAN_KEYS[1:]}
    for name, written in rows:
        earliest[name] = min(earliest[name], int(written))
    return Plan(True, *earliest.values())


def tops() -> tuple[Top, ...]:
    """The active provinces and central universities."""
    rows = session().execute(
        select(Body.id, Body.path, Body.province_code)
        .where(
            Body.parent_id.is_(None),
            Body.kind.in_(_TOP_KINDS),
            Body.status == BodyStatus.ACTIVE,
        )
        .order_by(Body.path)
    )
    return tuple(Top(body_id, path, code or NATIONAL) for body_id, path, code in rows)


def counted_year() -> int | None:
    """The year of which the counters are; None before the first count."""
    return session().scalar(select(Counting.year))


def counted_for(day: date, label: int) -> bool:
    """Are the counters of this very day and year?"""
    found = session().execute(select(Counting.counted_on, Counting.year)).one_or_none()
    return found is not None and tuple(found) == (day, label)


def untrained(
    path: str, day: date, *, after: str | None, size: int
) -> tuple[tuple[Candidate, ...], str | None]:
    """Who is not trained and not on leave on `day`, in the order of the tree; the next cursor."""
    query = (
        select(CountedWork.person_id, CountedWork.path, CountedWork.appointment_id)
        .where(
            below(CountedWork.path, path),
            CountedWork.trained_on.is_(None),
            CountedWork.side.is_(False),
            at_work(day),
        )
        .order_by(CountedWork.path, CountedWork.appointment_id)
    )
    keys = (CountedWork.path, CountedWork.appointment_id)
    rows = session().execute(_from(query, keys, (str, int), after).limit(size + 1)).all()
    page = paging.page_of(rows, size, lambda r: (r[1], r[2]), lambda r: Candidate(r[0], r[1]))
    return tuple(page.rows), page.next


def at_work(day: date) -> ColumnElement[bool]:
    """Condition on CountedWork: not on leave on this day."""
    return or_(
        CountedWork.on_leave_since.is_(None),
        CountedWork.on_leave_since > day,
        CountedWork.on_leave_until < day,
    )


def lacking(path: str, *, after: str | None, size: int) -> tuple[tuple[Lacking, ...], str | None]:
    """Bodies below a node where somebody is not trained, in the order of the tree."""
    columns = (CountedBody.body_id, CountedBody.path, CountedBody.active, CountedBody.trained)
    query = (
        select(*columns)
        .where(
            below(CountedBody.path, path),
            CountedBody.standing.in_((Standing.NONE_TRAINED, Standing.SOME_TRAINED)),
        )
        .order_by(CountedBody.path)
    )
    rows = session().execute(_from(query, (CountedBody.path,), (str,), after).limit(size + 1)).all()
    page = paging.page_of(rows, size, lambda r: (r[1],), lambda r: Lacking(*r))
    return tuple(page.rows), page.next


def offices(path: str, *, after: str | None, size: int) -> tuple[tuple[Office, ...], str | None]:
    """Active aid offices of a node, in the order of the tree."""
    query = (
        select(Body.id, Body.path)
        .where(below(Body.path, path), Body.kind.in_(AID_OFFICES), Body.status == BodyStatus.ACTIVE)
        .order_by(Body.path)
    )
    rows = session().execute(_from(query, (Body.path,), (str,), after).limit(size + 1)).all()
    page = paging.page_of(rows, size, lambda r: (r[1],), lambda r: Office(*r))
    return tuple(page.rows), page.next


def _from(
    query: Select[*tuple[Any, ...]],
    keys: tuple[Any, ...],
    kinds: tuple[type, ...],
    after: str | None,
) -> Select[*tuple[Any, ...]]:
    if not after:
        return query
    last = paging.decode(after, kinds)
    if len(keys) == 1:
        return query.where(keys[0] > last[0])
    return query.where(tuple_(*keys) > tuple_(*(literal(value) for value in last)))


def open_orders(after_id: int = 0) -> Iterable[int]:
    """Orders that are not finished, the oldest first."""
    return session().scalars(
        select(ReminderOrder.id)
        .where(ReminderOrder.finished_at.is_(None), ReminderOrder.id > after_id)
        .order_by(ReminderOrder.id)
    )


def keys_of(day: date) -> frozenset[str]:
    """Keys of the orders that the plan has given for this day."""
    rows = session().scalars(
        select(ReminderOrder.key).where(
            ReminderOrder.day == day, ReminderOrder.kind == OrderKind.PLANNED
        )
    )
    return frozenset(rows)


def newest_by_hand(body_id: int | None, year: int) -> OrderView | None:
    """The last order given by hand for a node (None: the whole country) and year."""
    names = OrderView.__dataclass_fields__
    row = (
        session()
        .execute(
            select(*(getattr(ReminderOrder, name) for name in names))
            .where(
                ReminderOrder.body_id == body_id,
                ReminderOrder.year == year,
                ReminderOrder.kind == OrderKind.BY_HAND,
            )
            .order_by(ReminderOrder.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return None if row is None else OrderView(*row)
