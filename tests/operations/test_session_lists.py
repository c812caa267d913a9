"""Whom a session is for, who is invited, who gets a place and who waits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session as database
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.rules import BodyStatus, Kind, Subsystem
from helpdesk.people.models import Appointment, AppointmentPost
from helpdesk.people.operations import roster
from helpdesk.people.rules import Post
from helpdesk.training.events import PersonsInvited, PlaceFreed
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import acts, enrolling, inviting, planning
from helpdesk.training.queries import audience
from helpdesk.training.rules.audience import EVERYBODY, Limits, Member, fits
from helpdesk.training.rules.sessions import Mode, Place, Source, State
from tests.factories.country import Country
from tests.factories.people import employ, present_work
from tests.factories.sessions import click, opened, planned
from tests.support.queries import Queries

TODAY = date(2026, 9, 22)
COUNTY = {"teacher", "principal", "sibling_teacher", "county_officer", "county_lead"}
CITY = COUNTY | {
    "city_teacher", "lonely_teacher", "neighbour_officer", "city_officer", "city_lead",
    "city_supervisor",
}  # fmt: skip


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What is published about invitations and places."""
    facts: list[Any] = []
    events.connect({fact: [facts.append] for fact in (PersonsInvited, PlaceFreed)})
    yield facts
    events.connect(wiring.HANDLERS)


def _names(country: Country, ids: Any) -> set[str]:
    known = {person.id: name for name, person in country.people.items()}
    return {known[i] for i in ids}


def _listed(made: Session) -> dict[int, Place]:
    rows = select(Enrolment.person_id, Enrolment.place).where(Enrolment.session_id == made.id)
    return {row.person_id: row.place for row in database().execute(rows)}


class TestAudience:
    @pytest.mark.parametrize(
        ("organizer", "limits", "meant"),
        [
            ("county", EVERYBODY, COUNTY),
            ("city", EVERYBODY, CITY),
            ("school", EVERYBODY, {"teacher", "principal"}),
            ("hei", EVERYBODY, {"hei_staff"}),
            ("city", Limits(kinds=frozenset({Kind.COUNTY_AID})),
             {"county_officer", "county_lead", "neighbour_officer"}),
            ("county", Limits(kinds=frozenset({Kind.ENROLMENT_OFFICE})), {"enrolment_officer"}),
            ("city", Limits(posts=frozenset({Post.FIRST_RESPONSIBLE})),
             {"principal", "county_lead", "city_lead"}),
        ],
    )  # fmt: skip
    def test_who_is_meant(
        self, country: Country, organizer: str, limits: Limits, meant: set[str]
    ) -> None:
        circle = audience.circle(country.body(organizer), limits)
        found = database().execute(audience.meant(circle, TODAY)).all()
        assert _names(country, (row[0] for row in found)) == meant
        assert audience.size(circle, TODAY).persons == len(meant)

    def test_the_statement_means_whom_the_rule_means(self, country: Country) -> None:
        works = database().execute(
            select(Appointment.person_id, AppointmentPost.post, Body.path, Body.kind)
            .join(AppointmentPost, AppointmentPost.appointment_id == Appointment.id)
            .join(Body, Body.id == Appointment.body_id)
        ).all()  # fmt: skip
        some_kinds = frozenset({Kind.ENROLMENT_OFFICE, Kind.CITY_AID})
        some_posts = frozenset({Post.ENROLMENT_OFFICER, Post.OPERATOR})
        choices = itertools.product(
            (frozenset(), frozenset({Kind.SCHOOL}), some_kinds),
            (frozenset(), frozenset({Post.MANAGER}), some_posts),
            (frozenset(), frozenset({country.body("county").id, country.body("neighbour").id})),
        )
        for kinds, posts, nodes in choices:
            limits = Limits(kinds=kinds, posts=posts, nodes=nodes)
            circle = audience.circle(country.body("city"), limits)
            ruled = {
                person_id
                for person_id, post, path, kind in works
                if fits(
                    Member(path, kind, frozenset({post})), circle.top, limits, circle.node_paths
                )
            }
            assert {row[0] for row in database().execute(audience.meant(circle, TODAY))} == ruled

    def test_the_national_centre_means_everybody(self, country: Country) -> None:
        circle = audience.circle(country.body("national_aid"), EVERYBODY)
        assert audience.size(circle, TODAY) == audience.Size(15, 10)

    def test_nodes_and_subsystems(self, country: Country) -> None:
        database().add(BodySubsystem(body_id=country.body("school").id, subsystem="preschool"))
        database().flush()
        node = Limits(nodes=frozenset({country.body("school").id, country.body("neighbour").id}))
        found = audience.meant(audience.circle(country.body("city"), node), TODAY)
        assert _names(country, database().scalars(found)) == {
            "teacher", "principal", "neighbour_officer",
        }  # fmt: skip
        pre = Limits(subsystems=frozenset({Subsystem.COMPULSORY}), kinds=frozenset({Kind.SCHOOL}))
        found = audience.meant(audience.circle(country.body("county"), pre), TODAY)
        assert "teacher" not in _names(country, database().scalars(found))

    def test_who_left_or_came_later_or_works_nowhere_is_not_meant(self, country: Country) -> None:
        circle = audience.circle(country.body("sibling_school"), EVERYBODY)
        person = country.people["sibling_teacher"]
        assert audience.body_in(circle, person.id, TODAY) == country.body("sibling_school").id
        assert audience.body_in(circle, person.id, date(1999, 1, 1)) is None
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(person), left_on=TODAY, now=country.now
        )
        assert audience.body_in(circle, person.id, TODAY) is None
        assert audience.bodies_of((person.id,), TODAY) == {}
        country.body("school").status = BodyStatus.INVALID
        database().flush()
        circle = audience.circle(country.body("school"), EVERYBODY)
        assert audience.size(circle, TODAY) == audience.Size(0, 0)


