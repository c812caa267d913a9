"""Rosters, persons, accounts and roles through the pages; bad input and double clicks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.people.access import lists
from helpdesk.people.models import Account, Person, RoleGrant
from helpdesk.people.operations import accounts, roles, roster
from helpdesk.people.rules import Role
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import (
    admin_of,
    employ,
    give_account,
    holder,
    present_work,
    root_admin,
    work,
)
from tests.support.client import Client, form_of

SCHOOL = "3442990001"
NEW = {
    "name": "周老师(演示)",
    "staff_no": "A-001",
    "mobile": "13800000000",
    "mail": "z@school.cn",
    "posts": "operator",
    "subsystems": "senior_high",
    "joined_on": "2026-09-01",
}


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    """The small country."""
    return country.build(now)


@pytest.fixture
def admin(client: Client, land: Country, now: datetime) -> Actor:
    """The browser is the administrator of the county."""
    return enter(client, admin_of(land.body("county"), now, "县管理员(演示)"))


@pytest.fixture
def clerk(land: Country, now: datetime) -> Person:
    """Somebody new on the roster of the county."""
    return employ(land.body("county"), "县新人(演示)", now)


def enter(client: Client, actor: Actor) -> Actor:
    client.sign_in(actor.account_id or 0)
    return actor


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def code_on(page: TestResponse) -> str:
    return page.text.split('id="code" data-user>')[1].split("<")[0]


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
        before = count(session, Person)
        places = [
            client.post(f"/people/bodies/{SCHOOL}/new", data=fields).location for _ in range(2)
        ]
        assert places[0] == places[1]
        assert count(session, Person) == before + 1

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
        before = count(session, Person)
        answer = self.add(client, **over)
        assert answer.status_code == 422
        assert said in answer.text
        kept = form_of(answer, "/new")
        typed = {**NEW, **over}
        assert {kept["mail"], kept["staff_no"]} <= {typed["mail"], typed["staff_no"]}
        assert count(session, Person) == before

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


class TestPerson:
    def test_everything_on_one_page(
        self, client: Client, land: Country, admin: Actor, clerk: Person, now: datetime
    ) -> None:
        give_account(clerk, now)
        page = client.get(f"/people/{clerk.id}")
        assert page.status_code == 200
        for words in ("任职", "角色", "最近的变更", "重新发放一次性口令", "停用账号"):
            assert words in page.text

    def test_number_of_queries_does_not_grow(
        self, client: Client, land: Country, admin: Actor, clerk: Person, queries: list[str]
    ) -> None:
        client.get(f"/people/{clerk.id}")
        queries.clear()
        client.get(f"/people/{clerk.id}")
        assert len(queries) <= 24

    def test_editing(self, client: Client, admin: Actor, clerk: Person, session: Session) -> None:
        address = f"/people/{clerk.id}/edit"
        fields = {**form_of(client.get(address), "/edit"), "mobile": "13800000001"}
        assert client.post(address, data=fields).status_code == 303
        session.refresh(clerk)
        assert clerk.mobile == "13800000001"
        # The old form again: somebody changed the record meanwhile.
        fields["mobile"] = "13800000002"
        answer = client.post(address, data=fields)
        assert answer.status_code == 409
        kept = form_of(answer, "/edit")
        assert kept["mobile"] == "13800000002"
        assert client.post(address, data=kept).status_code == 303

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "请填写这一项"),
            ("name", "周", "请填写姓名"),
            ("staff_no", "工号", "工号由3至14位"),
            ("staff_no", "P00000001", "工号由3至14位"),
            ("mobile", "x", "不像电话号码"),
            ("mail", "x", "不像邮箱地址"),
            ("version", "x", "有人改过"),
            ("version", "", "有人改过"),
        ],
    )
    def test_bad_edits(
        self, client: Client, admin: Actor, clerk: Person, field: str, value: str, said: str
    ) -> None:
        address = f"/people/{clerk.id}/edit"
        fields = {**form_of(client.get(address), "/edit"), field: value}
        answer = client.post(address, data=fields)
        assert answer.status_code in (409, 422)
        assert said in answer.text

    def test_oneself(self, client: Client, admin: Actor) -> None:
        page = client.get(f"/people/{admin.person_id}").text
        assert "自己的密码在“个人设置”里修改" in page
        assert "停用账号" not in page
        assert "离岗</a>" not in page

    def test_beyond_the_range_the_reason_stands_beside(
        self, client: Client, land: Country, admin: Actor, clerk: Person, now: datetime
    ) -> None:
        roles.grant_role(
            actor=SYSTEM,
            person=clerk,
            role=Role.SUPERVISOR,
            body_id=land.body("city").id,
            now=now,
        )
        page = client.get(f"/people/{clerk.id}").text
        assert "由管辖全部范围的上级管理员办理" in page
        assert "开通账号</a>" not in page
        assert client.get(f"/people/{clerk.id}/account").status_code == 403

    @pytest.mark.parametrize("person_id", ["0", "999999"])
    def test_nobody(self, client: Client, admin: Actor, person_id: str) -> None:
        assert client.get(f"/people/{person_id}").status_code == 404


class TestWork:
    def test_one_more_body(self, client: Client, admin: Actor, clerk: Person) -> None:
        address = f"/people/{clerk.id}/appointments"
        assert client.get(address).status_code == 200
        page = client.get(f"{address}?body_code={SCHOOL}")
        fields = {**form_of(page, "/appointments"), "posts": "reviewer"}
        sent = f"{address}?body_code={SCHOOL}"
        assert client.post(sent, data=fields).location == f"/people/{clerk.id}"
        assert client.post(sent, data=fields).status_code == 409
        assert len(lists.works_of(clerk.id)) == 2

    @pytest.mark.parametrize(
        ("code", "status"), [("420102", 404), ("NOPE", 404), (" 420101 ", 200)]
    )
    def test_only_in_range(
        self, client: Client, admin: Actor, clerk: Person, code: str, status: int
    ) -> None:
        answer = client.get(f"/people/{clerk.id}/appointments?body_code={code}")
        assert answer.status_code == status

    def test_changing_and_leave(self, client: Client, admin: Actor, clerk: Person) -> None:
        address = f"/people/appointments/{present_work(clerk).id}"
        fields = form_of(client.get(address), str(present_work(clerk).id))
        assert fields["joined_on"] == "2026-09-01"
        fields |= {"posts": "operator", "on_leave_since": "2026-09-20"}
        assert client.post(address, data=fields).status_code == 303
        assert "请假" in client.get(f"/people/{clerk.id}").text

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"posts": ""}, "请至少选择一个岗位"),
            ({"joined_on": ""}, "请填写这一项"),
            ({"on_leave_since": "下周"}, "2026-09-01 的样子"),
            ({"on_leave_until": "2026-10-01"}, "请假要有开始日期"),
            ({"on_leave_since": "2026-10-01", "on_leave_until": "2026-09-01"}, "请假要有开始日期"),
        ],
    )
    def test_bad_changes(
        self, client: Client, admin: Actor, clerk: Person, over: dict[str, str], said: str
    ) -> None:
        address = f"/people/appointments/{present_work(clerk).id}"
        fields = {"posts": "manager", "joined_on": "2026-09-01", **over}
        answer = client.post(address, data=fields)
        assert answer.status_code == 422
        assert said in answer.text

    def test_leaving(self, client: Client, admin: Actor, clerk: Person) -> None:
        address = f"/people/appointments/{present_work(clerk).id}/end"
        fields = form_of(client.get(address), "/end")
        assert client.post(address, data=fields).location == "/people/bodies/420101"
        again = client.post(address, data=fields)
        assert again.status_code == 409
        assert "已经结束" in again.text

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("", "请填写这一项"),
            ("明天", "2026-09-01 的样子"),
            ("2026-08-31", "到岗"),
            ("2099-01-01", "不晚于今天"),
        ],
    )
    def test_bad_days_of_leaving(
        self, client: Client, admin: Actor, clerk: Person, day: str, said: str
    ) -> None:
        address = f"/people/appointments/{present_work(clerk).id}/end"
        answer = client.post(address, data={"left_on": day})
        assert answer.status_code == 422
        assert said in answer.text

    def test_moving(self, client: Client, admin: Actor, clerk: Person) -> None:
        address = f"/people/appointments/{present_work(clerk).id}/transfer"
        assert client.get(address).status_code == 200
        sent = f"{address}?body_code={SCHOOL}"
        fields = {**form_of(client.get(sent), "/transfer"), "joined_on": "2026-09-22"}
        assert client.post(sent, data=fields).location == f"/people/{clerk.id}"
        assert client.post(sent, data=fields).status_code == 409
        present = [row.place.code for row in lists.works_of(clerk.id) if row.left_on is None]
        assert present == [SCHOOL]
        bad = client.post(sent, data={**fields, "joined_on": "x"})
        assert bad.status_code == 422

    def test_an_appointment_that_is_not_there(self, client: Client, admin: Actor) -> None:
        for tail in ("", "/end", "/transfer"):
            assert client.get(f"/people/appointments/999999{tail}").status_code == 404


class TestAccount:
    def test_from_the_roster_to_the_first_sign_in(
        self, client: Client, admin: Actor, clerk: Person
    ) -> None:
        address = f"/people/{clerk.id}/account"
        fields = {**form_of(client.get(address), "/account"), "user_name": "New.Clerk"}
        page = client.post(address, data=fields)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        code = code_on(page)
        assert code.replace("-", "") not in client.get(f"/people/{clerk.id}").text
        client.post("/sign-out")
        answer = client.post("/sign-in", data={"user_name": "new.clerk", "password": code})
        assert answer.location == "/first-password"
        done = {"new": "blue grey teal", "again": "blue grey teal"}
        assert client.post("/first-password", data=done).status_code == 303
        assert client.get("/profile").status_code == 200

    def test_a_second_click_opens_no_second_account_and_says_the_way_out(
        self, client: Client, admin: Actor, clerk: Person, session: Session
    ) -> None:
        before = count(session, Account)
        for status in (200, 409):
            answer = client.post(f"/people/{clerk.id}/account", data={"user_name": "newclerk"})
            assert answer.status_code == status
        assert "请重新发放" in answer.text
        assert count(session, Account) == before + 1

    @pytest.mark.parametrize(
        ("user_name", "said"),
        [
            ("", "请填写这一项"),
            ("ab", "用户名由3至64位"),
            ("周新人", "用户名由3至64位"),
            ("11010119900307001x", "不能用身份证号"),
            ("teacher", "已被使用"),
        ],
    )
    def test_bad_user_names(
        self, client: Client, admin: Actor, clerk: Person, user_name: str, said: str
    ) -> None:
        answer = client.post(f"/people/{clerk.id}/account", data={"user_name": user_name})
        assert answer.status_code == 422
        assert said in answer.text
        assert form_of(answer, "/account")["user_name"] == user_name

    def test_a_new_code(self, client: Client, admin: Actor, clerk: Person, now: datetime) -> None:
        address = f"/people/{clerk.id}/account/code"
        assert client.post(address).status_code == 422  # nothing to repair yet
        give_account(clerk, now, "newclerk")
        assert "原密码立即失效" in client.get(address).text
        first, second = (code_on(client.post(address)) for _ in range(2))
        client.post("/sign-out")
        for code, status in ((first, 422), (second, 303)):
            answer = client.post("/sign-in", data={"user_name": "newclerk", "password": code})
            assert answer.status_code == status

    @pytest.mark.parametrize(
        ("verb", "first", "second"),
        [("disable", 303, 409), ("enable", 409, 409), ("unlock", 303, 303)],
    )
    def test_verbs_and_their_second_click(
        self,
        client: Client,
        admin: Actor,
        clerk: Person,
        now: datetime,
        verb: str,
        first: int,
        second: int,
    ) -> None:
        give_account(clerk, now)
        address = f"/people/{clerk.id}/account/{verb}"
        assert client.get(address).status_code == 200
        assert [client.post(address).status_code for _ in range(2)] == [first, second]

    def test_closed_and_locked_accounts_are_marked(
        self, client: Client, admin: Actor, clerk: Person, now: datetime
    ) -> None:
        give_account(clerk, now)
        accounts.disable_account(actor=SYSTEM, person=clerk, now=now)
        assert "已停用" in client.get("/people/bodies/420101").text
        assert "恢复账号" in client.get(f"/people/{clerk.id}").text

    def test_no_such_verb(self, client: Client, admin: Actor, clerk: Person) -> None:
        assert client.get(f"/people/{clerk.id}/account/delete").status_code == 404

    def test_who_only_keeps_the_roster_opens_no_account(
        self, client: Client, land: Country
    ) -> None:
        client.sign_in(land.account("teacher"))
        person = land.people["principal"].id
        for address in (f"/people/{person}/account", f"/people/{person}/account/disable"):
            assert client.get(address).status_code == 403
            assert client.post(address).status_code == 403


class TestRoles:
    def grant(self, client: Client, person: Person, value: str) -> TestResponse:
        return client.post(f"/people/{person.id}/roles", data={"grant": value})

    def test_granting_and_taking_back(
        self, client: Client, land: Country, admin: Actor, clerk: Person, session: Session
    ) -> None:
        page = client.get(f"/people/{clerk.id}/roles")
        county = land.body("county").id
        assert f'value="{county}:office_handler"' in page.text
        assert "call_centre_agent" not in page.text
        assert "auditor" not in page.text
        assert self.grant(client, clerk, f"{county}:office_handler").status_code == 303
        assert self.grant(client, clerk, f"{county}:office_handler").status_code == 409
        held = session.scalars(select(RoleGrant).where(RoleGrant.person_id == clerk.id)).one()
        address = f"/people/grants/{held.id}/revoke"
        assert client.get(address).status_code == 200
        assert [client.post(address).status_code for _ in range(2)] == [303, 409]
        assert client.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("value", "status"),
        [
            ("", 422),
            ("x", 422),
            ("root", 422),
            ("root:king", 422),
            (":office_handler", 422),
            ("²:office_handler", 422),
            ("root:auditor", 403),
            ("root:node_admin", 403),
            ("{city}:supervisor", 403),
            ("{county}:call_centre_agent", 422),
            ("{school}:school_staff", 422),
            ("999999:node_admin", 404),
        ],
    )
    def test_bad_grants(
        self,
        client: Client,
        land: Country,
        admin: Actor,
        clerk: Person,
        value: str,
        status: int,
    ) -> None:
        ids = {name: land.body(name).id for name in ("county", "city", "school")}
        assert self.grant(client, clerk, value.format(**ids)).status_code == status
        assert lists.grants_of(clerk.id) == ()

    def test_not_to_oneself(self, client: Client, land: Country, admin: Actor) -> None:
        county = land.body("county").id
        answer = client.post(
            f"/people/{admin.person_id}/roles", data={"grant": f"{county}:office_lead"}
        )
        assert answer.status_code == 422
        assert "不能给自己" in answer.text

    def test_another_body_is_named_by_its_code(
        self, client: Client, land: Country, admin: Actor, clerk: Person
    ) -> None:
        page = client.get(f"/people/{clerk.id}/roles?body_code={SCHOOL}").text
        assert f'value="{land.body("school").id}:node_admin"' in page
        assert f'value="{land.body("school").id}:school_staff"' not in page
        assert client.get(f"/people/{clerk.id}/roles?body_code=420102").status_code == 404

    def test_the_root_offers_everything_of_the_root(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        enter(client, root_admin(now))
        page = client.get(f"/people/{clerk.id}/roles").text
        for role in ("auditor", "system_operator", "node_admin", "supervisor"):
            assert f'value="root:{role}"' in page
        assert self.grant(client, clerk, "root:auditor").status_code == 303
        clash = self.grant(client, clerk, "root:node_admin")
        assert clash.status_code == 422
        assert "互斥" in clash.text

    def test_the_table_for_everybody(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        page = client.get("/people/roles")
        assert page.status_code == 200
        assert "逐级上报" in page.text


class TestMerging:
    def test_shown_then_merged(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        enter(client, admin_of(land.body("city"), now, "市管理员(演示)"))
        twin = employ(land.body("neighbour"), "县新人(演示)", now)
        asked = {"kept": clerk.staff_no.lower(), "merged": twin.staff_no}
        assert client.get("/people/merge").status_code == 200
        page = client.post("/people/merge", data=asked)
        assert page.status_code == 200
        assert "确认合并" in page.text
        assert len(lists.works_of(clerk.id)) == 1
        fields = form_of(page, "/merge")
        assert client.post("/people/merge", data=fields).location == f"/people/{clerk.id}"
        assert len(lists.works_of(clerk.id)) == 2
        again = client.post("/people/merge", data=fields)
        assert again.status_code == 422

    @pytest.mark.parametrize(
        ("kept", "merged", "status", "said"),
        [
            ("", "", 422, "请填写这一项"),
            ("X-1", "X-2", 422, "找不到"),
            ("{clerk}", "T-agent", 422, "找不到"),
            ("{clerk}", "{clerk}", 422, "不用合并"),
        ],
    )
    def test_bad_pairs(
        self,
        client: Client,
        admin: Actor,
        clerk: Person,
        kept: str,
        merged: str,
        status: int,
        said: str,
    ) -> None:
        fields = {"kept": kept, "merged": merged, "confirmed": "1"}
        data = {key: value.format(clerk=clerk.staff_no) for key, value in fields.items()}
        answer = client.post("/people/merge", data=data)
        assert answer.status_code == status
        assert said in answer.text


class TestOverview:
    def test_an_administrator_finds_people_and_gaps(
        self, client: Client, land: Country, now: datetime
    ) -> None:
        enter(client, admin_of(land.body("city"), now))
        page = client.get("/people?q=县经办").text
        assert "示范县资助中心" in page
        assert "无人县资助中心" in page
        assert client.get("/people?q=%00").status_code == 200
        assert "范围内没有这个人" in client.get("/people?q=nobody").text

    def test_the_root_sees_who_holds_it(self, client: Client, land: Country, now: datetime) -> None:
        enter(client, root_admin(now))
        page = client.get("/people").text
        assert "首位管理员" in page
        assert "全系统的角色" in page

    def test_a_teacher_has_no_gaps_to_see(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        assert "没有人办理的单位" not in client.get("/people").text


class TestAudit:
    def test_the_trail_by_act_and_person(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        give_account(clerk, now)
        enter(client, holder(land.body("province"), Role.AUDITOR, now, "审计员(演示)"))
        page = client.get("/audit").text
        assert "开通账号" in page
        assert "系统（命令行）" in page
        assert "登录记录" not in page
        only = client.get(f"/audit?act=account_opened&staff_no={clerk.staff_no}").text
        assert only.count("<td>开通账号</td>") == 1
        assert "<td>登记任职</td>" not in only
        assert "没有符合条件的记录" in client.get("/audit?staff_no=NOPE").text
        assert client.get("/audit?act=nonsense&after=").status_code == 200
        assert client.get("/audit?after=nonsense").status_code == 400

    def test_an_auditor_of_a_node_sees_no_other_node(
        self, client: Client, land: Country, now: datetime
    ) -> None:
        employ(land.body("other_province"), "外省人(演示)", now)
        enter(client, holder(land.body("province"), Role.AUDITOR, now))
        assert "外省人" not in client.get("/audit").text
        assert client.get("/audit/sign-ins").status_code == 403

    def test_the_whole_tree_and_its_sign_ins(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        account = give_account(clerk, now, "newclerk")
        root = root_admin(now)
        watcher = employ(land.body("national_aid"), "审计员(演示)", now)
        give_account(watcher, now, "watcher")
        roles.grant_role(actor=root, person=watcher, role=Role.AUDITOR, body_id=None, now=now)
        client.post("/sign-in", data={"user_name": "newclerk", "password": "wrong"})
        client.sign_in(lists.accounts_of((watcher.id,))[watcher.id].id)
        assert "首位管理员" in client.get("/audit").text
        page = client.get("/audit/sign-ins").text
        assert "密码不对" in page
        assert account.user_name in page
        assert "没有符合条件的记录" in client.get("/audit/sign-ins?user_name=x").text

    @pytest.mark.parametrize("who", ["teacher", "county_lead", "city_supervisor"])
    def test_nobody_else(self, client: Client, land: Country, who: str) -> None:
        client.sign_in(land.account(who))
        assert client.get("/audit").status_code == 403
        assert client.get("/audit/sign-ins").status_code == 403
