"""The board of the call centre: what runs on the legal clock, and what was promised."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queries.lists import Filters
from helpdesk.tickets.queries.rows import COLUMNS, TicketRow, own_bodies, row
from helpdesk.tickets.rules import IN_WORK, Status

LEGAL = "legal"


def running(actor: Actor, filters: Filters) -> tuple[TicketRow, ...]:
    """Tickets at the actor's boards (the call centre) whose legal clock runs, earliest due first.

    All of them: a board is read whole, and 5 working days of work are a few hundred rows.
    """
    query = (
        select(*COLUMNS)
        .where(
            Ticket.holder_body_id.in_(own_bodies(actor, Permission.BOARD_READ)),
            Ticket.status.in_(IN_WORK),
            Ticket.due_promise == LEGAL,
            *filters.conditions(),
        )
        .order_by(Ticket.due_at, Ticket.urgent.desc(), Ticket.id)
    )
    return tuple(row(found) for found in session().execute(query))


def promised(actor: Actor, filters: Filters) -> tuple[TicketRow, ...]:
    """Tickets with feedback but no solution yet (已反馈待解决), by the promised date."""
    query = (
        select(*COLUMNS)
        .where(
            Ticket.holder_body_id.in_(own_bodies(actor, Permission.BOARD_READ)),
            Ticket.status == Status.FED_BACK,
            *filters.conditions(),
        )
        .order_by(Ticket.promised_on, Ticket.id)
    )
    return tuple(row(found) for found in session().execute(query))
