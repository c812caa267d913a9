"""Earlier and other questions that somebody who is about to ask should know of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.organizations.models import Body
from helpdesk.tickets import access
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.queries.rows import COLUMNS, TicketRow
from helpdesk.tickets.rules import ENDED, Status

# A school has a few; the busiest provincial office some hundred in two months.
MOST: Final = 200
MOST_REPORTS: Final = 500


@dataclass(frozen=True)
class Past:
    """A question of the same body, with its words."""

    row: TicketRow
    text: str


def of_body(actor: Actor, body_id: int, *, since: datetime) -> tuple[Past, ...]:
    """Questions of a body that are open, or ended after `since`, newest first; those the actor may
    read. One query."""
    found = session().execute(
        select(*COLUMNS, Ticket.text)
        .where(
            Ticket.asker_body_id == body_id,
            or_(Ticket.status.not_in(ENDED), Ticket.updated_at >= since),
            access.visible(actor),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    return tuple(Past(TicketRow(*r[:-1]), r[-1]) for r in found)


def reports(
    card_codes: Collection[str], province_code: str, *, since: datetime
) -> tuple[tuple[str, datetime, int], ...]:
    """(card, when, by which body) of questions from one province, newest first. One query.

    Only to be counted: who reads is not asked here. Restricted questions are left out.
    """
    found = session().execute(
        select(Ticket.card_code, Ticket.opened_at, Ticket.asker_body_id)
        .join(Body, Body.id == Ticket.asker_body_id)
        .where(
            Ticket.card_code.in_(sorted(set(card_codes))),
            Ticket.opened_at >= since,
            Ticket.restricted.is_(False),
            Ticket.status != Status.WITHDRAWN,
            Body.province_code == province_code,
        )
        .order_by(Ticket.opened_at.desc())
        .limit(MOST_REPORTS)
    )
    return tuple((code, at, body_id) for code, at, body_id in found)
