"""A question written down for somebody on the telephone."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.instants import in_shanghai
from helpdesk.tickets.models import Ticket
from tests.factories.country import Country, build
from tests.support.asking import ACC_4C, fill
from tests.support.client import Client, form_of

SCHOOL = "/ask/phone/3442990001"
FORM = f"{SCHOOL}/login/ACC-4c"
CALL = {**ACC_4C, "callback_name": "张老师", "received_how": "来电"}


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def agent(country: Country, client: Client) -> Client:
    client.sign_in(country.account("agent"))
    return client


def test_the_body_is_found_by_name_or_code(agent: Client) -> None:
    assert "示范县第一中学" in agent.get("/ask/phone?q=第一中学").text
    assert f'href="{SCHOOL}"' in agent.get("/ask/phone?q=3442990001").text
    assert "没有找到可以代为登记的单位" in agent.get("/ask/phone?q=天上").text
    assert agent.get("/ask/phone").status_code == 200


def test_an_office_finds_only_its_own(country: Country, client: Client) -> None:
    client.sign_in(country.account("county_officer"))
    page = client.get("/ask/phone?q=中学").text
    assert "示范县第一中学" in page
    assert "无人县中学" not in page
    assert client.get("/ask/phone/3442990004").status_code == 404
    assert client.get("/ask/phone/3442990004/login").status_code == 404
    assert client.get("/ask/phone/nothing").status_code == 404


@pytest.mark.parametrize("who", ["teacher", "it_engineer", "city_supervisor"])
def test_who_may_not(country: Country, client: Client, who: str) -> None:
    client.sign_in(country.account(who))
    for address in ("/ask/phone", SCHOOL, FORM):
        assert client.get(address).status_code == 403


def test_those_who_are_asked_are_not_asked_for(agent: Client) -> None:
    response = agent.get("/ask/phone/NAC")
    assert response.status_code == 422
    assert "不能替全国学生资助管理中心登记问题" in response.text


def test_from_the_call_to_the_county(agent: Client, session: Session, country: Country) -> None:
    assert f'href="{SCHOOL}/login"' in agent.get(SCHOOL).text
    answer = agent.get(f"{SCHOOL}/login?at=new_school&choice=not_new")
    assert answer.location == FORM
    page = agent.get(FORM)
    assert "示范县资助中心" in page.text
    shown = form_of(page, FORM)
    assert shown["received_how"] == "来电"
    assert shown["callback_name"] == shown["callback_number"] == ""
    review = agent.post(FORM, data={**shown, **CALL})
    assert review.status_code == 303
    last = agent.get(review.location).text
    assert "张老师" in last
    assert "示范县第一中学" in last
    assert "本地承诺" in last
    done = agent.post(review.location.replace("review", "submit"))
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.asker_body_id == country.body("school").id
    assert ticket.holder_body_id == country.body("county").id
    assert ticket.filer_body_id == country.body("call_centre").id
    assert ticket.callback_name == "张老师"
    # The agent stays a party and can follow the question.
    page = agent.get(done.location)
    assert page.status_code == 200
    assert "怎样接到的" in page.text


@pytest.mark.parametrize(("body", "kind"), [("hei", "法定时限"), ("province", "法定时限")])
def test_only_a_report_for_those_who_report_starts_the_legal_clock(
    agent: Client, country: Country, body: str, kind: str
) -> None:
    address = f"/ask/phone/{country.body(body).code}/login/ACC-4c"
    page = agent.get(agent.post(address, data=fill(agent, address, **CALL)).location).text
    assert kind in page


def test_the_call_may_have_been_before_today(agent: Client, session: Session) -> None:
    data = fill(agent, FORM, **CALL, received_at="2026-11-02T16:40")
    review = agent.post(FORM, data=data).location
    assert "2026年11月2日(周一) 16:40" in agent.get(review).text
    agent.post(review.replace("review", "submit"))
    opened = session.scalars(select(Ticket.opened_at)).one()
    assert f"{in_shanghai(opened):%Y-%m-%d %H:%M}" == "2026-11-02 16:40"


BAD = [
    ({"received_at": "2999-01-01T00:00"}, "接到的时间不能晚于现在"),
    ({"received_at": "2001-01-01T00:00"}, "请核对年份"),
    ({"received_at": "昨天下午"}, "的样子填写"),
    ({"received_at": "2026-13-45T99:99"}, "的样子填写"),
    ({"received_how": ""}, "请填写“怎样接到的”"),
    ({"callback_name": " "}, "请填写“来电人”"),
    ({"callback_number": ""}, "请填写手机或座机号码"),
    ({"callback_name": "13800000000"}, "请删去后再继续"),
]


@pytest.mark.parametrize(("fields", "sentence"), BAD)
def test_bad_input(agent: Client, session: Session, fields: dict[str, str], sentence: str) -> None:
    response = agent.post(FORM, data={**fill(agent, FORM, **CALL), **fields})
    assert response.status_code == 422
    assert sentence in response.text
    again = form_of(response, FORM)
    assert again["card_exact_message"] == CALL["card_exact_message"]
    for name, value in fields.items():
        assert again[name].strip() == value.strip()
    assert session.scalar(select(Ticket.id)) is None
