"""Reminding who is not trained: orders by the plan and by hand, carried out piece by piece.

A request only writes an order down. The job carries it out in short transactions, each of which
tells one piece of the tree and writes how far it has come: a crash goes on where it stopped, any
number of processes may run, and the key of each message keeps everybody from being told twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import update

from helpdesk.kernel import events
from helpdesk.kernel.actor import ROOT_PATH, SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.events import BodiesReminded, OfficesReminded, PersonsReminded
from helpdesk.training.models.reminding import ReminderOrder
from helpdesk.training.queries import figures, years
from helpdesk.training.queries import reminding as queries
from helpdesk.training.queries.reminding import Top
from helpdesk.training.rules import reminding as rules
from helpdesk.training.rules.reminding import OrderKind, Stage, Tally, Turn
from helpdesk.training.rules.years import TrainingYear
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import UnknownYear

log = logging.getLogger(__name__)

PERSONS_AT_ONCE: Final = 500
BODIES_AT_ONCE: Final = 150
OFFICES_AT_ONCE: Final = 150


@dataclass(frozen=True)
class Done:
    """What one run did: orders given by the plan, pieces told, orders on which it failed."""

    given: int
    pieces: int
    failed: int


# --- giving orders -------------------------------------------------------------------------------


def order(*, actor: Actor, body: BodyView | None, label: int, now: datetime) -> None:
    """Remind everybody below `body` (None: the whole country) who is not trained this year.

    Raises NobodyToRemind for another year than the present one, RemindedToday for a second order
    for the same node on one day.
    """
    today = shanghai_date(now)
    present = years.current(now)
    path = body.path if body else ROOT_PATH
    waiting, _next = queries.untrained(path, today, after=None, size=1)
    if label != present.label or (not waiting and queries.counted_year() == label):
        raise rules.NobodyToRemind
    key = f"hand:{body.id if body else 'all'}:{label}:{today}"
    if not _give(actor, key, OrderKind.BY_HAND, body.id if body else None, label, today, now):
        raise rules.RemindedToday


def give_planned(*, now: datetime) -> int:
    """Write down the orders whose day and hour have come; how many are new.

    A province has its own working days and its own opening hour. Called again it does nothing.
    """
    today = shanghai_date(now)
    present = years.current(now)
    tops = queries.tops()
    due = list(_due(tops, present, today, now))
    known = {day: queries.keys_of(day) for day in {day for _, day in due}}
    given = 0
    for top, day in due:
        key = f"plan:{top.body_id}:{day}"
        if key not in known[day]:
            given += _give(SYSTEM, key, OrderKind.PLANNED, top.body_id, present.label, day, now)
    return given


def _due(
    tops: Collection[Top], present: TrainingYear, today: date, now: datetime
) -> Iterable[tuple[Top, date]]:
    """Parts of the tree whose newest day for reminders has come, with that day."""
    calendars = workdays.calendars(top.region for top in tops)
    loosest = queries.loosest_plan()
    days = {
        region: rules.newest(today, calendar, present, loosest)
        for region, calendar in calendars.items()
    }
    due = [(top, found[0]) for top in tops if (found := days[top.region])]
    hours = settings.values_along((Key.OPENING,), {top.path for top, _ in due})
    for top, day in due:
        if at_shanghai(day, hours[top.path][Key.OPENING]) <= now:
            yield top, day


def _give(
    actor: Actor,
    key: str,
    kind: OrderKind,
    body_id: int | None,
    label: int,
    day: date,
    now: datetime,
) -> bool:
    values = {
        "key": key, "kind": kind, "body_id": body_id, "year": label, "day": day,
        "stage": Stage.PERSONS, "cursor": "", "told": 0, "ordered_by": actor.person_id,
        "ordered_at": now, "version": 1,
    }  # fmt: skip
    given = session().scalars(
        insert_once(ReminderOrder).values(**values).returning(ReminderOrder.id)
    )
    return len(given.all()) == 1


# --- carrying them out ---------------------------------------------------------------------------


def run(
    *,
    clock: Callable[[], datetime],
    transaction: Callable[[], AbstractContextManager[object]],
) -> Done:
    """Give what the plan says, then carry out every open order piece by piece, each in a
    transaction lent by the door. An order that fails is logged, passed over and tried next time.
    """
    given = pieces = failed = 0
    try:
        with transaction():
            given = give_planned(now=clock())
    except UnknownYear:
        # Without working days there is no plan; orders by hand are still carried out.
        log.exception("no working days: no reminders by plan")
        failed = 1
    with transaction():
        waiting = tuple(queries.open_orders())
    for order_id in waiting:
        try:
            pieces += _finish(order_id, clock, transaction)
        except Exception:
            log.exception("reminder order %s failed", order_id)
            failed += 1
    return Done(given, pieces, failed)


def _finish(
    order_id: int,
    clock: Callable[[], datetime],
    transaction: Callable[[], AbstractContextManager[object]],
) -> int:
    pieces, more = 0, True
    while more:
        with transaction():
            more = go_on(order_id=order_id, now=clock())
        pieces += more
    return pieces


def go_on(*, order_id: int, now: datetime) -> bool:
    """Tell one piece of an order. False: it is finished, another process is at it, or it waits
    for the counters of today: those of yesterday do not know who was trained since.

    The race: several processes read the same order. The conditional update lets one of them go on
    and holds the row until its commit; the others find it changed and leave it alone.
    """
    found = session().get(ReminderOrder, order_id, populate_existing=True)
    if found is None or found.finished_at is not None:
        return False
    mine = update(ReminderOrder).where(
        ReminderOrder.id == order_id, ReminderOrder.version == found.version
    )
    if changed(mine.values(version=found.version + 1)) != 1:
        return False
    over = shanghai_date(now) > _year(found).last
    if not over and not queries.counted_for(shanghai_date(now), found.year):
        return False
    # Once the year is over nobody is reminded of it any more: the order passes through its stages.
    cursor, told = (None, 0) if over else _piece(found, now)
    stage = found.stage if cursor else rules.after(found.stage, found.kind)
    values: dict[str, Any] = {
        "stage": stage,
        "cursor": cursor or "",
        "told": found.told + told,
        "finished_at": now if stage is Stage.DONE else None,
    }
    changed(update(ReminderOrder).where(ReminderOrder.id == order_id).values(**values))
    return True


def _piece(found: ReminderOrder, now: datetime) -> tuple[str | None, int]:
    """Tell the next piece: where the following one begins (None: nothing more at this stage), and
    to how many persons."""
    if found.stage is Stage.PERSONS:
        return _tell_persons(found, now)
    if found.stage is Stage.BODIES:
        return _tell_bodies(found, now), 0
    return _tell_offices(found, now), 0


def _year(found: ReminderOrder) -> TrainingYear:
    return years.of_label(found.year)


def _tell_persons(found: ReminderOrder, now: datetime) -> tuple[str | None, int]:
    rows, cursor = queries.untrained(
        _path(found), shanghai_date(now), after=found.cursor, size=PERSONS_AT_ONCE
    )
    wanted = _wanted(found, {row.path for row in rows})
    persons = tuple(sorted({row.person_id for row in rows if row.path in wanted}))
    if persons:
        events.publish(PersonsReminded(**_fact(found, now), person_ids=persons))
    return cursor, len(persons)


def _tell_bodies(found: ReminderOrder, now: datetime) -> str | None:
    rows, cursor = queries.lacking(_path(found), after=found.cursor, size=BODIES_AT_ONCE)
    wanted = _wanted(found, {row.path for row in rows})
    tallies = tuple(
        Tally(row.body_id, row.active, row.active - row.trained)
        for row in rows
        if row.path in wanted
    )
    if tallies:
        events.publish(BodiesReminded(**_fact(found, now), tallies=tallies))
    return cursor


def _tell_offices(found: ReminderOrder, now: datetime) -> str | None:
    rows, cursor = queries.offices(_path(found), after=found.cursor, size=OFFICES_AT_ONCE)
    wanted = _wanted(found, {row.path for row in rows})
    counted = figures.from_counters([row.body_id for row in rows], every_facet=False)
    people = {office: numbers[:2] for (office, _facet), numbers in counted.items()}
    tallies = tuple(
        Tally(row.body_id, active, active - trained)
        for row in rows
        if row.path in wanted
        for active, trained in [people.get(row.body_id, (0, 0))]
        if trained < active
    )
    if tallies:
        events.publish(OfficesReminded(**_fact(found, now), tallies=tallies))
    return cursor


def _fact(found: ReminderOrder, now: datetime) -> dict[str, Any]:
    # By hand a person is reminded once a day, whoever orders it where; by the plan once a turn.
    way = "hand" if found.kind is OrderKind.BY_HAND else "plan"
    return {
        "key": f"training:{found.year}:{way}:{found.day}",
        "year": found.year,
        "last_on": _year(found).last,
        "at": now,
    }


def _path(found: ReminderOrder) -> str:
    return organizations.body(found.body_id).path if found.body_id else ROOT_PATH


def _wanted(found: ReminderOrder, paths: set[str]) -> frozenset[str]:
    """Those of the nodes whose own settings remind on the day of a planned order."""
    if found.kind is OrderKind.BY_HAND or not paths:
        return frozenset(paths)
    turn = _turn(found)
    return frozenset(
        path for path, plan in queries.plans(paths).items() if turn is not None and turn.due(plan)
    )


def _turn(found: ReminderOrder) -> Turn | None:
    assert found.body_id is not None, found.key
    region = organizations.body(found.body_id).region
    return rules.turn_of(found.day, workdays.calendar(region), _year(found))
