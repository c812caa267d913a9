"""The blueprint of the area, and what its views have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import Refusal, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import access as organizations
from helpdesk.organizations.queries import BodyView, view
from helpdesk.organizations.rules import SCHOOL_KINDS, Subsystem
from helpdesk.people.access import fetch
from helpdesk.people.rules import plain, posts_for
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.people import words
from helpdesk.web.people.forms import WorkForm, refuse
from helpdesk.web.shell.errors import sentence_of

blueprint = Blueprint("people", __name__, url_prefix="/people")
blueprint.add_app_template_filter(words.post_text, "post_text")
blueprint.add_app_template_filter(words.role_text, "role_text")
blueprint.add_app_template_filter(words.act_text, "act_text")
blueprint.add_app_template_filter(words.details_text, "details_text")

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Outcome:
    """How a form fared: done, or refused with a sentence (empty where it stands at a field)."""

    done: bool
    sentence: str = ""
    refusal: RuleBroken | None = None


def attempt(form: FlaskForm, act: Callable[[], object]) -> Outcome:
    """Validate the form and do the act in one transaction."""
    if not form.validate():
        return Outcome(False)
    try:
        with unit_of_work():
            act()
    except RuleBroken as refusal:
        return Outcome(False, refuse(form, refusal), refusal)
    return Outcome(True)


def shown(template: str, outcome: Outcome | None = None, **values: Any) -> Answer:
    """The page; a form that came back carries the status of its refusal."""
    sentence = outcome.sentence if outcome else ""
    page = render_template(template, sentence=sentence, **values)
    if request.method == "GET":
        return page
    return page, outcome.refusal.status if outcome and outcome.refusal else 422


def body_of(code: str, to: Permission) -> BodyView:
    """The body as a value. NotFound for a stranger, Forbidden without `to` there."""
    return view(organizations.body(current_actor(), plain(code), to))


def why_not(person_id: int, to: Permission) -> str:
    """Why the actor may not touch this person as a whole; empty when nothing stands against it."""
    try:
        fetch.person(current_actor(), person_id, to)
    except Refusal as refusal:
        return sentence_of(refusal)
    return ""


def offer(form: WorkForm, body: BodyView) -> None:
    """Let the form choose from the posts and subsystems that this body has."""
    used = body.subsystems if body.kind in SCHOOL_KINDS else tuple(Subsystem)
    form.offer(posts_for(body.kind), used)


def today() -> date:
    """The date in Beijing."""
    return shanghai_date(request_now())
