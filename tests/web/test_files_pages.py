"""Stored files leave the house as downloads, to those who may read the ticket."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.files.models import File
from tests.factories.country import Country, build
from tests.factories.documents import picture
from tests.support.asking import ACC_4C, fill
from tests.support.client import Client


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


@pytest.fixture
def teacher(country: Country, client: Client) -> Client:
    client.sign_in(country.account("teacher"))
    return client


def hung_on_draft(client: Client, data: bytes, name: str) -> str:
    """Send a file with a draft; answers the address of the last look."""
    form = fill(client, "/ask/login/ACC-4c", **ACC_4C, clear="y", files=[(io.BytesIO(data), name)])
    return str(client.post("/ask/login/ACC-4c", data=form).location)


def load(client: Client, file_id: int) -> TestResponse:
    """The answer, read to its end: a download holds its file open until then."""
    response = client.get(f"/files/{file_id}")
    response.get_data()
    response.close()
    return response


def test_a_download_and_its_headers(teacher: Client, session: Session) -> None:
    hung_on_draft(teacher, picture(), "屏幕 截图.png")
    file = session.scalars(select(File)).one()
    response = load(teacher, file.id)
    assert response.status_code == 200
    assert response.data.startswith(b"\x89PNG")
    headers = response.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert (
        "filename*=UTF-8''%E5%B1%8F%E5%B9%95%20%E6%88%AA%E5%9B%BE.png"
        in (headers["Content-Disposition"])
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


# After sending: who may read the ticket may load its file.
READERS = [
    ("teacher", 200),
    ("principal", 200),
    ("county_officer", 200),
    ("county_lead", 200),
    ("city_officer", 200),
    ("sibling_teacher", 404),
    ("neighbour_officer", 404),
    ("other_province_officer", 404),
    ("hei_staff", 404),
    ("agent", 404),
]


def test_access_is_the_ticket_s(teacher: Client, session: Session, country: Country) -> None:
    review = hung_on_draft(teacher, b"a,b\n1,2\n", "a.csv")
    file_id = session.scalars(select(File.id)).one()
    before = {}
    for who, _ in READERS:
        teacher.sign_in(country.account(who))
        before[who] = load(teacher, file_id).status_code
    assert before == {who: 200 if who == "teacher" else 404 for who, _ in READERS}
    teacher.sign_in(country.account("teacher"))
    teacher.post(review.replace("review", "submit"))
    after = {}
    for who, _ in READERS:
        teacher.sign_in(country.account(who))
        after[who] = load(teacher, file_id).status_code
    assert after == dict(READERS)


def test_what_does_not_exist_looks_like_a_stranger_s(teacher: Client) -> None:
    for address in ("/files/1", "/files/999999999999", "/files/0", "/files/-1", "/files/x"):
        assert teacher.get(address).status_code == 404


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get("/files/1").status_code == 302
