"""The blueprint of the filing calendar, and from where its reader looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request

from helpdesk.filing import access
from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.queries.calendar import Place
from helpdesk.filing.rules.annexes import Level
from helpdesk.filing.rules.dates import Deadline
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.shell.language import current
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.rules import Calendar

blueprint = Blueprint("filing", __name__, url_prefix="/filing")


@blueprint.app_template_filter("month_of")
def month_of(day: date) -> str:
    """`2026年9月` / `Sep 2026`."""
    return f"{day:%b %Y}" if current() == "en" else f"{day.year}年{day.month}月"


@dataclass(frozen=True)
class View:
    """What the reader looks at: place as chosen, whole place, working days, body, today."""

    place: Place
    whole: Place
    calendar: Calendar
    body: BodyView | None
    today: date
    manages: bool

    def due(self, first: date, last: date) -> tuple[Deadline, ...]:
        """The dates of the chosen place."""
        return queries.deadlines(self.place, first, last, self.calendar)

    def done(self, first: date) -> frozenset[str]:
        """Keys of the reader's own ticks; an earlier date may lie a year before the notice's."""
        return queries.ticked(current_actor().person_id, first)


def view(*, chosen: bool = True) -> View:
    """The view of the person who asks, with the choice of the address."""
    actor = current_actor()
    body = organizations.body(actor.body_id) if actor.body_id is not None else None
    whole = queries.place_of(body)
    place = whole.only(subsystems(), levels(whole)) if chosen else whole
    return View(
        place=place,
        whole=whole,
        calendar=workdays.calendar(whole.region),
        body=body,
        today=shanghai_date(request_now()),
        manages=access.manages(actor, body.path if body else None) and len(whole.levels) > 1,
    )


def subsystems() -> tuple[Subsystem, ...]:
    """The subsystems chosen in the address; words nobody knows choose nothing."""
    asked = set(request.args.getlist("subsystem"))
    return tuple(s for s in Subsystem if s.value in asked)


def levels(place: Place) -> tuple[Level, ...]:
    """The level chosen in the address: `own` or `school`; nothing: both."""
    match request.args.get("level"):
        case "own":
            return place.levels[:1]
        case "school":
            return (Level.SCHOOL,)
    return ()
