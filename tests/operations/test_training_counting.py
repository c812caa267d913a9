"""The counters one by one: what a change costs, how deltas are folded, how days and years turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as DbSession

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.operations.adding import NewBody, add_bodies
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import Kind, Subsystem
from helpdesk.people.models import Appointment
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.operations.rosters import NewStaff, add_staff
from helpdesk.people.rules import Post
from helpdesk.training.models.counting import Counter, Counting, Delta
from helpdesk.training.operations import crediting, recounting
from helpdesk.training.operations.recounting import Drift
from helpdesk.training.queries.coverage import Persons, coverage
from tests.factories.country import Country, build
from tests.factories.coverage import brute, stored
from tests.factories.training import attend, held
from tests.support.queries import Queries


@pytest.fixture
def land(session: DbSession, now: datetime) -> Country:
    """The country, counted."""
    made = build(now)
    recounting.recount(now)
    return made


def open_deltas() -> int:
    return db.session.scalar(select(func.count()).select_from(Delta)) or 0


def schools(land: Country, county: str, number: int, first: int) -> list[int]:
    """So many schools below a county, a teacher in each; the persons."""
    codes = [f"21429{first + n:05d}" for n in range(number)]
    rows = [
        NewBody(code, f"第{code}小学", Kind.SCHOOL, land.body(county).code,
                subsystems=(Subsystem.COMPULSORY,))
        for code in codes
    ]  # fmt: skip
    bodies = add_bodies(actor=SYSTEM, rows=rows, now=land.now)
    work = WorkEntry(date(2026, 9, 1), frozenset({Post.OPERATOR}))
    staff = [
        NewStaff(body_id, PersonEntry("老师(演示)", f"C-{code}"), work)
        for code, body_id in bodies.items()
    ]
    return list(add_staff(actor=SYSTEM, rows=staff, now=land.now).values())


def counted(queries: Queries, act: Callable[[], object]) -> int:
    queries.clear()
    act()
    db.session.flush()
    return len(queries)


def test_fifty_schools_cost_as_many_statements_as_five(land: Country, queries: Queries) -> None:
    few = counted(queries, lambda: schools(land, "county", 5, 100))
    assert counted(queries, lambda: schools(land, "neighbour", 50, 200)) == few
    assert stored() == brute(shanghai_date(land.now), 2026)


def test_a_county_moves_with_fifty_schools_as_with_five(land: Country, queries: Queries) -> None:
    def move(name: str) -> None:
        county = land.body(name)
        move_body(
            actor=SYSTEM, body=county, new_parent=land.body("other_province"),
            version=county.version, approval_no="文1号", since_on=shanghai_date(land.now),
            reason="区划调整(演示)", now=land.now,
        )  # fmt: skip

    for name, number, first in (("county", 5, 100), ("neighbour", 50, 200)):
        schools(land, name, number, first)
    few = counted(queries, lambda: move("county"))
    assert counted(queries, lambda: move("neighbour")) <= few
    assert stored() == brute(shanghai_date(land.now), 2026)


def test_fifty_are_credited_with_as_many_statements_as_five(
    land: Country, queries: Queries
) -> None:
    of = held(land.body("county"), date(2026, 9, 8))
    few, many = schools(land, "county", 5, 100), schools(land, "county", 50, 200)

    def credit(ids: list[int]) -> None:
        crediting.settle(ids, now=land.now)

    for person_id in (*few, *many):
        attend(of, land.people["teacher"], person_id=person_id)
    cost = counted(queries, lambda: credit(few))
    assert counted(queries, lambda: credit(many)) == cost
    assert stored() == brute(shanghai_date(land.now), 2026)


def test_folding_changes_no_figure(land: Country) -> None:
    schools(land, "county", 3, 100)
    before, waiting = stored(), open_deltas()
    assert recounting.fold(limit=7) == 7
    assert open_deltas() == waiting - 7
    assert stored() == before
    while recounting.fold(limit=50):
        pass
    assert open_deltas() == 0
    assert stored() == before == brute(shanghai_date(land.now), 2026)


def test_a_recount_names_what_was_wrong_and_puts_it_right(land: Country) -> None:
    county = land.body("county").id
    broken = update(Counter).where(Counter.node_id == county, Counter.facet == "all")
    db.session.execute(broken.values(active=99))
    assert recounting.recount(land.now) == (
        Drift(county, "all", (99, 0, 3, 0, 3, 0, 0), (5, 0, 3, 0, 3, 0, 0)),
    )
    assert recounting.recount(land.now) == ()


def test_nothing_is_followed_before_the_first_count(session: DbSession, now: datetime) -> None:
    made = build(now)
    schools(made, "county", 3, 100)
    assert open_deltas() == 0
    assert recounting.turn_day(now)
    assert stored() == brute(shanghai_date(now), 2026)
    assert not recounting.turn_day(now)


def test_an_empty_country_is_not_counted(session: DbSession, now: datetime) -> None:
    assert not recounting.turn_day(now)
    assert session.scalars(select(Counting.id)).all() == []


def test_days_pass(land: Country) -> None:
    """Appointments that end and begin on a day to come, as a file from elsewhere may say."""
    tomorrow = shanghai_date(land.now) + timedelta(days=1)
    teacher, lead = land.people["teacher"].id, land.people["county_lead"].id
    db.session.execute(
        update(Appointment).where(Appointment.person_id == teacher).values(left_on=tomorrow)
    )
    db.session.execute(
        update(Appointment).where(Appointment.person_id == lead).values(joined_on=tomorrow)
    )
    assert recounting.recount(land.now) != ()
    assert recounting.turn_day(land.now + timedelta(days=1))
    assert stored() == brute(tomorrow, 2026)
    found = coverage(land.body("county").path, 2026, now=land.now + timedelta(days=1))
    assert found.figures.persons == Persons(4, 0)


def test_the_turn_of_the_year_starts_anew(land: Country) -> None:
    attend(held(land.body("county"), date(2026, 5, 6)), land.people["teacher"])
    crediting.settle([land.people["teacher"].id], now=land.now)
    january = land.now.replace(year=2027, month=1, day=4)
    assert recounting.turn_day(january)
    assert stored() == brute(shanghai_date(january), 2027)
    assert {numbers[1] for numbers in stored().values()} == {0}
