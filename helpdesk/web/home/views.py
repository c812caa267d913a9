"""The first page: a question box for schools, the state of the queue for offices."""

from __future__ import annotations

from flask import Blueprint, render_template

from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.queries import lists
from helpdesk.tickets.queries.lists import Filters, View
from helpdesk.web.coverage.panel import panel as coverage_panel
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.filing.panel import panel as filing_panel
from helpdesk.web.queue.filters import soon_before
from helpdesk.web.tickets.rows import lines

blueprint = Blueprint("home", __name__)
FEW = 6
FIGURES = (
    View.DUE_SOON,
    View.UNASSIGNED,
    View.STEPS,
    View.RETURNED,
    View.MINE,
    View.WAITING,
    View.HANDED_UP,
)


@blueprint.get("/")
@door(Permission.SIGNED_IN)
def index() -> str:
    """Schools ask, offices work; who does neither sees where to go."""
    actor = current_actor()
    if actor.anywhere(Permission.QUEUE_READ):
        return _office()
    if actor.anywhere(Permission.TICKET_CREATE):
        return _school()
    return render_template("home/other.html", coverage=coverage_panel())


def _school() -> str:
    actor, now = current_actor(), request_now()
    open_ones = lists.asked_by(actor, ended=False, size=FEW)
    total, in_work, ours = lists.asked_counts(actor)
    return render_template(
        "home/school.html",
        today=shanghai_date(now),
        lines=lines(open_ones.rows, now),
        total=total,
        in_work=in_work,
        ours=ours,
        way=_way_up(actor),
        filing=filing_panel(),
        once=ids.token(),
    )


def _way_up(actor: Actor) -> tuple[BodyView, ...]:
    """The offices a question may pass, the asker's own body first, the call centre last."""
    if actor.body_path is None:
        return ()
    return (*organizations.line_up_at(actor.body_path), organizations.call_centre())


def _office() -> str:
    actor, now = current_actor(), request_now()
    soon = soon_before(now)
    numbers = lists.counts(actor, soon_before=soon)
    pressing = lists.queue(actor, View.DUE_SOON, Filters(), soon_before=soon, size=FEW)
    asks = actor.anywhere(Permission.TICKET_CREATE)
    asked = lists.asked_by(actor, ended=False, size=FEW).rows if asks else ()
    found = lines([*pressing.rows, *asked], now)
    return render_template(
        "home/office.html",
        today=shanghai_date(now),
        figures=[(view, numbers[view]) for view in FIGURES],
        held=numbers[View.HELD],
        pressing=found[: len(pressing.rows)],
        asked=found[len(pressing.rows) :],
        coverage=coverage_panel(),
        filing=filing_panel(),
        once=ids.token(),
    )
