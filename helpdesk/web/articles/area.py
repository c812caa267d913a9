"""The blueprint of the knowledge base, and what its views have in common."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.rules.articles import (
    AUDIENCE_NAMES,
    CATEGORY_NAMES,
    STATE_NAMES,
    VERB_NAMES,
    WHY_NAMES,
    Audience,
    Category,
    State,
    Verb,
    Why,
)
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.marks import Level

blueprint = Blueprint("articles", __name__, url_prefix="/articles")
Answer = Response | str | tuple[str, int]

_LEVELS = {
    State.DRAFT: Level.WAIT,
    State.SUBMITTED: Level.SOON,
    State.PUBLISHED: Level.OK,
    State.WITHDRAWN: Level.WAIT,
}


@blueprint.app_template_filter("article_state_text")
def state_text(state: State) -> str:
    """`待审核`."""
    return str(_(STATE_NAMES[state]))


@blueprint.app_template_filter("article_state_level")
def state_level(state: State) -> str:
    """What the state means for whoever reads it."""
    return _LEVELS[state].value


@blueprint.app_template_filter("article_verb_text")
def verb_text(verb: Verb) -> str:
    """`提交审核`."""
    return str(_(VERB_NAMES[verb]))


@blueprint.app_template_filter("article_category_text")
def category_text(category: Category) -> str:
    """`填报模块`."""
    return str(_(CATEGORY_NAMES[category]))


@blueprint.app_template_filter("article_audience_text")
def audience_text(audience: Audience) -> str:
    """`学校`."""
    return str(_(AUDIENCE_NAMES[audience]))


@blueprint.app_template_filter("article_why_text")
def why_text(why: Why) -> str:
    """`看不懂`."""
    return str(_(WHY_NAMES[why]))


@blueprint.app_template_global("article_desk_opens")
def desk_opens() -> bool:
    """Does the person write or review articles somewhere?"""
    actor = current_actor()
    return any(actor.anywhere(p) for p in (Permission.ARTICLE_WRITE, Permission.ARTICLE_REVIEW))
