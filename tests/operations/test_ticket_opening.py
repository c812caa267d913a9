"""semantics 2, 3 and 6 on real rows: where a new ticket goes and who sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.instants import parse_instant
from helpdesk.routing import operations as routing
from helpdesk.sla.operations.clocks import ReceivedInFuture
from helpdesk.sla.rules import Promise
from helpdesk.tickets import access
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import steps
from helpdesk.tickets.operations.filing import NewTicket
from helpdesk.tickets.operations.record import (
    PersonalDataFound,
)
from helpdesk.tickets.rules import PartyWhy, Verb
from tests.factories.country import Country
from tests.factories.tickets import MONDAY, Desk


@pytest.fixture
def now() -> datetime:
    return MONDAY


# ---------------------------------------------------------------- opening


def test_county_school_reaches_its_county_with_two_local_promises(desk: Desk) -> None:
    ticket = desk.open()
    assert desk.holder(ticket) == "county"
    assert [c.due_at for c in desk.clocks(ticket, Promise.ACCEPT)] == [
        parse_instant("2026-11-03 17:30")
    ]
    assert [c.due_at for c in desk.clocks(ticket, Promise.ANSWER)] == [
        parse_instant("2026-11-05 17:30")
    ]
    assert not desk.clocks(ticket, Promise.LEGAL)


def test_environment_goes_to_province_it_and_the_county_reads_it(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open(card="ENV", title="系统打不开")
    assert desk.holder(ticket) == "province_it"
    assert desk.parties(ticket, PartyWhy.COLLECTING) == {country.body("county").id}
    assert access.ticket(country.actor("county_officer"), ticket.number)
    assert len(desk.clocks(ticket, Promise.ENV)) == 1


def test_the_same_form_sent_twice_makes_one_ticket(country: Country, desk: Desk) -> None:
    draft = NewTicket(
        card_code="ACC-4a",
        asker_body_id=country.body("school").id,
        title="忘记密码",
        text="忘记密码",
    )
    first, second = (
        routing.open_ticket(draft=draft, act=desk.act("teacher"), submission_key="form-1")
        for _ in range(2)
    )
    assert first.number == second.number


def test_numbers_run_within_the_beijing_year(desk: Desk) -> None:
    assert [desk.open().number, desk.open().number] == ["2026-0000001", "2026-0000002"]
    desk.now = parse_instant("2027-01-01 00:30")  # still 2026 in UTC
    assert desk.open().number == "2027-0000001"


def test_phoned_report_of_a_province_starts_the_legal_clock_at_the_call(
    country: Country, desk: Desk
) -> None:
    called = parse_instant("2026-10-30 16:00")
    ticket = desk.open(
        "agent",
        "BIZ",
        asker_body_id=country.body("province").id,
        asker_person_id=None,
        filer_body_id=country.body("call_centre").id,
        callback_name="省里经办",
        callback_number="027-00000000",
        received_at=called,
    )
    (legal,) = desk.clocks(ticket, Promise.LEGAL)
    assert (legal.received_at, legal.due_at) == (called, parse_instant("2026-11-06 17:30"))


def test_phoned_report_of_a_school_goes_to_its_county(country: Country, desk: Desk) -> None:
    ticket = desk.open(
        "agent",
        asker_body_id=country.body("school").id,
        asker_person_id=None,
        filer_body_id=country.body("call_centre").id,
    )
    assert desk.holder(ticket) == "county"
    assert not desk.clocks(ticket, Promise.LEGAL)
    assert desk.parties(ticket, PartyWhy.FILER) == {country.body("call_centre").id}
    assert access.ticket(country.actor("agent"), ticket.number)


def test_a_call_in_the_future_is_refused(desk: Desk) -> None:
    with pytest.raises(ReceivedInFuture):
        desk.open(received_at=parse_instant("2026-11-02 09:01"))


@pytest.mark.parametrize("where", ["title", "text", "fields"])
def test_personal_data_is_refused_before_anything_is_stored(
    session: Session, desk: Desk, where: str
) -> None:
    leak = "学生身份证11010519491231002X"
    filled: dict[str, Any] = {where: {"message": leak} if where == "fields" else leak}
    with pytest.raises(PersonalDataFound):
        desk.open(**filled)
    session.rollback()
    assert session.scalar(select(Ticket.id)) is None


# ---------------------------------------------------------------- who sees it


SEES = {
    "teacher": True,
    "principal": True,
    "sibling_teacher": False,
    "county_officer": True,
    "neighbour_officer": False,
    "city_officer": True,
    "city_supervisor": True,
    "province_officer": True,
    "other_province_officer": False,
    "it_engineer": False,
    "enrolment_officer": False,
    "agent": False,
    "hei_staff": False,
}


@pytest.mark.parametrize(("who", "sees"), SEES.items(), ids=SEES)
def test_a_school_question_is_seen_by_its_line_and_nobody_else(
    country: Country, desk: Desk, who: str, sees: bool
) -> None:
    ticket = desk.open()
    if sees:
        assert access.ticket(country.actor(who), ticket.number).id == ticket.id
    else:
        with pytest.raises(NotFound):
            access.ticket(country.actor(who), ticket.number)


RESTRICTED = {
    "teacher": True,
    "county_officer": False,
    "city_officer": True,
    "city_supervisor": False,
    "province_officer": False,
}


@pytest.mark.parametrize(("who", "sees"), RESTRICTED.items(), ids=RESTRICTED)
def test_a_complaint_is_seen_by_its_parties_only(
    country: Country, desk: Desk, who: str, sees: bool
) -> None:
    ticket = desk.open(
        card="SUP", title="对县里的通报有异议", accused_body_id=country.body("county").id
    )
    assert desk.holder(ticket) == "city"
    if sees:
        assert access.ticket(country.actor(who), ticket.number)
    else:
        with pytest.raises(NotFound):
            access.ticket(country.actor(who), ticket.number)


NOTES = {
    "county_officer": True,
    "city_officer": True,
    "teacher": False,
    "province_officer": False,
    "enrolment_officer": False,
}


@pytest.mark.parametrize(("who", "reads"), NOTES.items(), ids=NOTES)
def test_internal_notes_are_read_by_present_and_former_holders(
    country: Country, desk: Desk, who: str, reads: bool
) -> None:
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    step = next(s for s in steps.steps_of(ticket) if s.body_id == country.body("enrolment").id)
    steps.delegate(
        ticket=ticket, act=desk.act("county_officer", ticket), step_id=step.id, question=""
    )
    desk.hand_up("county_officer", ticket)
    actor = country.actor(who)
    assert access.reads_notes(actor, access.reach(actor, ticket)) is reads


def test_seen_but_not_allowed_is_forbidden(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    for who in ("teacher", "city_officer", "city_supervisor"):
        with pytest.raises(Forbidden):
            access.ticket_for(country.actor(who), ticket.number, Verb.HAND_UP)
