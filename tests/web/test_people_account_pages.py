"""Accounts, roles and audit through the pages; bad input and double clicks."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.people.access import lists
from helpdesk.people.models import Account, Person, RoleGrant
from helpdesk.people.operations import accounts, roles
from helpdesk.people.rules import Role
from tests.factories.country import Country
from tests.factories.people import (
    employ,
    give_account,
    holder,
    root_admin,
)
from tests.support.client import Client, form_of
from tests.support.staff_pages import SCHOOL, become, code_on, count


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
        before = count(Account)
        for status in (200, 409):
            answer = client.post(f"/people/{clerk.id}/account", data={"user_name": "newclerk"})
            assert answer.status_code == status
        assert "请重新发放" in answer.text
        assert count(Account) == before + 1

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
        become(client, root_admin(now))
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


class TestAudit:
    def test_the_trail_by_act_and_person(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        give_account(clerk, now)
        become(client, holder(land.body("province"), Role.AUDITOR, now, "审计员(演示)"))
        page = client.get("/audit").text
        assert "开通账号" in page
        assert "系统（命令行）" in page
        assert "登录记录" not in page
        only = client.get(f"/audit?act=account_opened&staff_no={clerk.staff_no}").text
        assert only.count(">开通账号</td>") == 1
        assert "<td>登记任职</td>" not in only
        assert "没有符合条件的记录" in client.get("/audit?staff_no=NOPE").text
        assert client.get("/audit?act=nonsense&after=").status_code == 200
        assert client.get("/audit?after=nonsense").status_code == 400

    def test_an_auditor_of_a_node_sees_no_other_node(
        self, client: Client, land: Country, now: datetime
    ) -> None:
        employ(land.body("other_province"), "外省人(演示)", now)
        become(client, holder(land.body("province"), Role.AUDITOR, now))
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
