"""Several clicks and several reviewers at the same moment, on a database that really commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.kernel.db import db, session
from helpdesk.kernel.errors import Conflict, Forbidden
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.models.cases import Case, History
from helpdesk.knowledge.operations import reviewing, writing
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.rules.cases import State, Verb
from tests.factories.cases import STORY, Writers
from tests.factories.country import Country, build

CLICKS = 4


@pytest.fixture
def country(separate_app: Flask, now: datetime) -> Country:
    with separate_app.app_context():
        return build(now)


def at_once(app: Flask, act: Callable[[int], str]) -> Counter[str]:
    """Everybody does it at the same moment; answers by how often they came."""
    together = Barrier(CLICKS)

    def click(number: int) -> str:
        with app.app_context():
            session().rollback()
            together.wait()
            try:
                with unit_of_work():
                    return act(number)
            except (Conflict, Forbidden) as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        return Counter(pool.map(click, range(CLICKS)))


def test_clicks_at_once_begin_one_case(separate_app: Flask, country: Country) -> None:
    def begin(_number: int) -> str:
        actor = country.actor("county_officer")
        body = access.writing_body(actor, country.body("county").id)
        made = writing.start(actor=actor, body=body, entry=STORY, once="x", now=country.now)
        return str(made.id)

    answers = at_once(separate_app, begin)
    with separate_app.app_context():
        assert session().scalar(select(func.count(Case.id))) == 1
    assert list(answers.values()) == [CLICKS]


def test_of_publishing_and_returning_at_once_one_happens(
    separate_app: Flask, country: Country
) -> None:
    with separate_app.app_context(), unit_of_work():
        case = Writers(country).submitted()
        case_id, version = case.id, case.version

    def judge(number: int) -> str:
        actor = country.actor("city_lead")
        verb = Verb.PUBLISH if number % 2 else Verb.RETURN
        reach = access.case_for(actor, case_id, verb)
        act = Act(actor, country.now, f"click-{number}", version)
        if verb is Verb.PUBLISH:
            reviewing.publish(reach=reach, act=act)
        else:
            reviewing.return_back(reach=reach, act=act, words="请补充")
        return "done"

    answers = at_once(separate_app, judge)
    assert answers["done"] == 1
    with separate_app.app_context():
        acts = session().scalars(select(History.verb).where(History.case_id == case_id)).all()
        state = session().scalar(select(Case.state).where(Case.id == case_id))
    assert len(acts) == 3
    assert state is (State.PUBLISHED if acts[-1] is Verb.PUBLISH else State.RETURNED)
