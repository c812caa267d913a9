"""A form that does something: the act in one transaction, or the refusal at its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.web.shell.errors import sentence_of

Answer = Response | str | tuple[str, int]
# The name of the field that a refusal is about; empty for the form as a whole.
FieldOf = Callable[[RuleBroken], str]


@dataclass(frozen=True)
class Outcome:
    """How a form fared: done, or refused with a sentence (empty where it stands at a field)."""

    done: bool
    sentence: str = ""
    refusal: RuleBroken | None = None


def attempt(form: FlaskForm, act: Callable[[], object], field_of: FieldOf) -> Outcome:
    """Validate the form and do the act in one transaction."""
    if not form.validate():
        return Outcome(False)
    try:
        with unit_of_work():
            act()
    except RuleBroken as refusal:
        return refused(form, refusal, field_of)
    return Outcome(True)


def refused(form: FlaskForm, refusal: RuleBroken, field_of: FieldOf) -> Outcome:
    """Put the refusal at its field; at the top where it is about no field of this form."""
    sentence = sentence_of(refusal)
    field = form._fields.get(field_of(refusal))
    if field is None:
        return Outcome(False, sentence, refusal)
    field.errors = [*field.errors, sentence]
    return Outcome(False, "", refusal)


def shown(template: str, outcome: Outcome | None = None, **values: Any) -> Answer:
    """The page; a form that came back carries the status of its refusal."""
    page = render_template(template, sentence=outcome.sentence if outcome else "", **values)
    if request.method == "GET":
        return page
    return page, outcome.refusal.status if outcome and outcome.refusal else 422
