"""What has happened for me: the list behind the bell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox import access, queries
from helpdesk.outbox.operations import keeping
from helpdesk.web import letters
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.language import current

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@dataclass(frozen=True)
class Line:
    """A notice in words of the page's language."""

    id: int
    words: str
    number: str
    put_at: datetime
    unread: bool


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str:
    """My notices, newest first."""
    actor = current_actor()
    after = request.args.get("after")
    page = queries.notices_of(actor.person_id or 0, after=after)
    return render_template(
        "notices/index.html",
        lines=[_line(notice) for notice in page.rows],
        next_href=url_for("notices.index", after=page.next) if page.next else None,
        first_href=url_for("notices.index") if after else None,
    )


def _line(notice: queries.Notice) -> Line:
    words = letters.subject(message=notice.message, params=notice.params, locale=current())
    number = str(notice.params.get("number", ""))
    return Line(notice.id, words, number, notice.put_at, notice.read_at is None)


@blueprint.post("/<int:notice_id>/open")
@door(Permission.SIGNED_IN)
def open_notice(notice_id: int) -> Response:
    """Mark one as read and go where it points."""
    actor = current_actor()
    about = access.notice_about(actor, notice_id)
    with unit_of_work():
        keeping.mark_read(actor=actor, notice_ids=(notice_id,), now=request_now())
    return redirect(request.script_root + letters.path_of(about), code=303)


@blueprint.post("/read")
@door(Permission.SIGNED_IN)
def read_all() -> Response:
    """Mark as read what the page showed; what arrived meanwhile stays unread."""
    up_to = ids.row_number(request.form.get("up_to")) or 0
    with unit_of_work():
        count = keeping.mark_all_read(actor=current_actor(), up_to_id=up_to, now=request_now())
    flash(_("已全部标为已读。") if count else _("没有未读的通知。"), "ok")
    return redirect(url_for("notices.index"), code=303)
