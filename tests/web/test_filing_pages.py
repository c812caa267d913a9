"""The filing calendar through its pages: month, list, ticks, earlier dates, annexes, first page."""

from __future__ import annotations

import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.filing.models import EarlierDate, EarlierDateChange, Tick
from helpdesk.filing.rules.earlier import AlreadyPast
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.shell.errors import sentence_of
from tests.factories.country import Country
from tests.factories.filing import earlier, uses
from tests.factories.people import root_admin
from tests.factories.tickets import Desk
from tests.support.client import Client
from tests.support.queries import Queries
from tests.support.staff_pages import become

LIST = "SH-06:school:2026-12-20"
REVIEW = "SH-07:county:2027-01-31"


@pytest.fixture(autouse=True)
def standing_still(clock: time_machine.Traveller) -> None:
    """All of it on the day of the drawings."""


def get(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.text


def keys(page: str) -> set[str]:
    """The dates for which the page has ticks."""
    return {key for found in re.findall(r'name="shown" value="([^"]+)"', page)
            for key in found.split()}  # fmt: skip


def ticked(page: str) -> set[str]:
    return {
        key
        for found in re.findall(r'name="done" value="([^"]+)" checked', page)
        for key in found.split()
    }


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    "who", ["teacher", "county_officer", "city_lead", "hei_staff", "agent", "national_officer",
            "it_engineer", "enrolment_officer"]
)  # fmt: skip
@pytest.mark.parametrize("address", ["/filing", "/filing/next", "/filing/earlier",
                                     "/filing/annexes", "/filing/subscription"])  # fmt: skip
def test_everybody_may_read(client: Client, land: Country, who: str, address: str) -> None:
    client.sign_in(land.account(who))
    get(client, address)


@pytest.mark.parametrize("address", ["/filing", "/filing/next", "/filing/earlier",
                                     "/filing/annexes", "/filing/subscription", "/"])  # fmt: skip
def test_who_stands_above_all_bodies_may_read(client: Client, land: Country, address: str) -> None:
    become(client, root_admin(land.now))
    get(client, address)


def test_school_sees_this_month(client: Client, land: Country) -> None:
    client.sign_in(land.account("teacher"))
    page = get(client, "/filing")
    assert "2026年9月" in page
    assert keys(page) == {"SH-08:school:2026-09-30", "SH-11:school:2026-09-30"}
    assert "由资助部门定制；请核对是否可见" in page
    assert "提前到这一天" not in page
    assert "/filing/earlier/ask" not in page


def test_office_sees_its_own_duties_first(client: Client, land: Country) -> None:
    client.sign_in(land.account("county_lead"))
    page = get(client, "/filing")
    assert {"SH-08:county:2026-09-30", "SH-05:county:2026-09-30"} < keys(page)
    assert page.index("SH-05:county:2026-09-30") < page.index("SH-11:school:2026-09-30")
    assert "/filing/earlier/ask" in page


@pytest.mark.parametrize(
    ("choice", "levels"),
    [("", {"county", "school"}), ("level=own", {"county"}), ("level=school", {"school"}),
     ("level=nonsense", {"county", "school"})],
)  # fmt: skip
def test_level_is_chosen(client: Client, land: Country, choice: str, levels: set[str]) -> None:
    client.sign_in(land.account("county_officer"))
    page = get(client, f"/filing?{choice}")
    assert {key.split(":")[1] for key in keys(page)} == levels


def test_subsystems_are_chosen(client: Client, land: Country) -> None:
    uses(land, "school", Subsystem.SECONDARY_VOCATIONAL)
    client.sign_in(land.account("teacher"))
    assert {key[:2] for key in keys(get(client, "/filing"))} == {"SH", "VO"}
    chosen = get(client, "/filing?subsystem=secondary_vocational&subsystem=preschool")
    assert {key[:2] for key in keys(chosen)} == {"VO"}
    assert {key[:2] for key in keys(get(client, "/filing?subsystem=x"))} == {"SH", "VO"}


