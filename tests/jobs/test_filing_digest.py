"""The job `filing_digest`, run as the scheduler runs it: once per person and week."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.filing.operations import digesting, noting
from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel
from tests.factories.country import Country, build

MONDAY, TUESDAY = "2026-06-08T08:30:00+08:00", "2026-06-09T10:00:00+08:00"
READERS = {
    "teacher", "principal", "sibling_teacher", "city_teacher", "lonely_teacher", "county_officer",
    "county_lead", "neighbour_officer", "city_officer", "city_lead", "province_officer",
    "province_lead", "hei_staff",
}  # fmt: skip


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    return build(now)


def run(app: Flask, when: str) -> str:
    with time_machine.travel(when, tick=False):
        return run_once(app, BY_NAME["filing_digest"], "tests")


def told(session: Session, country: Country) -> dict[str, list[Message]]:
    names = {person.id: name for name, person in country.people.items()}
    found: dict[str, list[Message]] = {}
    for row in session.scalars(select(Message).order_by(Message.id)):
        found.setdefault(names[row.recipient_id], []).append(row)
    return found


def test_everybody_who_files_or_reviews_is_told_once_a_week(
    app: Flask, session: Session, country: Country
) -> None:
    assert run(app, "2026-06-08T08:29:00+08:00") == ""
    said = run(app, MONDAY)
    assert run(app, MONDAY) == ""
    assert run(app, TUESDAY) == ""
    found = told(session, country)
    assert set(found) == READERS - {"neighbour_officer", "hei_staff"}
    assert said == f"sent {len(found)}"
    assert all(len(messages) == 1 for messages in found.values())
    assert run(app, "2026-06-15T09:00:00+08:00").startswith("sent ")
    assert len(told(session, country)["teacher"]) == 2


def test_digest_names_what_is_due_and_not_ticked(
    app: Flask, session: Session, country: Country, now: datetime
) -> None:
    keys = [f"{item}:school:2026-06-20" for item in ("SH-03", "SH-06", "SH-09")]
    noting.note_done(actor=country.actor("teacher"), shown=keys, done=keys[:2], now=now)
    noting.note_done(actor=country.actor("principal"), shown=keys, done=keys, now=now)
    noting.choose_mail(actor=country.actor("teacher"), by_mail=True)
    session.commit()
    run(app, MONDAY)
    found = told(session, country)
    assert "principal" not in found
    assert [row.channel for row in found["teacher"]] == [Channel.IN_APP, Channel.MAIL]
    params = found["teacher"][0].params
    assert params["lines"]["zh"] == ["6月20日，普通高中，地方政府资助：资助名单录入"]
    assert params["number_of_dates"] == 1
    assert len(found["sibling_teacher"][0].params["lines"]["zh"]) == 3
    assert [row.channel for row in found["sibling_teacher"]] == [Channel.IN_APP]
    own = found["county_lead"][0].params["lines"]["zh"]
    assert own[0] == "6月15日，普通高中，财政资金：县级业务操作"


def test_a_run_that_died_goes_on_where_it_stood(
    app: Flask, session: Session, country: Country
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        with unit_of_work():
            first = digesting.send_chunk(now=datetime.fromisoformat(MONDAY), size=2)
        assert first == 2
        assert len(told(session, country)) == 2
    run(app, TUESDAY)
    assert all(len(messages) == 1 for messages in told(session, country).values())
    assert len(told(session, country)) == len(READERS) - 2
