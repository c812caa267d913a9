"""All that one page tells of one ticket: a constant number of queries, however long it lived."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.sla.rules import ANSWERING, ClockView
from helpdesk.tickets.access import Reach
from helpdesk.tickets.models import History, Party, Segment, Step, TicketFile
from helpdesk.tickets.rules import (
    PartyWhy,
    Side,
    Standing,
    Status,
    StepState,
    Verb,
    step_subject,
    subject,
)


@dataclass(frozen=True)
class FileLink:
    """A file hung on an entry of the conversation."""

    file_id: int
    name: str


@dataclass(frozen=True)
class Entry:
    """One row of history as a reader may see it."""

    id: int
    at: datetime
    verb: Verb
    person_id: int | None
    body_id: int | None
    to_body_id: int | None
    to_person_id: int | None
    step_id: int | None
    to_status: Status
    text: str | None
    details: Mapping[str, Any]
    internal: bool
    files: tuple[FileLink, ...] = ()


@dataclass(frozen=True)
class SegmentRow:
    """A stretch of time during which one body held the ticket (`left_at` None: it still does)."""

    position: int
    body_id: int
    arrived_at: datetime
    arrived_by: Verb
    accepted_at: datetime | None
    left_at: datetime | None
    left_by: Verb | None


@dataclass(frozen=True)
class StepRow:
    """A step of the problem card on this ticket."""

    id: int
    position: int
    key: str
    name_zh: str
    name_en: str
    by: str
    body_id: int | None
    required: bool
    state: StepState
    asked_at: datetime | None
    question: str | None
    done_at: datetime | None
    done_by_body_id: int | None
    answer: str | None
    source: str | None
    source_on: date | None

    @property
    def subject(self) -> str:
        """The step as a subject of clocks."""
        return step_subject(self.id)

    @property
    def open(self) -> bool:
        """Is it with its body?"""
        return self.state is StepState.OPEN

    @property
    def finished(self) -> bool:
        """Was it answered, by its body or in the holder's record?"""
        return self.state in (StepState.DONE, StepState.RECORDED)


STEP_COLUMNS = tuple(getattr(Step, name) for name in StepRow.__dataclass_fields__)


def open_steps(ticket_ids: Collection[int], body_ids: Collection[int]) -> dict[int, StepRow]:
    """By ticket, the step that has been with one of these bodies for the longest. One query."""
    rows = session().execute(
        select(Step.ticket_id, *STEP_COLUMNS)
        .where(
            Step.ticket_id.in_(ticket_ids),
            Step.body_id.in_(body_ids),
            Step.state == StepState.OPEN,
        )
        .order_by(Step.asked_at.desc(), Step.id.desc())
    )
    return {ticket_id: StepRow(*step) for ticket_id, *step in rows}


@dataclass(frozen=True)
class PartyRow:
    """A body that takes part, and for which reasons."""

    body_id: int
    whys: tuple[PartyWhy, ...]


@dataclass(frozen=True)
class Life:
    """Conversation, holders, steps and parties of one ticket, oldest first."""

    entries: tuple[Entry, ...]
    segments: tuple[SegmentRow, ...]
    steps: tuple[StepRow, ...]
    parties: tuple[PartyRow, ...]

    def body_ids(self) -> set[int]:
        """Every body that is named."""
        named = {p.body_id for p in self.parties}
        for entry in self.entries:
            named |= {i for i in (entry.body_id, entry.to_body_id) if i is not None}
        named |= {s.body_id for s in self.steps if s.body_id is not None}
        return named | {s.body_id for s in self.segments}

    def person_ids(self) -> set[int]:
        """Every person that is named."""
        return {
            person_id
            for entry in self.entries
            for person_id in (entry.person_id, entry.to_person_id)
            if person_id is not None
        }


def life(ticket_id: int, *, with_notes: bool) -> Life:
    """The whole life of a ticket that the caller fetched through access (5 queries).

    `with_notes`: access.reads_notes said so; internal rows and files are left out otherwise.
    """
    return Life(
        entries=_entries(ticket_id, with_notes),
        segments=tuple(
            SegmentRow(*row)
            for row in session().execute(
                select(*(getattr(Segment, name) for name in SegmentRow.__dataclass_fields__))
                .where(Segment.ticket_id == ticket_id)
                .order_by(Segment.position)
            )
        ),
        steps=tuple(
            StepRow(*row)
            for row in session().execute(
                select(*STEP_COLUMNS).where(Step.ticket_id == ticket_id).order_by(Step.position)
            )
        ),
        parties=_parties(ticket_id),
    )