def test_unaided_report_is_not_there_in_february(client: Client, land: Country) -> None:
    uses(land, "school", Subsystem.SECONDARY_VOCATIONAL)
    client.sign_in(land.account("teacher"))
    for month, there in ((1, True), (2, False), (3, True)):
        page = get(client, f"/filing?month=2026-0{month}")
        assert any(key.startswith("VO-18") for key in keys(page)) is there


def test_date_on_a_day_off_says_its_last_working_day(client: Client, land: Country) -> None:
    client.sign_in(land.account("teacher"))
    page = get(client, "/filing?month=2026-12")
    assert "最后工作日是" in page
    assert "12月18日(周五)" in page
    assert "为<time" in page.replace("\n", "")


def test_next_year_is_provisional_and_beyond_is_not_offered(client: Client, land: Country) -> None:
    client.sign_in(land.account("county_officer"))
    page = get(client, "/filing?month=2027-01")
    assert "暂定" in page
    assert 'rel="next"' in get(client, "/filing?month=2027-11")
    assert 'rel="next"' not in get(client, "/filing?month=2027-12")


@pytest.mark.parametrize("month", ["2099-01", "2026-13", "x", "2026-09-01", "%00"])
def test_month_that_is_none_shows_the_present_one(
    client: Client, land: Country, month: str
) -> None:
    client.sign_in(land.account("teacher"))
    assert "2026年9月" in get(client, f"/filing?month={month}")


def test_thirty_days_include_today(
    client: Client, land: Country, clock: time_machine.Traveller
) -> None:
    uses(land, "school", Subsystem.SECONDARY_VOCATIONAL)
    clock.move_to("2026-09-20T10:00:00+08:00")
    client.sign_in(land.account("teacher"))
    days = {key.split(":")[2] for key in keys(get(client, "/filing/next"))}
    assert (min(days), max(days)) == ("2026-09-20", "2026-10-20")


@pytest.mark.parametrize("who", ["teacher", "county_officer"])
def test_number_of_queries_does_not_grow(
    client: Client, land: Country, queries: Queries, who: str
) -> None:
    client.sign_in(land.account(who))
    get(client, "/filing")
    queries.clear()
    get(client, "/filing")
    before = len(queries)
    for name in ("school", "sibling_school"):
        uses(land, name, *(s for s in Subsystem if s is not Subsystem.SENIOR_HIGH))
    for key in (LIST, "SH-09:school:2026-12-20", "SH-12:school:2026-12-25"):
        earlier(land, "city_lead", key, "2026-09-28")
    queries.clear()
    get(client, "/filing")
    assert len(queries) == before


def test_misprinted_rows_are_explained(client: Client, land: Country) -> None:
    client.sign_in(land.account("teacher"))
    page = get(client, "/filing/annexes?subsystem=undergraduate")
    assert "附件第30行印作“资助名单审核”" in page
    assert "SH-X1" in get(client, "/filing/annexes?subsystem=senior_high")
    assert "附件4" in get(client, "/filing/annexes?subsystem=nonsense")


def test_first_page_of_schools_and_offices(client: Client, land: Country) -> None:
    client.sign_in(land.account("teacher"))
    page = get(client, "/")
    assert "30天内的填报期限" in page
    assert "学校资助、社会资助：资助业务设置" in page
    done = ["SH-08:school:2026-09-30", "SH-11:school:2026-09-30"]
    client.post("/filing/ticks", data={"shown": done, "done": done, "next": "/filing"})
    assert "学校资助、社会资助：资助业务设置" not in get(client, "/")
    client.sign_in(land.account("county_officer"))
    assert "国家助学金：资助分档设置" in get(client, "/")


# ------------------------------------------------------------------ ticks


