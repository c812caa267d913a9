"""semantics 4 and 5 on real rows: one act at a time, up, down and back, questions and pauses."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import AlreadyDone, Forbidden
from helpdesk.kernel.instants import parse_instant
from helpdesk.routing import operations as routing
from helpdesk.routing.rules.places import NotYourDoor
from helpdesk.sla.operations import sweeping
from helpdesk.sla.rules import Outcome, Promise
from helpdesk.tickets import access
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import answers, conversation, work
from helpdesk.tickets.operations.record import NotNow, TextMissing, TicketChangedMeanwhile
from helpdesk.tickets.rules import CloseKind, Status, Verb
from tests.factories.country import Country
from tests.factories.tickets import MONDAY, Desk


@pytest.fixture
def now() -> datetime:
    return MONDAY


# ---------------------------------------------------------------- one act at a time


def test_a_second_click_does_nothing_and_says_so(session: Session, desk: Desk) -> None:
    ticket = desk.open()
    act = desk.act("county_officer", ticket)
    work.accept(ticket=ticket, act=act)
    with pytest.raises(AlreadyDone):
        work.accept(ticket=ticket, act=act)
    verbs = session.scalars(select(History.verb).where(History.ticket_id == ticket.id)).all()
    assert verbs.count(Verb.ACCEPT) == 1


def test_who_comes_second_is_told_what_happened(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    late = desk.act("county_lead", ticket)
    desk.hand_up("county_officer", ticket)
    with pytest.raises(TicketChangedMeanwhile) as told:
        answers.urge(ticket=ticket, act=late)
    assert told.value.params == {"who": "县经办", "verb": "上报"}


def test_two_who_accept_at_once_are_one_and_the_other_is_told_by_whom(desk: Desk) -> None:
    ticket = desk.open()
    late = desk.act("county_lead", ticket)
    conversation.note(ticket=ticket, act=desk.act("county_officer", version=None), text="先看一下")
    work.accept(ticket=ticket, act=desk.act("county_officer", ticket))
    conversation.note(
        ticket=ticket, act=desk.act("county_officer", version=None), text="只有本单位知道"
    )
    with pytest.raises(TicketChangedMeanwhile) as told:
        work.accept(ticket=ticket, act=late)
    assert told.value.params == {"who": "县经办", "verb": "受理"}


def test_a_word_is_never_lost_because_somebody_spoke_first(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    act = desk.act("teacher", version=None)
    desk.accept("county_officer", ticket)
    row = conversation.reply(
        ticket=ticket, act=act, body_id=country.body("school").id, text="还有一个情况"
    )
    assert row.text == "还有一个情况"


def test_a_verb_that_does_not_fit_the_state_names_the_state(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(NotNow) as told:
        routing.hand_up(
            ticket=ticket, act=desk.act("county_officer", ticket), reason="不会", tried="试过"
        )
    assert "待受理" in str(told.value)


@pytest.mark.parametrize(("reason", "tried"), [("", "试过"), ("不会", " "), ("\n", "")])
def test_hand_up_needs_reason_and_attempt(desk: Desk, reason: str, tried: str) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    with pytest.raises(TextMissing):
        routing.hand_up(
            ticket=ticket, act=desk.act("county_officer", ticket), reason=reason, tried=tried
        )


# ---------------------------------------------------------------- up, down and back


def test_a_county_is_refused_at_the_call_centre_and_told_where_to_go(
    country: Country,
) -> None:
    from helpdesk.routing import queries

    with pytest.raises(NotYourDoor) as told:
        queries.report_to_call_centre(country.body("county").id)
    assert "示范市资助中心" in str(told.value)


def test_recall_until_accepted(desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="找到原因了")
    assert (desk.holder(ticket), ticket.status) == ("county", Status.ACCEPTED)
    desk.hand_up("county_officer", ticket)
    desk.accept("city_officer", ticket)
    with pytest.raises(NotNow):
        routing.recall(ticket=ticket, act=desk.act("county_officer", ticket), reason="又找到了")


def give_back(desk: Desk, who: str, ticket: Ticket) -> None:
    if ticket.status is Status.ARRIVED:
        desk.accept(who, ticket)
    routing.return_down(
        ticket=ticket, act=desk.act(who, ticket), reason="材料不全", missing="缺批准文号"
    )


def test_a_return_goes_down_one_tier_and_comes_straight_back(desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    desk.hand_up("city_officer", ticket)
    give_back(desk, "province_officer", ticket)
    assert (desk.holder(ticket), ticket.status) == ("city", Status.RETURNED)
    give_back(desk, "city_officer", ticket)
    give_back(desk, "county_officer", ticket)
    assert desk.holder(ticket) == "school"
    for who, body in (
        ("teacher", "county"), ("county_officer", "city"), ("city_officer", "province"),
    ):  # fmt: skip
        if ticket.status is Status.ARRIVED:
            desk.hand_up(who, ticket)
        else:
            routing.resubmit(ticket=ticket, act=desk.act(who, ticket), text="补齐了")
        assert desk.holder(ticket) == body
    assert ticket.returns == 3


def test_return_by_the_call_centre_ends_the_legal_clock_and_a_new_one_starts(desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.later(days=1)
    give_back(desk, "agent", ticket)
    (first,) = desk.clocks(ticket, Promise.LEGAL)
    assert (first.outcome, desk.holder(ticket)) == (Outcome.RETURNED, "province")
    desk.later(days=1)
    routing.resubmit(ticket=ticket, act=desk.act("province_officer", ticket), text="补齐了")
    first, second = desk.clocks(ticket, Promise.LEGAL)
    assert (second.started_at, second.due_at) == (desk.now, parse_instant("2026-11-11 17:30"))


def test_returned_after_the_due_date_the_breach_stands(desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.now = parse_instant("2026-11-10 09:00")
    give_back(desk, "agent", ticket)
    (legal,) = desk.clocks(ticket, Promise.LEGAL)
    assert (legal.outcome, legal.breached_at) == (Outcome.RETURNED, legal.due_at)


def test_redirect_at_the_first_tier_moves_to_the_new_first_holder(desk: Desk) -> None:
    ticket = desk.open()
    routing.redirect(
        ticket=ticket, act=desk.act("county_lead", ticket), card_code="ENV", reason="全县都打不开"
    )
    assert (ticket.card_code, desk.holder(ticket)) == ("ENV", "province_it")
    assert len(desk.clocks(ticket, Promise.ENV)) == 1


def test_redirect_higher_up_changes_the_type_only(desk: Desk) -> None:
    ticket = desk.open()
    desk.hand_up("county_officer", ticket)
    routing.redirect(
        ticket=ticket, act=desk.act("city_lead", ticket), card_code="ENV", reason="是环境问题"
    )
    assert (ticket.card_code, desk.holder(ticket)) == ("ENV", "city")


def test_province_it_hands_up_to_the_province_aid_office(desk: Desk) -> None:
    ticket = desk.open(card="ENV", title="系统打不开")
    desk.hand_up("it_engineer", ticket)
    assert desk.holder(ticket) == "province"
    desk.hand_up("province_officer", ticket)
    assert desk.holder(ticket) == "call_centre"


def test_a_body_without_handler_receives_and_its_parent_may_take_it(
    country: Country, desk: Desk
) -> None:
    ticket = desk.open("lonely_teacher")
    assert desk.holder(ticket) == "empty_county"
    access.ticket_for(country.actor("city_officer"), ticket.number, Verb.TAKE_OVER)
    routing.take_over(ticket=ticket, act=desk.act("city_officer", ticket), reason="县里没有人")
    assert desk.holder(ticket) == "city"


def test_nobody_takes_over_where_somebody_is(country: Country, desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(Forbidden):
        access.ticket_for(country.actor("city_officer"), ticket.number, Verb.TAKE_OVER)
    with pytest.raises(routing.HandlerIsThere):
        routing.take_over(ticket=ticket, act=desk.act("city_officer", ticket), reason="代办")


# ---------------------------------------------------------------- questions and pauses


def test_waiting_for_the_asker_stops_the_local_promise(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    desk.ask("county_officer", ticket)
    (answer,) = desk.clocks(ticket, Promise.ANSWER)
    assert answer.paused_since == desk.now
    assert ticket.due_promise == "waiting"
    desk.later(days=2)
    conversation.supply(ticket=ticket, act=desk.act("teacher", ticket), text="昨天下午三点")
    (answer,) = desk.clocks(ticket, Promise.ANSWER)
    assert answer.paused_since is None
    # Monday is the day of receipt; of the counted days only Tuesday closed standing still.
    assert answer.due_at == parse_instant("2026-11-06 17:30")
    assert ticket.status is Status.ACCEPTED


def test_the_legal_clock_never_stands_still(desk: Desk) -> None:
    ticket = desk.to_call_centre(desk.open())
    desk.accept("agent", ticket)
    desk.ask("agent", ticket, body="province")
    (legal,) = desk.clocks(ticket, Promise.LEGAL)
    assert (legal.paused_since, ticket.due_promise) == (None, "legal")
    assert not desk.clocks(ticket, Promise.WAITING)


def test_ten_working_days_without_an_answer_close_the_ticket(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    desk.ask("county_officer", ticket)
    sweeping.sweep(now=parse_instant("2026-11-16 17:29"))
    assert ticket.status is Status.WAITING
    sweeping.sweep(now=parse_instant("2026-11-16 17:31"))
    assert (ticket.status, ticket.close_kind) == (Status.CLOSED, CloseKind.NO_INFORMATION)


def test_only_asker_and_former_holders_are_asked(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    for body in ("county", "city", "sibling_school"):
        with pytest.raises(conversation.NobodyToAsk):
            desk.ask("county_officer", ticket, body=body)


def test_a_named_outside_event_pauses_and_resumes(desk: Desk) -> None:
    ticket = desk.open()
    desk.accept("county_officer", ticket)
    work.pause(ticket=ticket, act=desk.act("county_officer", ticket), event_name="等下季度下发账号")
    assert desk.clocks(ticket, Promise.ANSWER)[0].paused_since == desk.now
    work.resume(ticket=ticket, act=desk.act("county_officer", ticket))
    assert desk.clocks(ticket, Promise.ANSWER)[0].paused_since is None
