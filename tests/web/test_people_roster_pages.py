"""Rosters through the pages: seeing, adding, finding; bad input and double clicks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.people.access import lists
from helpdesk.people.models import Person
from helpdesk.people.operations import roster
from tests.factories.country import Country
from tests.factories.people import (
    admin_of,
    employ,
    present_work,
    root_admin,
    work,
)
from tests.support.client import Client, form_of
from tests.support.staff_pages import NEW, SCHOOL, become, count


class TestRoster:
    def test_a_teacher_sees_and_keeps_the_own_school(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        page = client.get(f"/people/bodies/{SCHOOL}")
        assert page.status_code == 200
        assert "王老师" in page.text
        assert "登记人员" in page.text

    @pytest.mark.parametrize("who", ["county_officer", "city_supervisor"])
    def test_offices_above_see_it(self, client: Client, land: Country, who: str) -> None:
        client.sign_in(land.account(who))
        page = client.get(f"/people/bodies/{SCHOOL}")
        assert page.status_code == 200
        assert "登记人员" not in page.text
        assert client.get(f"/people/bodies/{SCHOOL}/new").status_code == 403

    @pytest.mark.parametrize("who", ["neighbour_officer", "sibling_teacher", "agent"])
    def test_others_do_not(self, client: Client, land: Country, who: str) -> None:
        client.sign_in(land.account(who))
        for address in (f"/people/bodies/{SCHOOL}", f"/people/bodies/{SCHOOL}/new"):
            assert client.get(address).status_code in (403, 404)
        assert client.get(f"/people/{land.people['teacher'].id}").status_code == 404

    @pytest.mark.parametrize("code", ["0000000000", "x", "%E5%8E%BF", "'--"])
    def test_no_such_body(self, client: Client, admin: Actor, code: str) -> None:
        assert client.get(f"/people/bodies/{code}").status_code == 404

    def test_who_left_stands_on_the_other_list(
        self, client: Client, land: Country, admin: Actor, now: datetime
    ) -> None:
        gone, moved = (
            employ(land.body("school"), n, now) for n in ("离岗人(演示)", "调走人(演示)")
        )
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(gone), left_on=date(2026, 9, 22), now=now
        )
        roster.transfer_appointment(
            actor=SYSTEM,
            appointment=present_work(moved),
            body_id=land.body("city_school").id,
            work=work(joined_on=date(2026, 9, 22)),
            now=now,
        )
        page = client.get(f"/people/bodies/{SCHOOL}?left=1").text
        assert f'/people/{gone.id}"' in page
        assert "调走人(演示)" in page
        assert f'/people/{moved.id}"' not in page
        assert "离岗人(演示)" not in client.get(f"/people/bodies/{SCHOOL}").text

    def test_pages_follow_each_other(
        self, client: Client, land: Country, admin: Actor, now: datetime
    ) -> None:
        for i in range(51):
            employ(land.body("school"), f"老师{i:02d}(演示)", now)
        first = client.get(f"/people/bodies/{SCHOOL}").text
        onward = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        second = client.get(onward.replace("&amp;", "&"))
        assert "已到最后" in second.text
        assert client.get(f"/people/bodies/{SCHOOL}?after=nonsense").status_code == 400


class TestAdding:
    def add(self, client: Client, **over: str) -> TestResponse:
        page = client.get(f"/people/bodies/{SCHOOL}/new")
        fields = {**form_of(page, "/new"), **NEW, **over}
        return client.post(f"/people/bodies/{SCHOOL}/new", data=fields)

    def test_a_new_person(self, client: Client, admin: Actor, session: Session) -> None:
        answer = self.add(client)
        assert answer.status_code == 303
        page = client.get(answer.location)
        assert "周老师(演示)" in page.text
        assert "已登记，工号A-001" in page.text

    def test_a_double_click_adds_one(self, client: Client, admin: Actor, session: Session) -> None:
        page = client.get(f"/people/bodies/{SCHOOL}/new")
        fields = {**form_of(page, "/new"), **NEW, "staff_no": ""}
        before = count(Person)
        places = [
            client.post(f"/people/bodies/{SCHOOL}/new", data=fields).location for _ in range(2)
        ]
        assert places[0] == places[1]
        assert count(Person) == before + 1

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"name": ""}, "请填写这一项"),
            ({"name": "周"}, "请填写姓名"),
            ({"name": "x" * 81}, "最多80个字"),
            ({"name": "周110101199003070011"}, "不要填证件号码"),
            ({"staff_no": "13812345678"}, "工号由3至14位"),
            ({"staff_no": "110101199003070011"}, "工号由3至14位"),
            ({"mobile": "打不通"}, "不像电话号码"),
            ({"mail": "zhou"}, "不像邮箱地址"),
            ({"posts": ""}, "请至少选择一个岗位"),
            ({"posts": "agent"}, "没有这个岗位"),
            ({"posts": "king"}, "请至少选择一个岗位"),
            ({"subsystems": "preschool"}, "没有使用这个子系统"),
            ({"joined_on": ""}, "请填写这一项"),
            ({"joined_on": "昨天"}, "2026-09-01 的样子"),
            ({"joined_on": "2026-02-30"}, "2026-09-01 的样子"),
            ({"joined_on": "2099-01-01"}, "不晚于今天"),
            ({"posts": "first_responsible"}, "第一责任人已经是校长"),
        ],
    )
    def test_bad_input_is_said_and_what_was_typed_stays(
        self,
        client: Client,
        admin: Actor,
        session: Session,
        over: dict[str, str],
        said: str,
    ) -> None:
        before = count(Person)
        answer = self.add(client, **over)
        assert answer.status_code == 422
        assert said in answer.text
        kept = form_of(answer, "/new")
        typed = {**NEW, **over}
        assert {kept["mail"], kept["staff_no"]} <= {typed["mail"], typed["staff_no"]}
        assert count(Person) == before

    def test_markup_is_shown_as_text(self, client: Client, admin: Actor) -> None:
        answer = self.add(client, name="<script>alert(1)</script>")
        page = client.get(answer.location)
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text

    def test_a_known_person_is_asked_about_and_then_appointed(
        self, client: Client, admin: Actor, clerk: Person
    ) -> None:
        asked = self.add(client, name=clerk.name, staff_no=clerk.staff_no)
        assert asked.status_code == 422
        assert "给已有人员增加任职" in asked.text
        fields = {**form_of(asked, "/new"), "existing": "y"}
        answer = client.post(f"/people/bodies/{SCHOOL}/new", data=fields)
        assert answer.location == f"/people/{clerk.id}"
        assert len(lists.works_of(clerk.id)) == 2
        twice = client.post(f"/people/bodies/{SCHOOL}/new", data=fields)
        assert twice.status_code == 409
        assert "已经在" in twice.text

    def test_a_number_of_another_name(self, client: Client, admin: Actor, clerk: Person) -> None:
        answer = self.add(client, staff_no=clerk.staff_no)
        assert answer.status_code == 422
        assert "另一个姓名" in answer.text


class TestOverview:
    def test_an_administrator_finds_people_and_gaps(
        self, client: Client, land: Country, now: datetime
    ) -> None:
        become(client, admin_of(land.body("city"), now))
        page = client.get("/people?q=县经办").text
        assert "示范县资助中心" in page
        assert "无人县资助中心" in page
        assert client.get("/people?q=%00").status_code == 200
        assert "范围内没有这个人" in client.get("/people?q=nobody").text

    def test_the_root_sees_who_holds_it(self, client: Client, land: Country, now: datetime) -> None:
        become(client, root_admin(now))
        page = client.get("/people").text
        assert "首位管理员" in page
        assert "全系统的角色" in page

    def test_a_teacher_has_no_gaps_to_see(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        assert "没有人办理的单位" not in client.get("/people").text
