"""The blueprint of the area, and what its views have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask_wtf import FlaskForm

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import access
from helpdesk.organizations.queries import BodyView, view
from helpdesk.web.bodies import words
from helpdesk.web.bodies.forms import field_of
from helpdesk.web.doors import current_actor
from helpdesk.web.shell import acting
from helpdesk.web.shell.acting import Answer, Outcome, shown

__all__ = ["Answer", "Outcome", "shown"]

# Named after the capability: the menu and other areas link to `organizations.show`.
blueprint = Blueprint("organizations", __name__, url_prefix="/organizations")
blueprint.add_app_template_filter(words.change_text, "body_change_text")
blueprint.add_app_template_filter(words.changed_text, "body_changed_text")
blueprint.add_app_template_filter(words.status_text, "body_status_text")
blueprint.add_app_template_filter(words.setting_text, "setting_text")


def attempt(form: FlaskForm, act: Callable[[], object]) -> Outcome:
    """Validate the form and do the act in one transaction."""
    return acting.attempt(form, act, field_of)


def refused(form: FlaskForm, refusal: RuleBroken) -> Outcome:
    """Put the refusal at its field."""
    return acting.refused(form, refusal, field_of)


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
