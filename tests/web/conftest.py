"""What tests of pages share: people of the small country and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.people.models import Account, Person
from helpdesk.people.operations import accounts
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import admin_of, employ, give_account
from tests.support.client import Client
from tests.support.staff_pages import become


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """The clock of the test: `clock.shift(...)` moves it on."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    """The small country."""
    return country.build(now)


@pytest.fixture
def admin(client: Client, land: Country, now: datetime) -> Actor:
    """The browser is the administrator of the county."""
    return become(client, admin_of(land.body("county"), now, "县管理员(演示)"))


@pytest.fixture
def clerk(land: Country, now: datetime) -> Person:
    """Somebody new on the roster of the county."""
    return employ(land.body("county"), "县新人(演示)", now)


@pytest.fixture
def person(clock: time_machine.Traveller, land: Country, now: datetime) -> Person:
    """周老师 of the school."""
    return employ(land.body("school"), "周老师(演示)", now)


@pytest.fixture
def account(person: Person, session: Session, now: datetime) -> Account:
    """The account of 周老师, with PASSWORD."""
    made = give_account(person, now, "teacher-zhou")
    session.commit()
    return made


@pytest.fixture
def code(person: Person, session: Session, now: datetime) -> str:
    """A one-time code of 周老师, whose user name is teacher-zhou."""
    issued = accounts.open_account(actor=SYSTEM, person=person, user_name="teacher-zhou", now=now)
    session.commit()
    return issued.code
