"""The search page and the suggestions of the box in the bar."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.catalog.operations import index_cards
from helpdesk.filing.operations.indexing import index_items
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.support.client import Client


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    made = build(now)
    index_cards()
    index_items()
    return made


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    """The browser of a teacher of a county-run school."""
    client.sign_in(country.account("teacher"))
    return client


def test_hits_lead_to_their_pages_with_marks(
    country: Country, teacher: Client, now: datetime
) -> None:
    number = Desk(country, now).open().number
    page = teacher.get("/search?q=密码错误").text
    assert 'href="/cards/ACC-4a"' in page
    assert f'href="/tickets/{number}"' in page
    assert "<mark>密码错误</mark>" in page


def test_every_kind_order_and_filter_can_be_chosen(teacher: Client) -> None:
    for rest in (
        "",
        "?q=资助名单",
        "?q=资助名单&kind=item&subsystem=compulsory",
        "?q=密码&kind=ticket&state=open&order=date",
        "?q=资助&page=3",
        "?q=没有任何内容会这么写的句子",
        "?q=%20%20&kind=nonsense&page=x",
        "?q=<b>密码</b>",
    ):
        assert teacher.get(f"/search{rest}").status_code == 200, rest


def test_a_filter_narrows(teacher: Client) -> None:
    page = teacher.get("/search?q=资助名单&kind=item&subsystem=preschool").text
    assert "PS-03" in page
    assert "CE-03" not in page


@pytest.mark.parametrize("typed", ["{number}", " {number} ", "{running}", "{short}"])
def test_a_whole_number_leads_straight_to_the_ticket(
    typed: str, country: Country, teacher: Client, now: datetime
) -> None:
    number = Desk(country, now).open().number
    year, running = number.split("-")
    short = running.lstrip("0")
    asked = typed.format(number=number, running=short, short=f"{year}-{short}")
    answer = teacher.get("/search", query_string={"q": asked})
    assert answer.headers["Location"] == f"/tickets/{number}"


def test_a_stranger_is_not_led_to_a_number(country: Country, client: Client, now: datetime) -> None:
    number = Desk(country, now).open().number
    client.sign_in(country.account("neighbour_officer"))
    page = client.get("/search", query_string={"q": number})
    assert page.status_code == 200
    assert f"/tickets/{number}" not in page.text


def test_numbers_of_students_are_neither_looked_for_nor_shown_again(teacher: Client) -> None:
    part = teacher.get("/search/suggest?q=110101201003078515 登录").text
    moved = teacher.get("/search?q=110101201003078515 登录")
    assert moved.status_code == 302
    page = teacher.get(moved.headers["Location"]).text
    assert "已遮盖" in page
    assert "110101201003078515" not in part + moved.headers["Location"] + page


def test_suggestions_are_a_part_of_a_page(teacher: Client) -> None:
    part = teacher.get("/search/suggest?q=密码错").text
    assert "<html" not in part
    assert 'href="/cards/ACC-4a"' in part
    assert teacher.get("/search/suggest?q=密").text.strip() == ""


def test_a_broken_cursor_is_refused_in_words(teacher: Client) -> None:
    assert teacher.get("/search?q=密码&order=date&after=nonsense").status_code == 400


def test_the_box_is_in_the_bar(teacher: Client) -> None:
    assert 'action="/search"' in teacher.get("/").text


@pytest.mark.parametrize("before", [88, 95, 300])
def test_a_number_at_the_end_of_what_is_read_is_masked_too(teacher: Client, before: int) -> None:
    typed = "登录 " * (before // 3) + "110101201003078515"
    moved = teacher.get(f"/search?q={typed}")
    assert moved.status_code == 302
    assert "11010120" not in moved.headers["Location"]
    assert "11010120" not in teacher.get(f"/search/suggest?q={typed}").text
