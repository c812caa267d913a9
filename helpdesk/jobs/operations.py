"""Leadership by lease, and the heartbeat of each run. The runner commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update

from helpdesk.jobs.models import Heartbeat, Lease, RunState
from helpdesk.kernel.db import session
from helpdesk.kernel.statements import changed, insert_once

# The leader renews at every tick of any job; a process that was killed is replaced after this.
LEASE = timedelta(seconds=60)
LEADER = "leader"
LONGEST_RESULT = 300


def lead(*, holder: str, now: datetime) -> bool:
    """Become or stay the one process that runs scheduled jobs. False: another one leads.

    The race: two processes find the lease free. The conditional update lets the database say
    whose it is.
    """
    session().execute(insert_once(Lease).values(name=LEADER, holder=holder, until=now))
    free = or_(Lease.holder == holder, Lease.until <= now)
    mine = update(Lease).where(Lease.name == LEADER, free)
    return changed(mine.values(holder=holder, until=now + LEASE)) == 1


def step_down(*, holder: str, now: datetime) -> bool:
    """Free the lease at a tidy end, so that another process need not wait for it."""
    mine = update(Lease).where(Lease.name == LEADER, Lease.holder == holder)
    return changed(mine.values(until=now)) == 1


def begin(*, name: str, runner: str, now: datetime) -> None:
    """A run of `name` starts."""
    started = {
        "state": RunState.RUNNING,
        "runner": runner,
        "started_at": now,
        "finished_at": None,
        "result": "",
    }
    session().execute(insert_once(Heartbeat).values(name=name, **started))
    changed(update(Heartbeat).where(Heartbeat.name == name).values(**started))


def finish(*, name: str, failed: bool, result: str, now: datetime) -> None:
    """The run of `name` ended with `result`, one line without personal data."""
    values: dict[str, Any] = {
        "state": RunState.FAILED if failed else RunState.DONE,
        "finished_at": now,
        "result": result[:LONGEST_RESULT],
    }
    if not failed:
        values["done_at"] = now
    changed(update(Heartbeat).where(Heartbeat.name == name).values(**values))
