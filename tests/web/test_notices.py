"""The bell: my notices, opening one, marking them read; nobody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.outbox import queries
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.support.client import Client
from tests.support.inspection import parse


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def desk(country: Country, now: datetime) -> Desk:
    return Desk(country, now)


@pytest.fixture
def officer(client: Client, country: Country) -> Client:
    client.sign_in(country.account("county_officer"))
    return client


def notice_of(session: Session, country: Country, who: str) -> Message:
    person_id = country.people[who].id
    found = select(Message).where(
        Message.recipient_id == person_id, Message.channel == Channel.IN_APP
    )
    return session.scalars(found.order_by(Message.id)).first()  # type: ignore[return-value]


def test_an_empty_list_says_what_would_fill_it(officer: Client) -> None:
    page = officer.get("/notices")
    assert page.status_code == 200
    assert "还没有通知" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_in_both_languages(officer: Client, desk: Desk, language: str) -> None:
    desk.open(title="登录提示密码错误")
    officer.set_cookie("language", language)
    page = officer.get("/notices")
    assert page.status_code == 200
    assert "登录提示密码错误" in page.text


def test_opening_a_notice_leads_to_the_ticket_and_marks_it(
    officer: Client, desk: Desk, session: Session
) -> None:
    ticket = desk.open()
    notice = notice_of(session, desk.country, "county_officer")
    answer = officer.post(f"/notices/{notice.id}/open")
    assert (answer.status_code, answer.location) == (303, f"/tickets/{ticket.number}")
    assert queries.unread_count(desk.country.people["county_officer"].id) == 0
    assert officer.get(answer.location).status_code == 200


def test_a_strangers_notice_is_not_there(officer: Client, desk: Desk, session: Session) -> None:
    desk.open()
    notice = notice_of(session, desk.country, "county_lead")
    assert officer.post(f"/notices/{notice.id}/open").status_code == 404
    assert queries.unread_count(desk.country.people["county_lead"].id) == 1


def test_all_read_means_all_that_was_shown(officer: Client, desk: Desk, session: Session) -> None:
    desk.open()
    shown = notice_of(session, desk.country, "county_officer").id
    desk.open("principal")
    officer.post("/notices/read", data={"up_to": shown})
    person_id = desk.country.people["county_officer"].id
    assert queries.unread_count(person_id) == 1
    answer = officer.post("/notices/read", data={"up_to": shown}, follow_redirects=True)
    assert "没有未读的通知" in answer.text


BAD_INPUT: list[tuple[str, str, dict[str, Any], int]] = [
    # method, address, fields -> status
    ("GET", "/notices?after=nonsense", {}, 400),
    ("GET", "/notices?after=WyJhIl0", {}, 400),
    ("POST", "/notices/999999/open", {}, 404),
    ("POST", "/notices/x/open", {}, 404),
    ("POST", "/notices/read", {"up_to": "all"}, 303),
    ("POST", "/notices/read", {}, 303),
    ("GET", "/notices/1/open", {}, 405),
]


@pytest.mark.parametrize(("method", "address", "fields", "status"), BAD_INPUT)
def test_bad_input(
    officer: Client, method: str, address: str, fields: dict[str, Any], status: int
) -> None:
    answer = officer.open(address, method=method, data=fields)
    assert answer.status_code == status


def test_an_open_door_leads_to_sign_in(client: Client) -> None:
    assert client.get("/notices").status_code == 302


def test_a_long_list_turns_its_pages_in_a_constant_number_of_queries(
    officer: Client, desk: Desk, queries: list[str]
) -> None:
    desk.open()
    officer.get("/notices")
    queries.clear()
    officer.get("/notices")
    few = len(queries)
    for _ in range(35):
        desk.open()
    officer.get("/notices")
    queries.clear()
    page = officer.get("/notices")
    assert len(queries) == few
    (following,) = [a for a in parse(page.text).named("a") if a.get("rel") == "next"]
    last = officer.get(following.get("href") or "")
    assert "已到最后" in last.text


def test_a_restricted_ticket_shows_its_number_only(officer: Client, desk: Desk) -> None:
    ticket = desk.open(
        card="SUP",
        title="对县里督办数字有异议",
        accused_body_id=desk.country.body("county").id,
        fields={"bulletin_no": "2026-3", "figure": "92"},
    )
    officer.sign_in(desk.country.account("city_officer"))
    page = officer.get("/notices")
    assert ticket.number in page.text
    assert "督办数字" not in page.text