class TestInvitations:
    def test_opening_invites_the_roster_once(self, country: Country, heard: list[Any]) -> None:
        made = planned(country)
        assert planning.open_up(session=made, click=click(country)).number == len(COUNTY)
        assert _names(country, _listed(made)) == COUNTY
        assert set(_listed(made).values()) == {Place.INVITED}
        (fact,) = heard
        assert _names(country, fact.person_ids) == COUNTY
        assert inviting.invite_again(session=made, click=click(country)).number == 0
        assert len(heard) == 1

    def test_new_staff_later_and_nobody_who_declined(
        self, country: Country, heard: list[Any]
    ) -> None:
        made = opened(country)
        enrolling.decline(actor=country.actor("teacher"), session=made, now=country.now)
        newcomer = employ(country.body("school"), "新老师(演示)", country.now)
        heard.clear()
        assert inviting.invite_again(session=made, click=click(country)).number == 1
        assert heard == [PersonsInvited(made.id, (newcomer.id,), country.now)]
        assert _listed(made)[country.people["teacher"].id] is Place.DECLINED

    def test_only_those_not_trained_this_year(self, country: Country) -> None:
        before = opened(country)
        for person, year in (("teacher", 2026), ("principal", 2025)):
            database().add(
                Trained(
                    person_id=country.people[person].id, year=year, trained_on=TODAY,
                    mode=Mode.OFFLINE, session_id=before.id,
                )
            )  # fmt: skip
        made = planned(country)
        planning.open_up(session=made, click=click(country), only_untrained=True)
        assert _names(country, _listed(made)) == COUNTY - {"teacher"}

    def test_a_past_date_invites_nobody(self, country: Country, heard: list[Any]) -> None:
        made = planned(country, starts_at=country.now - timedelta(days=9))
        assert planning.open_up(session=made, click=click(country)).number == 0
        assert (heard, made.state) == ([], State.OPEN)

    def test_single_persons_once_each(self, country: Country, heard: list[Any]) -> None:
        made = opened(country)
        stranger, staff = country.people["agent"].id, country.people["teacher"].id
        heard.clear()
        for expected in (1, 0):
            number = inviting.invite_persons(
                session=made, person_ids=(stranger, staff, 999), source=Source.TICKET,
                click=click(country),
            )  # fmt: skip
            assert number == expected
        assert heard == [PersonsInvited(made.id, (stranger,), country.now)]
        with pytest.raises(acts.NotNow):
            inviting.invite_persons(
                session=planned(country), person_ids=(staff,), source=Source.TICKET,
                click=click(country),
            )  # fmt: skip

    def test_the_same_number_of_statements_at_any_size(
        self, country: Country, queries: Queries
    ) -> None:
        made = planned(country)
        queries.clear()
        planning.open_up(session=made, click=click(country))
        few = len(queries)
        for i in range(30):
            employ(country.body("school"), f"新老师{i:02d}(演示)", country.now)
        made = planned(country)
        queries.clear()
        assert planning.open_up(session=made, click=click(country)).number == len(COUNTY) + 30
        assert len(queries) == few


