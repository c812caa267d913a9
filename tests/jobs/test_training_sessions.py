"""The job `training_sessions`, run as the scheduler runs it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.training.rules.sessions import State
from tests.factories.country import build
from tests.factories.sessions import opened


@pytest.mark.parametrize(
    ("days", "said", "state"),
    [(1, "", State.OPEN), (6.9, "reminded 1", State.OPEN), (7, "started 1", State.RUNNING)],
)
def test_training_sessions(
    app: Flask, session: Session, now: datetime, days: float, said: str, state: State
) -> None:
    made = opened(build(now))
    session.commit()
    with time_machine.travel(now + timedelta(days=days), tick=False):
        assert run_once(app, BY_NAME["training_sessions"], "tests") == said
        assert run_once(app, BY_NAME["training_sessions"], "tests") == ""
    session.refresh(made)
    assert made.state is state
