"""The frame of every page: languages, light and dark, headers, menu, dates, error pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.kernel.permissions import Permission
from helpdesk.web.shell import dates, headers, language, marks, navigation
from helpdesk.web.shell.marks import Level
from helpdesk.web.shell.views import safe_back
from tests.factories.country import Country, build
from tests.support.client import Client

DUE = datetime(2026, 9, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def country(session: Session, now: datetime) -> Iterator[Country]:
    """A small country with people; the clock stands still."""
    with time_machine.travel(now, tick=False):
        yield build(now)


@pytest.fixture
def speaking(app: Flask, now: datetime) -> Iterator[None]:
    """A request in Chinese on 22 September 2026."""
    with (
        time_machine.travel(now, tick=False),
        app.test_request_context(headers={"Accept-Language": "zh"}),
    ):
        yield


@pytest.fixture
def speaking_english(app: Flask, now: datetime) -> Iterator[None]:
    """The same in English."""
    with (
        time_machine.travel(now, tick=False),
        app.test_request_context(headers={"Accept-Language": "en-GB,en"}),
    ):
        yield


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("speaking")
def test_instants_are_told_on_beijing_clocks() -> None:
    assert dates.full_moment_text(DUE) == "2026年9月24日(周四) 17:30"
    assert dates.moment_text(DUE) == "9月24日(周四) 17:30"
    assert dates.day_text(datetime(2026, 9, 23, 16, 0, tzinfo=UTC)) == "9月24日(周四)"
    assert dates.bare_day_text(date(2027, 1, 4)) == "2027年1月4日", "another year is named"
    assert dates.span_text(date(2026, 9, 10), date(2026, 9, 14)) == "9月10日至9月14日"
    assert dates.span_text(date(2026, 9, 10), date(2026, 9, 10)) == "9月10日"
    assert dates.moment(DUE) == '<time datetime="2026-09-24T17:30+08:00">9月24日(周四) 17:30</time>'


@pytest.mark.usefixtures("speaking_english")
def test_the_same_instants_in_english() -> None:
    assert dates.full_moment_text(DUE) == "Thu 24 Sep 2026, 17:30"
    assert dates.day_text(date(2026, 9, 24)) == "Thu 24 Sep"
    assert dates.span_text(date(2026, 9, 10), date(2026, 9, 14)) == "10 Sep to 14 Sep"


# --- marks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "level", "words"),
    [
        (5, Level.OK, "还有5个工作日"),
        (3, Level.OK, "还有3个工作日"),
        (2, Level.SOON, "还有2个工作日"),
        (0, Level.SOON, "今天到期"),
        (-1, Level.LATE, "已超期1个工作日"),
    ],
)
@pytest.mark.usefixtures("speaking")
def test_days_left_mean_the_same_everywhere(left: int, level: Level, words: str) -> None:
    assert marks.level_of(left) is level
    assert marks.left_text(left) == words
    assert marks.level_of(left, paused=True) is Level.WAIT


@pytest.mark.parametrize(
    ("left", "works", "late", "cells"),
    [
        (5, True, False, ["", "", "", "", ""]),
        (4, True, False, ["t", "", "", "", ""]),
        (2, True, False, ["u", "u", "t", "", ""]),
        (2, False, False, ["u", "u", "u", "", ""]),
        (0, True, False, ["u", "u", "u", "u", "t"]),
        (0, True, True, ["u", "u", "u", "u", "u", "x"]),
        (-2, True, True, ["u", "u", "u", "u", "u", "x", "x"]),
    ],
)
@pytest.mark.usefixtures("speaking")
def test_one_cell_per_working_day(left: int, works: bool, late: bool, cells: list[str]) -> None:
    found = marks.running_cells(5, left, today_works=works, legal=True, late=late)
    assert list(found.cells) == cells
    assert found.shape == "legal"


@pytest.mark.usefixtures("speaking")
def test_a_stretch_that_took_longer_is_late_only_where_the_clock_says_so() -> None:
    assert list(marks.ended_cells(3, 2, legal=False).cells) == ["u", "u", ""]
    assert marks.ended_cells(3, 5, legal=False).level is Level.OK, "it stood paused"
    late = marks.ended_cells(3, 5, legal=False, late=True)
    assert list(late.cells) == ["u", "u", "u", "x", "x"]
    assert late.level is Level.LATE


@pytest.mark.usefixtures("speaking_english")
def test_chinese_on_an_english_page_says_so() -> None:
    assert marks.zh("示范县") == '<span lang="zh-CN">示范县</span>'
    assert marks.zh("<b>") == "&lt;b&gt;"


@pytest.mark.usefixtures("speaking")
def test_chinese_on_a_chinese_page_is_plain() -> None:
    assert marks.zh("示范县") == "示范县"


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        ("en", "zh", "en"),
        ("zh", "en", "zh-CN"),
        ("fr", "zh", "zh-CN"),
        (None, "zh-CN,zh;q=0.9", "zh-CN"),
        (None, "fr", "zh-CN"),
    ],
)
def test_the_switch_is_stronger_than_the_browser(
    cookie: str | None, header: str, expected: str, client: Client
) -> None:
    client.inspect = False
    if cookie:
        client.set_cookie("language", cookie)
    page = client.get("/sign-in", headers={"Accept-Language": header}).text
    assert f'<html lang="{expected}"' in page


def test_the_switch_is_kept_and_leads_back(client: Client) -> None:
    client.inspect = False
    answer = client.post("/language", data={"value": "en", "back": "/sign-in?next=/queue"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/queue"
    assert 'lang="en"' in client.get("/sign-in").text
    assert client.post("/language", data={"value": "xx"}).status_code == 400


def test_the_catalogue_is_read_as_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    words += 'msgid "队列"\nmsgstr "Queue"\n'
    (folder / "messages.po").write_text(words, encoding="utf-8")
    assert language.read_catalogue(tmp_path, "en").gettext("队列") == "Queue"
    assert language.read_catalogue(tmp_path, "zh").gettext("队列") == "队列"


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/queue?view=mine", "/queue?view=mine"),
        ("//elsewhere.example/x", "/"),
        ("///elsewhere.example/x", "/"),
        (" /queue", "/"),
        ("https://elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("queue", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
@pytest.mark.usefixtures("speaking")
def test_the_way_back_stays_in_the_house(asked: str | None, leads: str) -> None:
    assert safe_back(asked) == leads


# --- light and dark ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "attribute", "media"),
    [
        ("light", "light", None),
        ("dark", "dark", 'media="screen"'),
        ("auto", "light", 'media="screen and (prefers-color-scheme: dark)"'),
        ("pink", "light", 'media="screen and (prefers-color-scheme: dark)"'),
    ],
)
def test_dark_is_a_stylesheet_of_its_own(
    theme: str, attribute: str, media: str | None, client: Client
) -> None:
    client.set_cookie("theme", theme)
    page = client.get("/sign-in").text
    assert f'data-bs-theme="{attribute}"' in page
    assert ("css/dark.css" in page) is (media is not None)
    assert media is None or media in page


# --- headers -------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers(client: Client) -> None:
    for address in ("/sign-in", "/no-such-page", "/static/css/theme.css"):
        with client.get(address) as answer:
            for name, value in headers.FIXED.items():
                assert answer.headers[name] == value, (address, name)
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_what_has_a_version_is_kept_by_the_browser(client: Client) -> None:
    page = client.get("/sign-in").text
    address = page[page.index("/static/css/theme.css") :].split('"')[0]
    assert "?v=" in address
    with client.get(address) as known, client.get("/static/css/theme.css") as bare:
        assert "immutable" in known.headers["Cache-Control"]
        assert "immutable" not in bare.headers.get("Cache-Control", "")


# --- menu ----------------------------------------------------------------------------------------


def test_every_entry_of_the_menu_is_a_page_with_that_lock(app: Flask) -> None:
    for entry in navigation.MENU:
        view: Any = app.view_functions[entry.endpoint]
        assert view.permission in (entry.permission, Permission.SIGNED_IN)


@pytest.mark.parametrize(
    ("who", "there", "missing"),
    [
        ("teacher", ["首页", "我的问题"], ["队列", "看板", "发件箱"]),
        ("county_officer", ["队列", "代人登记"], ["看板", "工作日"]),
        ("agent", ["看板", "队列"], ["发件箱"]),
    ],
)
def test_the_menu_holds_what_one_may_open(
    who: str, there: list[str], missing: list[str], country: Country, client: Client
) -> None:
    client.sign_in(country.account(who))
    page = client.get("/").text
    menu = page[page.index('class="hd-nav"') : page.index("</nav>")]
    assert all(f">{name}</a>" in menu for name in there)
    assert not any(f">{name}</a>" in menu for name in missing)
    assert menu.count('aria-current="page"') == 1


# --- error pages ---------------------------------------------------------------------------------


def test_what_is_not_there_says_what_to_do(country: Country, client: Client) -> None:
    client.sign_in(country.account("county_officer"))
    for address in ("/no-such-page", "/tickets/2026-9999999"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "没有找到" in answer.text
        assert "回首页" in answer.text
    assert "去队列" in answer.text, "who handles questions goes on from the queue"


def test_what_is_not_allowed_says_so(country: Country, client: Client) -> None:
    client.sign_in(country.account("teacher"))
    answer = client.get("/board")
    assert answer.status_code == 403
    assert "没有权限" in answer.text


def test_a_form_without_its_token_is_not_carried_out(country: Country, client: Client) -> None:
    client.sign_in(country.account("teacher"))
    answer = client.post("/language", data={"csrf_token": "wrong", "value": "en"})
    assert answer.status_code == 400
    assert "这张表单放得太久" in answer.text


def test_a_broken_page_says_so_without_asking_the_database(app: Flask, client: Client) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["TESTING"] = False
    original = app.view_functions["session.sign_in"]

    def broken() -> str:
        raise RuntimeError("on purpose")

    app.view_functions["session.sign_in"] = broken
    try:
        answer = client.get("/sign-in")
    finally:
        app.view_functions["session.sign_in"] = original
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.config["TESTING"] = True
    assert answer.status_code == 500
    assert "系统出了问题，您的操作没有保存" in answer.text
