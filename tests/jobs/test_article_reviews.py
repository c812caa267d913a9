"""The job `article_reviews`, run as the scheduler runs it: once for a day of review."""

from __future__ import annotations

from datetime import datetime

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from tests.factories.articles import Authors
from tests.factories.country import build


def run(app: Flask, when: str) -> str:
    with time_machine.travel(when, tick=False):
        return run_once(app, BY_NAME["article_reviews"], "tests")


def test_an_office_is_reminded_on_the_day(app: Flask, session: Session, now: datetime) -> None:
    Authors(build(now)).published()
    session.commit()
    assert run(app, "2027-06-29T23:00:00+08:00") == ""
    assert run(app, "2027-06-30T00:30:00+08:00") == "reminded 1"
    assert run(app, "2027-07-01T10:00:00+08:00") == ""
