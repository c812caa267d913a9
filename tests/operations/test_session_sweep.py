"""What time does to sessions, and clicks at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.kernel.db import db
from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import SHANGHAI
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.rules import Role
from helpdesk.training.events import SessionNear
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.sessions import Enrolment, Session, SessionChange
from helpdesk.training.operations import enrolling, inviting, planning
from helpdesk.training.operations.sweeping import Swept, sweep
from helpdesk.training.queries.reminders import remind_times
from helpdesk.training.rules.sessions import Act, Place, State
from tests.factories.country import Country, build
from tests.factories.people import holder
from tests.factories.sessions import click, entry, opened, planned
from tests.factories.training import attend
from tests.support.queries import Queries

CLICKS = 6


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What is published about sessions that come near."""
    facts: list[Any] = []
    events.connect({SessionNear: [facts.append]})
    yield facts
    events.connect(wiring.HANDLERS)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_session_begins_and_is_closed_three_days_after_its_end(country: Country) -> None:
    made, left_alone = opened(country), planned(country)
    minute = timedelta(minutes=1)
    attend(made, country.people["teacher"])
    made.reminded_at = country.now
    assert sweep(now=made.starts_at - minute) == Swept(0, 0, 0)
    assert sweep(now=made.starts_at) == Swept(1, 0, 0)
    assert (made.state, left_alone.state) == (State.RUNNING, State.PLANNED)
    assert database().scalar(select(func.count()).select_from(Trained)) == 1
    over = made.ends_at + timedelta(days=3)
    assert sweep(now=over - minute) == Swept(0, 0, 0)
    assert sweep(now=over) == Swept(0, 1, 0)
    assert (made.state, made.closed_at) == (State.CLOSED, over)
    assert sweep(now=over) == Swept(0, 0, 0)
    done = select(SessionChange.act).where(SessionChange.person_id.is_(None))
    assert {Act.STARTED, Act.CLOSED} <= set(database().scalars(done))


def test_what_was_reopened_on_purpose_stays_open_as_long_again(country: Country) -> None:
    made = opened(country, starts_at=country.now - timedelta(days=30))
    for verb in (planning.start, planning.close):
        verb(session=made, click=click(country))
    planning.reopen(session=made, reason="补录(演示)", click=click(country))
    assert sweep(now=country.now + timedelta(days=2)).closed == 0
    assert sweep(now=country.now + timedelta(days=4)).closed == 1


@pytest.mark.parametrize(
    ("starts", "reminds"),
    [
        ("2026-09-29 09:00", "2026-09-28 08:30"),
        # Monday: the Friday before; after the holiday of October: its eve.
        ("2026-09-28 09:00", "2026-09-24 08:30"),
        ("2026-10-08 09:00", "2026-09-30 08:30"),
        ("2031-03-05 09:00", "2031-03-04 08:30"),
    ],
)
def test_people_are_reminded_one_working_day_before(
    country: Country, heard: list[Any], starts: str, reminds: str
) -> None:
    made = opened(country, starts_at=beijing(starts))
    at = beijing(reminds)
    assert remind_times([made]) == {made.id: at}
    sweep(now=at - timedelta(minutes=1))
    assert heard == []
    for _ in range(2):
        sweep(now=at)
    assert heard == [SessionNear(made.id, at)]


def test_another_date_reminds_anew_and_a_late_invitation_is_reminder_enough(
    country: Country, heard: list[Any]
) -> None:
    made = opened(country, starts_at=beijing("2026-09-23 09:00"))
    sweep(now=country.now)
    assert heard == []
    later = entry(country.now, starts_at=beijing("2026-09-30 09:00"))
    planning.edit(session=made, entry=later, click=click(country))
    sweep(now=beijing("2026-09-29 10:00"))
    assert len(heard) == 1
    planning.cancel(session=made, reason="停电(演示)", click=click(country))
    assert sweep(now=made.starts_at) == Swept(0, 0, 0)


def test_as_many_statements_for_many_sessions(country: Country, queries: Queries) -> None:
    numbers = []
    for _ in range(2):
        for name in ("county", "city", "school", "hei"):
            opened(country, name)
        queries.clear()
        sweep(now=country.now)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


@pytest.fixture
def crowd(separate_app: Flask, now: datetime) -> tuple[Country, int]:
    """A session with two places, on a database that really commits."""
    with separate_app.app_context():
        country = build(now)
        with unit_of_work():
            made = opened(country, "city", capacity=2)
        return country, made.id


def test_clicks_at_once_never_overbook(
    separate_app: Flask, crowd: tuple[Country, int], now: datetime
) -> None:
    country, session_id = crowd
    names = ["teacher", "principal", "sibling_teacher", "city_teacher", "city_lead", "county_lead"]
    together = Barrier(CLICKS)

    def enrol(name: str) -> None:
        with separate_app.app_context():
            actor = country.actor(name)
            database().rollback()
            together.wait()
            try:
                with unit_of_work():
                    made = database().get_one(Session, session_id)
                    enrolling.enrol(actor=actor, session=made, now=now)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        list(pool.map(enrol, names))
    assert _places(separate_app, session_id) == {Place.ENROLLED: 2, Place.WAITING: 4}
    with separate_app.app_context(), unit_of_work():
        made = database().get_one(Session, session_id)
        first = database().scalars(
            select(Enrolment).where(Enrolment.place == Place.ENROLLED)
        ).first()  # fmt: skip
        assert first is not None
        enrolling.take_off(session=made, person_id=first.person_id, now=now)
    assert _places(separate_app, session_id)[Place.ENROLLED] == 2


def test_who_enrols_while_the_roster_is_invited_stands_on_the_list_once(
    separate_app: Flask, crowd: tuple[Country, int], now: datetime
) -> None:
    country, session_id = crowd
    with separate_app.app_context(), unit_of_work():
        newcomer = holder(country.body("school"), Role.SCHOOL_STAFF, now)
    together = Barrier(2)

    def act(verb: Callable[[Session], object]) -> None:
        with separate_app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    verb(database().get_one(Session, session_id))
            finally:
                db.session.remove()

    verbs: tuple[Callable[[Session], object], ...] = (
        lambda made: enrolling.enrol(actor=newcomer, session=made, now=now),
        lambda made: inviting.invite_again(session=made, click=click(country)),
    )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, verbs))
    with separate_app.app_context():
        own = select(Enrolment.place).where(Enrolment.person_id == newcomer.person_id)
        assert list(database().scalars(own)) == [Place.ENROLLED]


def test_sweeps_at_once_move_each_session_once(
    separate_app: Flask, crowd: tuple[Country, int], now: datetime
) -> None:
    together = Barrier(3)

    def run(_: int) -> int:
        with separate_app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    return sweep(now=now + timedelta(days=8)).started
            finally:
                db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(run, range(3))) == 1
    with separate_app.app_context():
        rows = select(func.count()).where(SessionChange.act == Act.STARTED)
        assert database().scalar(rows) == 1


def _places(app: Flask, session_id: int) -> Counter[Place]:
    with app.app_context():
        rows = select(Enrolment.place).where(
            Enrolment.session_id == session_id, Enrolment.place != Place.INVITED
        )
        return Counter(database().scalars(rows))
