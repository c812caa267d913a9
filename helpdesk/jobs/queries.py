"""When each job last ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.jobs.models import Heartbeat, RunState
from helpdesk.kernel.db import session


@dataclass(frozen=True)
class Beat:
    """The last run of one job; `done_at` is the last one that succeeded."""

    name: str
    state: RunState
    runner: str
    started_at: datetime
    finished_at: datetime | None
    done_at: datetime | None
    result: str


def beats() -> dict[str, Beat]:
    """The heartbeat of every job that ever ran, by name."""
    names = Beat.__dataclass_fields__
    rows = session().execute(select(*(getattr(Heartbeat, name) for name in names)))
    return {row[0]: Beat(*row) for row in rows}
