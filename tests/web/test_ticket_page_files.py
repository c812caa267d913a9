"""Files that come with a verb: kept with it, or the whole verb is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from PIL import Image
from sqlalchemy.orm import Session

from helpdesk.tickets.models import Ticket
from tests.factories.country import build
from tests.factories.tickets import Desk
from tests.support.client import Client


@pytest.fixture
def desk(session: Session, now: datetime) -> Iterator[Desk]:
    """A small country at work; its clock stands still at `now`."""
    with time_machine.travel(now, tick=False):
        yield Desk(build(now), now)


def accepted(desk: Desk) -> Ticket:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    return ticket


def picture() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    made.seek(0)
    return made


def test_a_reply_may_bring_a_picture(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("teacher"))
    address = f"/tickets/{ticket.number}/reply"
    sent = {"text": "截图在附件。", "files": (picture(), "截图.png")}
    refused = client.post(address, data=dict(sent), content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "截图在附件。" in refused.text
    sent = {"text": "截图在附件。", "files": (picture(), "截图.png"), "no_students": "y"}
    answer = client.post(address, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "截图.png" in client.get(f"/tickets/{ticket.number}").text


def test_a_file_that_cannot_be_taken_refuses_the_whole_verb(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("teacher"))
    sent = {"text": "名单在附件。", "files": (io.BytesIO(b"PK\x03\x04"), "名单.zip")}
    answer = client.post(
        f"/tickets/{ticket.number}/reply", data=sent, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "名单.zip" in answer.text
    assert "名单在附件。" not in client.get(f"/tickets/{ticket.number}").text


def test_too_many_files_are_refused_before_any_is_read(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("teacher"))
    uploads = [(picture(), f"{n}.png") for n in range(6)]
    answer = client.post(
        f"/tickets/{ticket.number}/reply",
        data={"text": "六张图。", "files": uploads, "no_students": "y"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "一次最多传5个附件" in answer.text
    assert "六张图。" in answer.text


def test_files_of_a_note_are_for_those_who_read_notes(desk: Desk, client: Client) -> None:
    ticket = accepted(desk)
    client.sign_in(desk.country.account("county_officer"))
    sent = {"text": "内部看法。", "files": (picture(), "内部.png"), "no_students": "y"}
    address = f"/tickets/{ticket.number}/note"
    assert client.post(address, data=sent, content_type="multipart/form-data").status_code == 303
    page = client.get(f"/tickets/{ticket.number}").text
    assert "内部.png" in page
    link = page[page.index('href="/files/') + 6 :]
    link = link[: link.index('"')]
    with client.get(link) as download:
        assert download.status_code == 200
    client.sign_in(desk.country.account("teacher"))
    assert "内部.png" not in client.get(f"/tickets/{ticket.number}").text
    client.inspect = False
    assert client.get(link).status_code == 404
