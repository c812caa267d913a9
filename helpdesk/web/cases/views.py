"""Good cases (S-3.3.4): the lists, one case, writing it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import render_template, request, url_for

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.queries.cases import CaseView, Filters, View
from helpdesk.knowledge.rules.cases import SECTIONS, STATE_NAMES, State, missing, offered
from helpdesk.organizations.rules import Subsystem
from helpdesk.people import queries as people
from helpdesk.web.cases import material, review, writing
from helpdesk.web.cases.area import Answer, blueprint
from helpdesk.web.cases.verbs import DIRECT
from helpdesk.web.doors import current_actor, door

__all__ = ["blueprint", "material", "review", "writing"]

E = TypeVar("E", bound=StrEnum)


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> Answer:
    """What is published for us; what we wrote; what waits for our review."""
    actor = current_actor()
    writes = actor.anywhere(Permission.CASE_SUBMIT)
    reviews = actor.anywhere(Permission.CASE_REVIEW)
    view = _word(View, request.args.get("view")) or View.PUBLISHED
    filters = _filters()
    after = request.args.get("after")
    page = queries.cases(actor, view, filters, after=after)
    here: dict[str, Any] = {
        "view": view.value,
        "card": filters.card or None,
        "subsystem": filters.subsystem,
        "state": filters.state,
    }
    return render_template(
        "cases/index.html",
        view=view,
        filters=filters,
        rows=page.rows,
        writes=writes,
        reviews=reviews,
        waiting=queries.waiting(actor) if reviews else 0,
        cards=catalog.cards(),
        subsystems=tuple(Subsystem),
        states=STATE_NAMES,
        next_href=url_for("cases.index", **here, after=page.next) if page.next else None,
        first_href=url_for("cases.index", **here) if after else None,
    )


def _filters() -> Filters:
    asked = request.args.get("card", "")
    known = {card.code for card in catalog.cards()}
    return Filters(
        card=asked if asked in known else "",
        subsystem=_word(Subsystem, request.args.get("subsystem")),
        state=_word(State, request.args.get("state")),
    )


def _word(kind: type[E], text: str | None) -> E | None:
    """A word of ours; anything else is none."""
    return kind(text) if text in {word.value for word in kind} else None


def _nobody_reviews(case: CaseView) -> bool:
    """Does it wait at an office where nobody may review?"""
    if case.row.state is not State.SUBMITTED or case.reviewer is None:
        return False
    return not people.holders_of(Permission.CASE_REVIEW, case.reviewer.id)


@blueprint.get("/<int:case_id>")
@door(Permission.SIGNED_IN)
def show(case_id: int) -> Answer:
    """One case to read and print, with what may be done and what was."""
    actor = current_actor()
    reach = access.reach(actor, access.case(actor, case_id))
    case = queries.whole(reach.case)
    gaps = missing(case.entry)
    verbs = offered(case.row.state, reach.sides, complete=not gaps)
    # How it came about is the business of the offices it went through.
    inside = any(held for held in reach.sides.values())
    done = case.history if inside else ()
    return render_template(
        "cases/show.html",
        case=case,
        row=case.row,
        sections=SECTIONS,
        verbs=verbs,
        direct=DIRECT,
        gaps=gaps if verbs else (),
        done=done,
        persons=people.persons(d.person_id for d in done if d.person_id is not None),
        nobody_reviews=_nobody_reviews(case),
        once=review.fresh_token(),
    )
