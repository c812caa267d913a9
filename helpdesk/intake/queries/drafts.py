"""Own drafts, and what will happen to a question once it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from helpdesk.catalog.rules import Card
from helpdesk.filing.queries import calendar as filing
from helpdesk.filing.rules.dates import Deadline
from helpdesk.intake import access
from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.rules import questions as rules
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, Subsystem
from helpdesk.routing import queries as routing
from helpdesk.routing.queries import RoutePlan
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.sla.rules import Promise
from helpdesk.tickets.operations.clocks import answer_promise
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as counting
from helpdesk.workdays.rules import Due, UnknownYear

_DAYS = {
    Promise.LEGAL: Key.LEGAL_DAYS,
    Promise.ANSWER: Key.ANSWER_DAYS,
    Promise.ENV: Key.ENV_DAYS,
    Promise.SYNC: Key.SYNC_DAYS,
}


@dataclass(frozen=True)
class DraftRow:
    """An unsent draft in a list."""

    id: int
    card_code: str
    body_id: int
    for_others: bool
    title: str
    updated_at: datetime


@dataclass(frozen=True)
class Forecast:
    """Who will have the question and until when it answers or hands up.

    `due` and `left` (working days after today) are None where the calendar of that time is not
    known yet. `legal`: the five days of the notice, else a local promise.
    """

    plan: RoutePlan
    promise: Promise
    days: int
    due: Due | None
    left: int | None

    @property
    def legal(self) -> bool:
        """Does the notice itself set this time (S-3.5.5)?"""
        return self.promise is Promise.LEGAL


def drafts_of(actor: Actor) -> tuple[DraftRow, ...]:
    """The actor's unsent drafts, newest first. One query."""
    rows = session().scalars(
        select(Draft)
        .where(Draft.person_id == actor.person_id, Draft.ticket_number.is_(None))
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
        .limit(20)
    )
    return tuple(
        DraftRow(
            id=row.id,
            card_code=row.card_code,
            body_id=row.body_id,
            for_others=row.for_others,
            title=rules.Answers.from_json(row.answers).title,
            updated_at=row.updated_at,
        )
        for row in rows
    )


def forecast(
    *,
    card: Card,
    asker_body_id: int,
    accused_body_id: int | None,
    received_at: datetime,
    now: datetime,
) -> Forecast:
    """The route of a question and the promise of its first holder, as they stand now.

    Raises the refusals of routing.queries.plan.
    """
    plan = routing.plan(card.code, asker_body_id, accused_body_id)
    holder = organizations.body(plan.first_holder.id)
    promise = answer_promise(holder.kind, card.code)
    found = settings.values((_DAYS[promise], Key.CLOSE_OF_BUSINESS), holder.path)
    days = int(found[_DAYS[promise]])
    calendar = workdays.calendar(holder.region)
    try:
        due = counting.due(calendar, received_at, days, found[Key.CLOSE_OF_BUSINESS])
        left = counting.days_left(calendar, now, due.due_on)
    except UnknownYear:
        return Forecast(plan, promise, days, None, None)
    return Forecast(plan, promise, days, due, left)


def touched(card: Card, answers: rules.Answers, body_id: int, now: datetime) -> Deadline | None:
    """The filing date that a question touches, as its list of dates stands now (semantics 8)."""
    body = organizations.body(body_id)
    said = " ".join((answers.title, answers.text, *answers.fields.values()))
    return filing.pressing(
        body,
        said,
        card.filing,
        Subsystem(answers.subsystem) if answers.subsystem in set(Subsystem) else None,
        workdays.calendar(body.region),
        shanghai_date(now),
        late=card.code == "TIME",
    )


def offices_above(body_id: int) -> tuple[BodyView, ...]:
    """Aid offices over a body, nearest first: of one of these a complaint may be made."""
    return tuple(
        office
        for office in organizations.line_up(body_id)
        if office.kind in AID_OFFICES and office.id != body_id
    )


def bodies_to_file_for(actor: Actor, text: str) -> tuple[BodyView, ...]:
    """Bodies that ask, by name or beginning of the code, for which the actor may file."""
    return organizations.find(text, access.filing_paths(actor), kinds=rules.ASKING_KINDS, limit=20)
