"""Every message in words: the snapshots of all letters, and what must never be in one."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.notifications.rules import Msg
from helpdesk.web import letters
from tests.support.inspection import parse
from tests.support.letters import FOLDER, SAMPLES, path_of, variants, written

ALL = variants()


def test_every_message_has_a_sample() -> None:
    assert set(SAMPLES) == set(Msg)


def test_every_snapshot_belongs_to_a_sample() -> None:
    assert {p.name for p in FOLDER.iterdir()} == {path_of(*which).name for which in ALL}


@pytest.mark.parametrize(("message", "variant", "locale"), ALL)
def test_snapshot(app: Flask, message: str, variant: str, locale: str) -> None:
    """Changed on purpose? `python -m tests.support.letters` writes all of them anew."""
    with app.app_context():
        now = written(message, variant, locale)
    assert now == path_of(message, variant, locale).read_text(encoding="utf-8")


@pytest.mark.parametrize(("message", "variant", "locale"), ALL)
def test_html_is_well_formed_and_asks_nothing_of_the_network(
    app: Flask, message: str, variant: str, locale: str
) -> None:
    with app.app_context():
        html = written(message, variant, locale).partition("<!doctype html>")[2]
    page = parse(f"<!doctype html>{html}")
    assert page.errors == ()
    assert not page.named("img", "link", "script", "style")
    (link,) = page.named("a")
    assert link.get("href") == "http://localhost/tickets/2026-0004711"


def test_what_a_person_typed_is_escaped_in_html_only(app: Flask) -> None:
    params = {"number": "2026-0004711", "title": "<b>登录不了</b>", "by": {"zh": "甲", "en": "A"}}
    with app.app_context():
        letter = letters.render(
            message="ticket_replied", params=params, locale="zh", about="ticket:2026-0004711"
        )
    assert "<b>登录不了</b>" in letter.text
    assert "<b>登录不了</b>" in letter.subject
    assert "&lt;b&gt;登录不了&lt;/b&gt;" in letter.html


def test_a_title_with_line_breaks_stays_one_subject_line(app: Flask) -> None:
    params = {"number": "2026-0004711", "title": "登录\r\nBcc: x@example.org"}
    with app.app_context():
        letter = letters.render(
            message="ticket_noted", params={**params, "by": {"zh": "甲"}}, locale="zh", about=""
        )
    assert "\n" not in letter.subject


def test_names_come_in_the_language_of_the_reader() -> None:
    params = {"by": {"zh": "呼叫中心", "en": "Call Centre"}, "to": {"zh": "甲县", "en": ""}}
    assert letters.spoken(params, "en") == {"by": "Call Centre", "to": "甲县"}
    assert letters.spoken(params, "zh") == {"by": "呼叫中心", "to": "甲县"}


@pytest.mark.parametrize(
    ("about", "path"),
    [
        ("ticket:2026-0004711", "/tickets/2026-0004711"),
        ("", "/notices"),
        ("something:else", "/notices"),
    ],
)
def test_a_message_leads_to_its_page(app: Flask, about: str, path: str) -> None:
    with app.app_context():
        assert letters.path_of(about) == path
