"""The calendar feed: read back by a calendar program, revoked, renewed, and without names."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.filing.models import Subscription
from helpdesk.filing.operations import noting, overlaying
from helpdesk.organizations.rules import Subsystem
from helpdesk.people.models import Account, Appointment
from tests.factories.country import Country
from tests.factories.filing import earlier, uses
from tests.support.client import Client

LIST = "SH-06:school:2026-12-20"


@pytest.fixture(autouse=True)
def standing_still(clock: time_machine.Traveller) -> None:
    """All of it on the day of the drawings."""


def subscribe(client: Client, land: Country, who: str = "teacher") -> str:
    """The path of the new feed of a person."""
    client.sign_in(land.account(who))
    answer = client.post("/filing/subscription/open")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'value="http://localhost(/filing/feed/[^"]+\.ics)"', answer.text)
    assert found
    client.sign_out()
    return found[1]


def read(client: Client, path: str) -> Calendar:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "text/calendar"
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.data)


def events(calendar: Calendar) -> dict[str, Any]:
    return {str(e["UID"]).split("@")[0]: e for e in calendar.walk("VEVENT")}


def test_program_reads_whole_days_with_stable_names(client: Client, land: Country) -> None:
    path = subscribe(client, land)
    calendar = read(client, path)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    found = events(calendar)
    event = found["SH-06-school-2026-12-20"]
    assert type(event.decoded("DTSTART")) is date
    assert event.decoded("DTSTART") == date(2026, 12, 20)
    assert event.decoded("DTEND") == date(2026, 12, 21)
    assert event["SUMMARY"] == "普通高中 国家助学金：资助名单录入"
    assert "最后工作日是2026年12月18日(周五)" in event["DESCRIPTION"]
    assert event["SEQUENCE"] == 0
    assert set(events(read(client, path))) == set(found)
    assert len(found) == len(calendar.walk("VEVENT"))


def test_lines_are_as_programs_want_them(client: Client, land: Country) -> None:
    """RFC 5545: CRLF, at most 75 bytes a line."""
    data = client.get(subscribe(client, land)).data
    lines = data.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_sequence_rises_when_an_earlier_date_changes(client: Client, land: Country) -> None:
    path = subscribe(client, land)
    row = earlier(land, "county_lead", LIST, "2026-12-10")
    event = events(read(client, path))["SH-06-school-2026-12-20"]
    assert (event.decoded("DTSTART"), event["SEQUENCE"]) == (date(2026, 12, 10), 1)
    assert "示范县资助中心提前到这一天；通知为2026年12月20日(周日)" in event["DESCRIPTION"]
    overlaying.take_back(
        actor=land.actor("county_lead"), overlay=row, version=1, reason="改回", now=land.now
    )
    event = events(read(client, path))["SH-06-school-2026-12-20"]
    assert (event.decoded("DTSTART"), event["SEQUENCE"]) == (date(2026, 12, 20), 2)


def test_nothing_personal_is_in_it(client: Client, land: Country, session: Session) -> None:
    text = client.get(subscribe(client, land)).get_data(as_text=True)
    person = land.people["teacher"]
    unfolded = text.replace("\r\n ", "")
    for private in (person.name, person.mail, person.staff_no, land.body("school").name,
                    land.body("school").code):  # fmt: skip
        assert private not in unfolded


def test_office_gets_its_own_dates_and_those_of_its_schools(client: Client, land: Country) -> None:
    found = events(read(client, subscribe(client, land, "county_officer")))
    assert {"SH-17-county-2026-12-15", "SH-06-school-2026-12-20"} <= set(found)
    assert not [uid for uid in found if "-province-" in uid or "-city-" in uid]


def test_february_has_no_report_of_vocational_schools(client: Client, land: Country) -> None:
    uses(land, "school", Subsystem.SECONDARY_VOCATIONAL)
    found = events(read(client, subscribe(client, land)))
    months = {uid[-5:-3] for uid in found if uid.startswith("VO-18")}
    assert months == {"01", "03", "04", "05", "06", "07", "09", "10", "11", "12"}


def test_english_for_who_reads_english(client: Client, land: Country, session: Session) -> None:
    path = subscribe(client, land)
    land.people["teacher"].locale = "en"
    found = events(read(client, path))
    assert "Entry of the aid list" in found["SH-06-school-2026-12-20"]["SUMMARY"]


def test_renewed_address_closes_the_old_one(
    client: Client, land: Country, session: Session
) -> None:
    first = subscribe(client, land)
    second = subscribe(client, land)
    assert client.get(first).status_code == 404
    read(client, second)
    client.sign_in(land.account("teacher"))
    assert client.get("/filing/subscription").text.count("已订阅") == 1
    assert client.post("/filing/subscription/close").status_code == 303
    assert client.get(second).status_code == 404
    assert session.scalars(select(Subscription.feed_hash)).all() == [None]


@pytest.mark.parametrize("token", ["x", "..%2f..", "a" * 300, "' OR 1=1"])
def test_guessing_finds_nothing(client: Client, land: Country, token: str) -> None:
    subscribe(client, land)
    assert client.get(f"/filing/feed/{token}.ics").status_code == 404


def test_secret_is_not_kept(client: Client, land: Country, session: Session) -> None:
    token = subscribe(client, land).rsplit("/", 1)[1].removesuffix(".ics")
    (kept,) = session.scalars(select(Subscription.feed_hash)).all()
    assert kept == noting.hashed(token)
    assert token not in (kept or "")


def test_feed_of_who_has_left_is_closed(
    client: Client, land: Country, session: Session, now: datetime
) -> None:
    path = subscribe(client, land)
    person_id = land.people["teacher"].id
    work = session.scalars(select(Appointment).where(Appointment.person_id == person_id)).one()
    work.left_on = now.date()
    session.commit()
    assert client.get(path).status_code == 404


def test_feed_of_a_closed_account_is_closed(
    client: Client, land: Country, session: Session, now: datetime
) -> None:
    path = subscribe(client, land)
    account = session.get(Account, land.account("teacher"))
    assert account is not None
    account.disabled_at = now + timedelta(hours=1)
    session.commit()
    assert client.get(path).status_code == 404


def test_digest_by_mail_is_a_choice(client: Client, land: Country, session: Session) -> None:
    client.sign_in(land.account("teacher"))
    assert "发到teacher@example.org" in client.get("/filing/subscription").text
    client.post("/filing/subscription/digest", data={"by_mail": "y"})
    assert session.scalars(select(Subscription.by_mail)).all() == [True]
    assert "checked" in client.get("/filing/subscription").text
    client.post("/filing/subscription/digest", data={})
    assert session.scalars(select(Subscription.by_mail)).all() == [False]
