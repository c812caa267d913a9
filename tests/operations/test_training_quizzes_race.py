"""Starting and sending a check several times at the same moment, on a database that commits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.kernel.db import db, session
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.operations import quizzing
from tests.factories.country import Country, build
from tests.factories.quizzes import answered, started

CLICKS = 4
T = TypeVar("T")


@pytest.fixture
def country(separate_app: Flask, now: datetime) -> Country:
    """The small country, committed."""
    with separate_app.app_context():
        return build(now)


def at_once(app: Flask, act: Callable[[int], T]) -> list[T | type[Exception]]:
    """What every one of CLICKS clicks got; a refusal counts as its class."""
    together = Barrier(CLICKS)

    def click(number: int) -> T | type[Exception]:
        with app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    return act(number)
            except quizzing.AlreadySent as refusal:
                return type(refusal)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(click, range(CLICKS)))


def test_starts_at_once_begin_one_try(separate_app: Flask, country: Country, now: datetime) -> None:
    with separate_app.app_context():
        actor = country.actor("teacher")

    def start(number: int) -> int:
        return quizzing.start(actor=actor, key="support", once=f"click-{number}", now=now)

    ids = at_once(separate_app, start)
    with separate_app.app_context():
        assert set(ids) == set(session().scalars(select(QuizAttempt.id)))
        assert session().scalar(select(func.count(QuizAttempt.id))) == 1


def test_sent_at_once_is_graded_once(separate_app: Flask, country: Country, now: datetime) -> None:
    """One click carries right answers, the others wrong ones: one of them counts, whole."""
    with separate_app.app_context():
        actor = country.actor("teacher")
        with unit_of_work():
            attempt = started(actor, "support", now)
        papers = [answered(attempt, wrong=0 if number == 0 else 10) for number in range(CLICKS)]

    def send(number: int) -> int:
        graded = quizzing.send(actor=actor, attempt_id=attempt.id, given=papers[number], now=now)
        return graded.score

    scores = at_once(separate_app, send)
    assert scores.count(quizzing.AlreadySent) == CLICKS - 1
    (score,) = [found for found in scores if isinstance(found, int)]
    with separate_app.app_context():
        row = session().scalars(select(QuizAttempt)).one()
        assert (row.score, len(row.correct), row.passed) == (score, score, score == 10)
