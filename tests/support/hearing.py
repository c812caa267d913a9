"""Hears what the outbox is told, and makes the situations in which it is told something."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.outbox.models import Message
from helpdesk.people.models import RoleGrant
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.operations import steps
from tests.factories.country import Country
from tests.factories.tickets import Desk

Told = dict[str, set[str]]


@dataclass
class Ear:
    """Hears what is written down from now on."""

    session: Session
    country: Country
    seen: int = 0

    def rows(self) -> list[Message]:
        """Messages since the last look."""
        found = list(
            self.session.scalars(select(Message).where(Message.id > self.seen).order_by(Message.id))
        )
        self.seen = max((row.id for row in found), default=self.seen)
        return found

    def told(self) -> Told:
        """The same as {person: messages}."""
        names = {person.id: name for name, person in self.country.people.items()}
        heard: Told = defaultdict(set)
        for row in self.rows():
            heard[names[row.recipient_id]].add(row.message)
        return dict(heard)


def everyone(message: str, *names: str) -> Told:
    """All of them were told this one message."""
    return {name: {message} for name in names}


def delegated(desk: Desk) -> Ticket:
    """A ticket whose county has given the enrolment office its step."""
    ticket = desk.open(card="ACC-4b")
    desk.accept("county_officer", ticket)
    enrolment = desk.country.body("enrolment").id
    (step,) = [s for s in steps.steps_of(ticket) if s.body_id == enrolment]
    steps.delegate(
        ticket=ticket,
        act=desk.act("county_officer", ticket),
        step_id=step.id,
        question="请核对学校信息审核情况",
    )
    return ticket


def leave(country: Country, who: str, session: Session, now: datetime) -> None:
    """The person may act for nobody any more."""
    person_id = country.people[who].id
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)):
        grant.revoked_at = now
    session.flush()
