"""The outbox for whoever runs the installation: what waits, what died, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.notifications.rules import NAMES
from helpdesk.outbox import access, queries
from helpdesk.outbox.operations import keeping
from helpdesk.outbox.queries import Posted
from helpdesk.outbox.rules import State
from helpdesk.people import queries as people
from helpdesk.web.doors import current_actor, door, request_now

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")

STATES = {
    State.DEAD: N_("死信"),
    State.QUEUED: N_("等待发送"),
    State.SENDING: N_("正在发送"),
    State.DROPPED: N_("未发送"),
}
REASONS = {
    "expired": N_("等了太久，已没有意义"),
    "reason lost": N_("情况已变，不用再发"),
    "no address": N_("收件人没有邮箱"),
    "tried too often": N_("多次发送都中断"),
}


@dataclass(frozen=True)
class Line:
    """A letter in words: kind of message, reader, number it is about, and what happened to it."""

    letter: Posted
    message: str
    reader: str
    number: str
    reason: str


@blueprint.get("")
@door(Permission.OUTBOX_READ)
def index() -> str:
    """Letters of one state, dead ones first to be seen. Neither text nor address is shown."""
    access.outbox(current_actor())
    state, after = _state(), request.args.get("after")
    page = queries.letters(state=state, after=after)
    return render_template(
        "outbox/index.html",
        state=state,
        states=STATES,
        load=queries.load(),
        lines=_lines(page.rows),
        next_href=url_for("outbox.index", state=state, after=page.next) if page.next else None,
        first_href=url_for("outbox.index", state=state) if after else None,
    )


def _state() -> State:
    asked = request.args.get("state", "")
    return State(asked) if asked in STATES else State.DEAD


def _lines(rows: Sequence[Posted]) -> list[Line]:
    readers = people.persons(row.recipient_id for row in rows)
    return [
        Line(
            letter=row,
            message=_(NAMES[row.message]),
            reader=readers[row.recipient_id].name,
            number=row.about.partition(":")[2],
            reason=_(REASONS[row.reason]) if row.reason in REASONS else row.reason,
        )
        for row in rows
    ]


@blueprint.post("/<int:message_id>/retry")
@door(Permission.OUTBOX_READ)
def retry(message_id: int) -> Response:
    """Send one dead letter again."""
    actor = current_actor()
    access.outbox(actor)
    with unit_of_work():
        keeping.retry(actor=actor, message_id=message_id, now=request_now())
    flash(_("已放回发件箱，几秒后重新发送。"), "ok")
    return redirect(url_for("outbox.index"), code=303)


@blueprint.post("/retry")
@door(Permission.OUTBOX_READ)
def retry_all() -> Response:
    """Send every dead letter again, after the mail server was repaired."""
    actor = current_actor()
    access.outbox(actor)
    with unit_of_work():
        number = keeping.retry_all(actor=actor, now=request_now())
    said = ngettext("%(num)s封死信已放回发件箱。", "%(num)s封死信已放回发件箱。", number)
    flash(said if number else _("没有死信。"), "ok")
    return redirect(url_for("outbox.index"), code=303)
