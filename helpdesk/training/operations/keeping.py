"""One attendance record: held, replaced only as it was seen, never without a line of history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.statements import changed
from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.queries.attendance import RecordView, view


def locked(session_id: int, person_ids: Collection[int]) -> dict[int, RecordView]:
    """Records by person, held until the end of the transaction."""
    rows = database().scalars(
        select(Attendance)
        .where(Attendance.session_id == session_id, Attendance.person_id.in_(person_ids))
        .order_by(Attendance.person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.person_id: view(row) for row in rows}


def replaced(before: RecordView, after: RecordView) -> bool:
    """Put the new record in place of the one that was seen; False: it was there no more."""
    values = asdict(after)
    values.pop("person_id")
    values.pop("session_id")
    return bool(
        changed(
            update(Attendance)
            .where(
                Attendance.session_id == before.session_id,
                Attendance.person_id == before.person_id,
                Attendance.version == before.version,
            )
            .values(values)
        )
    )


def is_used(once: str | None) -> bool:
    """Was this very click done before?"""
    query = select(AttendanceChange.id).where(AttendanceChange.once == once)
    return once is not None and database().scalar(query) is not None


def facts(record: RecordView | None) -> dict[str, Any]:
    """A record as history keeps it; none: empty."""
    if record is None:
        return {}
    return {
        "presence": record.presence.value,
        "way": record.way.value,
        "online": record.online,
        "minutes": record.minutes,
        "percent": record.percent,
        "flag": record.flag.value if record.flag else None,
        "version": record.version,
    }


def line(
    actor: Actor,
    before: RecordView | None,
    after: RecordView,
    *,
    now: datetime,
    reason: str = "",
    once: str | None = None,
) -> dict[str, Any]:
    """A row of history."""
    return {
        "session_id": after.session_id,
        "person_id": after.person_id,
        "at": now,
        "by_person_id": actor.person_id,
        "before": facts(before),
        "after": facts(after),
        "reason": reason,
        "once": once,
    }


def token(session_id: int, person_id: int, once: str | None) -> str | None:
    """The token of a click as history keeps it: nobody's token meets another record."""
    return f"{session_id}:{person_id}:{once}"[:100] if once else None
