"""Clocks that would move, as rows of a table: before a notice is loaded or a setting adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.sla.queries import ClockMove
from helpdesk.sla.rules import EFFECTS, PROMISES
from helpdesk.tickets.queries import rows as tickets
from helpdesk.tickets.rules import ticket_id_of

SHOWN = 200  # a longer list is no list to read; its number is told


@dataclass(frozen=True)
class MoveRow:
    """A clock that would move, with the office whose promise it is."""

    clock_id: int
    number: str
    promise: str
    body: BodyView
    before: datetime
    after: datetime
    effect: str


def move_rows(moves: Sequence[ClockMove]) -> list[MoveRow]:
    """The rows of a table, in the order given (2 queries)."""
    bodies = organizations.bodies({move.clock.body_id for move in moves})
    ids = {move.clock.id: ticket_id_of(move.clock.subject) for move in moves}
    known = tickets.rows(found for found in ids.values() if found is not None)
    # The number of a restricted ticket is for its parties alone.
    numbers = {found: row.number for found, row in known.items() if not row.restricted}
    return [
        MoveRow(
            clock_id=move.clock.id,
            number=numbers.get(ids[move.clock.id] or 0, ""),
            promise=_(PROMISES[move.clock.promise]),
            body=bodies[move.clock.body_id],
            before=move.clock.due_at,
            after=move.after.due_at,
            effect=_(EFFECTS[move.effect]),
        )
        for move in moves
    ]
