"""Who may see, manage and mark which session; who may organise for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.people.rules import Role
from helpdesk.training import access
from helpdesk.training.models.sessions import Plan, Series, Session
from helpdesk.training.rules.sessions import Place, State
from tests.factories.country import Country
from tests.factories.people import holder
from tests.factories.training import add_session, enrol

ALL = {
    "teacher", "sibling_teacher", "city_teacher", "county_officer", "county_lead",
    "neighbour_officer", "city_officer", "city_lead", "province_lead", "enrolment_officer",
    "it_engineer", "agent", "other_province_officer", "hei_staff", "national_officer",
}  # fmt: skip
READERS = {
    ("county", State.PLANNED): {"county_lead"},
    ("county", State.OPEN): {
        "teacher", "sibling_teacher", "county_officer", "county_lead", "enrolment_officer",
        "city_officer", "city_lead", "province_lead",
    },
    ("county", State.CANCELLED): {
        "teacher", "sibling_teacher", "county_officer", "county_lead", "enrolment_officer",
        "city_officer", "city_lead", "province_lead",
    },
    ("city", State.RUNNING): ALL - {
        "agent", "other_province_officer", "hei_staff", "it_engineer", "national_officer",
    },
    ("school", State.OPEN): {
        "teacher", "county_officer", "county_lead", "city_officer", "city_lead", "province_lead",
    },
    ("hei", State.OPEN): {"hei_staff"},
    ("national_aid", State.CLOSED): ALL,
    ("national_aid", State.PLANNED): set(),
}  # fmt: skip


def _reads(actor: Actor, found: Session) -> bool:
    try:
        access.session(actor, found.id)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("case", READERS, ids=lambda case: f"{case[0]}-{case[1]}")
def test_who_reads(country: Country, case: tuple[str, State]) -> None:
    found = add_session(country.body(case[0]), country.now, state=case[1])
    actors = {name: country.actor(name) for name in ALL}
    reading = {name for name, actor in actors.items() if _reads(actor, found)}
    assert reading == READERS[case]
    assert not _reads(Actor(person_id=None, name=""), found) or case[0] == "national_aid"


def test_who_stands_on_the_list_reads_it_once_it_is_open(country: Country) -> None:
    stranger = country.actor("other_province_officer")
    open_, planned = (
        add_session(country.body("county"), country.now, state=state)
        for state in (State.OPEN, State.PLANNED)
    )
    for found in (open_, planned):
        enrol(found, country.people["other_province_officer"], Place.INVITED)
    assert _reads(stranger, open_)
    assert not _reads(stranger, planned)


@pytest.mark.parametrize("to", [Permission.SESSION_MANAGE, Permission.ATTENDANCE_MARK])
def test_managing_needs_the_very_node(country: Country, to: Permission) -> None:
    found = add_session(country.body("county"), country.now)
    assert access.session(country.actor("county_lead"), found.id, to) is found
    for above_or_below in ("city_lead", "county_officer", "teacher"):
        with pytest.raises(Forbidden):
            access.session(country.actor(above_or_below), found.id, to)
    with pytest.raises(NotFound):
        access.session(country.actor("neighbour_officer"), found.id, to)


def test_a_coordinator_of_the_whole_tree_manages_national_sessions(
    country: Country, now: datetime
) -> None:
    national, county = (
        add_session(country.body(name), now + timedelta(days=1), state=State.PLANNED)
        for name in ("national_aid", "county")
    )
    root = Actor(
        person_id=country.people["national_officer"].id,
        name="全国培训管理员(演示)",
        grants=frozenset({(Permission.SESSION_MANAGE, "/"), (Permission.COVERAGE_READ, "/")}),
    )
    assert access.session(root, national.id, Permission.SESSION_MANAGE) is national
    with pytest.raises(NotFound):
        access.session(root, county.id)


def test_who_may_organise(country: Country, now: datetime) -> None:
    coordinator = holder(country.body("city"), Role.TRAINING_COORDINATOR, now)
    assert access.organizer(coordinator, "420100") is country.body("city")
    assert access.organizer(country.actor("teacher"), "3442990001") is country.body("school")
    officer = country.actor("county_officer")
    for actor, code in ((coordinator, "420000"), (coordinator, "420101"), (officer, "420101")):
        with pytest.raises(Forbidden):
            access.organizer(actor, code)
    for actor, code in ((officer, "420102"), (country.actor("teacher"), "3442990002")):
        with pytest.raises(NotFound):
            access.organizer(actor, code)


def test_plans_and_series(country: Country, now: datetime) -> None:
    city = country.body("city").id
    plan = Plan(owner_id=city, year=2026, title="级联培训(演示)", created_at=now, once="plan-1")
    series = Series(organizer_id=city, title="两日班(演示)", needed=2, created_at=now, once="s-1")
    session().add_all([plan, series])
    session().flush()
    for reader in ("city_lead", "county_officer", "province_lead", "teacher"):
        assert access.plan(country.actor(reader), plan.id) is plan
    for stranger in ("hei_staff", "other_province_officer", "enrolment_officer"):
        with pytest.raises(NotFound):
            access.plan(country.actor(stranger), plan.id)
    manage = Permission.SESSION_MANAGE
    assert access.plan(country.actor("city_lead"), plan.id, manage) is plan
    with pytest.raises(Forbidden):
        access.plan(country.actor("county_lead"), plan.id, manage)
    assert access.series(country.actor("city_lead"), series.id) is series
    with pytest.raises(NotFound):
        access.series(country.actor("county_lead"), series.id)
