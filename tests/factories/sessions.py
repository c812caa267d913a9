"""Sessions made by the verbs that make them in life.

session = planned(land, "county")
opened(land, session)
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import planning
from helpdesk.training.operations.acts import Click
from helpdesk.training.operations.entries import SessionEntry
from helpdesk.training.rules.sessions import Mode
from tests.factories.country import Country

LIST = "/training/sessions"
_TOKENS = itertools.count(1)


def entry(now: datetime, **over: Any) -> SessionEntry:
    """Two hours in a room, a week from now."""
    starts_at = over.pop("starts_at", now + timedelta(days=7))
    fields: dict[str, Any] = {
        "title": "资助系统操作培训(演示)",
        "mode": Mode.OFFLINE,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "place": "示范县教育局三楼会议室",
    }
    return SessionEntry(**{**fields, **over})


def planned(land: Country, organizer: str = "county", **over: Any) -> Session:
    """A planned session of an organiser of the small country."""
    return planning.plan(
        actor=over.pop("actor", SYSTEM),
        organizer=land.body(organizer),
        entry=entry(land.now, **over),
        once=f"planned-{next(_TOKENS)}",
        now=land.now,
    )


def opened(land: Country, organizer: str = "county", **over: Any) -> Session:
    """The same, open for enrolment, its audience invited."""
    made = planned(land, organizer, **over)
    planning.open_up(session=made, click=click(land))
    return made


def click(land: Country, who: Actor = SYSTEM, **over: Any) -> Click:
    """An act of somebody now."""
    return Click(who, over.pop("now", land.now), **over)


def at(made: Session, *rest: str) -> str:
    """Address of a page about a session."""
    return "/".join((LIST, str(made.id), *rest))
