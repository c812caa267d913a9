"""Hostile administrators and colleagues: what a roster must not be used for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.access import fetch, lists
from helpdesk.people.access.fetch import BeyondYourRange
from helpdesk.people.models import Person
from helpdesk.people.operations import roles, roster
from helpdesk.people.rules import Role
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import admin_of, employ, holder, present_work, root_admin, work

TODAY = date(2026, 9, 22)


@pytest.fixture
def land(app: Flask, now: datetime) -> Iterator[Country]:
    with app.app_context():
        yield country.build(now)


def with_role(land: Country, role: Role, on: str, at: str = "county") -> Person:
    """Somebody on the roster of `at` with a role on `on`."""
    person = employ(land.body(at), "旁人(演示)", land.now)
    body_id = land.body(on).id
    roles.grant_role(actor=SYSTEM, person=person, role=role, body_id=body_id, now=land.now)
    return person


def leave(who: Actor, person: Person, now: datetime) -> None:
    place = present_work(person)
    session().commit()
    with unit_of_work():
        roster.end_appointment(actor=who, appointment=place, left_on=TODAY, now=now)


def move(who: Actor, person: Person, to: int, now: datetime) -> None:
    place, there = present_work(person), work(joined_on=TODAY)
    session().commit()
    with unit_of_work():
        roster.transfer_appointment(actor=who, appointment=place, body_id=to, work=there, now=now)


class TestRolesThatALeavingWouldEnd:
    def test_an_administrator_gets_no_auditor_out_of_the_way(
        self, land: Country, now: datetime
    ) -> None:
        auditor = with_role(land, Role.AUDITOR, "county")
        admin = admin_of(land.body("city"), now)
        with pytest.raises(BeyondYourRange):
            leave(admin, auditor, now)
        with pytest.raises(BeyondYourRange):
            move(admin, auditor, land.body("neighbour").id, now)

    def test_the_administrator_of_the_whole_tree_may(self, land: Country, now: datetime) -> None:
        auditor = with_role(land, Role.AUDITOR, "county")
        leave(root_admin(now), auditor, now)
        assert lists.grants_of(auditor.id) == ()

    def test_a_teacher_gets_no_administrator_out_of_the_way(
        self, land: Country, now: datetime
    ) -> None:
        admin = with_role(land, Role.NODE_ADMIN, "school", at="school")
        with pytest.raises(BeyondYourRange):
            leave(land.actor("teacher"), admin, now)
        leave(admin_of(land.body("county"), now), admin, now)
        assert lists.grants_of(admin.id) == ()

    def test_a_teacher_still_keeps_the_own_roster(self, land: Country, now: datetime) -> None:
        colleague = with_role(land, Role.SCHOOL_STAFF, "school", at="school")
        leave(land.actor("teacher"), colleague, now)
        assert lists.grants_of(colleague.id) == ()


class TestAddressesOfThePowerful:
    """Whoever sets a mail address reads what is sent there."""

    @pytest.mark.parametrize(
        ("role", "on"), [(Role.SUPERVISOR, "province"), (Role.NODE_ADMIN, "city")]
    )
    def test_a_school_does_not_redirect_the_mail_of_who_stands_above(
        self, land: Country, role: Role, on: str
    ) -> None:
        person = with_role(land, role, on, at="school")
        with pytest.raises(BeyondYourRange):
            fetch.person(land.actor("teacher"), person.id, Permission.ROSTER_MANAGE)

    def test_nor_an_administrator_that_of_the_auditor(self, land: Country, now: datetime) -> None:
        auditor = holder(land.body("county"), Role.AUDITOR, now)
        with pytest.raises(BeyondYourRange):
            fetch.person(
                admin_of(land.body("county"), now),
                auditor.person_id or 0,
                Permission.ROSTER_MANAGE,
            )

    def test_a_colleague_s_telephone_is_corrected_as_before(self, land: Country) -> None:
        person = with_role(land, Role.SCHOOL_STAFF, "school", at="school")
        assert fetch.person(land.actor("teacher"), person.id, Permission.ROSTER_MANAGE)
