"""The desk through the pages: marking, two desks, corrections with reason, who may do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session as Database
from werkzeug.test import TestResponse

from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.sessions import Mode, Source, State
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.training import add_session, attend, enrol
from tests.support.client import Client, form_of
from tests.support.queries import Queries

JSON = {"Accept": "application/json"}


@pytest.fixture
def course(land: Country, now: datetime) -> Session:
    """A running session of the county with the two teachers on its list."""
    made = add_session(land.body("county"), now, state=State.RUNNING, mode=Mode.BOTH)
    for name in ("teacher", "sibling_teacher"):
        enrol(made, land.people[name])
    return made


@pytest.fixture
def lead(client: Client, land: Country) -> Client:
    """The browser of the head of the county office."""
    client.sign_in(land.account("county_lead"))
    return client


def base(course: Session) -> str:
    return f"/training/sessions/{course.id}/attendance"


def mark(client: Client, course: Session, person_id: int, **over: Any) -> TestResponse:
    data = {"person_id": person_id, "presence": "present", "seen": 0, "once": "click", **over}
    return client.post(f"{base(course)}/mark", data=data, headers=JSON)


class TestWithAScript:
    def test_list_mark_and_the_other_desk(
        self, lead: Client, course: Session, land: Country
    ) -> None:
        listed = lead.get(f"{base(course)}/people.json").json
        assert listed is not None
        assert {person["name"] for person in listed["people"]} == {"王老师", "李老师"}
        assert {tuple(p["keys"][:2]) for p in listed["people"]} >= {("王老师", "wls")}
        teacher = land.people["teacher"].id
        answer = mark(lead, course, teacher).json
        assert answer is not None
        assert (answer["result"], answer["record"]["version"]) == ("recorded", 1)
        again = mark(lead, course, teacher).json
        assert again is not None
        assert again["result"] == "already"
        news = lead.get(f"{base(course)}/changes.json?after={listed['cursor']}").json
        assert news is not None
        assert [record["id"] for record in news["records"]] == [teacher]
        rest = lead.get(f"{base(course)}/changes.json?after={news['cursor']}").json
        assert rest is not None
        assert rest["records"] == []

    def test_the_other_desk_was_faster(self, lead: Client, course: Session, land: Country) -> None:
        teacher = land.people["teacher"].id
        mark(lead, course, teacher, presence="late", once="one")
        answer = mark(lead, course, teacher, once="two").json
        assert answer is not None
        assert (answer["result"], answer["record"]["word"]) == ("stale", "迟到")

    def test_a_refusal_is_a_sentence(self, lead: Client, course: Session, land: Country) -> None:
        course.state = State.CANCELLED
        answer = mark(lead, course, land.people["teacher"].id)
        assert answer.status_code == 422
        assert answer.json is not None
        assert "已取消" in answer.json["refused"]

    @pytest.mark.parametrize(
        "over",
        [{"person_id": 999999}, {"person_id": "x"}, {"presence": "gone"}, {"person_id": 10**30}],
    )
    def test_nonsense_finds_nobody(
        self, lead: Client, course: Session, land: Country, over: dict[str, Any]
    ) -> None:
        person_id = over.pop("person_id", land.people["teacher"].id)
        assert mark(lead, course, person_id, **over).status_code == 404

    def test_nobody_is_marked_who_stands_on_no_list(
        self, lead: Client, course: Session, land: Country
    ) -> None:
        assert mark(lead, course, land.people["agent"].id).status_code == 404

    def test_a_click_needs_few_statements_whatever_the_list(
        self, lead: Client, course: Session, land: Country, now: datetime, queries: Queries
    ) -> None:
        counted = []
        for number in range(2):
            person = employ(land.body("school"), f"新人{number}(演示)", now)
            enrol(course, person)
            for _ in range(number * 30):
                enrol(course, employ(land.body("school"), "更多(演示)", now))
            queries.clear()
            assert mark(lead, course, person.id, once=f"click-{number}").status_code == 200
            counted.append(len(queries))
        assert counted[0] == counted[1] <= 32


class TestWithoutAScript:
    def test_find_and_mark(self, lead: Client, course: Session, session: Database) -> None:
        page = lead.get(f"{base(course)}?q=wls")
        assert "王老师" in page.text
        assert "李老师" not in page.text
        done = lead.post(
            f"{base(course)}/mark", data={**form_of(page, "/mark"), "presence": "present"}
        )
        assert done.status_code == 303
        assert "王老师：已到" in lead.get(done.location).text
        assert session.scalars(select(Attendance.presence)).all() == [Presence.PRESENT]

    @pytest.mark.parametrize("text", ["T-sibling", "第二中学", "李", "LLS"])
    def test_by_number_body_name_initials(self, lead: Client, course: Session, text: str) -> None:
        page = lead.get(f"{base(course)}?q={text}").text
        assert "李老师" in page
        assert "王老师" not in page

    def test_a_long_list_says_how_many_more(
        self, lead: Client, course: Session, land: Country, now: datetime, queries: Queries
    ) -> None:
        for i in range(60):
            enrol(course, employ(land.body("school"), f"众人{i:02d}(演示)", now))
        queries.clear()
        assert "还有12人" in lead.get(base(course)).text
        assert len(queries) <= 16

    def test_names_are_only_text(self, lead: Client, course: Session, land: Country) -> None:
        land.people["teacher"].name = "<b>=1+1</b>"
        assert "&lt;b&gt;=1+1&lt;/b&gt;" in lead.get(base(course)).text

    def test_empty_list_says_what_fills_it(
        self, lead: Client, course: Session, session: Database
    ) -> None:
        for row in session.scalars(select(Enrolment)):
            session.delete(row)
        assert "名单还是空的" in lead.get(base(course)).text


class TestWalkIn:
    def add(self, client: Client, course: Session, **typed: str) -> TestResponse:
        return client.post(f"{base(course)}/walk-in", data=typed)

    def test_number_and_name(
        self, lead: Client, course: Session, session: Database, land: Country
    ) -> None:
        for _ in range(2):
            done = self.add(lead, course, staff_no="T-principal", name="校长")
            assert done.status_code == 303
        assert session.scalars(select(Attendance.person_id)).all() == [land.people["principal"].id]
        assert session.scalars(
            select(Enrolment.source).where(Enrolment.person_id == land.people["principal"].id)
        ).all() == [Source.WALK_IN]

    def test_a_wrong_name_is_kept_in_the_form(self, lead: Client, course: Session) -> None:
        answer = self.add(lead, course, staff_no="T-principal", name="王校长")
        assert answer.status_code == 422
        assert 'value="王校长"' in answer.text


class TestRecord:
    def correct(self, client: Client, course: Session, person_id: int, **over: str) -> TestResponse:
        address = f"{base(course)}/records/{person_id}"
        fields = {**form_of(client.get(address), f"/records/{person_id}"), **over}
        return client.post(address, data=fields)

    def test_correction_with_reason_and_history(
        self, lead: Client, course: Session, land: Country
    ) -> None:
        teacher = land.people["teacher"].id
        mark(lead, course, teacher)
        done = self.correct(
            lead, course, teacher, presence="left_early", minutes="50", reason="提前离开"
        )
        assert done.status_code == 303
        page = lead.get(done.location).text
        assert "早退 · 50分钟" in page
        assert "提前离开" in page
        assert "县主任" in page

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"presence": "late", "reason": ""}, "请填写“理由”"),
            ({"presence": "left_early", "reason": "早走"}, "请填写参加了多少分钟"),
            ({"presence": "late", "minutes": "很久", "reason": "写错"}, "请填写整数"),
            ({"presence": "gone", "reason": "写错"}, "hd-error"),
            ({"presence": "late", "reason": "电话13812345678"}, "有个人信息"),
            ({"online": "y", "minutes": "50", "reason": "线上"}, "请填写完成的百分比"),
        ],
    )
    def test_refused_at_the_form(
        self, lead: Client, course: Session, land: Country, over: dict[str, str], said: str
    ) -> None:
        teacher = land.people["teacher"].id
        mark(lead, course, teacher)
        answer = self.correct(lead, course, teacher, **over)
        assert answer.status_code == 422
        assert said in answer.text

    def test_the_second_coordinator_sees_what_changed_and_keeps_what_was_typed(
        self, lead: Client, course: Session, land: Country, session: Database
    ) -> None:
        teacher = land.people["teacher"].id
        mark(lead, course, teacher)
        address = f"{base(course)}/records/{teacher}"
        mine = form_of(lead.get(address), f"/records/{teacher}")
        self.correct(lead, course, teacher, presence="excused", reason="请假条")
        answer = lead.post(address, data={**mine, "presence": "absent", "reason": "没有来"})
        assert answer.status_code == 409
        assert "刚刚被别人改过" in answer.text
        assert 'value="没有来"' in answer.text
        assert "请假条" in answer.text
        seen = form_of(answer, f"/records/{teacher}")
        assert lead.post(address, data=seen).status_code == 303
        assert session.scalars(select(Attendance.presence)).all() == [Presence.ABSENT]

    def test_online_completion(
        self, lead: Client, course: Session, land: Country, session: Database
    ) -> None:
        teacher = land.people["teacher"].id
        done = self.correct(
            lead, course, teacher, online="y", minutes="100", percent="95", reason="平台记录"
        )
        assert done.status_code == 303
        assert session.scalars(select(Attendance.way)).all() == [Way.ONLINE]

    def test_a_stranger_has_no_record_here(
        self, lead: Client, course: Session, land: Country
    ) -> None:
        agent = land.people["agent"].id
        assert lead.get(f"{base(course)}/records/{agent}").status_code == 404


class TestWhenItIsOver:
    """Who was missed is added at the desk; what stands is changed by a correction alone."""

    @pytest.mark.parametrize("presence", ["absent", "late", "excused", "left_early"])
    def test_a_click_changes_no_record(
        self, lead: Client, course: Session, land: Country, session: Database, presence: str
    ) -> None:
        teacher, other = land.people["teacher"].id, land.people["sibling_teacher"].id
        attend(course, land.people["teacher"])
        course.state = State.CLOSED
        answer = mark(lead, course, teacher, presence=presence, seen=1, once="late")
        assert answer.json is not None
        assert answer.json["result"] == "stale"
        missed = mark(lead, course, other, once="missed").json
        assert missed is not None
        assert missed["result"] == "recorded"
        assert set(session.scalars(select(Attendance.presence))) == {Presence.PRESENT}
        assert len(session.scalars(select(AttendanceChange)).all()) == 1

    def test_a_click_answers_no_flag(
        self, lead: Client, course: Session, land: Country, session: Database
    ) -> None:
        attend(course, land.people["teacher"], flag=Flag.SAME_BROWSER)
        course.state = State.CLOSED
        mark(lead, course, land.people["teacher"].id, seen=1)
        assert session.scalars(select(Attendance.flag)).all() == [Flag.SAME_BROWSER]


class TestFlagged:
    @pytest.mark.parametrize(
        ("verdict", "presence"), [("confirm", Presence.PRESENT), ("strike", Presence.ABSENT)]
    )
    def test_judged_once(
        self, lead: Client, course: Session, land: Country, session: Database, verdict: str,
        presence: Presence,
    ) -> None:  # fmt: skip
        teacher = land.people["teacher"].id
        attend(course, land.people["teacher"], way=Way.QR, flag=Flag.SAME_BROWSER)
        page = lead.get(f"{base(course)}/flagged")
        fields = {**form_of(page, f"/flagged/{teacher}"), "verdict": verdict, "reason": "当面核对"}
        without = lead.post(f"{base(course)}/flagged/{teacher}", data={**fields, "reason": " "})
        assert without.status_code == 422
        for _ in range(2):
            answer = lead.post(f"{base(course)}/flagged/{teacher}", data=fields)
            assert answer.status_code == 303
        row = session.scalars(select(Attendance)).one()
        assert (row.flag, row.presence) == (None, presence)
        assert len(session.scalars(select(AttendanceChange)).all()) == 1
        assert "没有要核实的签到" in lead.get(f"{base(course)}/flagged").text


PAGES = ["", "/people.json", "/changes.json", "/flagged", "/imports", "/screen", "/records/1"]


class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("teacher", 403), ("county_officer", 403), ("city_lead", 403), ("neighbour_officer", 403),
         ("hei_staff", 404), ("agent", 403)],
    )  # fmt: skip
    def test_others_do_not(
        self, client: Client, course: Session, land: Country, who: str, status: int
    ) -> None:
        client.sign_in(land.account(who))
        for page in PAGES:
            assert client.get(base(course) + page).status_code in (403, 404), page
        assert client.get(base(course)).status_code == status
        assert mark(client, course, land.people["teacher"].id).status_code == status

    def test_the_staff_of_a_school_mark_at_their_own_sessions(
        self, client: Client, land: Country, now: datetime
    ) -> None:
        own = add_session(land.body("school"), now - timedelta(hours=1), state=State.RUNNING)
        enrol(own, land.people["principal"])
        client.sign_in(land.account("teacher"))
        assert mark(client, own, land.people["principal"].id).status_code == 200

    def test_another_county(self, app: Flask, land: Country, now: datetime, client: Client) -> None:
        other = add_session(land.body("neighbour"), now, state=State.RUNNING)
        enrol(other, land.people["teacher"])
        client.sign_in(land.account("county_lead"))
        assert mark(client, other, land.people["teacher"].id).status_code in (403, 404)


@pytest.mark.parametrize("page", ["", "/imports", "/flagged"])
def test_the_tab_of_sessions_is_lit_at_the_desk(lead: Client, course: Session, page: str) -> None:
    shown = lead.get(f"{base(course)}{page}").text
    tabs = shown[shown.index('class="hd-tabs"') :]
    tabs = tabs[: tabs.index("</nav>")]
    assert tabs.count('aria-current="page"') == 1
    assert tabs[tabs.index('aria-current="page"') :].startswith('aria-current="page">培训班<')
