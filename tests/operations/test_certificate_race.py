"""Several clicks at the same moment, on a database that really commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db, session
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.operations import certifying, checking
from helpdesk.training.rules.certificates import new_number
from tests.factories.country import Country, build
from tests.factories.training import held, train

CLICKS = 4


@pytest.fixture
def country(separate_app: Flask, now: datetime) -> Country:
    with separate_app.app_context():
        made = build(now)
        train(held(made.body("county"), date(2026, 9, 1)), made.people["teacher"])
        session().commit()
        return made


def test_clicks_at_once_make_one_certificate(
    separate_app: Flask, country: Country, now: datetime
) -> None:
    person_id = country.people["teacher"].id
    together = Barrier(CLICKS)

    def click(_: int) -> str:
        with separate_app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    return certifying.issue(
                        actor=SYSTEM, person_id=person_id, year=2026, now=now
                    ).number
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        numbers = set(pool.map(click, range(CLICKS)))
    with separate_app.app_context():
        assert len(numbers) == 1
        assert session().scalar(select(func.count(Certificate.id))) == 1


def test_checks_at_once_are_all_counted(
    separate_app: Flask, country: Country, now: datetime
) -> None:
    """Two processes do not double what one address may ask."""
    asked = checking.LIMIT.attempts + CLICKS

    def check(_: int) -> bool:
        with separate_app.app_context():
            try:
                checking.check(text=new_number(2026), address="192.0.2.1", now=now)
            except checking.TooManyChecks:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(CLICKS) as pool:
        answered = list(pool.map(check, range(asked)))
    assert sum(answered) == checking.LIMIT.attempts
