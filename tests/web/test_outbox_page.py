"""The operator's view of the outbox: dead letters, why, and sending them again."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel, State
from helpdesk.people.models import RoleGrant
from helpdesk.people.rules import Role
from tests.factories.country import Country, build
from tests.factories.tickets import Desk
from tests.support.client import Client


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def operator(client: Client, session: Session, country: Country, now: datetime) -> Client:
    """The national officer also keeps the machine."""
    person_id = country.people["national_officer"].id
    session.add(
        RoleGrant(person_id=person_id, role=Role.SYSTEM_OPERATOR, body_id=None, granted_at=now)
    )
    session.flush()
    client.sign_in(country.account("national_officer"))
    return client


@pytest.fixture
def dead(session: Session, country: Country, now: datetime) -> Message:
    """A letter to the county that its mail server refused."""
    Desk(country, now).open(title="登录提示密码错误")
    letter = session.scalars(select(Message).where(Message.channel == Channel.MAIL)).first()
    assert letter is not None
    letter.state, letter.next_at = State.DEAD, None
    letter.attempts, letter.reason = 1, "SMTPRecipientsRefused: 550 no such user"
    session.flush()
    return letter


def test_nothing_dead(operator: Client) -> None:
    page = operator.get("/outbox")
    assert page.status_code == 200
    assert "没有死信" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", ["dead", "queued", "sending", "dropped"])
def test_every_state_in_both_languages(
    operator: Client, dead: Message, language: str, state: str
) -> None:
    operator.set_cookie("language", language)
    assert operator.get(f"/outbox?state={state}").status_code == 200


def test_a_dead_letter_says_what_whom_and_why_but_not_what_it_says(
    operator: Client, dead: Message
) -> None:
    text = operator.get("/outbox").text
    assert "550 no such user" in text
    assert dead.about.removeprefix("ticket:") in text
    assert "登录提示密码错误" not in text
    assert "@example.org" not in text


def test_it_can_be_sent_again_and_a_second_click_says_so(
    operator: Client, session: Session, dead: Message
) -> None:
    answer = operator.post(f"/outbox/{dead.id}/retry")
    assert answer.status_code == 303
    session.refresh(dead)
    assert dead.state is State.QUEUED
    again = operator.post(f"/outbox/{dead.id}/retry")
    assert again.status_code == 409
    assert "别人已经重发" in again.text


def test_all_at_once(operator: Client, session: Session, dead: Message) -> None:
    answer = operator.post("/outbox/retry", follow_redirects=True)
    assert "1封死信已放回发件箱" in answer.text
    assert "没有死信" in operator.post("/outbox/retry", follow_redirects=True).text


@pytest.mark.parametrize("who", ["teacher", "agent_lead", "city_supervisor"])
def test_nobody_else_gets_in(client: Client, country: Country, dead: Message, who: str) -> None:
    client.sign_in(country.account(who))
    assert client.get("/outbox").status_code == 403
    assert client.post(f"/outbox/{dead.id}/retry").status_code == 403
    assert client.post("/outbox/retry").status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/outbox?state=nonsense", 200),
        ("/outbox?state=sent", 200),
        ("/outbox?after=nonsense", 400),
    ],
)
def test_bad_input(operator: Client, address: str, status: int) -> None:
    assert operator.get(address).status_code == status
