"""常用回复: kept by an office, offered at and below it, put into an answer before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.knowledge.models.replies import OwnReply, ReplyUse
from helpdesk.tickets.models import History
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client, form_of
from tests.support.queries import Queries


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


def write(client: Client, **over: object) -> str:
    """The page after a reply was written."""
    form = form_of(client.get("/replies/new"), "/replies/new")
    filled = {**form, "title": "请先清缓存", "text": "{asker_name}，请先清缓存。", **over}
    answer = client.post("/replies/new", data=filled, follow_redirects=True)
    return answer.text


def test_an_office_writes_changes_and_deletes(desk: Desk, client: Client, session: Session) -> None:
    client.sign_in(desk.country.account("county_officer"))
    assert "请先清缓存" in write(client, cards=["ACC-4a"])
    reply = session.scalars(select(OwnReply)).one()
    place = f"/replies/{reply.id}"
    form = form_of(client.get(place), place)
    assert form["title"] == "请先清缓存"
    client.post(place, data={**form, "text": "换个浏览器。"})
    session.expire_all()
    assert (reply.text, reply.version) == ("换个浏览器。", 2)
    refused = client.post(place, data={**form, "text": "又改"})
    assert refused.status_code == 409
    assert "又改" in refused.text
    client.post(f"{place}/delete", data=form_of(client.get(f"{place}/delete"), "/delete"))
    assert session.scalar(select(func.count(OwnReply.id))) == 0


@pytest.mark.parametrize(
    ("over", "complaint"),
    [
        ({"text": "见{nothing}"}, "没有{nothing}这个变量"),
        ({"title": ""}, "标题"),
        ({"text": "号码990101200001010006"}, "个人信息"),
        ({"title": "很长" * 40}, "写得太长"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(
    desk: Desk, client: Client, session: Session, over: dict[str, str], complaint: str
) -> None:
    client.sign_in(desk.country.account("county_officer"))
    page = write(client, **over)
    assert complaint in page
    assert "请先清缓存" in page
    assert session.scalar(select(func.count(OwnReply.id))) == 0


def test_a_double_click_writes_one(desk: Desk, client: Client, session: Session) -> None:
    client.sign_in(desk.country.account("county_officer"))
    form = form_of(client.get("/replies/new"), "/replies/new")
    for _ in range(2):
        client.post("/replies/new", data={**form, "title": "一次", "text": "一次"})
    assert session.scalar(select(func.count(OwnReply.id))) == 1


def test_others_neither_read_nor_change_it(desk: Desk, client: Client, session: Session) -> None:
    client.sign_in(desk.country.account("county_officer"))
    write(client)
    reply = session.scalars(select(OwnReply)).one()
    client.sign_in(desk.country.account("city_officer"))
    assert client.get(f"/replies/{reply.id}").status_code == 404
    assert client.post(f"/replies/{reply.id}/delete").status_code in (400, 404)
    assert "请先清缓存" not in client.get("/replies").text
    client.sign_in(desk.country.account("teacher"))
    assert client.get("/replies").status_code == 403


def fill(client: Client, number: str, use: str, text: str = "") -> str:
    form = form_of(client.get(f"/tickets/{number}"), f"/tickets/{number}/reply")
    sent = {**form, "text": text, "use": use, "fill": "1"}
    answer = client.post(f"/tickets/{number}/reply", data=sent)
    assert answer.status_code == 200
    return answer.text


def test_a_reply_is_put_below_what_was_typed_and_not_sent(
    desk: Desk, client: Client, session: Session
) -> None:
    client.sign_in(desk.country.account("city_lead"))
    write(client, title="市里的", text="{asker_name}，{school_name}的{ticket_number}已办。")
    own = session.scalars(select(OwnReply.id)).one()
    ticket = desk.open("teacher", "ACC-4a")
    client.sign_in(desk.country.account("county_officer"))
    said = session.scalar(select(func.count(History.id)))
    page = fill(client, ticket.number, f"own:{own}", "先说一句。")
    asker = desk.country.people["teacher"].name
    school = desk.country.body("school").name
    assert f"先说一句。\n\n{asker}，{school}的{ticket.number}已办。" in page.replace("\r\n", "\n")
    assert session.scalar(select(func.count(History.id))) == said
    assert session.scalars(select(ReplyUse.uses)).all() == [1]
    fill(client, ticket.number, f"own:{own}")
    assert session.scalars(select(ReplyUse.uses)).all() == [2]


@pytest.mark.parametrize("use", ["", "own:99999", "file:none", "x" * 500])
def test_an_unknown_reply_changes_nothing(
    desk: Desk, client: Client, session: Session, use: str
) -> None:
    ticket = desk.open("teacher", "ACC-4a")
    client.sign_in(desk.country.account("county_officer"))
    assert "先说一句。" in fill(client, ticket.number, use, "先说一句。")
    assert session.scalars(select(ReplyUse.uses)).all() == []


def test_who_asks_is_offered_none(desk: Desk, client: Client, queries: Queries) -> None:
    ticket = desk.open("teacher", "ACC-4a")
    client.sign_in(desk.country.account("teacher"))
    assert 'name="fill"' not in client.get(f"/tickets/{ticket.number}").text
    client.sign_in(desk.country.account("county_officer"))
    assert 'name="fill"' in client.get(f"/tickets/{ticket.number}").text
