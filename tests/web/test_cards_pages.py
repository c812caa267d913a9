"""The problem cards as pages: all 28, in both languages, with the route of whoever looks."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.catalog.rules import CODES
from tests.factories.country import Country, build
from tests.support.client import Client
from tests.support.queries import Queries


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    """A small country with people."""
    return build(now)


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    """The browser of a teacher of a county-run school."""
    client.sign_in(country.account("teacher"))
    return client


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    assert client.get("/cards").status_code == 302


def test_the_list_shows_every_card_once(teacher: Client) -> None:
    page = teacher.get("/cards").text
    for code in CODES:
        assert page.count(f'href="/cards/{code}"') == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_card_can_be_read(language: str, teacher: Client) -> None:
    teacher.set_cookie("language", language)
    assert teacher.get("/cards").status_code == 200
    for code in CODES:
        page = teacher.get(f"/cards/{code}")
        assert page.status_code == 200
        assert code in page.text


def test_a_card_names_the_bodies_of_the_readers_own_tree(teacher: Client) -> None:
    page = teacher.get("/cards/ACC-4b").text
    assert "示范县学籍办" in page
    assert "示范省教育信息化中心" in page
    assert "教助中心〔2020〕53号 二（一）四是" in page
    assert "同时进行" in page


def test_a_side_body_that_is_not_there_is_said_to_be_recorded(
    country: Country, client: Client
) -> None:
    client.sign_in(country.account("city_teacher"))
    assert "由办理单位线下联系" in client.get("/cards/ACC-4b").text


def test_what_is_ours_says_so(teacher: Client) -> None:
    page = teacher.get("/cards/SEC").text
    assert "本系统约定" in page
    assert "限定知悉范围" in page


def test_questions_for_elsewhere_are_sent_there(teacher: Client) -> None:
    assert "人力资源社会保障部门" in teacher.get("/cards/OUT").text


def test_who_answers_sees_the_card_without_a_route(country: Country, client: Client) -> None:
    client.sign_in(country.account("agent"))
    page = client.get("/cards/ACC-4b").text
    assert "本单位提这个问题" not in page
    assert "本级学籍管理部门" in page


def test_the_address_may_be_typed_in_small_letters(teacher: Client) -> None:
    assert teacher.get("/cards/acc-4b").status_code == 200


def test_an_unknown_card_is_not_found(teacher: Client) -> None:
    page = teacher.get("/cards/ACC-9")
    assert page.status_code == 404
    assert "ACC-9" in page.text


def test_a_card_costs_few_reads(teacher: Client, queries: Queries) -> None:
    teacher.get("/cards/ACC-4b")
    queries.clear()
    teacher.get("/cards/ACC-4b")
    assert len(queries) <= 20
