"""Several clicks at the same moment, on a database that really commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.catalog.rules import Door
from helpdesk.intake import access
from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.operations import drafts as operations
from helpdesk.intake.rules.questions import Stage
from helpdesk.kernel.db import db, session
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.tickets.models import Ticket
from tests.factories.country import Country, build
from tests.factories.intake import WHOLE

CLICKS = 4


@pytest.fixture
def country(separate_app: Flask, now: datetime) -> Country:
    with separate_app.app_context():
        return build(now)


def start(app: Flask, country: Country, now: datetime) -> int:
    with app.app_context(), unit_of_work():
        draft = operations.start_draft(
            actor=country.actor("teacher"),
            body=organizations.body(country.body("school").id),
            for_others=False,
            door=Door.LOGIN,
            card_code="ACC-4c",
            answers=WHOLE,
            file_ids=(),
            stage=Stage.REVIEW,
            now=now,
        )
        return draft.id


def test_clicks_at_once_make_one_ticket(
    separate_app: Flask, country: Country, now: datetime
) -> None:
    draft_id = start(separate_app, country, now)
    together = Barrier(CLICKS)

    def click(_: int) -> str:
        with separate_app.app_context():
            actor = country.actor("teacher")
            session().rollback()
            together.wait()
            try:
                with unit_of_work():
                    draft = access.draft(actor, draft_id)
                    return operations.submit(actor=actor, draft=draft, now=now)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(CLICKS) as pool:
        numbers = list(pool.map(click, range(CLICKS)))
    with separate_app.app_context():
        assert len(set(numbers)) == 1
        assert session().scalar(select(func.count(Ticket.id))) == 1
        assert session().scalars(select(Draft.ticket_number)).all() == [numbers[0]]
