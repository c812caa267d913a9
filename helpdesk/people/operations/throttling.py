"""Attempts, counted in the database: one counter for all processes, kept when a request fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.statements import insert_once
from helpdesk.people import rules
from helpdesk.people.models import Throttle
from helpdesk.people.rules import Counter, Limit


def count(own: Session, limits: Mapping[str, Limit], now: datetime) -> datetime | None:
    """Count one attempt under each key, in a unit of work of its own.

    None: all counters were open; else when the last of those that are closed opens again.
    """
    # One order for everybody: two attempts never wait for each other's rows.
    ends = [_counted(own, key, limits[key], now) for key in sorted(limits)]
    return max((end for end in ends if end is not None), default=None)


def _counted(own: Session, key: str, limit: Limit, now: datetime) -> datetime | None:
    own.execute(insert_once(Throttle, own).values(key=key, attempts=0, since=now))
    row = own.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).one()
    before = Counter(row.attempts, row.since, row.blocked_until)
    if rules.blocked(before, now):
        return before.blocked_until
    after = rules.counted(before, limit, now)
    row.attempts, row.since, row.blocked_until = after.attempts, after.since, after.blocked_until
    return None
