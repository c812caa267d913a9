"""A question filed under the wrong card: who works on it is told, and gets there in one step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


def test_the_likelier_card_is_one_step_away(desk: Desk, client: Client, session: Session) -> None:
    ticket = desk.open(
        "teacher", "BIZ", title="登录提示密码错误", text="操作账号登录时提示密码错误。"
    )
    client.sign_in(desk.country.account("county_officer"))
    page = client.get(f"/tickets/{ticket.number}").text
    address = f"/tickets/{ticket.number}/redirect?card=ACC-4a"
    assert "从原话看更像" in page
    assert f'href="{address}"' in page
    form = form_of(client.get(address), f"/tickets/{ticket.number}/redirect")
    assert form["card_code"] == "ACC-4a"
    client.post(f"/tickets/{ticket.number}/redirect", data={**form, "reason": "是登录问题"})
    session.expire_all()
    assert ticket.card_code == "ACC-4a"
    assert "从原话看更像" not in client.get(f"/tickets/{ticket.number}").text


@pytest.mark.parametrize(
    ("who", "card", "text"),
    [
        ("teacher", "BIZ", "操作账号登录时提示密码错误。"),
        ("county_officer", "ACC-4a", "操作账号登录时提示密码错误。"),
        ("county_officer", "BIZ", "请问这件事怎么办"),
        ("county_officer", "BIZ", "投诉县资助中心，一直不给办"),
    ],
)
def test_nobody_is_told_without_need(
    who: str, card: str, text: str, desk: Desk, client: Client
) -> None:
    ticket = desk.open("teacher", card, title="请帮忙", text=text)
    client.sign_in(desk.country.account(who))
    assert "从原话看更像" not in client.get(f"/tickets/{ticket.number}").text


def test_a_card_that_is_none_chooses_nothing(desk: Desk, client: Client) -> None:
    ticket = desk.open("teacher", "BIZ")
    client.sign_in(desk.country.account("county_officer"))
    page = client.get(f"/tickets/{ticket.number}/redirect?card=%00X")
    assert page.status_code == 200
