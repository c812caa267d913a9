"""When the people of a session are reminded of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from helpdesk.kernel.db import session as database
from helpdesk.kernel.instants import at_shanghai
from helpdesk.organizations.models import Body
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.models.sessions import Session
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import (
    NATIONAL,
    Calendar,
    UnknownYear,
    last_working_day_on_or_before,
)

# Where the working days of the year are not known yet.
_OPENING = time(8, 30)


def remind_times(sessions: Collection[Session]) -> dict[int, datetime]:
    """By session the opening hour of the last working day before it. Three queries for many."""
    ids = {row.organizer_id for row in sessions}
    rows = database().execute(
        select(Body.id, Body.path, Body.province_code).where(Body.id.in_(ids))
    )
    bodies = {row.id: row for row in rows}
    paths = {row.path for row in bodies.values()}
    opening = settings.values_along((Key.OPENING,), paths)
    regions = {row.province_code or NATIONAL for row in bodies.values()}
    calendars = workdays.calendars(regions)
    found = {}
    for row in sessions:
        by = bodies[row.organizer_id]
        eve = _working_eve(calendars[by.province_code or NATIONAL], row.held_on)
        hour = _OPENING if eve is None else opening[by.path][Key.OPENING]
        found[row.id] = at_shanghai(eve or row.held_on - timedelta(days=1), hour)
    return found


def _working_eve(calendar: Calendar, held_on: date) -> date | None:
    try:
        return last_working_day_on_or_before(calendar, held_on - timedelta(days=1))
    except UnknownYear:
        return None