def test_ticks_are_kept_and_taken_away(client: Client, land: Country, session: Session) -> None:
    client.sign_in(land.account("teacher"))
    two = ["SH-08:school:2026-09-30", "SH-11:school:2026-09-30"]
    answer = client.post(
        "/filing/ticks", data={"shown": two, "done": two[0], "next": "/filing?month=2026-09"}
    )
    assert (answer.status_code, answer.location) == (303, "/filing?month=2026-09")
    assert ticked(get(client, "/filing")) == {two[0]}
    client.post("/filing/ticks", data={"shown": two, "done": two, "keep": "1"})
    page = get(client, "/filing")
    assert ticked(page) == set(two)
    assert "打勾只是您自己的记号" in page
    client.post("/filing/ticks", data={"shown": two})
    assert session.scalars(select(Tick)).all() == []


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example/x", ""])
def test_ticking_leads_nowhere_else(client: Client, land: Country, back: str) -> None:
    client.sign_in(land.account("teacher"))
    answer = client.post("/filing/ticks", data={"shown": LIST, "next": back})
    assert answer.location == "/"


@pytest.mark.parametrize(("key", "status"), [("nonsense", 422), ("ZZ-01:school:2026-12-20", 404)])
def test_tick_of_nothing_is_refused(client: Client, land: Country, key: str, status: int) -> None:
    client.sign_in(land.account("teacher"))
    assert client.post("/filing/ticks", data={"shown": key}).status_code == status


# ------------------------------------------------------------------ earlier dates


def ask(client: Client, key: str, due: str, reason: str = "全县统一安排") -> tuple[int, str]:
    response = client.post(
        f"/filing/earlier/ask?key={key}", data={"keys": key, "due_on": due, "reason": reason}
    )
    return response.status_code, response.text


def test_office_asks_earlier_and_its_schools_see_it(
    client: Client, land: Country, session: Session
) -> None:
    client.sign_in(land.account("county_lead"))
    page = get(client, f"/filing/earlier/ask?key={LIST}")
    assert "普通高中学校2所" in page
    assert "县级资助部门1个" in page
    assert ask(client, LIST, "2026-12-10")[0] == 303
    assert ask(client, LIST, "2026-12-10")[0] == 303
    assert len(session.scalars(select(EarlierDateChange)).all()) == 1
    client.sign_in(land.account("teacher"))
    page = get(client, "/filing?month=2026-12")
    assert "示范县资助中心提前到这一天；通知为" in page
    assert "全县统一安排" in get(client, "/filing/earlier")
    client.sign_in(land.account("city_teacher"))
    assert "提前到这一天" not in get(client, "/filing?month=2026-12")
    assert "全县统一安排" not in get(client, "/filing/earlier")


@pytest.mark.parametrize(
    ("due", "reason", "sentence"),
    [
        ("2026-12-20", "统一安排", "只能比通知的2026年12月20日提前，不能推后"),
        ("2027-01-05", "统一安排", "只能比通知的2026年12月20日提前，不能推后"),
        ("2026-12-16", "统一安排", "示范市资助中心已要求2026年12月15日前完成"),
        ("2026-09-21", "统一安排", "2026年9月21日已过"),
        ("12月10日", "统一安排", "这不是日期"),
        ("", "统一安排", "请填写"),
        ("2026-12-10", "", "请填写"),
        ("2026-12-10", "找张三 110101199003077758", "身份证"),
    ],
)
def test_refused_form_keeps_what_was_typed(
    client: Client, land: Country, session: Session, due: str, reason: str, sentence: str
) -> None:
    earlier(land, "city_lead", LIST, "2026-12-15")
    client.sign_in(land.account("county_lead"))
    status, page = ask(client, LIST, due, reason)
    assert status == 422
    assert sentence in page
    assert not reason or reason in page
    assert len(session.scalars(select(EarlierDate)).all()) == 1


def test_nothing_chosen_is_refused(client: Client, land: Country) -> None:
    client.sign_in(land.account("county_lead"))
    response = client.post(
        f"/filing/earlier/ask?key={LIST}", data={"due_on": "2026-12-10", "reason": "x"}
    )
    assert response.status_code == 422
    assert "请至少选一个期限" in response.text


