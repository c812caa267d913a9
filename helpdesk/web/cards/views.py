"""The problem cards to browse: what each asks for, who does what, what proves the end."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import (
    BODY_NAMES,
    CardPromise,
    Door,
    FieldKind,
    StepBody,
    citation_en,
    citation_zh,
)
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.routing import queries as routing
from helpdesk.routing.queries import RoutePlan
from helpdesk.web.doors import current_actor, door
from helpdesk.web.shell.language import current

blueprint = Blueprint("cards", __name__, url_prefix="/cards")

DOORS = {
    Door.LOGIN: N_("登录与账号"),
    Door.ENROLMENT: N_("学籍同步"),
    Door.BUSINESS: N_("资助业务与操作"),
    Door.ENVIRONMENT: N_("系统打不开"),
    Door.OTHER: N_("其他"),
}
KINDS = {
    FieldKind.TEXT: N_("文字"),
    FieldKind.NUMBER: N_("数字"),
    FieldKind.DATE: N_("日期"),
    FieldKind.CHOICE: N_("选择"),
    FieldKind.BOOL: N_("是或否"),
}
PROMISES = {
    CardPromise.ANSWER: N_("资助部门在承诺的工作日内答复或上报"),
    CardPromise.ENV: N_("运行环境问题，省级教育信息化管理部门在承诺的工作日内答复"),
    CardPromise.SYNC: N_("同步问题，省级教育信息化管理部门在承诺的工作日内答复"),
}


def worded(thing: object, text: str) -> str:
    """`card | worded("proof")`: the half of a bilingual text for the language of the page."""
    return str(getattr(thing, f"{text}_{current()}"))


def cited(clause: str) -> str:
    """Where a clause stands in the notice, or that it is our own arrangement."""
    if not clause:
        return str(_("本系统约定"))
    return citation_en(clause) if current() == "en" else citation_zh(clause)


def body_words(body: StepBody) -> str:
    """Who does a step, not resolved on the tree."""
    zh, en = BODY_NAMES[body]
    return en if current() == "en" else zh


blueprint.add_app_template_filter(worded, "worded")
blueprint.add_app_template_filter(cited, "cited")
blueprint.add_app_template_filter(body_words, "body_words")


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str:
    """All cards by door."""
    shelves = [
        (key.value, _(words), [card for card in catalog.cards() if card.door is key])
        for key, words in DOORS.items()
    ]
    return render_template("cards/index.html", shelves=shelves)


@blueprint.get("/<code>")
@door(Permission.SIGNED_IN)
def show(code: str) -> str:
    """One card, with the route it takes for the body of the person who looks."""
    card = catalog.card(code)
    return render_template(
        "cards/show.html",
        card=card,
        plan=_plan(card.code),
        door=_(DOORS[card.door]),
        kinds=KINDS,
        promise=_(PROMISES[card.promise]),
    )


def _plan(code: str) -> RoutePlan | None:
    body_id = current_actor().body_id
    if body_id is None:
        return None
    try:
        return routing.plan(code, body_id)
    except RuleBroken:
        return None  # who answers does not ask: the card is shown without a route
