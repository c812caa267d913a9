"""The first page: what a school sees, what an office sees, what the question box suggests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.tickets.rules import Status
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


@pytest.fixture
def country(desk: Desk) -> Country:
    return desk.country


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    assert "/sign-in" in client.get("/").headers["Location"]


def test_a_school_sees_who_has_its_question_and_until_when(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    client.sign_in(desk.country.account("teacher"))
    page = client.get("/").text
    assert "遇到什么问题？" in page
    assert ticket.number in page
    assert "现在由示范县资助中心办理" in page
    # Arrived on 22 September: three working days later is the Monday after Mid-Autumn.
    assert "9月28日(周一) 17:30" in page
    assert "还有3个工作日" in page
    assert "本地承诺" in page


def test_the_school_of_another_county_is_not_there(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    client.sign_in(desk.country.account("sibling_teacher"))
    page = client.get("/").text
    assert ticket.number not in page
    assert "没有在办的问题" in page


def test_the_way_up_is_told_from_the_direct_office_on(desk: Desk, client: Client) -> None:
    client.sign_in(desk.country.account("teacher"))
    page = client.get("/").text
    order = ["示范县资助中心", "示范市资助中心", "示范省资助中心", "呼叫中心"]
    places = [page.index(f"<b>{name}") for name in order]
    assert places == sorted(places)


def test_an_answer_is_confirmed_with_one_button(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    desk.resolve("county_officer", ticket)
    client.sign_in(desk.country.account("teacher"))
    page = client.get("/")
    assert "解决了吗？" in page.text
    sent = form_of(page, f"{ticket.number}/confirm")
    answer = client.post(f"/tickets/{ticket.number}/confirm", data=sent)
    assert answer.status_code == 303
    assert ticket.status is Status.CLOSED
    # The same button twice: said, and nothing happens.
    again = client.post(f"/tickets/{ticket.number}/confirm", data=sent, follow_redirects=True)
    assert "已经处理过了" in again.text


def test_a_question_to_the_school_is_one_click_away(desk: Desk, client: Client) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    desk.ask("county_officer", ticket)
    client.sign_in(desk.country.account("teacher"))
    page = client.get("/").text
    assert "等您补充，计时已暂停" in page
    assert f"/tickets/{ticket.number}/supply" in page


def test_an_office_sees_figures_and_the_most_pressing_first(desk: Desk, client: Client) -> None:
    calm = desk.open(title="不急的问题")
    desk.now = datetime.fromisoformat("2026-09-18T09:00+08:00")
    pressing = desk.open(title="快到期的问题")
    client.sign_in(desk.country.account("county_officer"))
    page = client.get("/").text
    assert "先办这些" in page
    assert pressing.number in page
    assert calm.number not in page
    assert "打开队列，在办2件" in page


def test_who_neither_asks_nor_handles_is_shown_where_to_go(desk: Desk, client: Client) -> None:
    client.sign_in(desk.country.account("city_supervisor"))
    page = client.get("/")
    assert page.status_code == 200
    assert "您可以打开" in page.text


def test_my_questions_are_listed_by_state(desk: Desk, client: Client) -> None:
    running, done = desk.open(), desk.open(title="已经办完的问题")
    desk.resolve("county_officer", done)
    client.sign_in(desk.country.account("teacher"))
    seen = {"version": str(done.version)}
    assert client.post(f"/tickets/{done.number}/confirm", data=seen).status_code == 303
    assert running.number in client.get("/tickets?show=open").text
    assert done.number not in client.get("/tickets?show=open").text
    assert done.number in client.get("/tickets?show=ended").text
    assert running.number not in client.get("/tickets?show=ended").text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", ["teacher", "county_officer", "agent", "it_engineer", "hei_staff"])
def test_everybody_has_a_first_page_in_both_languages(
    who: str, language: str, desk: Desk, client: Client
) -> None:
    desk.open()
    client.set_cookie("language", language)
    client.sign_in(desk.country.account(who))
    page = client.get("/")
    assert page.status_code == 200
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page.text


@pytest.mark.parametrize("who", ["teacher", "county_officer"])
def test_the_number_of_queries_does_not_grow(
    who: str, desk: Desk, client: Client, queries: Queries
) -> None:
    def count() -> int:
        queries.clear()
        assert client.get("/").status_code == 200
        return len(queries)

    for _ in range(5):
        desk.open()
    client.sign_in(desk.country.account(who))
    count()  # warms what is kept per process
    with_five = count()
    for _ in range(45):
        desk.open()
    assert count() == with_five
