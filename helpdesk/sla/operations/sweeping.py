"""The sweep: it notices what time has done to running clocks, each thing exactly once.

Any number of processes may sweep at once. Each takes due rows nobody else holds, claims every one
by a conditional update, and acts only if that changed the row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, select, tuple_, update

from helpdesk.kernel import events
from helpdesk.kernel.db import session
from helpdesk.sla import rules
from helpdesk.sla.events import ClockLapsed, ClockWarned
from helpdesk.sla.models import Clock
from helpdesk.sla.operations import changes
from helpdesk.sla.queries import view
from helpdesk.sla.rules import ClockView, Level, Look, Moment, Outcome
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import Calendar

log = logging.getLogger(__name__)

Place = tuple[datetime, int]


@dataclass(frozen=True)
class Swept:
    """Clocks on which this sweep acted, and those on which it failed (they stay due).

    `after` is where the next batch begins, None when nothing more is due.
    """

    acted: int
    failed: int
    after: Place | None = None


def sweep_all(
    *,
    clock: Callable[[], datetime],
    transaction: Callable[[], AbstractContextManager[object]],
    limit: int = 100,
) -> Swept:
    """Sweep batch by batch until nothing is due, each in a transaction lent by the door."""
    acted = failed = 0
    after: Place | None = None
    while True:
        with transaction():
            batch = sweep(now=clock(), limit=limit, after=after)
        acted, failed, after = acted + batch.acted, failed + batch.failed, batch.after
        if after is None:
            return Swept(acted, failed)


def sweep(*, now: datetime, limit: int = 100, after: Place | None = None) -> Swept:
    """Act on at most `limit` clocks whose next moment has come, the longest due first.

    Publishes ClockWarned, ClockBreached, ClockLapsed. A clock that cannot be judged (no calendar
    for the year) or whose news cannot be told is logged, left due and passed over.
    """
    due = _due(now, limit, after)
    calendars = workdays.calendars({seen.region for seen in due})
    told = [_attempt(seen, calendars[seen.region], now) for seen in due]
    last = due[-1] if len(due) == limit else None
    return Swept(
        acted=told.count(True),
        failed=told.count(None),
        after=(last.next_at, last.id) if last and last.next_at else None,
    )


def _due(now: datetime, limit: int, after: Place | None) -> Sequence[ClockView]:
    rows = select(Clock).where(Clock.next_at <= now)
    if after is not None:
        rows = rows.where(tuple_(Clock.next_at, Clock.id) > after)
    # Rows that somebody is changing are passed over: whoever holds them arms them anew.
    rows = rows.order_by(Clock.next_at, Clock.id).limit(limit).with_for_update(skip_locked=True)
    fresh = rows.execution_options(populate_existing=True)
    return [view(clock) for clock in session().scalars(fresh)]


def _attempt(seen: ClockView, calendar: Calendar, now: datetime) -> bool | None:
    """Did we act? None: it failed, everything it wrote is undone and the others go on."""
    try:
        with session().begin_nested():
            return _act(seen, calendar, now)
    except Exception:
        log.exception("clock %s of %s could not be swept", seen.id, seen.subject)
        return None


def _act(seen: ClockView, calendar: Calendar, now: datetime) -> bool:
    found = rules.look(calendar, seen, now)
    if not _claim(seen, found, now):
        return False
    if found.lapses:
        events.publish(ClockLapsed(**changes.fact(seen, now), due_at=seen.due_at))
        return True
    newest = found.newest
    if found.breaches:
        is_newest = newest is None or newest.level is Level.BREACH
        changes.publish_breach(seen, calendar, now, newest=is_newest)
    if newest is not None and newest.level is not Level.BREACH:
        _warn(seen, newest, calendar, now)
    return True


def _claim(seen: ClockView, found: Look, now: datetime) -> bool:
    """The race: several processes saw the same row due. Only one update finds it unchanged."""
    values: dict[str, object] = {"next_at": found.next_at}
    if found.breaches:
        values["breached_at"] = seen.due_at
    if found.lapses:
        values = {"next_at": None, "ended_at": now, "outcome": Outcome.LAPSED}
    result = session().execute(
        update(Clock)
        .where(Clock.id == seen.id, Clock.next_at == seen.next_at, Clock.ended_at.is_(None))
        .values(**values)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _warn(seen: ClockView, newest: Moment, calendar: Calendar, now: datetime) -> None:
    if not changes.tell(seen, newest.level, newest.day, now):
        return
    events.publish(
        ClockWarned(
            **changes.fact(seen, now),
            level=newest.level,
            due_at=seen.due_at,
            on_day=newest.day,
            days_left=rules.days_left(calendar, seen, newest.at),
        )
    )
