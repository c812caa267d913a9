"""Lists of tickets: the views of a queue, a school's own questions, search. Keyset pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy import false as never

from helpdesk.kernel import paging
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import UtcDateTime, session
from helpdesk.kernel.instants import parse_instant
from helpdesk.kernel.paging import BadCursor, Page
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.people.access.scope import unhandled
from helpdesk.tickets import access
from helpdesk.tickets.models import Party, Segment, Step, Ticket
from helpdesk.tickets.queries.rows import COLUMNS, TicketRow, own_bodies, row
from helpdesk.tickets.rules import IN_WORK, OPEN, PartyWhy, Status, StepState, Verb

PAGE = 50
_NEVER = date(9999, 12, 31)
_NEVER_DUE = datetime(9999, 12, 31, tzinfo=UTC)


class View(StrEnum):
    """The views of a queue; the word stands in the address."""

    HELD = "held"  # everything our offices hold
    MINE = "mine"
    UNASSIGNED = "unassigned"
    STEPS = "steps"  # a step is with us, whoever holds the ticket
    RETURNED = "returned"  # sent back to us
    WAITING = "waiting"  # we wait for somebody's information
    DUE_SOON = "due-soon"  # two, one or no working day left, and late
    HANDED_UP = "handed-up"  # by us, still open elsewhere
    SCOPE = "scope"  # all we may read
    NO_HANDLER = "no-handler"  # with bodies in our scope that have nobody to handle it


class Order(StrEnum):
    """By what a queue is sorted; the word stands in the address."""

    PRESSING = "pressing"  # urgent first, then by the clock
    FILING = "filing"  # by the filing date the question touches; without one: last


@dataclass(frozen=True)
class Filters:
    """What narrows a list; every field comes from the address and may be missing."""

    card: str = ""
    status: Status | None = None
    subsystem: str = ""
    urgent: bool = False
    assignee_person_id: int | None = None
    words: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on Ticket."""
        found: list[ColumnElement[bool]] = []
        if self.card:
            found.append(Ticket.card_code == self.card)
        if self.status:
            found.append(Ticket.status == self.status)
        if self.subsystem:
            found.append(Ticket.subsystem == self.subsystem)
        if self.urgent:
            found.append(Ticket.urgent.is_(True))
        if self.assignee_person_id is not None:
            found.append(Ticket.assignee_person_id == self.assignee_person_id)
        return found + [_holds_word(word) for word in self.words]


def _holds_word(word: str) -> ColumnElement[bool]:
    # Internal notes are no part of this: what a reader may not see must not be found either.
    return or_(
        Ticket.title.icontains(word, autoescape=True),
        Ticket.text.icontains(word, autoescape=True),
        Ticket.number.contains(word, autoescape=True),
    )


def split_words(text: str) -> tuple[str, ...]:
    """At most six words of a search, the shortest useful form of each."""
    return tuple(text.split()[:6])


def queue(
    actor: Actor,
    view: View,
    filters: Filters,
    *,
    soon_before: datetime,
    order: Order = Order.PRESSING,
    after: str | None = None,
    size: int = PAGE,
) -> Page[TicketRow]:
    """One page of a view in `order` (SCOPE, unless by filing date: newest first).

    `soon_before`: end of the second working day from today. Raises BadCursor.
    """
    condition = _view(actor, view, soon_before)
    query = select(*COLUMNS).where(condition, *filters.conditions())
    if order is Order.FILING:
        return _nearest_filing_first(query, after, size)
    if view is View.SCOPE:
        return _newest_first(query, after, size)
    return _most_pressing_first(query, after, size)


def _view(actor: Actor, view: View, soon_before: datetime) -> ColumnElement[bool]:
    ours = own_bodies(actor, Permission.QUEUE_READ)
    held = and_(Ticket.holder_body_id.in_(ours), Ticket.status.in_(OPEN))
    match view:
        case View.MINE:
            return and_(Ticket.assignee_person_id == actor.person_id, Ticket.status.in_(OPEN))
        case View.STEPS:
            return _with_step(ours)
        case View.HANDED_UP:
            return _handed_up(ours)
        case View.SCOPE:
            return access.visible(actor)
        case View.NO_HANDLER:
            return and_(_without_handler(actor), access.visible(actor))
        case _:
            return and_(held, _part(view, soon_before))


def _without_handler(actor: Actor) -> ColumnElement[bool]:
    """Also of a closed office: what it left behind is found here."""
    offices = select(Body.id).where(*unhandled(actor.paths(Permission.TICKET_READ)))
    return and_(Ticket.holder_body_id.in_(offices), Ticket.status.in_(IN_WORK))


def _part(view: View, soon_before: datetime) -> ColumnElement[bool]:
    """Which of the tickets we hold belong to a view."""
    match view:
        case View.UNASSIGNED:
            return and_(Ticket.assignee_person_id.is_(None), Ticket.status != Status.RESOLVED)
        case View.RETURNED:
            return Ticket.status == Status.RETURNED
        case View.WAITING:
            return Ticket.status == Status.WAITING
        case View.DUE_SOON:
            return and_(Ticket.due_at < soon_before, Ticket.status != Status.RESOLVED)
        case _:
            return Ticket.status.in_(OPEN)


def _with_step(ours: Sequence[int]) -> ColumnElement[bool]:
    asked = select(Step.ticket_id).where(Step.body_id.in_(ours), Step.state == StepState.OPEN)
    return and_(Ticket.id.in_(asked), Ticket.status.in_(OPEN))


