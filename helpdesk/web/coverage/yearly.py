"""The year view: of an office with everything below it, and of a body's own people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Kind
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training.queries import coverage, years
from helpdesk.training.queries import reminding as reminders
from helpdesk.training.queries.coverage import Child, Coverage, PersonList
from helpdesk.training.rules.coverage import TIERS
from helpdesk.training.rules.years import YearKind
from helpdesk.web.coverage import drawing, page
from helpdesk.web.coverage.area import (
    Asked,
    Node,
    asked,
    asked_at_home,
    blueprint,
    may_remind,
    sees_rosters,
)
from helpdesk.web.coverage.page import Row
from helpdesk.web.doors import door, request_now

WORST = 20
STAFF = 200
YEARS_SHOWN = 3
YEAR_KINDS = {YearKind.CALENDAR: N_("自然年"), YearKind.SCHOOL: N_("学年")}


@blueprint.get("")
@door(Permission.COVERAGE_READ)
def index() -> str:
    """The widest node of the person who asks."""
    return _shown(asked_at_home())


@blueprint.get("/<code>")
@door(Permission.COVERAGE_READ)
def node(code: str) -> str:
    """A node and a year."""
    return _shown(asked(code))


def _shown(of: Asked) -> str:
    now = request_now()
    found = coverage.coverage(of.node.path, of.year.label, now=now)
    values = {**_about(of, found), **_terms(of)}
    if not of.node.office:
        return render_template("coverage/body.html", **values, **_staff(of, found, now))
    return render_template("coverage/node.html", **values, **_parts(of, found, now))


def _about(of: Asked, found: Coverage) -> dict[str, Any]:
    """What both pages need: the heading, the figures, and the addresses of the lists."""
    people = found.figures.persons
    body_id = of.node.body.id if of.node.body else None
    return {
        "node": of.node,
        "year": of.year,
        "year_word": of.word,
        "present": of.present.label,
        "labels": _labels(of),
        "closed": found.closed,
        "as_of": found.as_of,
        "today": of.today,
        "untrained": people.active - people.trained,
        "side": found.side,
        "may_remind": may_remind(of),
        "order": reminders.newest_by_hand(body_id, of.year.label) if of.is_present else None,
        "to_persons": page.links("coverage.persons", of),
        "to_bodies": page.links("coverage.bodies", of),
        "roster": sees_rosters(of),
    }


def _labels(of: Asked) -> list[int]:
    """The years to choose from, oldest first: this one, the last, and those that are closed."""
    known = {of.present.label, of.present.label - 1, of.year.label, *years.closed()}
    newest = sorted(known)[-YEARS_SHOWN:]
    return newest if of.year.label in newest else [of.year.label, *newest]


def _terms(of: Asked) -> dict[str, Any]:
    """Numbers that stand in the definitions."""
    keys = (Key.TRAINING_RECENT_DAYS, Key.TRAINING_CLOSE_DAYS)
    values = settings.values(keys, of.node.path)
    return {
        "recent_days": values[Key.TRAINING_RECENT_DAYS],
        "close_days": values[Key.TRAINING_CLOSE_DAYS],
        "year_kind_text": _(YEAR_KINDS[years.kind()]),
    }


def _parts(of: Asked, found: Coverage, now: datetime) -> dict[str, Any]:
    """The panels of an office, or of the whole country."""
    path, label = of.node.path, of.year.label
    people = found.figures.persons
    then = coverage.at_month_end(path, label - 1, page.same_day_last_year(of))
    worst = coverage.worst(path, label, now=now, limit=WORST)
    return {
        "three": page.three(found.figures, then[1] if then else None),
        "then": then[0] if then else None,
        "apart": coverage.apart(path, label, now=now),
        "rows": [_row(of, child) for child in coverage.children(path, label, now=now)],
        "curve": page.curve(of, now, people.rate),
        "worst": _placed(worst),
        "of_bodies": of.node.body is not None and of.node.body.kind is Kind.COUNTY_AID,
        "splits": page.splits(found.splits, people.trained),
        "nation": page.nation(of, now),
    }


# What stands directly at a node, in words, and the kinds of its bodies.
_DIRECT = {
    "own_staff": N_("本单位人员"),
    "direct_schools": N_("直属学校"),
    "central_heis": N_("中央部属高校"),
}


def _row(of: Asked, child: Child) -> Row:
    bodies = child.figures.bodies
    parts = drawing.bar(
        every=bodies.all_trained,
        some=bodies.some_trained,
        nobody=bodies.none_trained,
        no_roster=bodies.no_roster,
    )
    if child.body is not None:
        return Row(Node(child.body), "", {}, child.figures, parts)
    return Row(None, _(_DIRECT[child.label_kind]), _direct(of.node, child), child.figures, parts)


def _direct(node: Node, child: Child) -> dict[str, str]:
    """Filters that leave of the node's lists what stands directly at it."""
    if node.body is None:
        return {"kind": Kind.CENTRAL_HEI.value}
    if child.label_kind == "own_staff":
        return {"kind": node.body.kind.value}
    return {"kind": Kind.SCHOOL.value, "tier": TIERS[node.body.kind]}


def _staff(of: Asked, found: Coverage, now: datetime) -> dict[str, Any]:
    """Who works in a body, those not trained first."""
    which = (PersonList.UNTRAINED, PersonList.TRAINED, PersonList.SIDE)
    lists = {
        one: coverage.persons_where(of.node.path, of.year.label, one, now=now, size=STAFF)
        for one in which
    }
    return {
        "lists": lists,
        "three": page.three(found.figures, None),
        "apart": coverage.apart(of.node.path, of.year.label, now=now),
    }


def _placed(worst: tuple[Child, ...]) -> list[tuple[Child, BodyView | None]]:
    """With the office above each, by which people know where a county lies."""
    above = organizations.bodies(c.body.parent_id for c in worst if c.body and c.body.parent_id)
    return [(c, above.get(c.body.parent_id or 0) if c.body else None) for c in worst]
