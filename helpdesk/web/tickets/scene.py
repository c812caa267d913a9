"""Everything the ticket page shows, fetched once: the parts of the page read from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from helpdesk.catalog.rules import Card
from helpdesk.kernel.actor import Actor
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.routing import queries as routing
from helpdesk.sla import queries as sla
from helpdesk.sla.rules import ClockView
from helpdesk.tickets import access
from helpdesk.tickets.access import Reach
from helpdesk.tickets.queries import page
from helpdesk.tickets.queries.page import Life, StepRow
from helpdesk.tickets.queries.rows import TicketRow, rows
from helpdesk.tickets.rules import (
    ENDED,
    Standing,
    Status,
    VerbState,
    offered,
    subject,
    urged_today,
)
from helpdesk.web.shell.marks import named_text
from helpdesk.web.tickets.deadlines import calendars_for, running
from helpdesk.web.tickets.names import Names, look_up, region_of
from helpdesk.web.tickets.rows import cards
from helpdesk.workdays.rules import Calendar


@dataclass(frozen=True)
class Scene:
    """One ticket as this actor may see it, now."""

    reach: Reach
    row: TicketRow
    life: Life
    names: Names
    clocks: Mapping[str, tuple[ClockView, ...]]
    calendars: Mapping[str, Calendar]
    ahead: tuple[int, ...]  # bodies it may still be handed up to, nearest first
    standing: Standing
    linked: Mapping[int, TicketRow]
    now: datetime
    reads_notes: bool

    @property
    def card(self) -> Card | None:
        """The problem card."""
        return cards().get(self.row.card_code)

    @property
    def holder(self) -> BodyView:
        """The body that holds it."""
        return self.names.bodies[self.row.holder_body_id]

    @property
    def asker(self) -> BodyView:
        """The body that asked."""
        return self.names.bodies[self.row.asker_body_id]

    def steps_to_give(self) -> tuple[StepRow, ...]:
        """Planned steps that another body does."""
        return page.to_give(self.life.steps, self.row.holder_body_id)

    def verbs(self) -> tuple[VerbState, ...]:
        """The verbs of this actor."""
        return offered(self.standing)

    def clocks_of_ticket(self) -> tuple[ClockView, ...]:
        """All clocks of the ticket itself, ended ones too."""
        return self.clocks.get(subject(self.row.id), ())

    def calendar_of(self, body: BodyView | None) -> Calendar:
        """The calendar by which a body works."""
        return self.calendars[region_of(body)]


def scene(actor: Actor, reach: Reach, now: datetime) -> Scene:
    """Fetch all of it: a constant number of queries for a ticket of any age."""
    seen = reach.ticket
    reads_notes = access.reads_notes(actor, reach)
    life = page.life(seen.id, with_notes=reads_notes)
    linked = rows(i for i in (seen.id, seen.merged_into_id, seen.previous_id) if i is not None)
    row = linked[seen.id]
    ahead = _ahead(row, seen.accused_body_id)
    clocks = sla.clocks_of(list(page.subjects(seen.id, life.steps)))
    flat = [clock for found in clocks.values() for clock in found]
    names = look_up(
        {*life.body_ids(), *ahead, *(clock.body_id for clock in flat), seen.asker_body_id,
         seen.holder_body_id, seen.handed_from_body_id, seen.return_to_body_id},
        {*life.person_ids(), seen.assignee_person_id, seen.filer_person_id,
         seen.asker_person_id},
    )  # fmt: skip
    calendars = calendars_for(flat, *(region_of(body) for body in names.bodies.values()))
    standing = _standing(actor, reach, life, clocks, names, calendars, now)
    return Scene(
        reach=reach,
        row=row,
        life=life,
        names=names,
        clocks=clocks,
        calendars=calendars,
        ahead=ahead,
        standing=standing,
        linked={i: found for i, found in linked.items() if i != seen.id},
        now=now,
        reads_notes=reads_notes,
    )


def _ahead(row: TicketRow, accused_body_id: int | None) -> tuple[int, ...]:
    """The rest of the way up; nothing for what has ended."""
    if row.status in ENDED:
        return ()
    plan = routing.plan(row.card_code, row.asker_body_id, accused_body_id)
    way = [plan.first_holder.id, *(stop.id for stop in plan.hand_up_chain)]
    place = way.index(row.holder_body_id) if row.holder_body_id in way else -1
    return tuple(way[place + 1 :])


def _standing(
    actor: Actor,
    reach: Reach,
    life: Life,
    clocks: Mapping[str, tuple[ClockView, ...]],
    names: Names,
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> Standing:
    seen = reach.ticket
    holder = names.bodies[seen.holder_body_id]
    return page.standing(
        actor,
        reach,
        life.steps,
        running(clocks.get(subject(seen.id), ())),
        holder_is_call_centre=holder.kind is Kind.CALL_CENTRE,
        urged_today=urged_today(seen.last_urged_on, calendars[region_of(holder)], now),
        may_reopen=seen.status is not Status.CLOSED or routing.reopen_days_left(seen, now=now) >= 0,
        step_names={step.id: named_text(step) for step in life.steps},
    )
