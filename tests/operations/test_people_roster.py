"""Rosters: joining, changing, leaving, moving, and who may do it to whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people.access import lists
from helpdesk.people.events import StaffChanged
from helpdesk.people.models import Audit
from helpdesk.people.operations import entries, roster
from helpdesk.people.operations.entries import FieldRefused, PersonEntry
from helpdesk.people.rules import Act, Post
from tests.factories.country import Country
from tests.factories.people import acts_on, add, admin_of, present_work, work


class TestAdding:
    def test_a_person_stands_on_the_roster_and_in_the_trail(
        self, land: Country, session: Session
    ) -> None:
        person = add(land)
        row = lists.roster(SYSTEM, land.body("school").code).rows
        assert "周老师(演示)" in [line.work.name for line in row]
        assert acts_on(person) == [Act.PERSON_ADDED, Act.APPOINTMENT_ADDED]

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
        assert Act.PERSON_EDITED not in acts_on(person)

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
