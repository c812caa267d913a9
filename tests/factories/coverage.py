"""Coverage counted by hand: plain loops over every row, for comparison with the counters.

brute(day, label)       figures of today's tree, by node and facet
stored()                what the counters and their open deltas say
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from helpdesk.kernel.db import session
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import AID_OFFICES, BodyStatus, Kind
from helpdesk.people.models import Appointment
from helpdesk.people.rules import Post
from helpdesk.training.models.attendance import Trained
from helpdesk.training.queries import figures
from helpdesk.training.rules.coverage import Numbers
from helpdesk.training.rules.sessions import Mode

POSTS = {Post.OPERATOR, Post.REVIEWER, Post.MANAGER, Post.FIRST_RESPONSIBLE}
SCHOOLS = {Kind.SCHOOL, Kind.CENTRAL_HEI}
TIERS = {Kind.COUNTY_AID: "county", Kind.CITY_AID: "city", Kind.PROVINCE_AID: "province"}
Found = dict[tuple[int, str], Numbers]


def stored() -> Found:
    """Counters and open deltas together."""
    return figures.from_counters(None)


def brute(day: date, label: int) -> Found:
    """Every figure of the tree as it is, on that day of that year; zeros are left out."""
    session().flush()
    session().expire_all()
    every = {body.id: body for body in _bodies()}
    modes = _modes(day, label)
    persons: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    trained: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    rosters: defaultdict[int, set[int]] = defaultdict(set)
    for work in _works(day):
        body = every[work.body_id]
        facets = _facets_of(work, body, every, modes.get(work.person_id))
        if "side" not in facets and facets:
            rosters[body.id].add(work.person_id)
        for node in _nodes(body):
            for facet in facets:
                persons[node, facet].add(work.person_id)
                if work.person_id in modes:
                    trained[node, facet].add(work.person_id)
    classes = _classes(every, rosters, set(modes))
    keys = persons.keys() | classes.keys()
    return {
        key: (len(persons[key]), len(trained[key]), sum(classes[key].values()),
              *(classes[key][word] for word in ("gap", "none", "some", "all")))
        for key in keys
    }  # fmt: skip


def _bodies() -> list[Body]:
    return list(session().scalars(select(Body).options(selectinload(Body.used))))


def _works(day: date) -> list[Appointment]:
    both = (selectinload(Appointment.posts), selectinload(Appointment.subsystems))
    rows = session().scalars(select(Appointment).options(*both))
    return [w for w in rows if w.joined_on <= day and (w.left_on is None or day < w.left_on)]


def _modes(day: date, label: int) -> dict[int, Mode]:
    rows = session().scalars(select(Trained))
    return {
        row.person_id: row.mode
        for row in rows
        if row.year == label and row.trained_on <= day and not row.void
    }


def _nodes(body: Body) -> list[int]:
    ids = [int(part) for part in body.path.split("/") if part]
    return [0, *(ids if body.kind in AID_OFFICES else ids[:-1])]


def _facets_of(
    work: Appointment, body: Body, every: dict[int, Body], mode: Mode | None
) -> list[str]:
    if body.status is not BodyStatus.ACTIVE:
        return []
    if body.kind not in AID_OFFICES and body.kind not in SCHOOLS:
        return ["side"]
    posts = {p.post for p in work.posts} & POSTS
    if not posts:
        return []
    uses = [s.subsystem for s in work.subsystems] or [s.subsystem for s in body.used]
    return [
        "all", f"tier:{_tier(body, every)}", f"kind:{body.kind}",
        *(f"post:{post}" for post in posts), *(f"subsystem:{one}" for one in uses),
        *([f"mode:{mode}"] if mode else []),
    ]  # fmt: skip


def _tier(body: Body, every: dict[int, Body]) -> str:
    if body.kind is Kind.CENTRAL_HEI:
        return "central"
    office = body if body.kind in AID_OFFICES else every[body.parent_id or 0]
    return TIERS[office.kind]


def _classes(
    every: dict[int, Body], rosters: dict[int, set[int]], trained: set[int]
) -> defaultdict[tuple[int, str], defaultdict[str, int]]:
    found: defaultdict[tuple[int, str], defaultdict[str, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for body in every.values():
        is_counted = body.kind in AID_OFFICES or body.kind in SCHOOLS
        if not is_counted or body.status is not BodyStatus.ACTIVE:
            continue
        roster = rosters.get(body.id, set())
        done = len(roster & trained)
        word = "gap" if not roster else "none" if not done else "some"
        word = "all" if roster and done == len(roster) else word
        facets = ["all", f"tier:{_tier(body, every)}", f"kind:{body.kind}"]
        for facet in (*facets, *(f"subsystem:{s.subsystem}" for s in body.used)):
            for node in _nodes(body):
                found[node, facet][word] += 1
    return found
