"""The demonstration's earlier date: a province wants one item of the schools a few days sooner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from helpdesk.filing.operations import overlaying
from helpdesk.filing.queries import tables
from helpdesk.filing.rules import dates
from helpdesk.filing.rules.annexes import Level
from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations import access as bodies
from helpdesk.organizations.rules import Subsystem
from helpdesk.people import queries as people

_PROVINCE: Final = "420000"
_SOONER, _AHEAD = timedelta(days=6), timedelta(days=14)
_WHY: Final = "全省统一提前核对名单，请在此前录完。"


def live(now: datetime) -> int:
    """The next list of 普通高中 that is at least two weeks away; how many dates it moved."""
    office, today = bodies.body(SYSTEM, _PROVINCE), shanghai_date(now)
    (first, *_) = people.staff_of((office.id,))[office.id]
    lists = [i for i in tables.items(Subsystem.SENIOR_HIGH) if i.item.code == "list_entry"]
    coming = sorted(
        dates.occurrences(lists, Level.SCHOOL, today + _AHEAD, today + timedelta(days=366)),
        key=lambda o: (o.named_on, o.item.id),
    )
    return overlaying.set_earlier(
        actor=Actor(first.id, first.name, body_id=office.id, body_path=office.path),
        office=office,
        found=coming[:1],
        due_on=coming[0].named_on - _SOONER,
        reason=_WHY,
        now=now - timedelta(days=2),
    )
