"""The blueprint of the area, and what its views have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.files.rules.refusals import FileRefused
from helpdesk.kernel.errors import AlreadyDone, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training import access
from helpdesk.training.operations.acts import Click
from helpdesk.training.operations.entries import FieldRefused
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.sessions import words
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

blueprint = Blueprint("sessions", __name__, url_prefix="/training/sessions")
for _name in ("state_text", "mode_text", "place_text", "source_text", "act_text", "size_text"):
    blueprint.add_app_template_filter(getattr(words, _name), f"session_{_name}")
blueprint.add_app_template_global(words.span, "session_span")

Answer = Response | str | tuple[str, int]
# Where a form of ours asks for what the operation calls otherwise.
_ASKED_AS = {"ends_at": "to_time", "nodes": "node_codes"}


@dataclass(frozen=True)
class Outcome:
    """How a form fared: done, done before (a second click), or refused with a sentence (empty
    where it stands at a field)."""

    done: bool
    sentence: str = ""
    refusal: RuleBroken | None = None
    again: bool = False


def attempt(form: FlaskForm, act: Callable[[], object]) -> Outcome:
    """Validate the form and do the act in one transaction."""
    if not form.validate():
        return Outcome(False)
    try:
        with unit_of_work():
            act()
    except AlreadyDone:
        return Outcome(True, again=True)
    except RuleBroken as refusal:
        return Outcome(False, refuse(form, refusal), refusal)
    return Outcome(True)


def refuse(form: FlaskForm, refusal: RuleBroken) -> str:
    """Put a refusal at the field it is about; the sentence for the top where there is none."""
    sentence = sentence_of(refusal)
    field = form._fields.get(_field_of(refusal))
    if field is None:
        return sentence
    field.errors = [*field.errors, sentence]
    return ""


def _field_of(refusal: RuleBroken) -> str:
    if isinstance(refusal, FileRefused):
        return "files"
    name = refusal.field if isinstance(refusal, FieldRefused) else ""
    return _ASKED_AS.get(name, name)


def shown(template: str, outcome: Outcome | None = None, **values: Any) -> Answer:
    """The page; a form that came back carries the status of its refusal."""
    sentence = outcome.sentence if outcome else ""
    page = render_template(template, sentence=sentence, **values)
    if request.method == "GET":
        return page
    return page, outcome.refusal.status if outcome and outcome.refusal else 422


def managed(session_id: int) -> Session:
    """The session, for who manages it. NotFound for a stranger, Forbidden for a reader."""
    return access.session(current_actor(), session_id, Permission.SESSION_MANAGE)


def click(once: str | None = None, version: int | None = None) -> Click:
    """This request as an act."""
    return Click(current_actor(), request_now(), once or None, version)


def to_session(session_id: int, outcome: Outcome | None = None, said: str = "") -> Response:
    """Back to the page of the session, with what was done."""
    if outcome is not None and outcome.again:
        flash(_("已经处理过了，不用重复提交。"), "ok")
    elif said:
        flash(said, "ok")
    return redirect(url_for("sessions.show", session_id=session_id), code=303)


def do(session_id: int, act: Callable[[], object], said: str = "") -> Response:
    """A verb without words of its own: done, or its refusal said on the page of the session."""
    try:
        with unit_of_work():
            act()
    except AlreadyDone:
        return to_session(session_id, Outcome(True, again=True))
    except RuleBroken as refusal:
        flash(sentence_of(refusal), "late")
        return to_session(session_id)
    return to_session(session_id, said=said)
