"""The blueprint of the area, and what its views have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import access
from helpdesk.organizations.queries import BodyView, view
from helpdesk.web.bodies import words
from helpdesk.web.bodies.forms import field_of
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.errors import sentence_of

# Named after the capability: the menu and other areas link to `organizations.show`.
blueprint = Blueprint("organizations", __name__, url_prefix="/organizations")
blueprint.add_app_template_filter(words.change_text, "body_change_text")
blueprint.add_app_template_filter(words.changed_text, "body_changed_text")
blueprint.add_app_template_filter(words.status_text, "body_status_text")
blueprint.add_app_template_filter(words.setting_text, "setting_text")

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class Outcome:
    """How a form fared: done, or refused with a sentence (empty where it stands at a field)."""

    done: bool
    sentence: str = ""
    status: int = 422


def attempt(form: FlaskForm, act: Callable[[], object]) -> Outcome:
    """Validate the form and do the act in one transaction."""
    if not form.validate():
        return Outcome(False)
    try:
        with unit_of_work():
            act()
    except RuleBroken as refusal:
        return refused(form, refusal)
    return Outcome(True)


def refused(form: FlaskForm, refusal: RuleBroken) -> Outcome:
    """Put the refusal at its field; at the top where it is about no field of this form."""
    sentence = sentence_of(refusal)
    field = form._fields.get(field_of(refusal))
    if field is None:
        return Outcome(False, sentence, refusal.status)
    field.errors = [*field.errors, sentence]
    return Outcome(False, "", refusal.status)


def shown(template: str, outcome: Outcome | None = None, **values: Any) -> Answer:
    """The page; a form that came back carries the status of its refusal."""
    page = render_template(template, sentence=outcome.sentence if outcome else "", **values)
    return (page, outcome.status) if outcome is not None and request.method == "POST" else page


def body_of(code: str, to: Permission = Permission.BODY_READ) -> BodyView:
    """The body as a value. NotFound for a stranger, Forbidden without `to` there."""
    return view(access.body(current_actor(), code, to))


def manages(body: BodyView | None) -> bool:
    """Does the actor manage bodies on this node (None: on the root)?"""
    return current_actor().covers(Permission.BODY_MANAGE, body.path if body else "/")


def stands_above(body: BodyView) -> bool:
    """May the actor change this very body, and not only those below it?"""
    return access.stands_above(current_actor(), body.path)


def check_root() -> None:
    """Forbidden unless the actor manages settings on the whole tree."""
    if not current_actor().covers(Permission.SETTING_MANAGE, ROOT_PATH):
        raise Forbidden


def here(page: str, body: BodyView | None, **more: Any) -> str:
    """Address of a page about a node (None: the root)."""
    if body is None:
        return url_for(f".top_{page}", **more)
    return url_for(f".{page}", code=body.code, **more)
