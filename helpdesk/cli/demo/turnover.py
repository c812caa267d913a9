"""What the demonstration's rosters live through this year: people leave, change schools, begin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.cli.demo.plan import ASKING_COUNTIES
from helpdesk.cli.demo.staff import another
from helpdesk.cli.demo.tree import Planted
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import Kind
from helpdesk.people import queries as people
from helpdesk.people.access import fetch, lists
from helpdesk.people.operations.entries import WorkEntry
from helpdesk.people.operations.roster import end_appointment, transfer_appointment
from helpdesk.people.operations.rosters import add_staff
from helpdesk.people.rules import Post

if TYPE_CHECKING:
    from helpdesk.people.models import Appointment

# Of so many schools one loses somebody, takes somebody from another school, gets somebody new.
_LEAVE, _MOVE, _BEGIN = 89, 113, 71


def live(planted: Planted, now: datetime) -> None:
    """Change the rosters of schools in which nobody has an account."""
    schools = _schools(planted)
    staff = people.staff_of(schools)
    today = shanghai_date(now)
    for place, school in enumerate(schools):
        team = staff.get(school, ())
        if len(team) < 3:
            continue
        if place % _LEAVE == 7:
            end_appointment(
                actor=SYSTEM,
                appointment=_work_of(team[-1].id),
                left_on=today - timedelta(days=30 + place % 60),
                now=now,
            )
        elif place % _MOVE == 11:
            transfer_appointment(
                actor=SYSTEM,
                appointment=_work_of(team[1].id),
                body_id=schools[place - 1],
                work=WorkEntry(today - timedelta(days=20), frozenset({Post.REVIEWER})),
                now=now,
            )
    begun = [
        another(school, place, today - timedelta(days=4 + place % 20))
        for place, school in enumerate(schools)
        if place % _BEGIN == 5 and school in staff
    ]
    add_staff(actor=SYSTEM, rows=begun, now=now)


def _schools(planted: Planted) -> list[int]:
    """Active schools of county offices, in the order of the plan."""
    offices = {body.code for body in planted.rows if body.kind is Kind.COUNTY_AID} - {
        *ASKING_COUNTIES
    }
    ids = [
        planted.ids[body.code]
        for body in planted.rows
        if body.kind is Kind.SCHOOL and body.parent_code in offices
    ]
    found = organizations.bodies(ids)
    return [one for one in ids if found[one].active]


def _work_of(person_id: int) -> Appointment:
    (work,) = lists.works_of(person_id)
    return fetch.appointment(SYSTEM, work.id, Permission.ROSTER_MANAGE)
