"""The board of the call centre: what runs on the legal clock, and what was promised."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.tickets import access
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queries.lists import Filters
from helpdesk.tickets.queries.rows import COLUMNS, TicketRow, row
from helpdesk.tickets.rules import IN_WORK, Status

LEGAL = "legal"


def running(actor: Actor, call_centre_id: int, filters: Filters) -> tuple[TicketRow, ...]:
    """Tickets at the call centre that the actor may read and whose legal clock runs, by due time.

    All of them: a board is read whole, and 5 working days of work are a few hundred rows.
    """
    query = (
        select(*COLUMNS)
        .where(
            Ticket.holder_body_id == call_centre_id,
            access.visible(actor),
            Ticket.status.in_(IN_WORK),
            Ticket.due_promise == LEGAL,
            *filters.conditions(),
        )
        .order_by(Ticket.due_at, Ticket.urgent.desc(), Ticket.id)
    )
    return tuple(row(found) for found in session().execute(query))


def promised(actor: Actor, call_centre_id: int, filters: Filters) -> tuple[TicketRow, ...]:
    """Tickets with feedback but no solution yet (已反馈待解决), by the promised date."""
    query = (
        select(*COLUMNS)
        .where(
            Ticket.holder_body_id == call_centre_id,
            access.visible(actor),
            Ticket.status == Status.FED_BACK,
            *filters.conditions(),
        )
        .order_by(Ticket.promised_on, Ticket.id)
    )
    return tuple(row(found) for found in session().execute(query))
