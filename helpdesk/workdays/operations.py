"""Writes of the calendar: fill an empty day table, load a notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.permissions import Permission
from helpdesk.workdays import queries
from helpdesk.workdays.events import WorkdaysChanged
from helpdesk.workdays.models import Day, Year
from helpdesk.workdays.rules import Notice


def seed(*, now: datetime) -> int:
    """Store the shipped notice of every year that is not in the table; how many were stored.

    Running it again stores nothing. A year that stands in the table is never touched: a changed
    notice goes through `load_year`, which shows what moves.
    """
    known = {tuple(row) for row in session().execute(select(Year.region, Year.year))}
    new = [n for n in queries.shipped() if (n.region, n.year) not in known]
    for notice in new:
        _store(notice, None, now)
    return len(new)


def load_year(*, notice: Notice, actor: Actor, now: datetime) -> queries.Preview:
    """Put a notice in force in place of the one for its region and year; returns what changed.

    Publishes WorkdaysChanged, upon which the running clocks follow; the same notice again changes
    and publishes nothing.
    """
    if not actor.anywhere(Permission.WORKDAYS_MANAGE):
        raise Forbidden
    seen = queries.preview(notice)
    if seen.nothing_new:
        return seen
    _forget(notice.region, notice.year)
    _store(notice, actor.person_id, now)
    events.publish(
        WorkdaysChanged(
            region=notice.region,
            years=tuple(sorted({notice.year, *(day.date.year for day in seen.changed)})),
            version=queries.calendar(notice.region).version,
            at=now,
            person_id=actor.person_id,
        )
    )
    return seen


def _forget(region: str, year: int) -> None:
    session().execute(delete(Year).where(Year.region == region, Year.year == year))
    session().execute(delete(Day).where(Day.region == region, Day.notice_year == year))


def _store(notice: Notice, person_id: int | None, now: datetime) -> None:
    session().add(
        Year(
            region=notice.region,
            year=notice.year,
            status=notice.status,
            source=notice.source,
            digest=notice.digest,
            loaded_at=now,
            loaded_by=person_id,
        )
    )
    session().flush()
    days = [
        {
            "region": notice.region,
            "notice_year": notice.year,
            "day": day.day,
            "works": day.works,
            "name_zh": day.name_zh,
            "name_en": day.name_en,
        }
        for day in notice.days
    ]
    if days:
        session().execute(insert(Day), days)
