"""Who takes part: joining, holder segments, and what a move of a body changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, literal, select, update

from helpdesk.kernel.db import session
from helpdesk.kernel.paths import below
from helpdesk.organizations.events import BodyMoved
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.models import Party, Segment, Ticket
from helpdesk.tickets.rules import OPEN, PartyWhy, Verb, came_up_from


def join(ticket: Ticket, body: BodyView, why: PartyWhy, *, at: datetime) -> None:
    """Make a body a party for this reason, once. Nobody ever leaves."""
    known = select(Party.id).where(
        Party.ticket_id == ticket.id, Party.body_id == body.id, Party.why == why
    )
    if session().scalar(known) is None:
        session().add(
            Party(ticket_id=ticket.id, body_id=body.id, body_path=body.path, why=why, since=at)
        )
        session().flush()


def begin_segment(ticket: Ticket, body: BodyView, verb: Verb, *, at: datetime) -> None:
    """The ticket reached `body`; it becomes holder and party."""
    last = session().scalar(
        select(func.max(Segment.position)).where(Segment.ticket_id == ticket.id)
    )
    session().add(
        Segment(
            ticket_id=ticket.id,
            position=(last or 0) + 1,
            body_id=body.id,
            arrived_at=at,
            arrived_by=verb,
        )
    )
    ticket.holder_body_id = body.id
    ticket.holder_since = at
    ticket.assignee_person_id = None
    join(ticket, body, PartyWhy.HOLDER, at=at)


def end_segment(ticket: Ticket, verb: Verb, *, at: datetime) -> None:
    """The holder lets go."""
    session().execute(
        update(Segment)
        .where(Segment.ticket_id == ticket.id, Segment.left_at.is_(None))
        .values(left_at=at, left_by=verb)
    )


def accepted(ticket: Ticket, *, at: datetime) -> None:
    """Write the moment of acceptance into the running segment, the first one counts."""
    session().execute(
        update(Segment)
        .where(
            Segment.ticket_id == ticket.id,
            Segment.left_at.is_(None),
            Segment.accepted_at.is_(None),
        )
        .values(accepted_at=at)
    )


def segments(ticket: Ticket) -> list[Segment]:
    """All holder segments of this ticket, oldest first."""
    found = session().scalars(
        select(Segment).where(Segment.ticket_id == ticket.id).order_by(Segment.position)
    )
    return list(found)


def reporter_to(ticket: Ticket, upper_body_id: int) -> int:
    """The body from which `upper_body_id` last received the ticket on its way up."""
    return came_up_from(segments(ticket), upper_body_id) or ticket.asker_body_id


def follow_move(moved: BodyMoved, *, new_office: BodyView) -> None:
    """semantics 1: a subtree moved. Paths follow; the new direct office joins what is open.

    It joins no restricted ticket: the direct office it follows did not read that either.
    """
    tail = func.substr(Party.body_path, len(moved.old_path) + 1)
    session().execute(
        update(Party)
        .where(below(Party.body_path, moved.old_path))
        .values(body_path=literal(moved.new_path) + tail)
        .execution_options(synchronize_session=False)
    )
    asked_from_there = (
        select(Party.ticket_id)
        .join(Ticket, Ticket.id == Party.ticket_id)
        .where(
            Party.why == PartyWhy.ASKER,
            Party.body_id == moved.body_id,
            Ticket.status.in_(OPEN),
            Ticket.restricted.is_(False),
        )
    )
    known = select(Party.ticket_id).where(
        Party.body_id == new_office.id, Party.why == PartyWhy.JOINED
    )
    rows = select(
        Ticket.id,
        literal(new_office.id),
        literal(new_office.path),
        literal(PartyWhy.JOINED, Party.why.type),
        literal(moved.at, Party.since.type),
    ).where(Ticket.id.in_(asked_from_there), Ticket.id.not_in(known))
    session().execute(
        insert(Party).from_select(["ticket_id", "body_id", "body_path", "why", "since"], rows)
    )
