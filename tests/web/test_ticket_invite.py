"""From a ticket: the asker is invited to a session or to a short check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.organizations.rules import Subsystem
from helpdesk.outbox.models import Message
from helpdesk.people.models import Account
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import conversation
from helpdesk.tickets.rules import Verb
from helpdesk.training.models.offering import QuizOffer
from helpdesk.training.models.sessions import Enrolment, SessionCard
from helpdesk.training.queries import quizzes
from helpdesk.training.rules.sessions import Place, Source, State
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.factories.training import add_session, enrol
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


@pytest.fixture
def country(desk: Desk) -> Country:
    return desk.country


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A question of 王老师 that the county works on."""
    made = desk.open()
    desk.accept("county_officer", made)
    return made


@pytest.fixture
def officer(country: Country, client: Client) -> Client:
    """The browser of the county's officer."""
    client.sign_in(country.account("county_officer"))
    return client


def coming(country: Country, by: str, title: str, **over: object) -> int:
    return add_session(country.body(by), country.now + timedelta(days=5), title=title, **over).id


def invite(client: Client, ticket: Ticket, chosen: str, **over: str) -> str:
    """Choose and send; the page after it."""
    page = client.get(f"/tickets/{ticket.number}/invite")
    sent = {**form_of(page, "/invite"), "chosen": chosen, **over}
    return client.post(f"/tickets/{ticket.number}/invite", data=sent, follow_redirects=True).text


def replies(session: Session) -> list[str]:
    rows = session.scalars(select(History).where(History.verb == Verb.REPLY).order_by(History.id))
    return [row.text or "" for row in rows]


def told(session: Session, country: Country, who: str) -> set[str]:
    found = select(Message.message).where(Message.recipient_id == country.people[who].id)
    return set(session.scalars(found))


def test_the_page_of_a_handler_offers_it(country: Country, ticket: Ticket, client: Client) -> None:
    for who, offered in {"county_officer": True, "county_lead": True, "teacher": False}.items():
        client.sign_in(country.account(who))
        page = client.get(f"/tickets/{ticket.number}").text
        assert (f"/tickets/{ticket.number}/invite" in page) is offered


