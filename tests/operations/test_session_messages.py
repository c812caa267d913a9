"""Which act on a session tells whom, and which letters lose their reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session as Connection

from helpdesk.outbox.models import Message
from helpdesk.training.operations import enrolling, inviting, planning
from helpdesk.training.operations.sweeping import sweep
from helpdesk.training.rules.sessions import Mode, Source
from helpdesk.wiring import CHECKS
from tests.factories.country import Country
from tests.factories.sessions import click, entry, opened, planned
from tests.support.hearing import Ear, everyone

COUNTY = ("teacher", "principal", "sibling_teacher", "county_officer", "county_lead")


@pytest.fixture
def ear(session: Connection, country: Country) -> Ear:
    return Ear(session, country)


def _wanted(row: Message) -> bool:
    params = {**row.params, "recipient_id": row.recipient_id}
    return CHECKS[row.message](row.about, params)


def test_the_messages_of_a_session(country: Country, ear: Ear) -> None:
    made = planned(country, capacity=1)
    assert ear.told() == {}
    planning.open_up(session=made, click=click(country))
    assert ear.told() == everyone("session_invited", *COUNTY)
    inviting.invite_again(session=made, click=click(country))
    assert ear.told() == {}
    for name in ("teacher", "principal"):
        enrolling.enrol(actor=country.actor(name), session=made, now=country.now)
    assert ear.told() == {}
    enrolling.decline(actor=country.actor("teacher"), session=made, now=country.now)
    assert ear.told() == everyone("session_place_freed", "principal")
    planning.edit(
        session=made, entry=entry(country.now, place="四楼(演示)", capacity=1), click=click(country)
    )
    assert ear.told() == everyone("session_changed", *(n for n in COUNTY if n != "teacher"))
    for _ in range(2):
        sweep(now=made.starts_at - timedelta(hours=12))
    assert ear.told() == everyone("session_near", *(n for n in COUNTY if n != "teacher"))
    planning.cancel(session=made, reason="停电(演示)", click=click(country))
    assert ear.told() == everyone("session_cancelled", *(n for n in COUNTY if n != "teacher"))


def test_whom_the_organiser_puts_on_the_list_is_told_how_it_stands(
    country: Country, ear: Ear
) -> None:
    made = opened(country, capacity=1)
    ear.told()
    ids = tuple(country.people[name].id for name in ("agent", "teacher"))
    enrolling.put_on_list(actor=country.actor("county_lead"), session=made, person_ids=ids,
                          now=country.now)  # fmt: skip
    standing = {row.recipient_id: row.params["standing"] for row in ear.rows()}
    assert standing == dict(zip(ids, ("enrolled", "waiting"), strict=True))


def test_who_waits_is_told_no_link_before_there_is_a_place(country: Country, ear: Ear) -> None:
    link = "https://meet.example.cn/1"
    online: dict[str, Any] = {"mode": Mode.ONLINE, "link": link, "capacity": 1}
    made = opened(country, **online)
    assert {row.params["address"] for row in ear.rows()} == {link}
    ids = tuple(country.people[name].id for name in ("agent", "teacher"))
    lead = country.actor("county_lead")
    enrolling.put_on_list(actor=lead, session=made, person_ids=ids, now=country.now)
    later = entry(country.now, **{**online, "starts_at": made.starts_at + timedelta(hours=1)})
    planning.edit(session=made, entry=later, click=click(country))
    told = ear.rows()
    waiting = [row for row in told if row.recipient_id == ids[1]]
    assert {row.message for row in waiting} == {"session_invited", "session_changed"}
    assert all("address" not in row.params for row in waiting)
    assert all(row.params["address"] == link for row in told if row not in waiting)
    enrolling.decline(actor=country.actor("agent"), session=made, now=country.now)
    freed = [row for row in ear.rows() if row.message == "session_place_freed"]
    assert {(row.recipient_id, row.params["address"]) for row in freed} == {(ids[1], link)}


def test_letters_that_lost_their_reason_do_not_leave(country: Country, ear: Ear) -> None:
    made = opened(country)
    rows = {row.recipient_id: row for row in ear.rows()}
    teacher, principal = (country.people[name].id for name in ("teacher", "principal"))
    assert _wanted(rows[teacher])
    assert _wanted(rows[principal])
    enrolling.decline(actor=country.actor("teacher"), session=made, now=country.now)
    assert not _wanted(rows[teacher])
    sweep(now=made.starts_at - timedelta(hours=12))
    near = {row.recipient_id: row for row in ear.rows()}
    assert teacher not in near
    assert _wanted(near[principal])
    planning.edit(
        session=made, entry=entry(made.starts_at), click=click(country)
    )  # fmt: skip
    assert not _wanted(near[principal])
    planning.cancel(session=made, reason="停电(演示)", click=click(country))
    assert not _wanted(rows[principal])
    over = {row.recipient_id: row for row in ear.rows() if row.message == "session_cancelled"}
    assert _wanted(over[principal])


def test_a_freed_place_is_told_while_it_is_kept(country: Country, ear: Ear) -> None:
    made = opened(country, capacity=1)
    for name in ("teacher", "principal"):
        enrolling.enrol(actor=country.actor(name), session=made, now=country.now)
    ear.told()
    enrolling.decline(actor=country.actor("teacher"), session=made, now=country.now)
    (row, *_more) = ear.rows()
    assert _wanted(row)
    enrolling.decline(actor=country.actor("principal"), session=made, now=country.now)
    assert not _wanted(row)


def test_an_asker_is_invited_from_a_ticket(country: Country, ear: Ear) -> None:
    made = opened(country)
    ear.told()
    inviting.invite_persons(
        session=made, person_ids=(country.people["agent"].id,), source=Source.TICKET,
        click=click(country),
    )  # fmt: skip
    assert ear.told() == everyone("session_invited", "agent")
