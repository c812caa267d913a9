"""A country whose trainings are counted, for tests of the year view."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.training.operations import crediting, recounting
from tests.factories.country import Country
from tests.factories.training import attend, held

MAY = date(2026, 5, 6)


def train(land: Country, now: datetime, *names: str, on: date = MAY) -> None:
    """These persons have a training on that day."""
    of = held(land.body("county"), on)
    for name in names:
        attend(of, land.people[name])
    crediting.settle([land.people[name].id for name in names], now=now)


@pytest.fixture
def counted(
    clock: time_machine.Traveller, land: Country, session: Session, now: datetime
) -> Country:
    """The country in September: a teacher of the school and an officer of the county are
    trained."""
    train(land, now, "teacher", "county_officer")
    recounting.recount(now)
    session.commit()
    return land
