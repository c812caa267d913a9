"""The jobs of coverage: counters of today, ends of months, years that are closed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.jobs import runner
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.training.models.closing import ClosedYear, MonthEnd
from helpdesk.training.models.counting import Counting, Delta
from helpdesk.training.operations import crediting
from helpdesk.training.queries import coverage
from helpdesk.training.rules.coverage import Persons
from tests.factories.country import Country, build
from tests.factories.training import attend, held


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    return build(now)


def run(app: Flask, name: str, at: str) -> str:
    with time_machine.travel(at, tick=False):
        return runner.run_once(app, BY_NAME[name], "by hand")


def test_training_counts_are_of_today_and_folded(
    app: Flask, land: Country, session: Session
) -> None:
    assert run(app, "training_counts", "2026-09-22T10:20:00+08:00") == ""
    assert session.scalars(select(Counting.counted_on)).all() == [date(2026, 9, 22)]
    attend(held(land.body("county"), date(2026, 5, 6)), land.people["teacher"])
    crediting.settle([land.people["teacher"].id], now=land.now)
    session.commit()
    assert session.scalars(select(Delta.id)).all() != []
    assert run(app, "training_counts", "2026-09-23T00:01:00+08:00").startswith("folded ")
    assert session.scalars(select(Delta.id)).all() == []
    assert run(app, "training_counts", "2026-09-23T00:02:00+08:00") == ""
    found = coverage.coverage(land.body("county").path, 2026, now=land.now)
    assert found.figures.persons == Persons(5, 1)


def test_training_months_are_kept_one_at_a_time(
    app: Flask, land: Country, session: Session
) -> None:
    kept = [run(app, "training_months", "2026-03-01T00:05:00+08:00") for _ in range(3)]
    assert kept == ["kept 2026-01-31", "kept 2026-02-28", ""]
    assert set(session.scalars(select(MonthEnd.day))) == {date(2026, 1, 31), date(2026, 2, 28)}


def test_training_years_are_closed_on_their_day(
    app: Flask, land: Country, session: Session
) -> None:
    held(land.body("county"), date(2026, 5, 6))
    session.commit()
    assert run(app, "training_years", "2027-01-31T23:00:00+08:00") == ""
    assert run(app, "training_years", "2027-02-01T00:10:00+08:00") == "closed (2026,)"
    assert run(app, "training_years", "2027-02-01T01:10:00+08:00") == ""
    assert session.scalars(select(ClosedYear.year)).all() == [2026]
