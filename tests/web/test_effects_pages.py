"""Questions and training through the pages: figures, small samples, scope, files, sessions."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.training.models.sessions import SessionCard
from tests.factories.country import Country
from tests.factories.questions import appoint, ask, person, train
from tests.factories.training import attend, held
from tests.support.client import Client, form_of
from tests.support.queries import Queries

HELD = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _stands_still(clock: time_machine.Traveller) -> None:
    """Everything plays on the day of the drawings."""


@pytest.fixture
def lead(client: Client, land: Country) -> Client:
    client.sign_in(land.account("city_lead"))
    return client


def busy(land: Country, now: datetime) -> None:
    """A county whose untrained staff asks much, beside a trained one that does not."""
    of = held(land.body("county"), date(2026, 1, 5))
    for number in range(20):
        trained, untrained = person(now), person(now)
        appoint(trained, land.body("school"), date(2020, 1, 1))
        train(trained, of, date(2026, 1, 1))
        appoint(untrained, land.body("empty_county_school"), date(2020, 1, 1))
        if number < 8:
            where = land.body("empty_county_school")
            ask(where, untrained, date(2026, 4, 1), subsystem="senior_high")


class TestRates:
    def test_an_office_sees_its_figures_and_where_to_train(
        self, lead: Client, land: Country, now: datetime
    ) -> None:
        busy(land, now)
        page = lead.get("/training/effects")
        assert page.status_code == 200
        assert "无人县资助中心" in page.text
        assert "大约少问8次" in page.text
        assert "样本小" in page.text
        assert "差别不一定是培训带来的" in page.text

    def test_the_button_opens_a_form_that_is_filled_in(
        self, lead: Client, land: Country, now: datetime
    ) -> None:
        busy(land, now)
        href = lead.get("/training/effects").text.split('href="/training/sessions/new')[1]
        query = unescape(href.split('"')[0])
        form = form_of(lead.get(f"/training/sessions/new{query}"), "/new")
        assert form["cards"] == "ACC-4a"
        assert form["subsystems"] == "senior_high"
        assert form["node_codes"] == "420103"

    @pytest.mark.parametrize(
        "query",
        [
            "by=offices", "by=offices&card=ACC-4a", "card=SUP", "card=nothing", "year=2025",
            "year=x&first=x&last=y", "first=2026-03-01&last=2026-03-31", "node=420101",
            "first=2030-01-01", "card=acc-1",
        ],
    )  # fmt: skip
    def test_every_form_of_the_page(
        self, lead: Client, land: Country, now: datetime, query: str
    ) -> None:
        busy(land, now)
        assert lead.get(f"/training/effects?{query}").status_code == 200

    def test_restricted_cards_are_not_offered(self, lead: Client) -> None:
        assert 'value="SUP"' not in lead.get("/training/effects").text

    def test_without_anything_it_says_so(self, client: Client, land: Country) -> None:
        client.sign_in(land.account("other_province_officer"))
        page = client.get("/training/effects")
        assert "这段时间没有提问" in page.text

    @pytest.mark.parametrize(
        ("who", "node", "status"),
        [
            ("county_officer", "420101", 200),
            ("county_officer", "420100", 404),
            ("county_officer", "420102", 404),
            ("county_officer", "3442990001", 404),
            ("city_supervisor", "420102", 200),
            ("teacher", "", 403),
            ("agent", "", 403),
        ],
    )
    def test_who_sees_whose(
        self, client: Client, land: Country, who: str, node: str, status: int
    ) -> None:
        client.sign_in(land.account(who))
        assert client.get(f"/training/effects?node={node}").status_code == status
        assert client.get(f"/training/effects/export.csv?node={node}").status_code == status
        assert client.get(f"/training/effects/sessions?node={node}").status_code == status

    def test_more_questions_need_no_more_statements(
        self, lead: Client, land: Country, now: datetime, queries: Queries
    ) -> None:
        counts = []
        for _ in range(2):
            busy(land, now)
            queries.clear()
            lead.get("/training/effects?by=offices")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16

    def test_the_file_holds_the_table(self, lead: Client, land: Country, now: datetime) -> None:
        busy(land, now)
        lead.inspect = False
        with lead.get("/training/effects/export.csv") as found:
            rows = list(csv.reader(io.StringIO(found.get_data(as_text=True).lstrip("\ufeff"))))
        line = next(row for row in rows if row[1] == "420103")
        assert line[:7] == ["无人县资助中心", "420103", "0.0", "21.0", "0", "8", "0"]
        with lead.get("/training/effects/export.xlsx") as found:
            assert found.status_code == 200
            assert found.get_data()[:2] == b"PK"


class TestSessions:
    @pytest.fixture
    def of(self, land: Country, session: Session) -> int:
        made = held(land.body("county"), HELD)
        session.add(SessionCard(session_id=made.id, card_code="ACC-4a"))
        session.flush()
        attend(made, land.people["teacher"])
        ask(land.body("school"), land.people["teacher"], HELD - timedelta(days=3))
        return made.id

    def test_before_and_after_without_a_claim(self, lead: Client, of: int) -> None:
        listed = lead.get("/training/effects/sessions").text
        assert f'href="/training/effects/sessions/{of}"' in listed
        page = lead.get(f"/training/effects/sessions/{of}")
        assert "前后对比，不说明因果" in page.text
        assert "100.0" in page.text
        assert "样本小" in page.text

    def test_too_early(self, lead: Client, land: Country, session: Session) -> None:
        made = held(land.body("city"), date(2026, 9, 15))
        session.add(SessionCard(session_id=made.id, card_code="ACC-1"))
        assert "满14天才能对比" in lead.get(f"/training/effects/sessions/{made.id}").text

    def test_without_a_topic(self, lead: Client, land: Country) -> None:
        made = held(land.body("city"), HELD)
        page = lead.get(f"/training/effects/sessions/{made.id}")
        assert "没有选问题卡片" in page.text

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("county_officer", 200),
            ("city_supervisor", 200),
            ("neighbour_officer", 404),
            ("other_province_officer", 404),
            ("teacher", 403),
        ],
    )
    def test_a_session_of_one_s_own_range(
        self, client: Client, land: Country, of: int, who: str, status: int
    ) -> None:
        client.sign_in(land.account(who))
        assert client.get(f"/training/effects/sessions/{of}").status_code == status

    def test_what_the_office_above_held_is_its_own_business(
        self, client: Client, land: Country
    ) -> None:
        made = held(land.body("province"), HELD)
        client.sign_in(land.account("county_officer"))
        assert client.get(f"/training/effects/sessions/{made.id}").status_code == 404

    def test_empty_lists_say_what_fills_them(self, lead: Client) -> None:
        assert "还没有可以对比的培训班" in lead.get("/training/effects/sessions").text
