"""semantics 2 and 4: who acts for somebody else: the filer, and the office above."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Forbidden
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus
from helpdesk.routing import operations as routing
from helpdesk.tickets import access
from helpdesk.tickets.models import Party, Ticket
from helpdesk.tickets.operations import answers, conversation
from helpdesk.tickets.operations.record import NotNow, TextMissing
from helpdesk.tickets.queries import lists
from helpdesk.tickets.queries.lists import Filters, View
from helpdesk.tickets.rules import PartyWhy, Status, Verb
from tests.factories.country import Country
from tests.factories.tickets import MONDAY, Desk
from tests.support.hearing import leave


@pytest.fixture
def now() -> datetime:
    return MONDAY


# ---------------------------------------------------------------- the filer


@pytest.fixture
def phoned(country: Country, desk: Desk) -> Ticket:
    """A question of the school, written down by the county's officer on the telephone."""
    return desk.open(
        "county_officer",
        asker_body_id=country.body("school").id,
        asker_person_id=None,
        filer_body_id=country.body("county").id,
    )


def test_the_filer_answers_what_the_asker_is_asked(
    country: Country, desk: Desk, phoned: Ticket
) -> None:
    desk.hand_up("county_officer", phoned)
    desk.accept("city_officer", phoned)
    desk.ask("city_officer", phoned)
    access.ticket_for(country.actor("county_officer"), phoned.number, Verb.SUPPLY)
    with pytest.raises(Forbidden):
        access.ticket_for(country.actor("county_lead"), phoned.number, Verb.SUPPLY)
    conversation.supply(ticket=phoned, act=desk.act("county_officer", phoned), text="昨天下午")
    assert phoned.status is Status.ACCEPTED


def test_the_filer_completes_what_was_returned_to_the_asker(
    country: Country, desk: Desk, phoned: Ticket
) -> None:
    desk.accept("county_lead", phoned)
    act = desk.act("county_lead", phoned)
    routing.return_down(ticket=phoned, act=act, reason="看不清", missing="出错的原话")
    assert desk.holder(phoned) == "school"
    access.ticket_for(country.actor("county_officer"), phoned.number, Verb.RESUBMIT)
    with pytest.raises(Forbidden):
        access.ticket_for(country.actor("county_officer"), phoned.number, Verb.ACCEPT)


def test_the_filer_confirms_with_the_call_back_noted(desk: Desk, phoned: Ticket) -> None:
    desk.resolve("county_officer", phoned)
    with pytest.raises(TextMissing):
        answers.confirm(ticket=phoned, act=desk.act("county_officer", phoned))
    row = answers.confirm(
        ticket=phoned, act=desk.act("county_officer", phoned), call_back="电话回访，已能登录"
    )
    assert (phoned.status, row.text) == (Status.CLOSED, "电话回访，已能登录")


def test_the_asker_itself_needs_no_call_back(desk: Desk, phoned: Ticket) -> None:
    desk.resolve("county_officer", phoned)
    answers.confirm(ticket=phoned, act=desk.act("teacher", phoned))
    assert phoned.status is Status.CLOSED


# ---------------------------------------------------------------- the office above


def empty(country: Country, session: Session, *names: str) -> None:
    for name in names:
        leave(country, name, session, MONDAY)


def test_where_nobody_is_at_the_parent_the_next_one_above_takes_it(
    country: Country, desk: Desk, session: Session
) -> None:
    ticket = desk.open("lonely_teacher")
    with pytest.raises(Forbidden):
        access.ticket_for(country.actor("province_officer"), ticket.number, Verb.TAKE_OVER)
    empty(country, session, "city_officer", "city_lead")
    access.ticket_for(country.actor("province_officer"), ticket.number, Verb.TAKE_OVER)
    act = desk.act("province_officer", ticket)
    routing.take_over(ticket=ticket, act=act, reason="县、市都没有人")
    assert desk.holder(ticket) == "province"


def test_what_the_returner_takes_over_goes_on_upward(
    country: Country, desk: Desk, session: Session
) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    act = desk.act("city_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="材料不全", missing="批准文号")
    empty(country, session, "county_officer", "county_lead")
    routing.take_over(ticket=ticket, act=desk.act("city_officer", ticket), reason="县里没有人了")
    assert ticket.return_to_body_id is None
    desk.hand_up("city_officer", ticket)
    assert desk.holder(ticket) == "province"


def test_what_a_closed_office_left_behind_is_listed_above(
    country: Country, desk: Desk, session: Session
) -> None:
    ticket = desk.open()
    country.body("county").status = BodyStatus.CLOSED
    empty(country, session, "county_officer", "county_lead")
    found = lists.queue(
        country.actor("city_officer"), View.NO_HANDLER, Filters(), soon_before=MONDAY
    )
    assert [row.number for row in found.rows] == [ticket.number]


# ---------------------------------------------------------------- what goes another way


def test_a_returned_ticket_is_not_handed_up(desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.hand_up("city_officer", ticket)
    desk.accept("province_officer", ticket)
    act = desk.act("province_officer", ticket)
    routing.return_down(ticket=ticket, act=act, reason="材料不全", missing="批准文号")
    with pytest.raises(NotNow):
        routing.hand_up(
            ticket=ticket, act=desk.act("city_officer", ticket), reason="不会", tried="试过"
        )


def test_an_asking_office_takes_its_own_resubmission_back_by_withdrawing(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open("province_officer", card="BIZ")
    desk.accept("agent", ticket)
    act = desk.act("agent", ticket)
    routing.return_down(ticket=ticket, act=act, reason="看不懂", missing="政策文号")
    routing.resubmit(ticket=ticket, act=desk.act("province_officer", ticket), text="补齐了")
    actor = country.actor("province_officer")
    with pytest.raises(Forbidden):
        access.ticket_for(actor, ticket.number, Verb.RECALL)
    assert access.ticket_for(actor, ticket.number, Verb.WITHDRAW)


def test_a_complaint_becomes_nothing_else_and_nothing_becomes_a_complaint(
    country: Country, desk: Desk
) -> None:
    complaint = desk.open(card="SUP", accused_body_id=country.body("county").id)
    with pytest.raises(routing.ComplaintStays):
        routing.redirect(
            ticket=complaint, act=desk.act("city_lead", complaint), card_code="OPS", reason="误选"
        )
    question = desk.open()
    with pytest.raises(routing.ComplaintStays):
        routing.redirect(
            ticket=question, act=desk.act("county_lead", question), card_code="SUP", reason="投诉"
        )


@pytest.mark.parametrize(("card", "joins"), [("ACC-4a", True), ("SEC", False)])
def test_the_new_direct_office_joins_what_is_open_but_nothing_restricted(
    country: Country, desk: Desk, session: Session, card: str, joins: bool
) -> None:
    ticket = desk.open(card=card)
    moved = move_body(
        actor=SYSTEM,
        body=country.body("school"),
        new_parent=country.body("neighbour"),
        version=1,
        approval_no="教发〔2026〕9号",
        since_on=date(2026, 11, 2),
        reason="改隶",
        now=MONDAY,
    )
    assert moved.parent_id == country.body("neighbour").id
    joined = select(Party.body_id).where(Party.ticket_id == ticket.id, Party.why == PartyWhy.JOINED)
    assert set(session.scalars(joined)) == ({country.body("neighbour").id} if joins else set())
