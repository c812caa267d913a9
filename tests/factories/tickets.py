"""Tickets for tests, made by the verbs that make them in life."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import parse_instant
from helpdesk.routing import operations as routing
from helpdesk.sla import queries as sla
from helpdesk.sla.rules import ClockView, Promise
from helpdesk.tickets.models import Party, Ticket
from helpdesk.tickets.operations import answers, conversation, steps, work
from helpdesk.tickets.operations.filing import NewTicket
from helpdesk.tickets.operations.record import Act
from helpdesk.tickets.rules import PartyWhy, subject
from tests.factories.country import Country

MONDAY = parse_instant("2026-11-02 09:00")  # an ordinary week: no holiday, no make-up day
_TOKENS = itertools.count(1)


@dataclass
class Desk:
    """Does verbs as named people of a country, at an instant that can be moved on."""

    country: Country
    now: datetime

    def act(self, who: str, ticket: Ticket | None = None, **over: Any) -> Act:
        """An act of this person now, on the ticket as it is."""
        return Act(
            actor=self.country.actor(who),
            now=over.pop("now", self.now),
            once=over.pop("once", f"token-{next(_TOKENS)}"),
            version=over.pop("version", ticket.version if ticket else None),
            **over,
        )

    def clocks(self, ticket: Ticket, promise: Promise) -> list[ClockView]:
        """Clocks of this promise on the ticket, oldest first."""
        found = sla.clocks_of([subject(ticket.id)]).get(subject(ticket.id), ())
        return [clock for clock in found if clock.promise is promise]

    def holder(self, ticket: Ticket) -> str:
        """The name (in country.BODIES) of the body that holds it."""
        bodies = self.country.bodies.items()
        return next(name for name, body in bodies if body.id == ticket.holder_body_id)

    def parties(self, ticket: Ticket, why: PartyWhy) -> set[int]:
        """Ids of the bodies that take part for this reason."""
        found = select(Party.body_id).where(Party.ticket_id == ticket.id, Party.why == why)
        return set(session().scalars(found))

    def later(self, **delta: int) -> None:
        """Move the clock on: later(days=1, hours=2)."""
        self.now += timedelta(**delta)

    def open(self, who: str = "teacher", card: str = "ACC-4a", **over: Any) -> Ticket:
        """A ticket of this person's body."""
        actor = self.country.actor(who)
        assert actor.body_id is not None
        draft = NewTicket(
            card_code=card,
            asker_body_id=over.pop("asker_body_id", actor.body_id),
            title=over.pop("title", "登录提示密码错误"),
            text=over.pop("text", "操作账号登录时提示密码错误。"),
            asker_person_id=over.pop("asker_person_id", actor.person_id),
            **over,
        )
        key = f"submission-{next(_TOKENS)}"
        return routing.open_ticket(draft=draft, act=self.act(who), submission_key=key)

    def accept(self, who: str, ticket: Ticket) -> None:
        """受理."""
        work.accept(ticket=ticket, act=self.act(who, ticket))

    def hand_up(self, who: str, ticket: Ticket) -> None:
        """Accept where needed and hand up."""
        if ticket.status.value == "arrived":
            self.accept(who, ticket)
        routing.hand_up(
            ticket=ticket,
            act=self.act(who, ticket),
            reason="本级无法解决",
            tried="核对了账号和学校信息，仍然不能登录",
        )

    def to_call_centre(self, ticket: Ticket) -> Ticket:
        """County, city and province hand it up; the agent has it, not accepted yet."""
        for who in ("county_officer", "city_officer", "province_officer"):
            self.hand_up(who, ticket)
        return ticket

    def finish_steps(self, who: str, ticket: Ticket) -> None:
        """Write down an answer for every step that the card requires."""
        for step in steps.unfinished_required(ticket):
            steps.record(
                ticket=ticket,
                act=self.act(who, ticket),
                step_id=step.id,
                answer="已核对",
                source="电话核实",
            )

    def resolve(self, who: str, ticket: Ticket) -> None:
        """Accept where needed, finish the steps, answer."""
        if ticket.status.value == "arrived":
            self.accept(who, ticket)
        self.finish_steps(who, ticket)
        answers.resolve(
            ticket=ticket, act=self.act(who, ticket), text="已处理，请再登录一次。", proof="已登录"
        )

    def ask(self, who: str, ticket: Ticket, body: str = "school") -> None:
        """Ask a body for information."""
        conversation.ask(
            ticket=ticket,
            act=self.act(who, ticket),
            text="请补充出错的时间。",
            body_id=self.country.body(body).id,
        )
