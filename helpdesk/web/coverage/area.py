"""The blueprint of the year view, the node an address names, and the year it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import access as organizations
from helpdesk.organizations import queries as bodies
from helpdesk.organizations.queries import BodyView, view
from helpdesk.organizations.rules import AID_OFFICES, Kind, ids_in
from helpdesk.training.queries import years
from helpdesk.training.rules.years import TrainingYear
from helpdesk.web.coverage import words
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.shell.marks import named_text

blueprint = Blueprint("coverage", __name__, url_prefix="/training/coverage")
blueprint.add_app_template_filter(words.facet_text, "facet_text")
blueprint.add_app_template_filter(words.month_text, "month_text")
blueprint.add_app_template_filter(words.shade_text, "shade_text")
blueprint.add_app_template_filter(words.grouped, "grouped")
blueprint.add_app_template_filter(words.percent, "percent")

# The address of the whole country; no body has a code in small letters.
EVERYTHING = "all"
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Node:
    """What a page is about: a body with everything below it, or (None) the whole country."""

    body: BodyView | None

    @property
    def path(self) -> str:
        """The range of the node."""
        return self.body.path if self.body else ROOT_PATH

    @property
    def code(self) -> str:
        """Its place in an address."""
        return self.body.code if self.body else EVERYTHING

    @property
    def name(self) -> str:
        """In the language of the page."""
        return named_text(self.body) if self.body else str(_("全国"))

    @property
    def office(self) -> bool:
        """Does it have bodies below it?"""
        return self.body is None or self.body.kind in AID_OFFICES


@dataclass(frozen=True)
class Asked:
    """A node and a year: what every page here is about. `today` is the Beijing date."""

    node: Node
    year: TrainingYear
    present: TrainingYear
    today: date

    @property
    def is_present(self) -> bool:
        """Is it this year's?"""
        return self.year.label == self.present.label

    @property
    def word(self) -> int | None:
        """The year in an address: only where it is not this one."""
        return None if self.is_present else self.year.label


def asked(code: str) -> Asked:
    """The node at `code` and the year of `?year=`, for somebody who may see its coverage."""
    return _with_year(Node(_body(current_actor(), code)))


def asked_at_home() -> Asked:
    """The widest node of the person who asks: the own body's where there are several."""
    return _with_year(home_of(current_actor()))


def home_of(actor: Actor) -> Node:
    """The node at which the year view of this person opens. NotFound where there is none."""
    tops = actor.paths(Permission.COVERAGE_READ)
    if ROOT_PATH in tops:
        return Node(None)
    own = [top for top in tops if actor.body_path and actor.body_path.startswith(top)]
    for top in (*own, *tops):
        return Node(bodies.body(ids_in(top)[-1]))
    raise NotFound


def _body(actor: Actor, code: str) -> BodyView | None:
    if code != EVERYTHING:
        return view(organizations.body(actor, code, Permission.COVERAGE_READ))
    if not actor.covers(Permission.COVERAGE_READ, ROOT_PATH):
        raise NotFound
    return None


def _with_year(node: Node) -> Asked:
    now = request_now()
    present = years.current(now)
    label = ids.row_number(request.args.get("year"))
    sound = label is not None and FIRST_YEAR <= label < present.label
    year = years.of_label(label) if label is not None and sound else present
    return Asked(node, year, present, shanghai_date(now))


def may_remind(of: Asked) -> bool:
    """May the person at the screen remind people for this very node?"""
    return of.is_present and current_actor().holds(Permission.TRAINING_REMIND, of.node.path)


def sees_rosters(of: Asked) -> bool:
    """May the person at the screen open rosters and persons in this range?"""
    return current_actor().covers(Permission.ROSTER_READ, of.node.path)


def is_province(node: Node) -> bool:
    """Is it one of the squares of the country?"""
    return node.body is not None and node.body.kind is Kind.PROVINCE_AID
