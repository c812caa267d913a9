"""Good cases as material of a training session: who may add them, and which."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.knowledge.models.cases import CaseSession
from tests.factories.cases import Writers
from tests.factories.country import Country
from tests.factories.training import add_session
from tests.support.client import Client, form_of


@pytest.fixture
def writers(land: Country) -> Writers:
    return Writers(land)


def test_added_to_a_session_by_who_manages_it(
    client: Client, writers: Writers, land: Country, session: Session, now: datetime
) -> None:
    case, of = writers.published(), add_session(land.body("county"), now)
    client.sign_in(land.account("county_lead"))
    for way, rows in (("attach", 1), ("attach", 1), ("detach", 0)):
        address = f"/training/cases/sessions/{of.id}/{way}"
        assert client.post(address, data={"case_id": str(case.id)}).status_code == 303
        assert session.scalar(select(func.count()).select_from(CaseSession)) == rows


def test_not_by_others_and_not_what_its_people_cannot_open(
    client: Client, writers: Writers, land: Country, session: Session, now: datetime
) -> None:
    case, of = writers.published(), add_session(land.body("province"), now)
    client.sign_in(land.account("county_lead"))
    address = f"/training/cases/sessions/{of.id}/attach"
    assert client.post(address, data={"case_id": str(case.id)}).status_code == 403
    client.sign_in(land.account("province_lead"))
    assert client.post(address, data={"case_id": str(case.id)}).status_code == 303
    assert session.scalar(select(func.count()).select_from(CaseSession)) == 0
    draft = writers.start()
    assert client.post(address, data={"case_id": str(draft.id)}).status_code == 404


def test_the_page_of_the_session_shows_and_offers_them(
    client: Client, writers: Writers, land: Country, now: datetime
) -> None:
    case, of = writers.published(), add_session(land.body("county"), now)
    client.sign_in(land.account("county_lead"))
    page = client.get(f"/training/sessions/{of.id}")
    form = form_of(page, "/attach")
    assert form["case_id"] == str(case.id)
    client.post(f"/training/cases/sessions/{of.id}/attach", data=form)
    client.sign_in(land.account("teacher"))
    seen = client.get(f"/training/sessions/{of.id}").text
    assert f'href="/training/cases/{case.id}"' in seen
    assert "/attach" not in seen
