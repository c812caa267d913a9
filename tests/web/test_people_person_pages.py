"""One person through the pages: record, appointments, merging; bad input and double clicks."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.people.access import lists
from helpdesk.people.models import Person
from helpdesk.people.operations import roles
from helpdesk.people.rules import Role
from tests.factories.country import Country
from tests.factories.people import (
    admin_of,
    employ,
    give_account,
    present_work,
)
from tests.support.client import Client, form_of
from tests.support.staff_pages import SCHOOL, become


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


class TestMerging:
    def test_shown_then_merged(
        self, client: Client, land: Country, clerk: Person, now: datetime
    ) -> None:
        become(client, admin_of(land.body("city"), now, "市管理员(演示)"))
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
