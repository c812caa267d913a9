"""The board: a column per working day left, the strips, filters, table, and the part that is
fetched again every minute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import answers, work
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client
from tests.support.queries import Queries

# Arrival (Beijing) -> working days left on Tuesday 22 September 2026. The 20th is worked, the
# 25th to 27th are off.
ARRIVALS = {
    "2026-09-22T09:00+08:00": "5",
    "2026-09-21T09:00+08:00": "4",
    "2026-09-19T09:00+08:00": "2",
    "2026-09-18T15:00+08:00": "2",
    "2026-09-17T09:00+08:00": "1",
    "2026-09-16T09:00+08:00": "0",
    "2026-09-15T09:00+08:00": "late",
}


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


@pytest.fixture
def agent(desk: Desk, client: Client) -> Client:
    """The browser of an agent of the call centre."""
    client.sign_in(desk.country.account("agent"))
    return client


def report(desk: Desk, arrived: str, who: str = "hei_staff", **over: str) -> Ticket:
    """A report that reaches the call centre at this instant."""
    desk.now = datetime.fromisoformat(arrived)
    return desk.open(who, **over)


def column(page: str, key: str) -> str:
    """The HTML of one column."""
    found = re.search(rf'<section[^>]*aria-labelledby="h-{key}".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_county_has_no_board(desk: Desk, client: Client) -> None:
    client.sign_in(desk.country.account("county_officer"))
    assert client.get("/board").status_code == 403


def test_every_report_stands_under_its_working_days(desk: Desk, agent: Client) -> None:
    made = {report(desk, arrived): key for arrived, key in ARRIVALS.items()}
    page = agent.get("/board").text
    for ticket, key in made.items():
        assert f"/tickets/{ticket.number}" in column(page, key), key
    assert "9月24日(周四)" in column(page, "2")
    assert 'class="hd-col is-late hot' in column(page, "late")
    assert 'class="hd-col is-soon hot' in column(page, "0")
    assert "超期1日" in column(page, "late")
    assert "hot" not in column(page, "1")


def test_questions_still_on_their_way_up_are_not_there(desk: Desk, agent: Client) -> None:
    below = desk.open()
    up = desk.to_call_centre(desk.open(title="报上来的问题"))
    page = agent.get("/board").text
    assert up.number in page
    assert below.number not in page


def test_feedback_moves_a_report_to_the_strip_of_promises(desk: Desk, agent: Client) -> None:
    ticket = report(desk, "2026-09-21T09:00+08:00", title="承诺过的问题")
    desk.accept("agent", ticket)
    answers.feedback(
        ticket=ticket,
        act=desk.act("agent", ticket),
        text="已定位，修复后通知。",
        promised_on=date(2026, 9, 24),
    )
    page = agent.get("/board").text
    assert ticket.number not in column(page, "4")
    strip = page[page.index("已反馈待解决") :]
    assert ticket.number in strip
    assert "9/24" in strip


def test_the_strip_of_places_filters(desk: Desk, agent: Client) -> None:
    hubei = desk.to_call_centre(desk.open(title="湖北报的"))
    university = report(desk, "2026-09-22T09:00+08:00", title="高校报的")
    page = agent.get("/board?place=42").text
    assert hubei.number in page
    assert university.number not in page
    page = agent.get("/board?place=hei").text
    assert hubei.number not in page
    assert university.number in page
    assert agent.get("/board?place=no-such-place").status_code == 200


def test_filters_for_card_assignee_and_urgency(desk: Desk, agent: Client) -> None:
    mine = report(desk, "2026-09-22T09:00+08:00", card="OPS")
    desk.accept("agent", mine)
    work.prioritise(ticket=mine, act=desk.act("agent", mine), urgent=True)
    other = report(desk, "2026-09-22T09:30+08:00", card="BIZ")
    for query in ("card=OPS", "assignee=me", "urgent=1"):
        page = agent.get(f"/board?{query}").text
        assert mine.number in page, query
        assert other.number not in page, query


def test_the_table_holds_the_same_and_can_be_cut_to_a_column(desk: Desk, agent: Client) -> None:
    made = {report(desk, arrived): key for arrived, key in ARRIVALS.items()}
    page = agent.get("/board?form=table").text
    listed = re.findall(r'scope="row"[^>]*>([\d-]+)<', page)
    assert set(listed) == {ticket.number for ticket in made}
    late = next(ticket.number for ticket, key in made.items() if key == "late")
    assert listed.index(late) == 0
    cut = agent.get("/board?form=table&left=2").text
    shown = set(re.findall(r'scope="row"[^>]*>([\d-]+)<', cut))
    assert shown == {t.number for t, key in made.items() if key == "2"}


def test_a_phone_shows_one_column_at_a_time(desk: Desk, agent: Client) -> None:
    report(desk, "2026-09-22T09:00+08:00")
    report(desk, "2026-09-17T09:00+08:00")
    page = agent.get("/board").text
    assert "is-shown" in column(page, "1"), "the most pressing column that holds anything"
    page = agent.get("/board?left=5").text
    assert "is-shown" in column(page, "5")
    assert page.count("is-shown") == 1


def test_long_columns_lead_to_the_table(desk: Desk, agent: Client) -> None:
    for _ in range(8):
        report(desk, "2026-09-22T09:00+08:00")
    page = agent.get("/board").text
    assert column(page, "5").count("data-card") == 6
    assert "还有2件" in page


def test_the_part_that_is_fetched_again_is_no_whole_page(desk: Desk, agent: Client) -> None:
    ticket = report(desk, "2026-09-22T09:00+08:00")
    page = agent.get("/board?card=ACC-4a").text
    address = re.search(r'data-refresh="([^"]+)"', page)
    assert address is not None
    part = agent.get(address[1].replace("&amp;", "&")).text
    assert ticket.number in part
    assert "<html" not in part
    assert "card=ACC-4a" in address[1]


@pytest.mark.parametrize("form", ["board", "table"])
def test_both_forms_can_be_read_in_english(form: str, desk: Desk, agent: Client) -> None:
    report(desk, "2026-09-16T09:00+08:00")
    agent.set_cookie("language", "en")
    assert agent.get(f"/board?form={form}").status_code == 200


def test_the_number_of_queries_does_not_grow(desk: Desk, agent: Client, queries: Queries) -> None:
    def fill(times: int) -> None:
        for n in range(times):
            moment = datetime.fromisoformat("2026-09-22T09:00+08:00") - timedelta(hours=n)
            report(desk, moment.isoformat())

    def count() -> int:
        queries.clear()
        assert agent.get("/board").status_code == 200
        return len(queries)

    fill(5)
    count()
    with_five = count()
    fill(45)
    assert count() == with_five