def _handed_up(ours: Sequence[int]) -> ColumnElement[bool]:
    if not ours:
        return never()
    held_once = select(Party.ticket_id).where(Party.body_id.in_(ours), Party.why == PartyWhy.HOLDER)
    handed = exists().where(
        Segment.ticket_id == Ticket.id,
        Segment.body_id.in_(ours),
        Segment.left_by.in_((Verb.HAND_UP, Verb.RESUBMIT)),
    )
    return and_(
        Ticket.id.in_(held_once),
        Ticket.holder_body_id.not_in(ours),
        Ticket.status.in_(OPEN),
        handed,
    )


def counts(actor: Actor, *, soon_before: datetime) -> Mapping[View, int]:
    """How many tickets stand in the views of our own offices: three queries, whatever they hold."""
    ours = own_bodies(actor, Permission.QUEUE_READ)
    parts = [View.HELD, View.UNASSIGNED, View.RETURNED, View.WAITING, View.DUE_SOON]
    mine = Ticket.assignee_person_id == actor.person_id
    sums = [_sum(_part(view, soon_before)) for view in parts] + [_sum(mine)]
    held = select(*sums).where(Ticket.holder_body_id.in_(ours), Ticket.status.in_(OPEN))
    found = session().execute(held).one()
    numbers = dict(zip([*parts, View.MINE], (int(n or 0) for n in found), strict=True))
    for view, condition in (
        (View.STEPS, _with_step(ours)),
        (View.HANDED_UP, _handed_up(ours)),
    ):
        tickets = select(func.count()).select_from(Ticket).where(condition)
        numbers[view] = session().scalar(tickets) or 0
    return numbers


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).cast(Integer)


def asked_by(
    actor: Actor,
    *,
    ended: bool | None = None,
    after: str | None = None,
    size: int = PAGE,
) -> Page[TicketRow]:
    """Questions of the bodies for which the actor may ask, and those it filed; newest first."""
    query = select(*COLUMNS).where(_asked_by(actor))
    if ended is not None:
        query = query.where(_open_to_asker() if not ended else ~_open_to_asker())
    return _newest_first(query, after, size)


def asked_counts(actor: Actor) -> tuple[int, int, int]:
    """(all, in work, waiting for our word) among the questions of `asked_by`."""
    waiting = or_(
        Ticket.status == Status.RESOLVED,
        and_(Ticket.status == Status.WAITING, Ticket.waiting_on_body_id == Ticket.asker_body_id),
        and_(Ticket.status == Status.RETURNED, Ticket.holder_body_id == Ticket.asker_body_id),
    )
    query = select(func.count(), _sum(_open_to_asker()), _sum(waiting)).where(_asked_by(actor))
    total, in_work, ours = session().execute(query.select_from(Ticket)).one()
    return total, int(in_work or 0), int(ours or 0)


def _asked_by(actor: Actor) -> ColumnElement[bool]:
    bodies = own_bodies(actor, Permission.TICKET_CREATE)
    mine = Ticket.filer_person_id == actor.person_id
    return and_(or_(Ticket.asker_body_id.in_(bodies), mine), access.visible(actor))


def _open_to_asker() -> ColumnElement[bool]:
    return Ticket.status.in_(OPEN)


def by_number(actor: Actor, text: str) -> str | None:
    """The full number of the one ticket in scope that `text` names: 2026-0004711 or 4711."""
    written = text.strip().replace("－", "-")
    full = re.fullmatch(r"(\d{4})-(\d{1,7})", written)
    if full:
        wanted = Ticket.number == f"{full[1]}-{int(full[2]):07d}"
    elif re.fullmatch(r"\d{1,7}", written):
        wanted = Ticket.number.endswith(f"-{int(written):07d}")
    else:
        return None
    query = select(Ticket.number).where(wanted, access.visible(actor))
    found = session().scalars(query.order_by(Ticket.id.desc()).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _newest_first(query: Any, after: str | None, size: int) -> Page[TicketRow]:
    if after:
        (last,) = paging.decode(after, (int,))
        query = query.where(Ticket.id < last)
    found = session().execute(query.order_by(Ticket.id.desc()).limit(size + 1)).all()
    return paging.page_of(found, size, lambda r: (r[0],), row)


def _most_pressing_first(query: Any, after: str | None, size: int) -> Page[TicketRow]:
    calm = case((Ticket.urgent.is_(True), 0), else_=1)
    due = func.coalesce(Ticket.due_at, _NEVER_DUE, type_=UtcDateTime())
    if after:
        place, at, last = paging.decode(after, (int, str, int))
        bound = (literal(place), literal(_instant(at), UtcDateTime()), literal(last))
        query = query.where(tuple_(calm, due, Ticket.id) > tuple_(*bound))
    found = session().execute(query.order_by(calm, due, Ticket.id).limit(size + 1)).all()
    return paging.page_of(found, size, _pressing_keys, row)


def _pressing_keys(found: Any) -> tuple[int, str, int]:
    seen = row(found)
    return (0 if seen.urgent else 1, (seen.due_at or _NEVER_DUE).isoformat(), seen.id)


def _nearest_filing_first(query: Any, after: str | None, size: int) -> Page[TicketRow]:
    due = func.coalesce(Ticket.item_due_on, _NEVER, type_=Date())
    if after:
        day, last = paging.decode(after, (str, int))
        bound = (literal(_date(day), Date()), literal(last))
        query = query.where(tuple_(due, Ticket.id) > tuple_(*bound))
    found = session().execute(query.order_by(due, Ticket.id).limit(size + 1)).all()
    return paging.page_of(found, size, _filing_keys, row)


def _filing_keys(found: Any) -> tuple[str, int]:
    seen = row(found)
    return (seen.item_due_on or _NEVER).isoformat(), seen.id


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadCursor from error


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise BadCursor from error