class TestPlaces:
    def test_first_come_then_the_waiting_list_in_order(
        self, country: Country, heard: list[Any]
    ) -> None:
        made = opened(country, capacity=1)
        heard.clear()
        for minute, name in enumerate(("teacher", "principal", "sibling_teacher")):
            actor, at = country.actor(name), country.now + timedelta(minutes=minute)
            enrolling.enrol(actor=actor, session=made, now=at)
            enrolling.enrol(actor=actor, session=made, now=at)
        ids = [country.people[n].id for n in ("teacher", "principal", "sibling_teacher")]
        assert [_listed(made)[i] for i in ids] == [Place.ENROLLED, Place.WAITING, Place.WAITING]
        enrolling.decline(actor=country.actor("teacher"), session=made, now=country.now)
        assert [_listed(made)[i] for i in ids] == [Place.DECLINED, Place.ENROLLED, Place.WAITING]
        assert heard == [PlaceFreed(made.id, ids[1], country.now)]
        # Who comes back stands at the end.
        enrolling.enrol(
            actor=country.actor("teacher"), session=made, now=country.now + timedelta(hours=1)
        )
        enrolling.take_off(session=made, person_id=ids[1], now=country.now)
        assert [_listed(made)[i] for i in ids] == [Place.WAITING, Place.DECLINED, Place.ENROLLED]

    def test_who_cannot(self, country: Country) -> None:
        made = opened(country)
        for name in ("neighbour_officer", "agent", "enrolment_officer"):
            with pytest.raises(enrolling.NotForYou):
                enrolling.enrol(actor=country.actor(name), session=made, now=country.now)
        with pytest.raises(enrolling.EnrolmentOver):
            enrolling.enrol(actor=Actor(person_id=None, name=""), session=made, now=country.now)
        with pytest.raises(enrolling.NotOnList):
            enrolling.decline(actor=country.actor("agent"), session=made, now=country.now)

    @pytest.mark.parametrize("state", [State.PLANNED, State.RUNNING, State.CLOSED, State.CANCELLED])
    def test_when_not(self, country: Country, state: State) -> None:
        made = opened(country)
        made.state = state
        teacher = country.actor("teacher")
        with pytest.raises(enrolling.EnrolmentOver):
            enrolling.enrol(actor=teacher, session=made, now=country.now)
        if state is not State.RUNNING:
            with pytest.raises(enrolling.EnrolmentOver):
                enrolling.decline(actor=teacher, session=made, now=country.now)

    def test_what_runs_online_still_takes_people(self, country: Country) -> None:
        made = opened(country, mode=Mode.ONLINE, link="https://study.example.cn/1")
        made.state = State.RUNNING
        row = enrolling.enrol(actor=country.actor("teacher"), session=made, now=country.now)
        assert row.place is Place.ENROLLED
        with pytest.raises(enrolling.EnrolmentOver):
            enrolling.enrol(actor=country.actor("principal"), session=made, now=made.ends_at)

    def test_the_organiser_fills_the_list(self, country: Country) -> None:
        made = opened(country, capacity=2)
        ids = tuple(country.people[n].id for n in ("teacher", "agent", "principal"))
        rows = enrolling.put_on_list(
            actor=country.actor("county_lead"), session=made, person_ids=ids, now=country.now
        )
        assert [row.place for row in rows] == [Place.ENROLLED, Place.ENROLLED, Place.WAITING]
        assert [row.source for row in rows] == [Source.ROSTER, Source.COORDINATOR, Source.ROSTER]
        with pytest.raises(enrolling.NobodyToAdd):
            enrolling.put_on_list(actor=SYSTEM, session=made, person_ids=(), now=country.now)


class TestWalkIns:
    def test_number_and_name_belong_together(self, country: Country) -> None:
        made = opened(country, capacity=1)
        planning.start(session=made, click=click(country))
        person = employ(country.body("hei"), "来 宾(演示)", country.now, staff_no="W-001")
        for _ in range(2):
            row = enrolling.add_walk_in(
                actor=SYSTEM, session=made, staff_no=" w-001 ", name="来宾(演示)", now=country.now
            )
            assert (row.person_id, row.place, row.source) == (
                person.id, Place.ENROLLED, Source.WALK_IN,
            )  # fmt: skip
        for number, name in (("W-001", "别人"), ("W-999", "来宾(演示)"), ("", "")):
            with pytest.raises(enrolling.UnknownStaff):
                enrolling.add_walk_in(
                    actor=SYSTEM, session=made, staff_no=number, name=name, now=country.now
                )

    def test_who_stands_on_the_list_takes_a_place_beyond_the_capacity(
        self, country: Country
    ) -> None:
        made = opened(country, capacity=1)
        for name in ("teacher", "principal"):
            enrolling.enrol(actor=country.actor(name), session=made, now=country.now)
        person = country.people["principal"]
        row = enrolling.add_walk_in(
            actor=SYSTEM, session=made, staff_no=person.staff_no, name=person.name, now=country.now
        )
        assert (row.place, row.source) == (Place.ENROLLED, Source.ROSTER)

    @pytest.mark.parametrize("state", [State.PLANNED, State.CANCELLED])
    def test_not_where_nothing_is_held(self, country: Country, state: State) -> None:
        made = planned(country)
        made.state = state
        person = country.people["teacher"]
        with pytest.raises(enrolling.EnrolmentOver):
            enrolling.add_walk_in(
                actor=SYSTEM, session=made, staff_no=person.staff_no, name=person.name,
                now=country.now,
            )  # fmt: skip
