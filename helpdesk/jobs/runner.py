"""The process that runs the jobs: any number may be started, one leads, the others stand by."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from datetime import UTC
from types import FrameType
from typing import TYPE_CHECKING, Any

from flask import Flask

from helpdesk.jobs import operations, queries
from helpdesk.jobs.schedule import BY_NAME, JOBS, Job
from helpdesk.kernel import clock
from helpdesk.kernel.ids import token
from helpdesk.kernel.unit_of_work import unit_of_work

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds until a signal is noticed


def runner_name() -> str:
    """A name of this process that no other has: host, process id, chance."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{token()[:8]}"


def run_once(app: Flask, job: Job, runner: str) -> str:
    """Run `job` now and leave its heartbeat. Raises what the job raises, after writing it down."""
    with app.app_context():
        with unit_of_work():
            operations.begin(name=job.name, runner=runner, now=clock.now())
        try:
            result = job.run()
        except Exception as error:
            # Only the kind of error: its text may quote somebody's data.
            _finish(job, failed=True, result=type(error).__name__)
            raise
        _finish(job, failed=False, result=result)
        return result


def _finish(job: Job, *, failed: bool, result: str) -> None:
    with unit_of_work():
        operations.finish(name=job.name, failed=failed, result=result, now=clock.now())


def tick(app: Flask, job: Job, runner: str) -> bool:
    """One scheduled start: run the job if this process leads. A failure waits for the next tick."""
    try:
        with app.app_context(), unit_of_work():
            leads = operations.lead(holder=runner, now=clock.now())
        if leads:
            run_once(app, job, runner)
    except Exception:
        log.exception("job %s failed", job.name)
        return False
    return leads


def scheduler_for(app: Flask, runner: str) -> BackgroundScheduler:
    """A scheduler with every job of the table; a late start still runs, never twice at once."""
    # Imported by the one process that schedules.
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        scheduler.add_job(
            tick,
            "interval",
            seconds=job.every,
            args=(app, job, runner),
            id=job.name,
            next_run_time=clock.now(),
        )
    return scheduler


def run_forever(app: Flask) -> None:
    """Run the scheduled jobs until SIGTERM or SIGINT; a running job is finished first."""
    runner, stopping = runner_name(), Stopping()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopping)
    # A job that outlasts its interval skips a start: normal for a slow mail server, no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = scheduler_for(app, runner)
    scheduler.start()
    log.info("jobs: %s started", runner)
    while not stopping.asked:
        time.sleep(LOOK_EVERY)
    scheduler.shutdown(wait=True)
    with app.app_context(), unit_of_work():
        operations.step_down(holder=runner, now=clock.now())
    log.info("jobs: %s ended", runner)


class Stopping:
    """Remembers that the process was asked to end; a signal handler must do no more than that."""

    asked = False

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


class Jobs:
    """What the command line may ask of the jobs; the app hands it over as an extension."""

    table = JOBS

    def run(self, app: Flask) -> None:
        """Run until told to stop."""
        run_forever(app)

    def once(self, app: Flask, name: str) -> str:
        """Run one job now, whoever leads. Raises KeyError for a job that does not exist."""
        return run_once(app, BY_NAME[name], runner_name())

    def beats(self) -> dict[str, Any]:
        """Heartbeats by job name."""
        return dict(queries.beats())


def init_app(app: Flask) -> None:
    """Make the jobs known to the doors that may not import them."""
    app.extensions["jobs"] = Jobs()
