"""What a session is: its states, whom it is for, who stands on its list."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """S-3.3.1: online and offline."""

    OFFLINE = "offline"
    ONLINE = "online"
    BOTH = "both"


class State(StrEnum):
    """`planned`: seen by its organiser only; `open`: invitations are out, people enrol; `running`:
    it has begun, attendance counts; `closed`: over; `cancelled`: will not be held."""

    PLANNED = "planned"
    OPEN = "open"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


WAYS: Final = {
    State.PLANNED: frozenset({State.OPEN, State.CANCELLED}),
    State.OPEN: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.CLOSED, State.CANCELLED}),
    State.CLOSED: frozenset({State.RUNNING}),
    State.CANCELLED: frozenset[State](),
}
# Attendance at a session that was held makes a training.
HELD: Final = frozenset({State.RUNNING, State.CLOSED})


class Facet(StrEnum):
    """By what an audience is limited; values of one facet are alternatives, facets add up."""

    NODE = "node"  # id of a body: it and all below it
    KIND = "kind"  # organizations Kind
    SUBSYSTEM = "subsystem"
    POST = "post"


class Place(StrEnum):
    """Where a person stands on the list of a session."""

    INVITED = "invited"
    ENROLLED = "enrolled"
    WAITING = "waiting"
    DECLINED = "declined"


class Source(StrEnum):
    """How a person came onto the list."""

    ROSTER = "roster"
    SELF = "self"
    WALK_IN = "walk_in"
    COORDINATOR = "coordinator"
    TICKET = "ticket"
