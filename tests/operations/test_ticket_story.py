"""The story of the product: 登录提示无效学校, through all five tiers and back."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.instants import parse_instant
from helpdesk.sla import queries as sla
from helpdesk.sla.rules import Promise
from helpdesk.tickets import access
from helpdesk.tickets.models import History, Segment, Ticket
from helpdesk.tickets.operations import answers, steps
from helpdesk.tickets.rules import Status, StepState, subject
from tests.factories import country as countries
from tests.factories.country import Country
from tests.factories.tickets import Desk

FRIDAY = parse_instant("2026-09-18 09:00")  # Sunday 20 September is a working day


@pytest.fixture
def country(session: Session) -> Country:
    return countries.build(FRIDAY)


@pytest.fixture
def desk(country: Country) -> Desk:
    return Desk(country, FRIDAY)


def _holder(ticket: Ticket, country: Country) -> str:
    return next(name for name, body in country.bodies.items() if body.id == ticket.holder_body_id)


def _clock(ticket: Ticket, promise: Promise) -> sla.ClockView:
    clocks = sla.clocks_of([subject(ticket.id)])[subject(ticket.id)]
    return [clock for clock in clocks if clock.promise is promise][-1]


def test_invalid_school_goes_up_all_five_tiers_and_comes_back_answered(
    session: Session, country: Country, desk: Desk
) -> None:
    ticket = desk.open(card="ACC-4b", title="登录提示无效学校", text="登录时提示无效学校。")
    assert _holder(ticket, country) == "county"
    assert ticket.number == "2026-0000001"

    desk.accept("county_officer", ticket)
    for step in [s for s in steps.steps_of(ticket) if s.required]:
        if step.body_id in (country.body("enrolment").id, country.body("province_it").id):
            steps.delegate(
                ticket=ticket,
                act=desk.act("county_officer", ticket),
                step_id=step.id,
                question="请核对这所学校",
            )
    opened = [s for s in steps.steps_of(ticket) if s.state is StepState.OPEN]
    assert {s.body_id for s in opened} == {
        country.body("enrolment").id,
        country.body("province_it").id,
    }
    for step in opened:
        who = "enrolment_officer" if step.body_id == country.body("enrolment").id else "it_engineer"
        steps.complete(
            ticket=ticket, act=desk.act(who, ticket), step_id=step.id, answer="没有发现问题"
        )
    for who, body in (
        ("county_officer", "city"),
        ("city_officer", "province"),
        ("province_officer", "call_centre"),
    ):
        desk.hand_up(who, ticket)
        assert _holder(ticket, country) == body

    legal = _clock(ticket, Promise.LEGAL)
    assert legal.due_at == parse_instant("2026-09-24 17:30")
    assert ticket.due_at == legal.due_at

    desk.later(days=3)
    desk.accept("agent", ticket)
    answers.feedback(
        ticket=ticket,
        act=desk.act("agent", ticket),
        text="已查明原因，学校状态正在恢复。",
        promised_on=parse_instant("2026-09-28 12:00").date(),
    )
    assert ticket.status.value == "fed_back"
    assert _clock(ticket, Promise.LEGAL).outcome == "met"
    assert _clock(ticket, Promise.PROMISED).due_at == parse_instant("2026-09-28 17:30")

    for reader in (
        "teacher", "county_officer", "city_officer", "province_officer",
        "enrolment_officer", "it_engineer",
    ):  # fmt: skip
        assert access.ticket(country.actor(reader), ticket.number).id == ticket.id

    desk.later(days=1)
    answers.resolve(
        ticket=ticket,
        act=desk.act("agent", ticket),
        text="学校状态已恢复有效。",
        proof="学校确认能够登录",
    )
    answers.confirm(ticket=ticket, act=desk.act("teacher", ticket))
    assert ticket.status is Status.CLOSED

    segments = list(
        session.scalars(
            select(Segment).where(Segment.ticket_id == ticket.id).order_by(Segment.position)
        )
    )
    assert [country_name(country, s.body_id) for s in segments] == [
        "county", "city", "province", "call_centre",
    ]  # fmt: skip
    for before, after in pairwise(segments):
        assert before.left_at == after.arrived_at
    verbs = session.scalars(
        select(History.verb).where(History.ticket_id == ticket.id).order_by(History.id)
    )
    assert [v.value for v in verbs][-3:] == ["feedback", "resolve", "confirm"]


def country_name(country: Country, body_id: int) -> str:
    return next(name for name, body in country.bodies.items() if body.id == body_id)


def test_central_university_goes_straight_to_the_call_centre(
    country: Country, desk: Desk, now: datetime
) -> None:
    ticket = desk.open("hei_staff", "ACC-4a")
    assert _holder(ticket, country) == "call_centre"
    assert _clock(ticket, Promise.LEGAL).due_at == parse_instant("2026-09-24 17:30")
