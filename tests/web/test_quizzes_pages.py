"""The pages of short checks: list, start, answering, result, who passed, hard questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.queries import quizzes
from helpdesk.training.queries.quizzes import AttemptView
from helpdesk.training.rules.quizzes import QuestionKind
from tests.factories.country import Country
from tests.factories.quizzes import answered, passed_on, row_of, sent, started
from tests.support.client import Client, form_of
from tests.support.queries import Queries

KEY = "support"
START = f"/training/quizzes/{KEY}"


@pytest.fixture
def teacher(clock: time_machine.Traveller, land: Country, client: Client) -> Client:
    """The browser of a teacher of a county-run school."""
    client.sign_in(land.account("teacher"))
    return client


@pytest.fixture
def attempt(land: Country, now: datetime) -> AttemptView:
    """An open try of the teacher."""
    return started(land.actor("teacher"), KEY, now)


def fields(of: AttemptView, wrong: int = 0) -> dict[str, list[str] | str]:
    """The form as a browser sends it."""
    made: dict[str, list[str] | str] = {}
    for number, given in answered(of, wrong).items():
        question = quizzes.pool(of.pool).by_id[of.drawn[number - 1].question_id]
        if question.kind is QuestionKind.ORDER:
            made |= {f"q{number}-{step}": place for step, place in enumerate(given)}
        else:
            made[f"q{number}"] = list(given)
    return made


def post(client: Client, of: AttemptView, data: Mapping[str, object]) -> TestResponse:
    return client.post(f"/training/quizzes/attempts/{of.id}", data=dict(data))


def with_kind(land: Country, now: datetime, kind: QuestionKind) -> tuple[AttemptView, int]:
    """A try of the teacher that has a question of this kind, and its number."""
    made = started(land.actor("teacher"), KEY, now)
    pool = quizzes.pool(KEY)
    kinds = [pool.by_id[drawn.question_id].kind for drawn in made.drawn]
    if kind not in kinds:
        wanted = next(q for q in pool.questions if q.kind is kind)
        row = row_of(made.id)
        order = [*range(1, len(wanted.options)), 0]
        row.drawn = [
            {"question": wanted.id, "mark": wanted.mark, "order": order}, *row.drawn[1:]
        ]  # fmt: skip
        return quizzes.own(row.person_id, made.id), 1
    return made, kinds.index(kind) + 1


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for address in ("", "/support", "/attempts/1", "/support/questions", "/sessions/1"):
        assert client.get(f"/training/quizzes{address}").status_code == 302
    assert client.post("/training/quizzes/support/start").status_code == 302
    assert client.post("/training/quizzes/attempts/1").status_code == 302


def test_the_list_shows_every_pool_with_my_state(
    teacher: Client, land: Country, now: datetime
) -> None:
    passed_on(land.people["teacher"], "preschool", now)
    started(land.actor("teacher"), "compulsory", now)
    sent(land.actor("teacher"), "senior_high", now, wrong=8)
    page = teacher.get("/training/quizzes").text
    for pool in quizzes.pools():
        assert f'href="/training/quizzes/{pool.key}"' in page
    for words in ("今年已通过", "答了一半", "还没通过", "今年没有测过", "只测验不算参训"):
        assert words in page


def test_the_start_page_says_what_is_asked_and_what_it_counts_for(teacher: Client) -> None:
    page = teacher.get(START).text
    for words in ("抽10题", "答对8题通过", "每天可以测3次", "只测验不算参训", "今天还可以测3次"):
        assert words in page


def test_an_unknown_pool_is_not_found(teacher: Client) -> None:
    assert teacher.get("/training/quizzes/nothing").status_code == 404
    assert teacher.post("/training/quizzes/nothing/start").status_code == 404
    assert teacher.get("/training/quizzes/nothing/questions").status_code == 404


def test_from_start_to_result(teacher: Client, land: Country, session: Session) -> None:
    form = form_of(teacher.get(START), "/start")
    page = teacher.post(f"{START}/start", data=form)
    assert page.status_code == 303
    address = page.headers["Location"]
    assert "交卷" in teacher.get(address).text
    mine = quizzes.own(land.people["teacher"].id, int(address.rsplit("/", 1)[1]))
    assert post(teacher, mine, fields(mine, wrong=1)).status_code == 303
    result = teacher.get(address).text
    assert "10题答对9题" in result
    assert result.count("答错") == 1
    assert "教助中心〔2020〕53号" in result
    for drawn in mine.drawn:
        question = quizzes.pool(KEY).by_id[drawn.question_id]
        assert question.text in result
        assert question.explanation in result


def test_starting_twice_goes_on_with_one(teacher: Client, session: Session) -> None:
    form = form_of(teacher.get(START), "/start")
    addresses = {
        teacher.post(f"{START}/start", data=form).headers["Location"],
        teacher.post(f"{START}/start", data=form).headers["Location"],
        teacher.post(f"{START}/start", data={}).headers["Location"],
    }
    assert len(addresses) == 1
    assert "接着答" in teacher.get(START).text
    assert session.scalar(select(func.count()).select_from(QuizAttempt)) == 1


def test_the_page_does_not_give_the_answers_away(teacher: Client, attempt: AttemptView) -> None:
    page = teacher.get(f"/training/quizzes/attempts/{attempt.id}").text
    for drawn in attempt.drawn:
        question = quizzes.pool(KEY).by_id[drawn.question_id]
        assert question.text in page
        assert question.explanation not in page
        assert question.id not in page
    assert "checked" not in page
    assert "selected" not in page


def test_what_is_missing_is_named_and_the_rest_is_kept(
    teacher: Client, attempt: AttemptView
) -> None:
    data = fields(attempt)
    gone = [name for name in data if name == "q1" or name.startswith("q1-")]
    page = post(teacher, attempt, {k: v for k, v in data.items() if k not in gone})
    assert page.status_code == 422
    assert "有1题还要改" in page.text
    assert 'href="#q1"' in page.text
    kept = {k: v for k, v in form_of(page, f"/{attempt.id}").items() if k.startswith("q") and v}
    assert set(kept) == set(data) - set(gone)


def test_a_place_used_twice_is_named_and_kept(
    teacher: Client, land: Country, now: datetime
) -> None:
    of, number = with_kind(land, now, QuestionKind.ORDER)
    data = {**fields(of), f"q{number}-0": "1", f"q{number}-1": "1"}
    page = post(teacher, of, data)
    assert page.status_code == 422
    assert "同一个次序用了两次" in page.text
    again = form_of(page, f"/{of.id}")
    assert (again[f"q{number}-0"], again[f"q{number}-1"]) == ("1", "1")
    assert post(teacher, of, fields(of)).status_code == 303


def test_several_options_can_be_ticked_and_come_back_ticked(
    teacher: Client, land: Country, now: datetime
) -> None:
    of, number = with_kind(land, now, QuestionKind.MULTIPLE)
    page = post(teacher, of, {f"q{number}": ["0", "2"]})
    assert page.status_code == 422
    assert page.text.count("checked") == 2


BAD_VALUES = [["99"], ["-1"], ["x"], ["0", "1", "0"], ["0x"], ["9" * 400], ["<b>"], ["Ⅰ"]]


@pytest.mark.parametrize("value", BAD_VALUES)
def test_options_that_were_not_offered_are_refused(
    teacher: Client, attempt: AttemptView, value: list[str]
) -> None:
    steps = {f"q{n}-{step}": value[0] for n in range(1, 11) for step in range(7)}
    page = post(teacher, attempt, {**{f"q{n}": value for n in range(1, 11)}, **steps})
    assert page.status_code == 422
    assert "没有收到页面上的选项" in page.text
    assert quizzes.own(attempt.person_id, attempt.id).sent_at is None


def test_sending_twice_shows_the_first_result(teacher: Client, attempt: AttemptView) -> None:
    post(teacher, attempt, fields(attempt, wrong=10))
    again = post(teacher, attempt, fields(attempt))
    assert again.status_code == 303
    page = teacher.get(again.headers["Location"]).text
    assert "以第一次为准" in page
    assert "10题答对0题" in page


def test_the_try_of_somebody_else_is_not_found(
    client: Client, clock: time_machine.Traveller, land: Country, attempt: AttemptView
) -> None:
    """Neither the colleague next door nor the head of the office above sees it, open or sent."""
    for name in ("sibling_teacher", "county_lead", "agent"):
        client.sign_in(land.account(name))
        assert client.get(f"/training/quizzes/attempts/{attempt.id}").status_code == 404
        assert post(client, attempt, fields(attempt)).status_code == 404
    assert quizzes.own(attempt.person_id, attempt.id).sent_at is None


def test_numbers_of_no_try_are_not_found(teacher: Client) -> None:
    for number in ("0", "987654321", "9" * 18):
        assert teacher.get(f"/training/quizzes/attempts/{number}").status_code == 404


def test_the_fourth_try_of_a_day_is_refused_with_the_way_on(
    teacher: Client, land: Country, now: datetime, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        sent(land.actor("teacher"), KEY, now, wrong=10)
    page = teacher.get(START).text
    assert "今天的次数已用完" in page
    assert "/start" not in page
    refused = teacher.post(f"{START}/start", data={"once": "x"})
    assert refused.status_code == 422
    assert "明天可以再测" in refused.text
    clock.shift(timedelta(days=1))
    teacher.sign_in(land.account("teacher"))
    assert "今天还可以测3次" in teacher.get(START).text


def reworded(monkeypatch: pytest.MonkeyPatch, question_id: str) -> None:
    """A new release of the program words a question anew."""
    new = tuple(
        replace(
            pool,
            questions=tuple(
                replace(q, text="改过的题？") if q.id == question_id else q for q in pool.questions
            ),
        )
        for pool in quizzes.pools()
    )
    monkeypatch.setattr(quizzes, "pools", lambda: new)


def test_an_open_try_whose_questions_changed_starts_anew(
    teacher: Client, attempt: AttemptView, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = fields(attempt)
    reworded(monkeypatch, attempt.drawn[0].question_id)
    for page in (
        post(teacher, attempt, data),
        teacher.get(f"/training/quizzes/attempts/{attempt.id}"),
    ):
        assert page.headers["Location"] == START
    assert "题目在您答题期间更新了" in teacher.get(START).text
    started_anew = teacher.post(f"{START}/start", data={"once": "y"})
    assert teacher.get(started_anew.headers["Location"]).status_code == 200


def test_an_old_result_stays_when_questions_changed(
    teacher: Client, land: Country, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = sent(land.actor("teacher"), KEY, now)
    reworded(monkeypatch, mine.drawn[0].question_id)
    page = teacher.get(f"/training/quizzes/attempts/{mine.id}").text
    assert "10题答对10题" in page
    assert "题库后来更新过" in page


def test_on_the_english_page_questions_are_marked_as_chinese(
    teacher: Client, attempt: AttemptView, now: datetime
) -> None:
    teacher.set_cookie("language", "en")
    teacher.inspect = False
    page = teacher.get(f"/training/quizzes/attempts/{attempt.id}").text
    for drawn in attempt.drawn:
        question = quizzes.pool(KEY).by_id[drawn.question_id]
        assert f'<span lang="zh-CN">{question.text}</span>' in page
    assert "The support process" in teacher.get("/training/quizzes").text


def test_pages_cost_the_same_however_many_tries_there_are(
    teacher: Client, land: Country, now: datetime, queries: Queries
) -> None:
    def reads(address: str) -> int:
        teacher.get(address)
        queries.clear()
        teacher.get(address)
        return len(queries)

    sent(land.actor("teacher"), KEY, now - timedelta(days=1), wrong=10)
    addresses = ("/training/quizzes", START)
    few = [reads(address) for address in addresses]
    for day in range(2, 12):
        sent(land.actor("teacher"), KEY, now - timedelta(days=day), wrong=10)
    assert [reads(address) for address in addresses] == few
    assert max(few) <= 14
