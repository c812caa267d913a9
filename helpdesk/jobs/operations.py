"""Leadership by lease, and the heartbeat of each run. The runner commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.jobs.models import Heartbeat, Lease, RunState
from helpdesk.kernel.db import session

# The leader renews at every tick of any job; a process that was killed is replaced after this.
LEASE = timedelta(seconds=60)
LEADER = "leader"
LONGEST_RESULT = 300


def lead(*, holder: str, now: datetime) -> bool:
    """Become or stay the one process that runs scheduled jobs. False: another one leads.

    The race: two processes find the lease free. The conditional update lets the database say
    whose it is.
    """
    _put_once(Lease, {"name": LEADER, "holder": holder, "until": now})
    return _changed(
        update(Lease)
        .where(Lease.name == LEADER, or_(Lease.holder == holder, Lease.until <= now))
        .values(holder=holder, until=now + LEASE)
    )


def step_down(*, holder: str, now: datetime) -> bool:
    """Free the lease at a tidy end, so that another process need not wait for it."""
    return _changed(
        update(Lease).where(Lease.name == LEADER, Lease.holder == holder).values(until=now)
    )


def begin(*, name: str, runner: str, now: datetime) -> None:
    """A run of `name` starts."""
    started = {
        "state": RunState.RUNNING,
        "runner": runner,
        "started_at": now,
        "finished_at": None,
        "result": "",
    }
    _put_once(Heartbeat, {"name": name, **started})
    _changed(update(Heartbeat).where(Heartbeat.name == name).values(**started))


def finish(*, name: str, failed: bool, result: str, now: datetime) -> None:
    """The run of `name` ended with `result`, one line without personal data."""
    values: dict[str, Any] = {
        "state": RunState.FAILED if failed else RunState.DONE,
        "finished_at": now,
        "result": result[:LONGEST_RESULT],
    }
    if not failed:
        values["done_at"] = now
    _changed(update(Heartbeat).where(Heartbeat.name == name).values(**values))


def _put_once(model: type[Lease] | type[Heartbeat], values: dict[str, Any]) -> None:
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    insert = kinds[session().get_bind().dialect.name]
    session().execute(insert(model).values(**values).on_conflict_do_nothing())


def _changed(statement: Any) -> bool:
    result = session().execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
