"""The page of working days: look, preview what a notice changes, load it, refuse what is wrong."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.people.models import RoleGrant
from helpdesk.people.rules import Role
from helpdesk.sla import queries as sla
from helpdesk.tickets.rules import subject
from helpdesk.web.shell.language import COOKIE as LANGUAGE_COOKIE
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import YearStatus
from tests.factories.clocks import written
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def operator(client: Client, session: Session, country: Country, now: datetime) -> Client:
    """The national officer also keeps the machine."""
    person_id = country.people["national_officer"].id
    session.add(
        RoleGrant(person_id=person_id, role=Role.SYSTEM_OPERATOR, body_id=None, granted_at=now)
    )
    session.flush()
    client.sign_in(country.account("national_officer"))
    return client


def in_force(year: int) -> str:
    (found,) = [n for n in workdays.notices() if n.year == year]
    return workdays.written(found)


def with_day_off(day: str) -> str:
    """The notice of 2026 with one more day off."""
    line = f'  - {{day: {day}, zh: "试验日", en: "Trial Day"}}'
    return in_force(2026).replace("off:\n", f"off:\n{line}\n")


def test_a_notice_is_written_as_it_is_read(country: Country) -> None:
    for notice in workdays.notices():
        assert workdays.parse_notice(workdays.written(notice)) == notice


def test_the_years_and_their_days(operator: Client) -> None:
    page = operator.get("/workdays").get_data(as_text=True)
    assert "9月20日(周日)" in page
    assert "放假7天" in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page
    provisional = operator.get("/workdays?year=2027").get_data(as_text=True)
    assert "放假安排还没有公布" in provisional
    assert 'href="/workdays/notice?region=CN&amp;year=2027"' in provisional


def test_in_english(operator: Client) -> None:
    operator.set_cookie(LANGUAGE_COOKIE, "en")
    page = operator.get("/workdays?year=2027").get_data(as_text=True)
    assert "Mid-autumn Festival" in page


@pytest.mark.parametrize("query", ["year=1999", "region=45", "region=%E6%A1%82", "year=2028"])
def test_what_is_not_known_is_not_found(operator: Client, query: str) -> None:
    assert operator.get(f"/workdays?{query}").status_code == 404


@pytest.mark.parametrize("who", ["teacher", "county_lead", "agent_lead"])
def test_others_are_kept_out(client: Client, country: Country, who: str) -> None:
    client.sign_in(country.account(who))
    assert client.get("/workdays").status_code == 403
    assert client.get("/workdays/notice").status_code == 403
    assert client.post("/workdays/notice", data={"text": in_force(2026)}).status_code == 403


def test_preview_then_load(operator: Client, country: Country, now: datetime) -> None:
    ticket = Desk(country, now).open()
    (accept, answer) = sla.clocks_of([subject(ticket.id)])[subject(ticket.id)]
    assert written(answer.due_at) == "09-28 17:30"
    start = operator.get("/workdays/notice?region=CN&year=2026")
    assert "2026-09-25" in form_of(start, "/notice")["text"]
    shown = operator.post("/workdays/notice", data={"text": with_day_off("2026-09-24")})
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "2026年9月24日(周四)" in page
    assert ticket.number in page
    assert "2026年9月28日(周一) 17:30" in page
    assert "2026年9月29日(周二) 17:30" in page
    # Nothing has changed yet.
    assert written(sla.clocks_of([subject(ticket.id)])[subject(ticket.id)][1].due_at) == (
        "09-28 17:30"
    )
    loaded = operator.post("/workdays/notice", data=form_of(shown, "/notice"))
    assert loaded.status_code == 303
    after = sla.clocks_of([subject(ticket.id)])[subject(ticket.id)]
    assert [written(c.due_at) for c in after] == [written(accept.due_at), "09-29 17:30"]
    assert "已载入2026年的放假安排" in operator.get("/workdays").get_data(as_text=True)


def test_a_notice_that_forgets_a_holiday_by_law_is_questioned(operator: Client) -> None:
    whole = in_force(2026)
    assert "请核对" not in operator.post("/workdays/notice", data={"text": whole}).text
    lines = [line for line in whole.splitlines() if "2026-05-0" not in line]
    page = operator.post("/workdays/notice", data={"text": "\n".join(lines)}).text
    assert page.count("是法定节假日，通知里没有放假") == 1  # 2 May is a Saturday
    assert re.search(r"请核对：<time[^>]*>2026年5月1日\(周五\)</time>是法定节假日", page)


def test_changed_after_the_preview_it_is_shown_again(operator: Client) -> None:
    shown = operator.post("/workdays/notice", data={"text": with_day_off("2026-11-24")})
    edited = {**form_of(shown, "/notice"), "text": with_day_off("2026-11-25")}
    again = operator.post("/workdays/notice", data=edited)
    assert again.status_code == 200
    assert "没有载入" in again.get_data(as_text=True)
    assert workdays.calendar().version == workdays.shipped_calendar().version


def test_a_double_click_loads_once(operator: Client) -> None:
    shown = operator.post("/workdays/notice", data={"text": with_day_off("2026-11-24")})
    fields = form_of(shown, "/notice")
    assert operator.post("/workdays/notice", data=fields).status_code == 303
    again = operator.post("/workdays/notice", data=fields)
    assert "与现行的完全相同" in again.get_data(as_text=True)


def test_the_new_year_is_confirmed(operator: Client) -> None:
    text = in_force(2027).replace("provisional", "confirmed")
    shown = operator.post("/workdays/notice", data={"text": text})
    assert "暂定改为已确认" in shown.get_data(as_text=True)
    operator.post("/workdays/notice", data=form_of(shown, "/notice"))
    assert workdays.calendar().info(2027).status is YearStatus.CONFIRMED


def test_a_province_appears_with_its_own_days(operator: Client) -> None:
    text = with_day_off("2026-11-24").replace('region: "CN"', 'region: "42"')
    shown = operator.post("/workdays/notice", data={"text": text})
    operator.post("/workdays/notice", data=form_of(shown, "/notice"))
    page = operator.get("/workdays?region=42").get_data(as_text=True)
    assert "示范省资助中心" in page
    assert "11月24日(周二)" in page


WRONG = [
    pytest.param("", "请填写", id="没有内容"),
    pytest.param("year: 2027", "notice:1: missing key", id="不全"),
    pytest.param("今年都不放假", "notice:1: expected keys", id="不是表"),
    pytest.param("[" * 2000, "notice", id="嵌套太深"),
    pytest.param("x" * 20_001, "最多20000个字", id="太长"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_said_and_kept(operator: Client, text: str, told: str) -> None:
    answer = operator.post("/workdays/notice", data={"text": text})
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert form_of(answer, "/notice")["text"].strip() == text


def test_the_list_of_moves_costs_the_same_at_any_size(
    operator: Client, country: Country, now: datetime, queries: Queries
) -> None:
    desk, counts = Desk(country, now), []
    for _ in range(3):
        for _ in range(2):
            desk.open()
        queries.clear()
        page = operator.post("/workdays/notice", data={"text": with_day_off("2026-09-24")})
        moved = page.get_data(as_text=True).count("2026年9月29日(周二) 17:30")
        counts.append((moved, len(queries)))
    # The first look also fills the cache of calendars.
    _, (four, few), (six, same) = counts
    assert (four, six, few) == (4, 6, same)
