"""Rosters: leaving, moving, who is fetched by whom, and the lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.people.access import fetch, lists
from helpdesk.people.access.fetch import BeyondYourRange
from helpdesk.people.models import Appointment, AppointmentPost, Person
from helpdesk.people.operations import entries, roles, roster
from helpdesk.people.operations.entries import PersonEntry
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import Act, Post, Role
from tests.factories.country import Country
from tests.factories.people import (
    acts_on,
    add,
    admin_of,
    employ,
    holder,
    present_work,
    root_admin,
    work,
)


class TestLeaving:
    def test_leaving_ends_the_roles_here(self, land: Country, now: datetime) -> None:
        actor = holder(land.body("county"), Role.OFFICE_HANDLER, now)
        person = fetch.person(SYSTEM, actor.person_id or 0)
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(person), left_on=date(2026, 9, 22), now=now
        )
        assert lists.grants_of(person.id) == ()
        assert lists.works_of(person.id)[0].left_on == date(2026, 9, 22)

    def test_who_also_works_elsewhere_keeps_the_roles_there(
        self, land: Country, now: datetime
    ) -> None:
        actor = holder(land.body("county"), Role.OFFICE_HANDLER, now)
        person = fetch.person(SYSTEM, actor.person_id or 0)
        county = present_work(person)
        city = land.body("city").id
        roster.add_appointment(actor=SYSTEM, person=person, body_id=city, work=work(), now=now)
        roles.grant_role(actor=SYSTEM, person=person, role=Role.OFFICE_LEAD, body_id=city, now=now)
        roster.end_appointment(actor=SYSTEM, appointment=county, left_on=date(2026, 9, 22), now=now)
        assert [(g.role, g.place and g.place.code) for g in lists.grants_of(person.id)] == [
            (Role.OFFICE_LEAD, "420100")
        ]

    @pytest.mark.parametrize("day", [date(2026, 8, 31), date(2026, 9, 23)])
    def test_before_joining_or_in_the_future_is_refused(self, land: Country, day: date) -> None:
        appointment = present_work(add(land))
        with pytest.raises(entries.LeftWrong):
            roster.end_appointment(actor=SYSTEM, appointment=appointment, left_on=day, now=land.now)

    def test_twice_is_said(self, land: Country) -> None:
        appointment = present_work(add(land))
        today = date(2026, 9, 22)
        roster.end_appointment(actor=SYSTEM, appointment=appointment, left_on=today, now=land.now)
        with pytest.raises(roster.AlreadyLeft):
            roster.end_appointment(
                actor=SYSTEM, appointment=appointment, left_on=today, now=land.now
            )
        with pytest.raises(roster.AlreadyLeft):
            roster.edit_appointment(
                actor=SYSTEM, appointment=appointment, work=work(Post.OPERATOR), now=land.now
            )

    def test_nobody_ends_their_own_work(self, land: Country) -> None:
        teacher = land.actor("teacher")
        appointment = present_work(land.people["teacher"])
        with pytest.raises(NotYourself):
            roster.end_appointment(
                actor=teacher, appointment=appointment, left_on=date(2026, 9, 22), now=land.now
            )

    def test_a_school_cannot_end_what_stands_above_it(self, land: Country, now: datetime) -> None:
        person = add(land)
        roles.grant_role(
            actor=SYSTEM,
            person=person,
            role=Role.SUPERVISOR,
            body_id=land.body("county").id,
            now=now,
        )
        with pytest.raises(BeyondYourRange):
            roster.end_appointment(
                actor=land.actor("teacher"),
                appointment=present_work(person),
                left_on=date(2026, 9, 22),
                now=now,
            )

    def test_the_first_administrator_is_not_drawn_into_a_roster_from_below(
        self, land: Country, now: datetime
    ) -> None:
        root = root_admin(now)
        person = fetch.person(SYSTEM, root.person_id or 0)
        with pytest.raises(BeyondYourRange):
            roster.add_existing(
                actor=land.actor("teacher"),
                body_id=land.body("school").id,
                entry=PersonEntry(name=person.name, staff_no=person.staff_no),
                work=work(),
                now=now,
            )


class TestMoving:
    def move(self, land: Country, person: Person, to: str, who: Any = SYSTEM, **over: Any) -> Any:
        return roster.transfer_appointment(
            actor=who,
            appointment=present_work(person),
            body_id=land.body(to).id,
            work=work(Post.OPERATOR, joined_on=date(2026, 9, 20), **over),
            now=land.now,
        )

    def test_the_record_comes_along(self, land: Country, session: Session) -> None:
        person = add(land)
        moved = self.move(land, person, "city_school")
        rows = lists.works_of(person.id)
        assert [(row.place.code, row.left_on) for row in rows] == [
            ("3442990003", None),
            ("3442990001", date(2026, 9, 20)),
        ]
        assert moved.transferred_from_id == rows[1].id
        assert Act.APPOINTMENT_TRANSFERRED in acts_on(person)

    def test_roles_stay_behind(self, land: Country, now: datetime) -> None:
        actor = holder(land.body("county"), Role.OFFICE_HANDLER, now)
        person = fetch.person(SYSTEM, actor.person_id or 0)
        self.move(land, person, "neighbour")
        assert lists.grants_of(person.id) == ()

    def test_an_administrator_above_both_may(self, land: Country, now: datetime) -> None:
        city = admin_of(land.body("city"), now)
        assert self.move(land, add(land), "city_school", who=city).id

    def test_an_administrator_of_one_may_not(self, land: Country, now: datetime) -> None:
        county = admin_of(land.body("county"), now)
        with pytest.raises(Forbidden):
            self.move(land, add(land), "city_school", who=county)

    def test_to_where_the_person_is_already(self, land: Country) -> None:
        person = add(land)
        with pytest.raises(roster.AlreadyHere):
            self.move(land, person, "school")

    def test_once_gone_there_is_nothing_to_move(self, land: Country) -> None:
        person = add(land)
        appointment = present_work(person)
        self.move(land, person, "city_school")
        with pytest.raises(roster.AlreadyLeft):
            roster.transfer_appointment(
                actor=SYSTEM,
                appointment=appointment,
                body_id=land.body("county").id,
                work=work(),
                now=land.now,
            )


class TestFetching:
    def test_a_stranger_finds_nobody(self, land: Country) -> None:
        with pytest.raises(NotFound):
            fetch.person(land.actor("neighbour_officer"), land.people["teacher"].id)

    def test_seen_is_not_yet_allowed(self, land: Country) -> None:
        with pytest.raises(Forbidden):
            fetch.person(
                land.actor("county_officer"), land.people["teacher"].id, Permission.ROSTER_MANAGE
            )
        work_id = present_work(land.people["teacher"]).id
        with pytest.raises(Forbidden):
            fetch.appointment(land.actor("county_officer"), work_id)

    def test_an_appointment_of_a_stranger(self, land: Country) -> None:
        work_id = present_work(land.people["teacher"]).id
        with pytest.raises(NotFound):
            fetch.appointment(land.actor("neighbour_officer"), work_id)

    def test_who_serves_two_masters_is_changed_by_their_common_admin(
        self, land: Country, now: datetime
    ) -> None:
        person = add(land)
        roster.add_appointment(
            actor=SYSTEM, person=person, body_id=land.body("neighbour").id, work=work(), now=now
        )
        manage = Permission.ROSTER_MANAGE
        with pytest.raises(BeyondYourRange):
            fetch.person(admin_of(land.body("county"), now), person.id, manage)
        city = admin_of(land.body("city"), now, "市管理员(演示)")
        assert fetch.person(city, person.id, manage).id == person.id

    def test_former_staff_belong_to_their_last_body(self, land: Country, now: datetime) -> None:
        person = add(land)
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(person), left_on=date(2026, 9, 22), now=now
        )
        teacher = land.actor("teacher")
        assert fetch.person(teacher, person.id, Permission.ROSTER_MANAGE).id == person.id
        left = lists.roster(teacher, land.body("school").code, left=True).rows
        assert [(row.work.name, row.moved_on) for row in left] == [("周老师(演示)", False)]

    def test_only_the_root_sees_who_is_on_no_roster(self, land: Country, now: datetime) -> None:
        root = root_admin(now)
        with pytest.raises(NotFound):
            fetch.person(admin_of(land.body("province"), now), root.person_id or 0)
        assert fetch.person(root, root.person_id or 0).id == root.person_id


class TestLists:
    def test_by_pinyin_in_pages(self, land: Country, now: datetime) -> None:
        body = land.body("neighbour")
        for name in ("赵经办(演示)", "安经办(演示)", "李经办(演示)"):
            employ(body, name, now)
        first = lists.roster(SYSTEM, body.code, size=2)
        second = lists.roster(SYSTEM, body.code, size=2, after=first.next)
        names = [row.work.name for page in (first, second) for row in page.rows]
        assert second.next is None
        # The country's own officer carries a sort key of its own.
        assert [n for n in names if n != "邻县经办"] == [
            "安经办(演示)", "李经办(演示)", "赵经办(演示)",
        ]  # fmt: skip

    def test_a_roster_needs_the_same_queries_at_any_size(
        self, land: Country, now: datetime, session: Session, queries: list[str]
    ) -> None:
        body = land.body("county")
        counts = []
        for number in (1, 12):
            for i in range(number):
                employ(body, f"经办{i}(演示)", now)
            session.flush()
            queries.clear()
            lists.roster(SYSTEM, body.code)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 7

    def test_strangers_see_no_roster(self, land: Country) -> None:
        with pytest.raises(NotFound):
            lists.roster(land.actor("neighbour_officer"), land.body("school").code)

    @pytest.mark.parametrize("text", ["王老", "T-teacher", "teacher", " ｔｅａｃｈｅｒ "])
    def test_people_are_found_in_range(self, land: Country, text: str) -> None:
        # The country's numbers are written in small letters; ours are stored in capitals.
        land.people["teacher"].staff_no = "T-TEACHER"
        found = lists.people_found(land.actor("county_officer"), text)
        assert [row.name for row in found] == ["王老师"]
        assert lists.people_found(land.actor("neighbour_officer"), text) == ()

    @pytest.mark.parametrize("text", ["", "   ", "%", "_", "nobody"])
    def test_nothing_is_found_by_nothing(self, land: Country, text: str) -> None:
        assert lists.people_found(land.actor("county_officer"), text) == ()


class TestTables:
    def test_one_open_appointment_per_person_and_body(
        self, land: Country, session: Session
    ) -> None:
        person = add(land)
        session.add(
            Appointment(
                person_id=person.id,
                body_id=land.body("school").id,
                joined_on=date(2026, 9, 2),
                posts=[AppointmentPost(post=Post.OPERATOR)],
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()

    @pytest.mark.parametrize(
        "verb", ["UPDATE people_audit SET act = 'x'", "DELETE FROM people_audit"]
    )
    def test_the_trail_is_append_only(self, land: Country, session: Session, verb: str) -> None:
        add(land)
        with pytest.raises(Exception, match="append-only"):
            session.execute(text(verb))
