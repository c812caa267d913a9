"""Looking at the tree: own nodes, search, one body with what stands below, its history."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries
from helpdesk.organizations.rules import AID_OFFICES, Shelf, ids_in, kinds_below
from helpdesk.people import queries as people
from helpdesk.web.bodies.area import Answer, blueprint, body_of, manages, stands_above
from helpdesk.web.doors import current_actor, door

SHELVES = {"offices": Shelf.OFFICE, "schools": Shelf.SCHOOL, "beside": Shelf.BESIDE}
LONGEST_SEARCH = 60


@blueprint.get("")
@door(Permission.BODY_READ)
def index() -> Answer:
    """Search in one's range; without a search one's own nodes, or the top of the tree."""
    tops = current_actor().paths(Permission.BODY_READ)
    text = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    after = request.args.get("after")
    found = queries.find(text, tops, limit=50) if text else ()
    page = queries.children(None, after=after) if ROOT_PATH in tops else None
    own = queries.bodies(ids_in(path)[-1] for path in tops if path != ROOT_PATH)
    return render_template(
        "bodies/index.html",
        text=text,
        found=found,
        own=tuple(own.values()),
        page=page,
        addable=kinds_below(None) if manages(None) else (),
        next_href=url_for(".index", after=page.next) if page and page.next else None,
        first_href=url_for(".index") if after else None,
    )


@blueprint.get("/<code>")
@door(Permission.BODY_READ)
def show(code: str) -> Answer:
    """One body: facts, line up, what stands beside and below."""
    body = body_of(code)
    shelf, after = request.args.get("list", ""), request.args.get("after")
    is_office = body.kind in AID_OFFICES
    page = queries.children(body.id, shelf=SHELVES.get(shelf), after=after) if is_office else None
    here: dict[str, Any] = {"code": body.code, "list": shelf or None}
    return render_template(
        "bodies/show.html",
        body=body,
        line=queries.line_up_at(body.path)[1:],
        shelf=shelf,
        page=page,
        census=queries.census(body.path) if is_office else None,
        belongs=queries.affiliations(body.id),
        next_href=url_for(".show", after=page.next, **here) if page and page.next else None,
        first_href=url_for(".show", **here) if after else None,
        addable=kinds_below(body.kind) if body.active and manages(body) else (),
        may_change=stands_above(body),
        may_roster=current_actor().covers(Permission.ROSTER_READ, body.path),
    )


@blueprint.get("/<code>/history")
@door(Permission.BODY_READ)
def history(code: str) -> Answer:
    """To whom the body belonged, and every change of it."""
    body = body_of(code)
    after = request.args.get("after")
    page = queries.history(body.id, after=after)
    belongs = queries.affiliations(body.id)
    acted = {row.person_id for row in page.rows} | {row.changed_by for row in belongs}
    return render_template(
        "bodies/history.html",
        body=body,
        rows=page.rows,
        belongs=belongs,
        persons=people.persons(person for person in acted if person is not None),
        next_href=url_for(".history", code=code, after=page.next) if page.next else None,
        first_href=url_for(".history", code=code) if after else None,
    )
