"""What happened to a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.sla.rules import Cause, Effect, Level, Promise


@dataclass(frozen=True)
class ClockFact:
    """Common to all: which clock, about what, whose promise, and when it became known."""

    clock_id: int
    subject: str
    promise: Promise
    body_id: int
    at: datetime


@dataclass(frozen=True)
class ClockWarned(ClockFact):
    """A level was reached: two left, one left, last day, or a late working day (S-3.2.2).

    Published once per clock, due day, level and day; of levels passed together only the newest.
    `days_left` counts working days as of `on_day`; -n on the n-th late working day.
    """

    level: Level
    due_at: datetime
    on_day: date
    days_left: int


@dataclass(frozen=True)
class ClockBreached(ClockFact):
    """due_at passed unanswered, or a new calendar put due_at into the past (`cause`).

    `newest` is False where a later level is told in its stead in the same sweep: then this is a
    fact for the history and no message of its own.
    """

    due_at: datetime
    days_left: int
    newest: bool
    cause: Cause | None = None


@dataclass(frozen=True)
class ClockLapsed(ClockFact):
    """The time to confirm, or the wait for the asker, ran out; the clock has ended."""

    due_at: datetime


@dataclass(frozen=True)
class ClockMoved(ClockFact):
    """The due date of a running clock changed; `effect` says what became of a breach."""

    due_before: datetime
    due_after: datetime
    cause: Cause
    effect: Effect
