"""What changes on a running clock besides its end: breaches, warnings told, due dates moved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.sla import rules
from helpdesk.sla.events import ClockBreached, ClockMoved
from helpdesk.sla.models import Clock, Move, Warned
from helpdesk.sla.queries import view
from helpdesk.sla.rules import Cause, ClockView, Effect, Level, Reckoning
from helpdesk.workdays.rules import Calendar


def set_due(clock: Clock, due: Reckoning, calendar: Calendar) -> None:
    """Write down where the clock is due, and by which calendar."""
    clock.due_at, clock.due_on, clock.provisional = due.due_at, due.due_on, due.provisional
    clock.calendar_version = calendar.version


def tell(clock: ClockView, level: Level, on_day: date, now: datetime) -> bool:
    """Note that `level` is told now; False where it was told before for the same due day.

    The caller holds the clock's row, so nobody else notes it meanwhile.
    """
    same = (
        Warned.clock_id == clock.id,
        Warned.due_on == clock.due_on,
        Warned.level == level,
        *([Warned.on_day == on_day] if level is Level.LATE else []),
    )
    if session().scalar(select(Warned.id).where(*same)) is not None:
        return False
    session().add(
        Warned(clock_id=clock.id, due_on=clock.due_on, level=level, on_day=on_day, told_at=now)
    )
    return True


def breach(
    clock: Clock,
    calendar: Calendar,
    now: datetime,
    cause: Cause | None = None,
) -> None:
    """The promise is broken as of due_at, noticed now."""
    clock.breached_at = clock.due_at
    publish_breach(view(clock), calendar, now, newest=True, cause=cause)


def publish_breach(
    clock: ClockView,
    calendar: Calendar,
    now: datetime,
    *,
    newest: bool,
    cause: Cause | None = None,
) -> None:
    """Tell of a breach, once per due day."""
    first = tell(clock, Level.BREACH, clock.due_on, now)
    events.publish(
        ClockBreached(
            **fact(clock, now),
            due_at=clock.due_at,
            days_left=rules.days_left(calendar, clock, now),
            newest=newest and first,
            cause=cause,
        )
    )


def follow(
    clock: Clock,
    before: ClockView,
    calendar: Calendar,
    cause: Cause,
    now: datetime,
    *,
    actor: Actor = SYSTEM,
    note: str = "",
) -> Effect | None:
    """The due date of a running clock was set anew: judge its breach and arm its levels again."""
    effect = rules.effect(before, clock.due_at, now)
    if effect is None:
        return None
    broken = before.breached_at is not None and effect is not Effect.STRUCK
    clock.breached_at = clock.due_at if broken else None
    if clock.paused_since is None:
        since = rules.armed_since(before, clock.due_at, now)
        clock.next_at = rules.next_moment(calendar, view(clock), since)
    record(clock, before, cause, effect, now, actor=actor, note=note)
    if effect is Effect.BREACHED:
        breach(clock, calendar, now, cause)
    return effect


def record(
    clock: Clock,
    before: ClockView,
    cause: Cause,
    effect: Effect,
    now: datetime,
    *,
    actor: Actor = SYSTEM,
    note: str = "",
) -> None:
    """Write the history row of a moved due date and tell it."""
    session().add(
        Move(
            clock_id=clock.id,
            at=now,
            cause=cause,
            effect=effect,
            due_before=before.due_at,
            due_after=clock.due_at,
            struck_breach_at=before.breached_at if effect is Effect.STRUCK else None,
            version_before=before.calendar_version,
            version_after=clock.calendar_version,
            person_id=actor.person_id,
            note=note,
        )
    )
    session().flush()
    events.publish(
        ClockMoved(
            **fact(clock, now),
            due_before=before.due_at,
            due_after=clock.due_at,
            cause=cause,
            effect=effect,
        )
    )


def fact(clock: Clock | ClockView, now: datetime) -> dict[str, Any]:
    """The fields every event of a clock has."""
    return {
        "clock_id": clock.id,
        "subject": clock.subject,
        "promise": clock.promise,
        "body_id": clock.body_id,
        "at": now,
    }
