"""Checks seen from the session and the office: who passed, which questions are hard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
import time_machine
from flask import current_app, g, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.operations import quizzing
from tests.factories.country import Country
from tests.factories.quizzes import passed_on, sent
from tests.factories.training import attend, held
from tests.support.client import Client, form_of

KEY = "support"
START = f"/training/quizzes/{KEY}"
PARTIAL = '{% with session_id = of %}{% include "quizzes/_of_session.html" %}{% endwith %}'
Partial = Callable[[str, int], str]


@pytest.fixture
def teacher(clock: time_machine.Traveller, land: Country, client: Client) -> Client:
    """The browser of a teacher of a county-run school."""
    client.sign_in(land.account("teacher"))
    return client


@pytest.fixture
def lead(clock: time_machine.Traveller, land: Country, client: Client) -> Client:
    """The browser of the head of the county office."""
    client.sign_in(land.account("county_lead"))
    return client


def test_the_lead_sees_which_questions_are_hard(
    lead: Client, land: Country, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "还没有哪道题被5人答过" in lead.get(f"{START}/questions").text
    monkeypatch.setattr(quizzing, "token", lambda: "seed")
    for name in ("teacher", "principal", "sibling_teacher", "county_officer", "county_lead"):
        sent(land.actor(name), KEY, now, wrong=2)
    page = lead.get(f"{START}/questions").text
    assert "最近5次测验，5次通过" in page
    assert (page.count(">0%<"), page.count(">100%<")) == (2, 8)
    assert "王老师" not in page
    assert "哪些题难" in lead.get(START).text


def test_who_reads_no_coverage_does_not_see_which_questions_are_hard(
    client: Client, clock: time_machine.Traveller, land: Country
) -> None:
    client.sign_in(land.account("agent"))
    assert client.get(f"{START}/questions").status_code == 403
    assert "哪些题难" not in client.get(START).text


def test_the_organiser_sees_who_passed_and_no_answers(
    lead: Client, land: Country, now: datetime
) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY)
    for name in ("teacher", "principal"):
        attend(of, land.people[name])
    sent(land.actor("teacher"), KEY, now)
    page = lead.get(f"/training/quizzes/sessions/{of.id}").text
    assert "2人中1人通过" in page
    assert "王老师" in page
    assert "还没通过" in page
    assert "/attempts/" not in page


def test_others_do_not_see_who_passed(
    client: Client, clock: time_machine.Traveller, land: Country
) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY)
    for name, status in (("teacher", 403), ("city_lead", 403), ("neighbour_officer", 403),
                         ("agent", 403)):  # fmt: skip
        client.sign_in(land.account(name))
        assert client.get(f"/training/quizzes/sessions/{of.id}").status_code == status, name


def test_a_session_without_a_check_has_no_such_page(lead: Client, land: Country) -> None:
    of = held(land.body("county"), date(2026, 9, 1))
    assert lead.get(f"/training/quizzes/sessions/{of.id}").status_code == 404
    assert lead.get("/training/quizzes/sessions/987654").status_code == 404


def test_a_bad_cursor_is_refused(lead: Client, land: Country) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY)
    assert lead.get(f"/training/quizzes/sessions/{of.id}?after=zzz").status_code == 400


def test_a_check_is_taken_for_its_session(teacher: Client, land: Country, session: Session) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY)
    form = form_of(teacher.get(f"{START}?session={of.id}"), "/start")
    teacher.post(f"{START}/start", data=form)
    assert session.scalar(select(QuizAttempt.session_id)) == of.id


@pytest.mark.parametrize("number", ["abc", "-1", "9" * 30, "999999999999999999"])
def test_a_session_that_is_none_is_left_out(teacher: Client, session: Session, number: str) -> None:
    assert teacher.get(f"{START}?session={number}").status_code == 200
    assert teacher.post(f"{START}/start", data={"session": number}).status_code == 303
    assert session.scalar(select(QuizAttempt.session_id)) is None


@pytest.fixture
def partial(land: Country, clock: time_machine.Traveller, session: Session) -> Partial:
    """The part of the page of a session as somebody sees it."""

    def render(name: str, session_id: int) -> str:
        with current_app.test_request_context():
            g.actor = land.actor(name)
            return render_template_string(PARTIAL, of=session_id)

    return render


def test_the_page_of_a_session_leads_to_its_check(
    land: Country, now: datetime, partial: Partial
) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY, check_required=True)
    attend(of, land.people["teacher"])
    passed_on(land.people["teacher"], KEY, now)
    mine = partial("teacher", of.id)
    assert f'href="{START}?session={of.id}"' in mine
    assert "今年已通过" in mine
    assert "2026年12月31日" in mine
    assert "人中" not in mine
    theirs = partial("county_lead", of.id)
    assert "1人中1人通过" in theirs
    assert "还没通过" in theirs


def test_the_page_of_a_session_without_a_check_says_nothing(
    land: Country, partial: Partial
) -> None:
    of = held(land.body("county"), date(2026, 9, 1))
    assert partial("teacher", of.id).strip() == ""


def test_the_check_stands_on_the_page_of_its_session(
    client: Client, clock: time_machine.Traveller, land: Country
) -> None:
    of = held(land.body("county"), date(2026, 9, 1), quiz=KEY)
    client.sign_in(land.account("teacher"))
    assert f'href="{START}?session={of.id}"' in client.get(f"/training/sessions/{of.id}").text
    client.sign_in(land.account("county_lead"))
    assert f'href="/training/quizzes/sessions/{of.id}"' in (
        client.get(f"/training/sessions/{of.id}").text
    )
