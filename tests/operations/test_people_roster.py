"""Rosters: joining, changing, leaving, moving, and who may do it to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import wiring
from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people.access import fetch, lists
from helpdesk.people.access.fetch import BeyondYourRange
from helpdesk.people.events import StaffChanged
from helpdesk.people.models import Appointment, AppointmentPost, Audit, Person
from helpdesk.people.operations import entries, roles, roster
from helpdesk.people.operations.entries import FieldRefused, PersonEntry
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import Act, Post, Role
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import admin_of, employ, holder, present_work, root_admin, work


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    """The small country."""
    return country.build(now)


@pytest.fixture
def told() -> Iterator[list[StaffChanged]]:
    """The facts about staff that are published."""
    facts: list[StaffChanged] = []
    events.connect({StaffChanged: [facts.append]})
    yield facts
    events.connect(wiring.HANDLERS)


def add(land: Country, body: str = "school", who: Any = SYSTEM, **over: Any) -> Person:
    """Add 周老师 to the roster of a body."""
    fields = {"name": "周老师(演示)", "staff_no": "A-001", **over.pop("entry", {})}
    return roster.add_person(
        actor=who,
        body_id=land.body(body).id,
        entry=PersonEntry(**fields),
        work=over.pop("work", work(Post.OPERATOR)),
        once=over.pop("once", "once-1"),
        now=land.now,
    )


def acts_on(session: Session, person: Person) -> list[Act]:
    query = select(Audit.act).where(Audit.person_id == person.id).order_by(Audit.id)
    return list(session.scalars(query))


class TestAdding:
    def test_a_person_stands_on_the_roster_and_in_the_trail(
        self, land: Country, session: Session
    ) -> None:
        person = add(land)
        row = lists.roster(SYSTEM, land.body("school").code).rows
        assert "周老师(演示)" in [line.work.name for line in row]
        assert acts_on(session, person) == [Act.PERSON_ADDED, Act.APPOINTMENT_ADDED]

    def test_without_a_number_we_give_one(self, land: Country) -> None:
        person = add(land, entry={"staff_no": ""})
        assert person.staff_no == f"P{person.id:08d}"

    def test_number_name_and_mail_are_cleaned(self, land: Country) -> None:
        person = add(
            land, entry={"name": " 周  老师 ", "staff_no": "ａ-００１", "mail": " z@a.cn "}
        )
        assert (person.name, person.staff_no, person.mail) == ("周 老师", "A-001", "z@a.cn")

    def test_the_same_form_twice_adds_one_person(self, land: Country) -> None:
        first, second = add(land), add(land)
        assert first.id == second.id

    def test_it_is_published(self, land: Country, told: list[StaffChanged]) -> None:
        person = add(land)
        assert [fact.person_ids for fact in told] == [(person.id,)]
        assert told[0].body_ids == (land.body("school").id,)

    @pytest.mark.parametrize(
        ("entry", "refusal"),
        [
            ({"name": "周"}, entries.NameWrong),
            ({"name": ""}, entries.NameWrong),
            ({"name": "周" * 81}, entries.NameWrong),
            ({"name": "周110101199003070011"}, entries.NameWrong),
            ({"staff_no": "工号1"}, entries.StaffNoWrong),
            ({"staff_no": "13812345678"}, entries.StaffNoWrong),
            ({"staff_no": "P00000001"}, entries.StaffNoWrong),
            ({"mobile": "打不通"}, entries.MobileWrong),
            ({"mail": "zhou"}, entries.MailWrong),
            ({"mail": "11010119900307001X@qq.com"}, entries.MailWrong),
        ],
    )
    def test_wrong_entries_are_refused(
        self, land: Country, entry: dict[str, str], refusal: type[FieldRefused]
    ) -> None:
        with pytest.raises(refusal):
            add(land, entry=entry)

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"posts": frozenset()}, entries.PostMissing),
            ({"posts": frozenset({Post.AGENT})}, entries.PostDoesNotFit),
            ({"subsystems": frozenset({Subsystem.PRESCHOOL})}, entries.SubsystemDoesNotFit),
            ({"joined_on": date(2026, 9, 23)}, entries.JoinedWrong),
            ({"joined_on": date(1959, 12, 31)}, entries.JoinedWrong),
            ({"on_leave_until": date(2026, 10, 1)}, entries.LeaveWrong),
            ({"on_leave_since": date(2026, 8, 31)}, entries.LeaveWrong),
            (
                {"on_leave_since": date(2026, 9, 20), "on_leave_until": date(2026, 9, 19)},
                entries.LeaveWrong,
            ),
        ],
    )
    def test_wrong_appointments_are_refused(
        self, land: Country, given: dict[str, Any], refusal: type[FieldRefused]
    ) -> None:
        fields = {"joined_on": date(2026, 9, 1), "posts": frozenset({Post.OPERATOR}), **given}
        with pytest.raises(refusal):
            add(land, work=entries.WorkEntry(**fields))

    def test_a_second_first_responsible_person_is_refused_by_name(self, land: Country) -> None:
        with pytest.raises(entries.FirstResponsibleTaken, match="校长"):
            add(land, work=work(Post.FIRST_RESPONSIBLE))

    def test_nobody_joins_a_closed_school(self, land: Country) -> None:
        land.body("school").status = BodyStatus.CLOSED
        with pytest.raises(roster.BodyClosed):
            add(land)

    def test_a_number_of_another_name_is_refused(self, land: Country) -> None:
        add(land)
        with pytest.raises(entries.StaffNoTaken):
            add(land, entry={"name": "吴老师(演示)"}, once="once-2")

    def test_the_same_number_and_name_asks_whether_it_is_one_person(self, land: Country) -> None:
        add(land)
        with pytest.raises(entries.SamePersonPerhaps):
            add(land, body="county", once="once-2")

    def test_yes_it_is_the_same_person(self, land: Country) -> None:
        person = add(land)
        again = roster.add_existing(
            actor=SYSTEM,
            body_id=land.body("county").id,
            entry=PersonEntry(name="周老师(演示)", staff_no="A-001"),
            work=work(),
            now=land.now,
        )
        assert again.id == person.id
        assert len(lists.works_of(person.id)) == 2

    def test_existing_with_another_name_is_nobody(self, land: Country) -> None:
        add(land)
        with pytest.raises(entries.StaffNoTaken):
            roster.add_existing(
                actor=SYSTEM,
                body_id=land.body("county").id,
                entry=PersonEntry(name="吴老师(演示)", staff_no="A-001"),
                work=work(),
                now=land.now,
            )


class TestWhoMay:
    @pytest.mark.parametrize("who", ["teacher", "principal"])
    def test_a_school_keeps_its_own_roster(self, land: Country, who: str) -> None:
        assert add(land, who=land.actor(who)).id

    @pytest.mark.parametrize("office", ["county", "city", "province"])
    def test_the_offices_above_can_too(self, land: Country, now: datetime, office: str) -> None:
        assert add(land, who=admin_of(land.body(office), now)).id

    @pytest.mark.parametrize(
        "who", ["sibling_teacher", "county_officer", "county_lead", "neighbour_officer", "agent"]
    )
    def test_others_cannot(self, land: Country, who: str) -> None:
        with pytest.raises(Forbidden):
            add(land, who=land.actor(who))

    @pytest.mark.parametrize("office", ["neighbour", "other_province", "call_centre"])
    def test_nor_administrators_beside(self, land: Country, now: datetime, office: str) -> None:
        with pytest.raises(Forbidden):
            add(land, who=admin_of(land.body(office), now))

    def test_a_body_that_is_not_there(self, land: Country) -> None:
        with pytest.raises(NotFound):
            roster.add_person(
                actor=SYSTEM,
                body_id=999_999,
                entry=PersonEntry(name="周老师(演示)"),
                work=work(),
                once="once-9",
                now=land.now,
            )


class TestEditing:
    def test_changes_are_kept_and_written_down_by_field(
        self, land: Country, session: Session
    ) -> None:
        person = add(land)
        entry = PersonEntry(name="周主任(演示)", staff_no="A-001", mobile="13800000000")
        roster.edit_person(actor=SYSTEM, person=person, entry=entry, version=1, now=land.now)
        assert (person.name, person.mobile, person.version) == ("周主任(演示)", "13800000000", 2)
        written = session.scalars(select(Audit).where(Audit.act == Act.PERSON_EDITED)).one()
        assert written.details == {"fields": ["mobile", "name"]}
        assert written.body_id == land.body("school").id

    def test_nothing_changed_writes_nothing(self, land: Country, session: Session) -> None:
        person = add(land)
        entry = PersonEntry(name=person.name, staff_no=person.staff_no)
        roster.edit_person(actor=SYSTEM, person=person, entry=entry, version=1, now=land.now)
        assert Act.PERSON_EDITED not in acts_on(session, person)

    def test_an_old_form_is_refused(self, land: Country) -> None:
        person = add(land)
        entry = PersonEntry(name="周主任(演示)")
        with pytest.raises(roster.ChangedMeanwhile):
            roster.edit_person(actor=SYSTEM, person=person, entry=entry, version=7, now=land.now)

    def test_a_number_of_ours_stays_when_it_is_sent_back(self, land: Country) -> None:
        person = add(land, entry={"staff_no": ""})
        entry = PersonEntry(name="周主任(演示)", staff_no=person.staff_no)
        roster.edit_person(actor=SYSTEM, person=person, entry=entry, version=1, now=land.now)
        assert person.name == "周主任(演示)"

    def test_leave_and_posts(self, land: Country) -> None:
        person = add(land)
        given = entries.WorkEntry(
            joined_on=date(2026, 9, 1),
            posts=frozenset({Post.OPERATOR, Post.REVIEWER}),
            subsystems=frozenset({Subsystem.SENIOR_HIGH}),
            on_leave_since=date(2026, 9, 20),
        )
        roster.edit_appointment(
            actor=SYSTEM, appointment=present_work(person), work=given, now=land.now
        )
        row = lists.works_of(person.id)[0]
        assert row.posts == (Post.OPERATOR, Post.REVIEWER)
        assert row.subsystems == (Subsystem.SENIOR_HIGH,)
        assert [row.on_leave(date(2026, 9, d)) for d in (19, 20, 30)] == [False, True, True]

    def test_the_database_keeps_leave_in_order(self, land: Country, session: Session) -> None:
        appointment = present_work(add(land))
        appointment.on_leave_since = date(2026, 9, 20)
        appointment.on_leave_until = date(2026, 9, 1)
        with pytest.raises(IntegrityError):
            session.flush()


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
        assert Act.APPOINTMENT_TRANSFERRED in acts_on(session, person)

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
