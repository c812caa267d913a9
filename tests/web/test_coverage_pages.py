"""The year view and its lists: who sees what, and that every figure leads to its list."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.training.operations import crediting, recounting
from tests.factories.country import Country
from tests.factories.training import attend, held
from tests.support.client import Client


@pytest.fixture
def counted(land: Country, session: Session, now: datetime) -> Country:
    """The country in September: the school's teacher and one officer of the county are trained."""
    of = held(land.body("county"), date(2026, 5, 6))
    names = ("teacher", "county_officer")
    for name in names:
        attend(of, land.people[name])
    crediting.settle([land.people[name].id for name in names], now=now)
    recounting.recount(now)
    session.commit()
    return land


class TestYearView:
    @pytest.mark.parametrize("who", ["county_lead", "city_lead", "province_lead", "city_supervisor"])
    def test_opens_at_the_own_node(self, client: Client, counted: Country, who: str) -> None:
        client.sign_in(counted.account(who))
        page = client.get("/training/coverage")
        assert page.status_code == 200
        assert "2026年度培训" in page.text
