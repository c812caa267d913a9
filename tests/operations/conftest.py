"""What tests of operations share: the small country, somebody at its desks, an ear for facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.people.events import StaffChanged
from tests.factories.country import Country, build
from tests.factories.tickets import Desk


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    """The small country."""
    return build(now)


@pytest.fixture
def land(country: Country) -> Country:
    """The same, where `country` is a module."""
    return country


@pytest.fixture
def desk(country: Country) -> Desk:
    """Does verbs as people of the country."""
    return Desk(country, country.now)


@pytest.fixture
def told() -> Iterator[list[StaffChanged]]:
    """The facts about staff that are published."""
    facts: list[StaffChanged] = []
    events.connect({StaffChanged: [facts.append]})
    yield facts
    events.connect(wiring.HANDLERS)
