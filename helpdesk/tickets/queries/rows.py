"""A ticket as a line of a list: one select, no joins, no text of the conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.rules import ids_in
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import ENDED, Status, subject


@dataclass(frozen=True)
class TicketRow:
    """What a list, a card or a message needs to know of a ticket. Instants are UTC."""

    id: int
    number: str
    card_code: str
    subsystem: str | None
    title: str
    restricted: bool
    status: Status
    urgent: bool
    asker_body_id: int
    filer_person_id: int | None
    holder_body_id: int
    holder_since: datetime
    assignee_person_id: int | None
    waiting_on_body_id: int | None
    handed_from_body_id: int | None
    return_to_body_id: int | None
    resolver_body_id: int | None
    returns: int
    due_at: datetime | None
    due_promise: str | None
    item_id: str | None
    item_due_on: date | None
    promised_on: date | None
    opened_at: datetime
    updated_at: datetime
    feedback_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    version: int

    @property
    def subject(self) -> str:
        """The ticket as a subject of clocks."""
        return subject(self.id)

    @property
    def ended(self) -> bool:
        """Nothing more is expected of anybody."""
        return self.status in ENDED


COLUMNS = tuple(getattr(Ticket, name) for name in TicketRow.__dataclass_fields__)


def row(found: Row[Any]) -> TicketRow:
    """A row selected with COLUMNS."""
    return TicketRow(*tuple(found))


def rows(ids: Iterable[int]) -> dict[int, TicketRow]:
    """Rows by ticket id, without asking who reads: for messages and for pages that asked before."""
    found = session().execute(select(*COLUMNS).where(Ticket.id.in_(tuple(ids))))
    return {r[0]: row(r) for r in found}


def own_bodies(actor: Actor, permission: Permission) -> tuple[int, ...]:
    """Ids of the bodies on which the actor holds `permission` itself (no range)."""
    lines = map(ids_in, actor.granted_at(permission))
    return tuple(line[-1] for line in lines if line)
