"""Who heads a body, and whether a reminder of training still has its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.people.models import Appointment, AppointmentPost
from helpdesk.people.rules import Post
from helpdesk.training.models.attendance import Trained
from helpdesk.training.queries.audience import at_work

_HEADS = (Post.MANAGER, Post.FIRST_RESPONSIBLE)


def heads_of(body_ids: Collection[int], day: date) -> dict[int, tuple[int, ...]]:
    """Managers and first responsible persons at work in each body on a day (S-3.2.2), in one
    query."""
    rows = session().execute(
        select(Appointment.body_id, Appointment.person_id)
        .join(AppointmentPost, AppointmentPost.appointment_id == Appointment.id)
        .where(
            Appointment.body_id.in_(body_ids),
            at_work(day),
            AppointmentPost.post.in_(_HEADS),
        )
        .distinct()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for body_id, person_id in rows:
        found[body_id].append(person_id)
    return {body_id: tuple(sorted(ids)) for body_id, ids in found.items()}


def still_untrained(_about: str, params: Mapping[str, Any]) -> bool:
    """The reader has not been trained meanwhile."""
    trained = select(Trained.person_id).where(
        Trained.person_id == params["recipient_id"],
        Trained.year == params["year"],
        Trained.void.is_(False),
    )
    return session().scalar(trained) is None
