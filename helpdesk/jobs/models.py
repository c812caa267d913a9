"""What the job processes leave behind: who leads, and when each job last ran."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model


class RunState(StrEnum):
    """How the last run of a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Heartbeat(Model):
    """The last run of one job, by whichever process."""

    __tablename__ = "jobs_heartbeat"

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[RunState] = mapped_column(EnumText(RunState))
    runner: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(300), default="")


class Lease(Model):
    """The process that may run scheduled jobs until `until`."""

    __tablename__ = "jobs_lease"

    id: Mapped[IntPk]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime]
