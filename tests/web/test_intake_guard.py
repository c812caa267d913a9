"""Personal data in the form: marked where it stands, masked on request, and never kept."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.intake.models.drafts import Draft
from helpdesk.kernel.db import Model
from helpdesk.tickets.models import Ticket
from tests.factories.country import Country, build
from tests.support.asking import ACC_4C, fill
from tests.support.client import Client, form_of

ID = "990101200001010006"
HIDDEN = "990101********0006"
ADDRESS = "/ask/login/ACC-4c"


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    client.sign_in(country.account("teacher"))
    return client


def everything_stored(session: Session) -> str:
    """Every value of every table as one text."""
    rows = []
    for table in Model.metadata.sorted_tables:
        rows += [str(tuple(row)) for row in session.execute(table.select())]
    return "\n".join(rows)


PLACES = ["card_exact_message", "text", "title", "callback_name"]
DRESSED = [ID, "990101 20000101 0006", "Ｇ" + ID, "13800000000", "6222 0202 0011 2230"]


@pytest.mark.parametrize("field", PLACES)
@pytest.mark.parametrize("number", DRESSED)
def test_a_finding_is_marked_and_nothing_is_kept(
    teacher: Client, session: Session, caplog: pytest.LogCaptureFixture, field: str, number: str
) -> None:
    caplog.set_level(logging.DEBUG)
    data = fill(teacher, ADDRESS, **{**ACC_4C, field: f"见{number}"})
    response = teacher.post(ADDRESS, data=data)
    assert response.status_code == 422
    assert "请删去后再继续" in response.text
    assert 'class="hd-found"' in response.text
    # The form comes back as it was typed, from the request alone.
    assert form_of(response, ADDRESS)[field] == f"见{number}"
    assert session.scalar(select(Draft.id)) is None
    stored = everything_stored(session)
    assert number not in stored
    assert number not in caplog.text
    with teacher.session_transaction() as cookie:
        assert number not in str(dict(cookie))


def test_the_line_and_the_kind_are_named(teacher: Client) -> None:
    words = f"用户不存在。\n登录后想给 {ID} 做困难认定，操作账号进不去。\n谢谢"
    page = teacher.post(ADDRESS, data=fill(teacher, ADDRESS, **{**ACC_4C, "text": words})).text
    assert "第2行有像身份证号的内容" in page
    assert f'<span class="hd-found">{HIDDEN}</span>' in page
    assert "登录后想给 " in page
    assert "删去之前不会保存" in page


def test_several_findings_on_several_lines(teacher: Client) -> None:
    words = f"{ID} 和 13800000000\n\n卡 6222020200112230"
    page = teacher.post(ADDRESS, data=fill(teacher, ADDRESS, **{**ACC_4C, "text": words})).text
    assert "第1行有像身份证号、像手机号码的内容" in page
    assert "第3行有像银行卡号的内容" in page
    assert page.count('class="hd-found"') == 3


def test_one_click_takes_the_masked_text(teacher: Client, session: Session) -> None:
    data = fill(teacher, ADDRESS, **{**ACC_4C, "text": f"想给{ID}做认定"})
    refused = teacher.post(ADDRESS, data=data)
    assert 'name="masked"' in refused.text
    again = {**form_of(refused, ADDRESS), "masked": "1"}
    done = teacher.post(ADDRESS, data=again)
    assert done.status_code == 303
    assert session.scalars(select(Draft)).one().answers["text"] == f"想给{HIDDEN}做认定"
    teacher.post(done.location.replace("review", "submit"))
    assert session.scalars(select(Ticket.text)).one() == f"想给{HIDDEN}做认定"
    assert ID not in everything_stored(session)


def test_a_draft_for_later_is_guarded_too(teacher: Client, session: Session) -> None:
    data = fill(teacher, ADDRESS, later="1", text=f"想给{ID}做认定")
    assert teacher.post(ADDRESS, data=data).status_code == 422
    assert session.scalar(select(Draft.id)) is None


def test_a_kept_draft_stays_as_it_was(teacher: Client, session: Session) -> None:
    review = teacher.post(ADDRESS, data=fill(teacher, ADDRESS, **ACC_4C)).location
    draft = review.removesuffix("/review")
    response = teacher.post(draft, data=fill(teacher, draft, text=f"见{ID}", title="新标题"))
    assert response.status_code == 422
    kept = session.scalars(select(Draft)).one()
    assert "text" not in kept.answers
    assert "title" not in kept.answers


def test_the_call_back_number_is_the_one_number_that_may_stand(teacher: Client) -> None:
    data = fill(teacher, ADDRESS, **{**ACC_4C, "callback_number": "138 0000 0000"})
    assert teacher.post(ADDRESS, data=data).status_code == 303


GUESSED = ["家住示范县桃花镇杏花村3组", "李小红同学登录不了", "2008年3月2日出生"]


@pytest.mark.parametrize("words", GUESSED)
def test_a_guess_is_asked_about_once(teacher: Client, session: Session, words: str) -> None:
    data = fill(teacher, ADDRESS, **{**ACC_4C, "text": words})
    asked = teacher.post(ADDRESS, data=data)
    assert asked.status_code == 422
    assert "请看是不是学生信息" in asked.text
    again = form_of(asked, ADDRESS)
    assert again["text"] == words
    assert teacher.post(ADDRESS, data=again).status_code == 422
    assert session.scalar(select(Draft.id)) is None
    assert teacher.post(ADDRESS, data={**again, "sure": "y"}).status_code == 303


def test_the_page_is_safe_from_what_was_typed(teacher: Client) -> None:
    words = f"<script>alert(1)</script> {ID}"
    page = teacher.post(ADDRESS, data=fill(teacher, ADDRESS, **{**ACC_4C, "text": words})).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_nothing_about_the_finding_waits_in_the_database(teacher: Client, session: Session) -> None:
    before = everything_stored(session)
    teacher.post(ADDRESS, data=fill(teacher, ADDRESS, **{**ACC_4C, "text": f"见{ID}"}))
    assert everything_stored(session) == before
    assert session.scalar(text("SELECT COUNT(*) FROM intake_draft")) == 0


def test_a_number_at_the_end_of_a_title_in_the_address_is_masked(teacher: Client) -> None:
    address = f"/ask/login/ACC-4a?about={'登录不了' * 48}{ID}"
    title = form_of(teacher.get(address), "/ask/login/ACC-4a")["title"]
    assert "登录不了" in title
    assert ID[:7] not in title
