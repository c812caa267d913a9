"""Reminding by hand: what will be sent to how many, then an order that the job carries out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.notifications.rules import Msg
from helpdesk.training.operations import reminding
from helpdesk.training.queries import coverage
from helpdesk.training.queries import reminding as queries
from helpdesk.web import letters
from helpdesk.web.coverage.area import Asked, asked, blueprint, may_remind
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.language import current


@blueprint.get("/<code>/remind")
@door(Permission.TRAINING_REMIND)
def remind(code: str) -> str:
    """How many would be reminded, and of what."""
    return _page(_allowed(code))


@blueprint.post("/<code>/remind")
@door(Permission.TRAINING_REMIND)
def remind_now(code: str) -> Response | tuple[str, int]:
    """Write the order down; a second click finds it there."""
    of = _allowed(code)
    try:
        with unit_of_work():
            reminding.order(
                actor=current_actor(), body=of.node.body, label=of.year.label, now=request_now()
            )
    except RuleBroken as refusal:
        return _page(of, sentence=sentence_of(refusal)), refusal.status
    flash(_("已开始提醒。发送由后台完成，进度会显示在这一页。"), "ok")
    return redirect(url_for("coverage.node", code=of.node.code), code=303)


def _allowed(code: str) -> Asked:
    of = asked(code)
    if not may_remind(of):
        raise Forbidden
    return of


def _page(of: Asked, sentence: str = "") -> str:
    people = coverage.coverage(of.node.path, of.year.label, now=request_now()).figures.persons
    return render_template(
        "coverage/remind.html",
        node=of.node,
        year=of.year,
        untrained=people.active - people.trained,
        letter=_sample(of),
        order=queries.newest_by_hand(of.node.body.id if of.node.body else None, of.year.label),
        today=of.today,
        sentence=sentence,
    )


def _sample(of: Asked) -> Any:
    """The letter as its readers get it, in the language of the page."""
    return letters.render(
        message=Msg.TRAINING_REMINDER,
        params={"year": of.year.label, "last_on": of.year.last.isoformat()},
        locale=current(),
        about=f"mytraining:{of.year.label}",
    )
