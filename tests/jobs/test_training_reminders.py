"""The job `training_reminders`, run as the scheduler runs it."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.outbox.models import Message
from helpdesk.training.operations import recounting
from tests.factories.country import build


@pytest.mark.parametrize(
    ("when", "said", "told"),
    [
        ("2026-08-31T09:00:00+08:00", "", False),
        ("2026-09-01T08:30:00+08:00", "given 3, pieces 9", True),
    ],
)
def test_training_reminders(
    app: Flask, session: Session, now: datetime, when: str, said: str, told: bool
) -> None:
    build(now)
    recounting.recount(datetime.fromisoformat(when))
    session.commit()
    with time_machine.travel(when, tick=False):
        assert run_once(app, BY_NAME["training_reminders"], "tests") == said
        assert run_once(app, BY_NAME["training_reminders"], "tests") == ""
    assert bool(session.scalar(select(func.count()).select_from(Message))) is told
