"""Every job there is: at most five lines each, harmless when run twice, runnable by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from helpdesk.kernel import clock
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox.operations import deliver as deliver_letters
from helpdesk.sla.operations.sweeping import sweep_all


@dataclass(frozen=True)
class Job:
    """Name, seconds between two starts, what it is for (Chinese source), and the act itself.

    `run` returns one line for the heartbeat, empty when there was nothing to do.
    """

    name: str
    every: int
    purpose: str
    run: Callable[[], str]


def deliver() -> str:
    """Send the letters that are due."""
    tools = current_app.extensions["outbox"]
    tally = deliver_letters(tools=tools, clock=clock.now, unit_of_work=unit_of_work)
    return tally.summary()


def sweep() -> str:
    """Warn of, break and close what time has reached."""
    swept = sweep_all(clock=clock.now, unit_of_work=unit_of_work)
    counted = {"acted": swept.acted, "failed": swept.failed}
    return ", ".join(f"{what} {number}" for what, number in counted.items() if number)


JOBS: tuple[Job, ...] = (
    Job("deliver", 10, N_("发送发件箱中到期的邮件"), deliver),
    Job("sweep", 20, N_("检查到期的时限：提醒、超期、自动关闭"), sweep),
)
BY_NAME = {job.name: job for job in JOBS}
