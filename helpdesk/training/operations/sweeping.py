"""What time does to sessions: they begin, are closed when forgotten, and remind their people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session as database
from helpdesk.training.events import SessionNear
from helpdesk.training.models.sessions import Session, SessionChange
from helpdesk.training.operations import acts, crediting
from helpdesk.training.operations.acts import Click
from helpdesk.training.queries.reminders import remind_times
from helpdesk.training.rules.sessions import CLOSES_AFTER, Act, State

log = logging.getLogger(__name__)

# The longest row of days off in front of a session.
_LOOK_AHEAD: Final = timedelta(days=15)


@dataclass(frozen=True)
class Swept:
    """How many sessions began, were closed, and reminded their people."""

    started: int
    closed: int
    reminded: int

    def summary(self) -> str:
        """One line for the heartbeat; empty when there was nothing to do."""
        counted = {"started": self.started, "closed": self.closed, "reminded": self.reminded}
        return ", ".join(f"{what} {number}" for what, number in counted.items() if number)


def sweep(*, now: datetime, limit: int = 200) -> Swept:
    """Move on at most `limit` sessions of each kind. Any number of processes may sweep at once:
    a conditional UPDATE says who moved which.
    """
    reminded = _remind(now, limit)
    due = Session.state == State.OPEN, Session.starts_at <= now
    started = _move(due, State.RUNNING, Act.STARTED, now, limit)
    over = Session.state == State.RUNNING, Session.ends_at <= now - CLOSES_AFTER
    # What somebody reopened on purpose stays open for as long again.
    closed = _move((*over, _not_reopened(now)), State.CLOSED, Act.CLOSED, now, limit)
    touched = [*started, *closed]
    if touched:
        crediting.settle(acts.attended(touched), now=now)
    return Swept(len(started), len(closed), reminded)


def _not_reopened(now: datetime) -> Any:
    lately = select(SessionChange.id).where(
        SessionChange.session_id == Session.id,
        SessionChange.act == Act.REOPENED,
        SessionChange.at > now - CLOSES_AFTER,
    )
    return ~lately.exists()


def _move(which: Sequence[Any], to: State, act: Act, now: datetime, limit: int) -> list[int]:
    due = select(Session.id).where(*which).order_by(Session.starts_at, Session.id).limit(limit)
    values: dict[str, Any] = {"state": to, "version": Session.version + 1}
    if to is State.CLOSED:
        values["closed_at"] = now
    moved = []
    for session_id in database().scalars(due).all():
        taken = update(Session).where(Session.id == session_id, *which).values(**values)
        row = (
            database()
            .scalars(
                taken.returning(Session).execution_options(
                    synchronize_session=False, populate_existing=True
                )
            )
            .one_or_none()
        )
        if row is not None:
            acts.write(row, act, Click(SYSTEM, now))
            moved.append(row.id)
    return moved


def _remind(now: datetime, limit: int) -> int:
    near = (
        select(Session)
        .where(
            Session.state == State.OPEN,
            Session.reminded_at.is_(None),
            Session.starts_at > now,
            Session.starts_at <= now + _LOOK_AHEAD,
        )
        .order_by(Session.starts_at, Session.id)
        .limit(limit)
    )
    rows = database().scalars(near).all()
    times = remind_times(rows)
    return sum(_attempt(row, now) for row in rows if times[row.id] <= now)


def _attempt(row: Session, now: datetime) -> bool:
    """One session whose people cannot be told must not keep the others from moving on."""
    try:
        with database().begin_nested():
            return _claim_reminder(row, now)
    except Exception:
        log.exception("people of session %s could not be reminded", row.id)
        return False


def _claim_reminder(row: Session, now: datetime) -> bool:
    taken = (
        update(Session)
        .where(Session.id == row.id, Session.reminded_at.is_(None), Session.state == State.OPEN)
        .values(reminded_at=now)
        .returning(Session.id)
        .execution_options(synchronize_session=False)
    )
    if database().scalar(taken) is None:
        return False
    database().refresh(row)
    events.publish(SessionNear(row.id, now))
    return True
