"""Sessions through the pages: from plan to closing, lists, bad input, double clicks, strangers."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.kernel.db import session as database
from helpdesk.training.models.sessions import Enrolment, Material, Session
from helpdesk.training.operations import cascade, enrolling, planning
from helpdesk.training.rules.sessions import Mode, Place, State
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.sessions import LIST, at, click, opened, planned
from tests.factories.training import add_session
from tests.support.client import Client, form_of
from tests.support.inspection import faults_of
from tests.support.queries import Queries
from tests.support.staff_pages import count

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def lead(client: Client, land: Country) -> Client:
    """The browser of the head of the county."""
    client.sign_in(land.account("county_lead"))
    return client


def _new(client: Client, **over: Any) -> TestResponse:
    fields: dict[str, Any] = form_of(client.get(f"{LIST}/new"), "/new")
    fields |= {"title": "资助系统操作培训(演示)", "place": "三楼会议室", **over}
    return client.post(f"{LIST}/new", data=fields)


def _only() -> Session:
    return database().scalars(select(Session)).one()


def _places(made: Session) -> dict[int, Place]:
    rows = select(Enrolment).where(Enrolment.session_id == made.id)
    return {row.person_id: row.place for row in database().scalars(rows)}


class TestFromPlanToClosing:
    def test_a_coordinator_runs_a_session(
        self, lead: Client, land: Country, clock: time_machine.Traveller
    ) -> None:
        page = _new(lead, title="资助系统操作培训(演示)", capacity="30", cards=["AID-1"])
        made = _only()
        assert page.headers["Location"].endswith(at(made))
        assert (made.state, made.capacity, made.minutes) == (State.PLANNED, 30, 120)
        assert f"{made.held_on}" == "2026-09-29"
        page = lead.get(at(made))
        assert "开放报名，邀请5人，来自3个单位" in page.text
        preview = lead.get(at(made, "open"))
        assert "将邀请5人，来自3个单位。" in preview.text
        sent = lead.post(at(made, "open"), data=form_of(preview, "/open"))
        assert sent.status_code == 303
        assert "已邀请5人。" in lead.get(at(made)).text
        lead.sign_in(land.account("teacher"))
        page = lead.get(at(made))
        assert "邀请您参加，请答复。" in page.text
        lead.post(at(made, "enrol"))
        assert "您已报名。" in lead.get(at(made)).text
        clock.shift(timedelta(days=7))
        lead.sign_in(land.account("county_lead"))
        for verb, said in (("start", "可以登记出勤"), ("close", "培训已结束")):
            lead.post(at(made, verb), data=form_of(lead.get(at(made)), f"/{verb}"))
            assert said in lead.get(at(made)).text
        why = form_of(lead.get(at(made, "act", "reopen")), "/reopen")
        lead.post(at(made, "act", "reopen"), data={**why, "reason": "补录(演示)"})
        page = lead.get(at(made))
        assert "进行中" in page.text
        assert "补录(演示)" in page.text

    def test_the_same_again(self, lead: Client, land: Country) -> None:
        made = opened(land, capacity=30)
        form = form_of(lead.get(at(made, "copy")), "/copy")
        assert form["day"] == "2026-10-06"
        for _ in range(2):
            assert (
                lead.post(at(made, "copy"), data={**form, "day": "2026-10-20"}).status_code == 303
            )
        assert count(Session) == 2

    def test_cancelling_says_why(self, lead: Client, land: Country) -> None:
        made = opened(land)
        form = form_of(lead.get(at(made, "act", "cancel")), "/cancel")
        page = lead.post(at(made, "act", "cancel"), data={**form, "reason": " "})
        assert page.status_code == 422
        assert "请填写“原因”" in page.text
        lead.post(at(made, "act", "cancel"), data={**form, "reason": "讲师生病(演示)"})
        assert "讲师生病(演示)" in lead.get(at(made)).text
        assert lead.get(at(made, "act", "cancel")).status_code == 404
        lead.sign_in(land.account("teacher"))
        assert "讲师生病(演示)" in lead.get(at(made)).text


class TestForm:
    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"title": ""}, "请填写“培训名称”"),
            ({"day": "29.9."}, "请写成 2026-09-01 的样子"),
            ({"day": "", "to_time": ""}, "请填写这一项"),
            ({"day": "0001-01-01"}, "请写成 2026-09-01 的样子"),
            ({"from_time": "morgens"}, "请写成 09:00 的样子"),
            ({"to_time": "08:00"}, "结束时间要晚于开始时间"),
            ({"last_day": "2026-10-30"}, "跨天的培训请填写学时"),
            ({"mode": "online"}, "线上培训请填写网址"),
            ({"link": "ftp://example.cn/a"}, "网址要以 http:// 或 https:// 开头"),
            ({"capacity": "viele"}, "名额请填1到100000的整数"),
            ({"minutes": "-5"}, "学时要大于0分钟"),
            ({"cards": ["AID-99"]}, "没有问题卡片“AID-99”"),
            ({"node_codes": "420102"}, "没有找到的代码：420102"),
            ({"mode": "telepathy"}, ""),
            ({"quiz": "no_such_pool"}, "没有这份测验"),
            ({"series_id": "99"}, "没有这个系列"),
            ({"plan_id": "99"}, "没有这个培训计划"),
            ({"about": "学生身份证 110101199003077758"}, "有个人信息"),
            ({"title": "13812345678"}, "有个人信息"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, lead: Client, over: dict[str, Any], said: str
    ) -> None:
        page = _new(lead, trainers="张老师(演示)", **over)
        assert page.status_code == 422
        assert said in page.text
        assert "张老师(演示)" in page.text
        assert count(Session) == 0

    def test_a_double_click_plans_once(self, lead: Client) -> None:
        form = form_of(lead.get(f"{LIST}/new"), "/new")
        for _ in range(2):
            fields = {**form, "title": "培训(演示)", "place": "三楼"}
            assert lead.post(f"{LIST}/new", data=fields).status_code == 303
        assert count(Session) == 1

    def test_editing_keeps_everything(self, lead: Client, land: Country) -> None:
        _new(
            lead, mode="both", link="https://a.example.cn/1", last_day="2026-09-30", minutes="240",
            posts=["operator"], served=["senior_high"], kinds=["school"], node_codes="3442990001",
            cards=["AID-1", "ENV"], subsystems=["preschool"],
        )  # fmt: skip
        made = _only()
        before = planning.entry_of(made)
        assert before.limits.nodes == {land.body("school").id}
        assert len(before.cards) == 2
        page = lead.get(at(made, "edit"))
        # A browser sends each tick of a group; the test client's form holds one of each name.
        ticks = {"cards": ["AID-1", "ENV"]}
        sent = lead.post(at(made, "edit"), data={**form_of(page, "/edit"), **ticks})
        assert sent.status_code == 303
        assert planning.entry_of(made) == before

    def test_who_stands_directly_below_is_offered(self, client: Client, land: Country) -> None:
        for who, below, not_offered in (
            ("city_lead", "示范县资助中心", "示范县第一中学"),
            ("county_lead", "示范县第一中学", "邻县资助中心"),
        ):
            client.sign_in(land.account(who))
            page = client.get(f"{LIST}/new").text
            assert below in page
            assert not_offered not in page

    def test_somebody_was_faster(self, lead: Client, land: Country) -> None:
        made = planned(land)
        form = form_of(lead.get(at(made, "edit")), "/edit")
        planning.open_up(session=made, click=click(land))
        page = lead.post(at(made, "edit"), data={**form, "title": "新名称(演示)"})
        assert page.status_code == 409
        assert "新名称(演示)" in page.text
        sent = lead.post(at(made, "edit"), data={**form_of(page, "/edit"), "title": "新名称(演示)"})
        assert sent.status_code == 303
        assert made.title == "新名称(演示)"

    def test_a_school_plans_for_its_own_staff(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("teacher"))
        page = client.get(f"{LIST}/new")
        assert "node_codes" not in page.text
        assert _new(client).status_code == 303
        assert _only().organizer_id == land.body("school").id

    def test_materials(self, lead: Client, land: Country) -> None:
        made = opened(land)
        sent = lead.post(
            at(made, "materials"), data={"files": (BytesIO(b"a,b\n1,2\n"), "plan.csv")}
        )
        assert sent.status_code == 303
        file_id = database().scalars(select(Material.file_id)).one()
        assert "plan.csv" in lead.get(at(made)).text
        refused = lead.post(at(made, "materials"), data={"files": (BytesIO(b"MZ"), "a.exe")})
        assert refused.status_code == 422
        lead.sign_in(land.account("sibling_teacher"))
        with lead.get(f"/files/{file_id}") as download:
            assert download.status_code == 200
        assert lead.post(at(made, "materials", str(file_id), "remove")).status_code == 403
        lead.sign_in(land.account("neighbour_officer"))
        assert lead.get(f"/files/{file_id}").status_code == 404
        lead.sign_in(land.account("county_lead"))
        for _ in range(2):
            lead.post(at(made, "materials", str(file_id), "remove"))
        assert count(Material) == 0


class TestLists:
    def test_parts_and_filters(self, lead: Client, land: Country) -> None:
        add_session(land.body("county"), land.now + timedelta(days=1), title="近(演示)")
        add_session(
            land.body("city"), land.now + timedelta(days=40), title="远(演示)", mode=Mode.ONLINE
        )
        add_session(land.body("county"), land.now, title="正在(演示)", state=State.RUNNING)
        add_session(
            land.body("county"), land.now - timedelta(days=9), title="过去(演示)",
            state=State.CLOSED,
        )  # fmt: skip
        titles = ("近(演示)", "远(演示)", "正在(演示)", "过去(演示)")

        def seen(query: str) -> set[str]:
            text = lead.get(f"{LIST}?{query}").text
            return {title for title in titles if title in text}

        assert seen("") == {"近(演示)", "远(演示)"}
        assert seen("when=running") == {"正在(演示)"}
        assert seen("when=past") == {"过去(演示)"}
        assert seen("whose=mine") == {"近(演示)"}
        assert seen("month=2026-09") == {"近(演示)"}
        assert seen("mode=online") == {"远(演示)"}
        assert seen("organizer=420100") == {"远(演示)"}
        assert seen("organizer=nobody") == set()
        assert seen("when=past&state=cancelled") == set()

    @pytest.mark.parametrize(
        "query",
        ["when=x&whose=y&month=z&mode=q&state=w", "month=9999-99", "organizer='--", "month=2026"],
    )
    def test_nonsense_in_the_address(self, lead: Client, query: str) -> None:
        assert lead.get(f"{LIST}?{query}").status_code == 200

    def test_a_page_needs_as_many_statements_for_one_as_for_many(
        self, lead: Client, land: Country, queries: Queries
    ) -> None:
        numbers = []
        for _ in range(2):
            for day in range(1, 12):
                add_session(land.body("county"), land.now + timedelta(days=day))
            lead.get(LIST)
            queries.clear()
            lead.get(LIST)
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]

    def test_english(self, lead: Client, land: Country) -> None:
        """What people wrote is marked as Chinese, whatever else is translated."""
        made = opened(land, about="内容(演示)", cards=("AID-1",), trainers="张老师(演示)")
        series = cascade.make_series(
            organizer=land.body("county"), title="两日班(演示)", needed=2, once="s", now=land.now
        )
        lead.post("/language", data={"value": "en"})
        lead.inspect = False
        mine = f"{LIST}/series/{series.id}"
        rest = ("", "edit", "people", "people/add?q=校", "sheet", "open", "copy", "act/cancel")
        for address in (LIST, f"{LIST}/new", mine, *(at(made, *part.split()) for part in rest)):
            page = lead.get(address)
            assert page.status_code == 200
            wrong = [fault for fault in faults_of(page.text) if "演示" in fault or "示范" in fault]
            assert not wrong, address


class TestPeople:
    def test_the_list_with_search_and_paging(self, lead: Client, land: Country) -> None:
        for i in range(51):
            employ(land.body("school"), f"老师{i:02d}(演示)", land.now)
        made = opened(land)
        page = lead.get(at(made, "people"))
        assert "下一页" in page.text
        assert "老师07(演示)" in lead.get(at(made, "people?q=老师07")).text
        assert "没有符合条件" in lead.get(at(made, "people?q=没有")).text
        assert "没有符合条件" in lead.get(at(made, "people?place=waiting")).text
        assert lead.get(at(made, "people?place=x&after=")).status_code == 200
        assert lead.get(at(made, "people?after=x")).status_code == 400

    def test_putting_somebody_on_the_list(self, lead: Client, land: Country) -> None:
        made = opened(land)
        person = land.people["teacher"]
        page = lead.get(at(made, f"people/add?q={person.staff_no}"))
        assert page.status_code == 200
        assert "王老师" in lead.get(at(made, "people/suggest?q=王老")).text
        assert "没有这个人" in lead.get(at(made, "people/suggest?q=zzz")).text
        sent = lead.post(at(made, "people/add"), data={"person": str(person.id)})
        assert sent.status_code == 303
        assert _places(made)[person.id] is Place.ENROLLED
        assert lead.post(at(made, "people/add"), data={}).status_code == 422
        only_asked = employ(land.body("school"), "新老师(演示)", land.now)
        asked = {"person": str(only_asked.id), "how": "invite"}
        lead.post(at(made, "people/add"), data=asked)
        assert _places(made)[only_asked.id] is Place.INVITED
        remove = at(made, f"people/{person.id}/remove")
        lead.post(remove, data=form_of(lead.get(remove), "/remove"))
        assert _places(made)[person.id] is Place.DECLINED
        assert lead.get(at(made, "people/999/remove")).status_code == 404

    def test_walk_ins(self, lead: Client, land: Country) -> None:
        made = opened(land)
        person = employ(land.body("hei"), "来宾(演示)", land.now, staff_no="W-001")
        walk_in = at(made, "people/walk-in")
        page = lead.post(walk_in, data={"staff_no": "W-001", "name": "别人"})
        assert page.status_code == 422
        assert "请核对工号和姓名" in page.text
        assert "别人" in page.text
        assert lead.post(walk_in, data={"staff_no": "", "name": ""}).status_code == 422
        sent = lead.post(walk_in, data={"staff_no": "w-001", "name": "来宾(演示)"})
        assert sent.status_code == 303
        assert _places(made)[person.id] is Place.ENROLLED

    def test_the_sheet(self, lead: Client, land: Country) -> None:
        made = opened(land)
        enrolling.enrol(actor=land.actor("teacher"), session=made, now=land.now)
        page = lead.get(at(made, "sheet"))
        assert "签到表" in page.text
        assert "王老师" in page.text
        assert "校长" in page.text, "invited people sign as well"
        enrolling.decline(actor=land.actor("principal"), session=made, now=land.now)
        assert "校长" not in lead.get(at(made, "sheet")).text

    def test_the_last_place_and_the_waiting_list(self, client: Client, land: Country) -> None:
        made = opened(land, capacity=1)
        for who, said in (("teacher", "您已报名。"), ("principal", "您在候补")):
            client.sign_in(land.account(who))
            for _ in range(2):
                client.post(at(made, "enrol"))
            assert said in client.get(at(made)).text
        client.sign_in(land.account("teacher"))
        client.post(at(made, "decline"))
        assert "您已说明不参加。" in client.get(at(made)).text
        client.sign_in(land.account("principal"))
        assert "您已报名。" in client.get(at(made)).text

    def test_the_link_is_for_those_on_the_list(self, client: Client, land: Country) -> None:
        link = "https://meeting.example.cn/12"
        made = opened(land, mode=Mode.BOTH, link=link)
        client.sign_in(land.account("teacher"))
        assert link in client.get(at(made)).text
        client.sign_in(land.account("city_officer"))
        page = client.get(at(made)).text
        assert link not in page
        assert "报名后显示" in page


class TestSeries:
    def test_a_series_from_the_pages(self, lead: Client, land: Country) -> None:
        days = [planned(land), planned(land)]
        page = lead.get(f"{LIST}/series")
        assert "还没有系列" in page.text
        form = form_of(lead.get(f"{LIST}/series/new?organizer=420101"), "/new")
        for needed, status in (("0", 422), ("x", 422), ("2", 303), ("2", 303)):
            sent = lead.post(
                f"{LIST}/series/new?organizer=420101",
                data={**form, "title": "两日班(演示)", "needed": needed},
            )
            assert sent.status_code == status
        address = sent.headers["Location"]
        lead.post(f"{address}/add", data={"session": [str(day.id) for day in days]})
        assert {day.series_id for day in days} != {None}
        page = lead.get(address)
        assert "参加2次算一次培训" in page.text
        lead.post(address, data={**form_of(page, address[-2:]), "needed": "1"})
        assert "参加1次算一次培训" in lead.get(address).text
        assert "两日班(演示)" in lead.get(f"{LIST}/series").text
        assert "两日班(演示)" in lead.get(at(days[0])).text
        lead.sign_in(land.account("city_lead"))
        assert lead.get(address).status_code == 404