_ENTRY = tuple(name for name in Entry.__dataclass_fields__ if name != "files")


def _entries(ticket_id: int, with_notes: bool) -> tuple[Entry, ...]:
    query = select(*(getattr(History, name) for name in _ENTRY)).order_by(History.id)
    files = select(TicketFile.history_id, TicketFile.file_id, TicketFile.name)
    query = query.where(History.ticket_id == ticket_id)
    files = files.where(TicketFile.ticket_id == ticket_id).order_by(TicketFile.id)
    if not with_notes:
        query = query.where(History.internal.is_(False))
        files = files.where(TicketFile.internal.is_(False))
    hung: dict[int, tuple[FileLink, ...]] = {}
    for history_id, file_id, name in session().execute(files):
        hung[history_id] = (*hung.get(history_id, ()), FileLink(file_id, name))
    return tuple(
        Entry(**row._mapping, files=hung.get(row.id, ())) for row in session().execute(query)
    )


def _parties(ticket_id: int) -> tuple[PartyRow, ...]:
    found: dict[int, tuple[PartyWhy, ...]] = {}
    rows = session().execute(
        select(Party.body_id, Party.why).where(Party.ticket_id == ticket_id).order_by(Party.id)
    )
    for body_id, why in rows:
        found[body_id] = (*found.get(body_id, ()), why)
    return tuple(PartyRow(body_id, whys) for body_id, whys in found.items())


def was_done(ticket_id: int, once: str) -> bool:
    """Has the form with this token been carried out already? A second click asks first."""
    done = select(History.id).where(History.ticket_id == ticket_id, History.once == once)
    return session().scalar(done) is not None


def subjects(ticket_id: int, steps: Collection[StepRow]) -> tuple[str, ...]:
    """Subjects whose clocks belong on the page."""
    return (subject(ticket_id), *(step.subject for step in steps if step.asked_at is not None))


def to_give(steps: Collection[StepRow], holder_body_id: int) -> tuple[StepRow, ...]:
    """Planned steps that another body does; the holder's own are recorded, not given."""
    return tuple(
        step for step in steps if step.state is StepState.PLANNED and step.body_id != holder_body_id
    )


def standing(
    actor: Actor,
    reach: Reach,
    steps: Collection[StepRow],
    running: Collection[ClockView],
    *,
    holder_is_call_centre: bool,
    urged_today: bool,
    may_reopen: bool,
    step_names: Mapping[int, str],
) -> Standing:
    """The facts on which the verbs of the page depend (rules.offered).

    `running`: open clocks of the ticket itself; `step_names`: names in the reader's language.
    """
    seen = reach.ticket
    waiting = [s for s in steps if s.state in (StepState.PLANNED, StepState.OPEN)]
    required = [s for s in waiting if s.required and s.by != "asker"]
    at_step = reach.bodies.get(Side.STEP)
    return Standing(
        status=seen.status,
        sides=reach.sides,
        holder_is_asker=seen.holder_body_id == seen.asker_body_id,
        holder_is_call_centre=holder_is_call_centre,
        at_top=holder_is_call_centre,
        was_returned=seen.return_to_body_id is not None,
        can_return=seen.holder_body_id != seen.asker_body_id,
        has_assignee=seen.assignee_person_id is not None,
        mine=seen.assignee_person_id is not None and seen.assignee_person_id == actor.person_id,
        open_required_steps=tuple(step_names[s.id] for s in required),
        steps_to_give=bool(to_give(steps, seen.holder_body_id)) or holder_is_call_centre,
        steps_to_record=bool(waiting),
        own_steps=any(s.open and s.body_id == at_step for s in waiting),
        urged_today=urged_today,
        may_reopen=may_reopen,
        running_local_clock=any(c.promise in ANSWERING for c in running),
        paused=any(c.paused_since is not None for c in running),
    )
