"""What a session is: its states, whom it is for, who stands on its list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.text import N_


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


class Act(StrEnum):
    """What was done to a session."""

    PLANNED = "planned"
    EDITED = "edited"
    OPENED = "opened"
    INVITED = "invited"
    STARTED = "started"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


STATE_NAMES: Final[Mapping[State, str]] = {
    State.PLANNED: N_("计划中"),
    State.OPEN: N_("报名中"),
    State.RUNNING: N_("进行中"),
    State.CLOSED: N_("已结束"),
    State.CANCELLED: N_("已取消"),
}
MODE_NAMES: Final[Mapping[Mode, str]] = {
    Mode.OFFLINE: N_("线下"),
    Mode.ONLINE: N_("线上"),
    Mode.BOTH: N_("线上线下同时"),
}
PLACE_NAMES: Final[Mapping[Place, str]] = {
    Place.INVITED: N_("已邀请"),
    Place.ENROLLED: N_("已报名"),
    Place.WAITING: N_("候补"),
    Place.DECLINED: N_("不参加"),
}
SOURCE_NAMES: Final[Mapping[Source, str]] = {
    Source.ROSTER: N_("按名册邀请"),
    Source.SELF: N_("自己报名"),
    Source.WALK_IN: N_("现场加入"),
    Source.COORDINATOR: N_("由举办单位加入"),
    Source.TICKET: N_("由问题经办人邀请"),
}
ACT_NAMES: Final[Mapping[Act, str]] = {
    Act.PLANNED: N_("新建"),
    Act.EDITED: N_("修改"),
    Act.OPENED: N_("开放报名"),
    Act.INVITED: N_("邀请"),
    Act.STARTED: N_("开始"),
    Act.CLOSED: N_("结束"),
    Act.REOPENED: N_("重新打开"),
    Act.CANCELLED: N_("取消"),
}

# From which states an act leads on; WAYS says where.
FROM: Final[Mapping[Act, frozenset[State]]] = {
    Act.OPENED: frozenset({State.PLANNED}),
    Act.STARTED: frozenset({State.OPEN}),
    Act.CLOSED: frozenset({State.RUNNING}),
    Act.REOPENED: frozenset({State.CLOSED}),
    Act.CANCELLED: frozenset({State.PLANNED, State.OPEN, State.RUNNING}),
    Act.EDITED: frozenset(State) - {State.CANCELLED},
    Act.INVITED: frozenset({State.OPEN, State.RUNNING}),
}

# Nobody keeps a room open for weeks: what began and was forgotten is closed by then.
CLOSES_AFTER: Final = timedelta(days=3)


def free_places(capacity: int | None, enrolled: int) -> int | None:
    """Places that are left; None: no limit. Walk-ins may have filled more than there were."""
    return None if capacity is None else max(capacity - enrolled, 0)


def takes_enrolments(state: State, mode: Mode) -> bool:
    """May people still enrol themselves? A room that has begun is for walk-ins."""
    return state is State.OPEN or (state is State.RUNNING and mode is not Mode.OFFLINE)