def test_city_chooses_among_levels(client: Client, land: Country) -> None:
    client.sign_in(land.account("city_lead"))
    page = get(client, "/filing/earlier/ask?key=SH-07:city:2027-01-31")
    assert 'value="SH-07:county:2027-01-31"' in page
    assert 'value="SH-07:province:2027-01-31"' not in page
    key = "SH-07:city:2027-01-31"
    answer = client.post(
        f"/filing/earlier/ask?key={key}",
        data={"keys": REVIEW, "due_on": "2027-01-20", "reason": "县里先审"},
    )
    assert answer.status_code == 303
    client.sign_in(land.account("county_officer"))
    assert "2027年1月31日" in get(client, "/filing?month=2027-01")


@pytest.mark.parametrize("who", ["teacher", "county_officer", "agent", "it_engineer"])
def test_others_may_not_ask(client: Client, land: Country, session: Session, who: str) -> None:
    client.sign_in(land.account(who))
    assert client.get(f"/filing/earlier/ask?key={LIST}").status_code == 403
    assert ask(client, LIST, "2026-12-10")[0] == 403
    assert session.scalars(select(EarlierDate)).all() == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("key=x", 422),
        ("key=SH-06:school:2026-12-21", 422),
        ("key=ZZ-9:school:2026-12-20", 404),
    ],
)
def test_date_that_is_none_is_refused(
    client: Client, land: Country, query: str, status: int
) -> None:
    client.sign_in(land.account("county_lead"))
    assert client.get(f"/filing/earlier/ask?{query}").status_code == status


def test_taking_back(client: Client, land: Country, session: Session) -> None:
    row = earlier(land, "county_lead", LIST, "2026-12-10")
    address = f"/filing/earlier/{row.id}/back"
    client.sign_in(land.account("county_lead"))
    assert address in get(client, "/filing/earlier")
    assert "现在提前到" in get(client, address)
    assert client.post(address, data={"version": "1", "reason": ""}).status_code == 422
    assert client.post(address, data={"version": "9", "reason": "x"}).status_code == 409
    assert client.post(address, data={"version": "1", "reason": "改回"}).status_code == 303
    assert client.post(address, data={"version": "2", "reason": "改回"}).status_code == 409
    assert session.scalars(select(EarlierDate.due_on)).all() == [None]
    page = get(client, "/filing/earlier")
    assert "已取消" in page
    assert "改回" in page


def test_only_the_office_itself_takes_back(client: Client, land: Country) -> None:
    row = earlier(land, "city_lead", LIST, "2026-12-10")
    for who, status in (("county_lead", 403), ("province_lead", 404), ("city_lead", 200)):
        client.sign_in(land.account(who))
        assert client.get(f"/filing/earlier/{row.id}/back").status_code == status


def test_calendar_of_a_past_month_has_no_way_to_ask(client: Client, land: Country) -> None:
    client.sign_in(land.account("county_lead"))
    assert "/filing/earlier/ask" not in get(client, "/filing?month=2026-06")


# ------------------------------------------------------------------ questions about time limits


def test_ticket_names_the_item_it_touches(client: Client, land: Country) -> None:
    earlier(land, "city_lead", LIST, "2026-12-15")
    desk = Desk(land, land.now)
    ticket = desk.open("teacher", "TIME", fields={"item": "sh-06 没来得及", "term": "秋季学期"})
    client.sign_in(land.account("county_officer"))
    page = get(client, f"/tickets/{ticket.number}")
    assert "SH-06 国家助学金：资助名单录入" in page
    assert "刚过的期限" not in page
    assert "2026年12月15日(周二)" in page
    other = desk.open("teacher", "TIME", fields={"item": "说不清", "term": "秋季学期"})
    assert "填报事项" not in get(client, f"/tickets/{other.number}")


@pytest.mark.parametrize(
    ("language", "due", "shown"),
    [
        ("zh", "2026-12-20", "2026年12月20日已过"),
        ("en", "2026-12-20", "20 Dec 2026"),
        ("zh", "2026-02-31", "2026-02-31已过"),
        ("zh", "20261220", "20261220已过"),
    ],
)
def test_a_refusal_writes_days_as_pages_do(app: Flask, language: str, due: str, shown: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": language}):
        assert shown in str(sentence_of(AlreadyPast(due=due)))
