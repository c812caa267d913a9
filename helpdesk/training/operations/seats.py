"""Places of a session: who gets one, who waits, who moves up. Never more than there are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from helpdesk.kernel import events
from helpdesk.kernel.db import session as database
from helpdesk.training.events import PlaceFreed
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.rules.sessions import Place, free_places


def lock(session: Session) -> None:
    """Nobody else gives or frees a place of this session until the transaction ends.

    PostgreSQL locks the row; SQLite has one writer anyway.
    """
    fresh = select(Session).where(Session.id == session.id).with_for_update()
    database().scalars(fresh.execution_options(populate_existing=True)).one()


def taken(session_id: int) -> int:
    """How many are enrolled."""
    rows = select(func.count()).where(
        Enrolment.session_id == session_id, Enrolment.place == Place.ENROLLED
    )
    return database().scalar(rows) or 0


def next_place(session: Session) -> Place:
    """What the next one gets. Call under `lock`."""
    free = free_places(session.capacity, taken(session.id))
    return Place.WAITING if free == 0 else Place.ENROLLED


def fill(session: Session, now: datetime) -> None:
    """Free places go to those who have waited longest. Call under `lock` or a claim."""
    database().flush()
    waiting = (
        select(Enrolment)
        .where(Enrolment.session_id == session.id, Enrolment.place == Place.WAITING)
        .order_by(Enrolment.queued_at, Enrolment.id)
    )
    free = free_places(session.capacity, taken(session.id))
    if free == 0:
        return
    for row in database().scalars(waiting if free is None else waiting.limit(free)).all():
        row.place = Place.ENROLLED
        events.publish(PlaceFreed(session.id, row.person_id, now))
    database().flush()
