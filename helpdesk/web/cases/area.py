"""The blueprint of good cases, and what its views have in common."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.kernel.errors import NotFound
from helpdesk.knowledge.rules.cases import STATE_NAMES, VERB_NAMES, State, Verb
from helpdesk.web.cases.verbs import endpoint
from helpdesk.web.shell.marks import Level

blueprint = Blueprint("cases", __name__, url_prefix="/training/cases")
Answer = Response | str | tuple[str, int]

_LEVELS = {
    State.DRAFT: Level.WAIT,
    State.SUBMITTED: Level.WAIT,
    State.RETURNED: Level.LATE,
    State.PUBLISHED: Level.OK,
    State.WITHDRAWN: Level.WAIT,
}


@blueprint.app_template_filter("case_state_text")
def state_text(state: State) -> str:
    """`待审核`."""
    return str(_(STATE_NAMES[state]))


@blueprint.app_template_filter("case_state_level")
def state_level(state: State) -> str:
    """What the state means for whoever reads it."""
    return _LEVELS[state].value


@blueprint.app_template_filter("case_verb_text")
def verb_text(verb: Verb) -> str:
    """`提交审核`."""
    return str(_(VERB_NAMES[verb]))


blueprint.add_app_template_filter(endpoint, "case_verb_endpoint")


@blueprint.app_template_filter("card_of")
def card_of(code: str) -> Card | None:
    """The problem card with this code; None where the catalogue has it no longer."""
    try:
        return catalog.card(code)
    except NotFound:
        return None