def test_what_is_about_the_same_card_stands_first(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    coming(country, "county", "县班")
    topical = coming(country, "province", "省里讲登录的班")
    session.add(SessionCard(session_id=topical, card_code=ticket.card_code))
    coming(country, "neighbour", "邻县班")
    coming(country, "county", "没开放的班", state=State.PLANNED)
    page = officer.get(f"/tickets/{ticket.number}/invite").text
    assert page.index("省里讲登录的班") < page.index("县班")
    assert "与问题类型对应" in page
    assert "邻县班" not in page
    assert "没开放的班" not in page


def test_checks_of_the_subsystem_and_of_the_support_process(desk: Desk, officer: Client) -> None:
    made = desk.open(subsystem=Subsystem.SENIOR_HIGH.value)
    page = officer.get(f"/tickets/{made.number}/invite").text
    for pool in quizzes.pools():
        fits = pool.subsystem in (None, Subsystem.SENIOR_HIGH)
        assert (f"check:{pool.key}" in page) is fits


def test_a_session_invitation_is_a_reply_and_a_place_on_the_list(
    country: Country, ticket: Ticket, officer: Client, session: Session, client: Client
) -> None:
    of = coming(country, "county", "县里的班")
    page = invite(officer, ticket, f"session:{of}", text="这一期正好讲登录。")
    assert "邀请已发出" in page
    assert "邀请您参加培训“县里的班”" in page
    [said] = replies(session)
    assert "2026年9月27日(周日) 10:20" in said
    assert "示范县教育局三楼会议室" in said
    assert "http://localhost/" in said
    assert said.endswith("这一期正好讲登录。")
    row = session.scalars(select(Enrolment)).one()
    assert (row.person_id, row.place, row.source) == (
        country.people["teacher"].id, Place.INVITED, Source.TICKET
    )  # fmt: skip
    assert told(session, country, "teacher") >= {"ticket_replied", "session_invited"}
    client.sign_in(country.account("teacher"))
    assert "县里的班" in client.get("/training/mine").text
    link = f'<a href="http://localhost/training/sessions/{of}">'
    assert link in client.get(f"/tickets/{ticket.number}").text


def test_a_check_invitation_is_a_reply_and_a_message(
    country: Country, ticket: Ticket, officer: Client, session: Session, client: Client
) -> None:
    pool = next(pool for pool in quizzes.pools() if pool.subsystem is None)
    page = invite(officer, ticket, f"check:{pool.key}")
    assert "邀请已发出" in page
    assert f"邀请您做测验“{pool.title_zh}”" in replies(session)[0]
    assert told(session, country, "teacher") >= {"ticket_replied", "quiz_offered"}
    client.sign_in(country.account("teacher"))
    page = client.get("/training/mine").text
    assert f"从问题{ticket.number}邀请" in page
    again = invite(client_of(client, country, "county_officer"), ticket, f"check:{pool.key}")
    assert "已经在这个问题里请对方做过这份测验" in again
    assert len(replies(session)) == 1


def client_of(client: Client, country: Country, who: str) -> Client:
    client.sign_in(country.account(who))
    return client


def test_pages_and_words_in_english(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    """The page speaks the language of the handler, the reply that of the asker."""
    coming(country, "county", "县里的班")
    pool = quizzes.pools()[0]
    officer.set_cookie("language", "en")
    invite(officer, ticket, f"check:{pool.key}", text="")
    assert "邀请您做测验" in replies(session)[0]
    country.people["teacher"].locale = "en"
    session.commit()
    invite(officer, ticket, f"check:{quizzes.pools()[0].key}")
    again = coming(country, "county", "另一期")
    invite(officer, ticket, f"session:{again}")
    assert "邀请您参加培训" not in replies(session)[1]
    assert "另一期" in replies(session)[1]


def test_a_double_click_does_one_thing(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    of = coming(country, "county", "县里的班")
    address = f"/tickets/{ticket.number}/invite"
    sent = {**form_of(officer.get(address), "/invite"), "chosen": f"session:{of}"}
    assert officer.post(address, data=sent).status_code == 303
    again = officer.post(address, data=sent, follow_redirects=True)
    assert "已经处理过了" in again.text
    assert len(replies(session)) == 1
    assert len(session.scalars(select(Enrolment)).all()) == 1


def test_who_is_listed_is_not_invited_again(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    of = add_session(country.body("county"), country.now + timedelta(days=5), title="县里的班")
    address = f"/tickets/{ticket.number}/invite"
    sent = {**form_of(officer.get(address), "/invite"), "chosen": f"session:{of.id}"}
    enrol(of, country.people["teacher"])  # somebody was faster
    refused = officer.post(address, data={**sent, "text": "附上的话"})
    assert refused.status_code == 422
    assert "附上的话" in refused.text
    assert replies(session) == []


def test_what_does_not_fit_is_refused(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    other = coming(country, "neighbour", "邻县班")
    for chosen in (f"session:{other}", "session:999999", "check:none", "x", ""):
        page = invite(officer, ticket, chosen)
        assert "邀请已发出" not in page
    assert replies(session) == []


def test_personal_data_is_kept_out(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    of = coming(country, "county", "县里的班")
    page = invite(officer, ticket, f"session:{of}", text="请打13900000000")
    assert "邀请已发出" not in page
    assert replies(session) == []


def test_nobody_to_invite_is_said_clearly(desk: Desk, officer: Client, session: Session) -> None:
    phoned = desk.open(asker_person_id=None)
    page = officer.get(f"/tickets/{phoned.number}").text
    assert "提问人没有账号" in page
    assert f"/tickets/{phoned.number}/invite" not in page
    page = officer.get(f"/tickets/{phoned.number}/invite").text
    assert "收不到邀请" in page


def test_a_closed_account_is_out_of_reach(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    of = coming(country, "county", "县里的班")
    address = f"/tickets/{ticket.number}/invite"
    sent = {**form_of(officer.get(address), "/invite"), "chosen": f"session:{of}"}
    session.get_one(Account, country.account("teacher")).disabled_at = country.now
    session.commit()
    assert "收不到邀请" in officer.get(address).text
    refused = officer.post(address, data=sent)
    assert refused.status_code == 422
    assert "收不到邀请" in refused.text
    assert replies(session) == []


def test_only_who_may_reply_for_another_body(
    country: Country, ticket: Ticket, client: Client
) -> None:
    address = f"/tickets/{ticket.number}/invite"
    expected = {"teacher": 403, "neighbour_officer": 404, "county_lead": 200}
    for who, status in expected.items():
        client.sign_in(country.account(who))
        assert client.get(address).status_code == status


def test_more_sessions_cost_no_more_statements(
    country: Country, ticket: Ticket, officer: Client, queries: Queries
) -> None:
    counted = []
    for _ in range(2):
        for title in ("一", "二", "三"):
            coming(country, "county", title)
        officer.get(f"/tickets/{ticket.number}/invite")
        queries.clear()
        officer.get(f"/tickets/{ticket.number}/invite")
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_offer_is_one_row(
    country: Country, ticket: Ticket, officer: Client, session: Session
) -> None:
    pool = quizzes.pools()[0]
    invite(officer, ticket, f"check:{pool.key}")
    row = session.scalars(select(QuizOffer)).one()
    assert (row.pool, row.ticket_number) == (pool.key, ticket.number)
    assert row.by_person_id == country.people["county_officer"].id


def test_only_plain_addresses_of_ours_become_links(
    desk: Desk, country: Country, ticket: Ticket, officer: Client
) -> None:
    rude = (
        'http://localhost/x"onmouseover=alert(1) <b>http://localhost/y</b> http://localhost.evil/z '
        " http://other/a http://localhost/training/mine。"
    )
    conversation.reply(
        ticket=ticket,
        act=desk.act("county_officer"),
        body_id=country.body("county").id,
        text=rude,
    )
    page = officer.get(f"/tickets/{ticket.number}").text
    talk = page[page.index('id="talk"') : page.index('id="talk-end"')]
    found = re.findall(r'<a href="(http[^"]*)">', talk)
    assert found == [
        "http://localhost/x", "http://localhost/y", "http://localhost/training/mine"
    ]  # fmt: skip
    assert "<b>http" not in talk
