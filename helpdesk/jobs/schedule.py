"""Every job there is: at most five lines each, harmless when run twice, runnable by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from helpdesk.kernel import clock
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox.operations import deliver as deliver_letters


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


JOBS: tuple[Job, ...] = (Job("deliver", 10, N_("发送发件箱中到期的邮件"), deliver),)
BY_NAME = {job.name: job for job in JOBS}
