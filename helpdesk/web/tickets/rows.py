"""Tickets as lines of a list, with names, the card's name and until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.organizations.queries import BodyView
from helpdesk.sla import queries as sla
from helpdesk.tickets.queries.page import StepRow, open_steps
from helpdesk.tickets.queries.rows import TicketRow
from helpdesk.tickets.rules import Status
from helpdesk.web.tickets.deadlines import Timing, calendars_for, timing
from helpdesk.web.tickets.names import Names, look_up


@dataclass(frozen=True)
class Line:
    """One ticket of a list."""

    row: TicketRow
    card: Card | None
    asker: BodyView | None
    holder: BodyView | None
    waiting_on: BodyView | None
    resolver: BodyView | None
    assignee: str
    timing: Timing
    step: StepRow | None = None  # the step for which the reader's body has it on the list

    @property
    def waits_for_asker(self) -> bool:
        """Is it the asker's turn to add something?"""
        seen = self.row
        returned = seen.status is Status.RETURNED and seen.holder_body_id == seen.asker_body_id
        waiting = seen.status is Status.WAITING and seen.waiting_on_body_id == seen.asker_body_id
        return returned or waiting


def lines(
    rows: Sequence[TicketRow], now: datetime, *, steps_of: Collection[int] = ()
) -> tuple[Line, ...]:
    """Lines for rows: five rounds of queries, however many rows.

    `steps_of`: bodies that look at the steps given to them; then the step's clock counts.
    """
    steps = open_steps([row.id for row in rows], steps_of) if steps_of else {}
    subjects = [steps[row.id].subject if row.id in steps else row.subject for row in rows]
    clocks = sla.clocks_of(subjects) if rows else {}
    calendars = calendars_for(clock for found in clocks.values() for clock in found)
    names = names_of(rows)
    return tuple(
        replace(
            _line(row, names, timing(row, clocks.get(subject, ()), calendars, now)),
            step=steps.get(row.id),
        )
        for row, subject in zip(rows, subjects, strict=True)
    )


def names_of(rows: Collection[TicketRow]) -> Names:
    """Bodies and assignees of rows."""
    bodies: set[int | None] = set()
    for row in rows:
        bodies |= {row.asker_body_id, row.holder_body_id, row.waiting_on_body_id}
        bodies |= {row.resolver_body_id, row.handed_from_body_id}
    return look_up(bodies, {row.assignee_person_id for row in rows})


def _line(row: TicketRow, names: Names, when: Timing) -> Line:
    return Line(
        row=row,
        card=cards().get(row.card_code),
        asker=names.body(row.asker_body_id),
        holder=names.body(row.holder_body_id),
        waiting_on=names.body(row.waiting_on_body_id),
        resolver=names.body(row.resolver_body_id),
        assignee=names.person(row.assignee_person_id),
        timing=when,
    )


def cards() -> Mapping[str, Card]:
    """Problem cards by code; a code that no card has any more shows as itself."""
    return {card.code: card for card in catalog.cards()}
