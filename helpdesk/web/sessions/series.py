"""Series: sessions of several days that make one training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training import access
from helpdesk.training.operations import cascade
from helpdesk.training.queries import series, sessions
from helpdesk.training.queries.sessions import Filters, SessionLine, When, Whose
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.sessions.area import Answer, attempt, blueprint, click, shown
from helpdesk.web.sessions.forms import SeriesForm, whole

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Series


@blueprint.get("/series")
@door(Permission.SESSION_MANAGE)
def series_index() -> str:
    """The series of the actor's bodies."""
    own = sessions.organizers(current_actor())
    return render_template(
        "sessions/series.html", groups=[(body, series.of_organizer(body.id)) for body in own[:20]]
    )


@blueprint.route("/series/new", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def series_new() -> Answer:
    """A new series of one of the actor's bodies (`?organizer=`)."""
    organizer = access.organizer(
        current_actor(), request.args.get("organizer", "").strip().upper()[:20]
    )
    form = SeriesForm()
    made: list[Series] = []
    outcome = None
    if request.method == "GET":
        form.renew(0)
        form.needed.data = "2"
    else:
        outcome = attempt(form, lambda: made.append(_make(form, organizer)))
        if outcome.done:
            flash(_("系列已建好，请把各期培训加进来。"), "ok")
            return redirect(url_for(".series_show", series_id=made[0].id), code=303)
    return shown("sessions/series_edit.html", outcome, form=form, organizer=organizer, found=None)


def _make(form: SeriesForm, organizer: Any) -> Series:
    return cascade.make_series(
        organizer=organizer,
        title=form.title.data or "",
        needed=whole(form.needed) or 0,
        once=form.once.data or ids.token(),
        now=request_now(),
    )


@blueprint.route("/series/<int:series_id>", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def series_show(series_id: int) -> Answer:
    """A series: its name and number, its sessions, and those that could be added."""
    row, form = access.series(current_actor(), series_id), SeriesForm()
    outcome = None
    if request.method == "GET":
        form.renew(0)
        form.title.data, form.needed.data = row.title, str(row.needed)
    else:
        outcome = attempt(form, lambda: _edit(form, row))
        if outcome.done:
            flash(_("系列已保存。"), "ok")
            return redirect(url_for(".series_show", series_id=series_id), code=303)
    lines, others = _sessions(row)
    return shown(
        "sessions/series_show.html",
        outcome,
        form=form,
        found=series.one(series_id),
        lines=lines,
        others=others,
        once=ids.token(),
    )


def _edit(form: SeriesForm, row: Series) -> None:
    cascade.edit_series(
        series=row, title=form.title.data or "", needed=whole(form.needed) or 0, now=request_now()
    )


def _sessions(row: Series) -> tuple[list[SessionLine], list[SessionLine]]:
    """Sessions of the series, and those of the same organiser that belong to no series."""
    inside: list[SessionLine] = []
    outside: list[SessionLine] = []
    for when in When:
        own = Filters(whose=Whose.MINE, organizer_id=row.organizer_id)
        mine = Filters(whose=Whose.MINE, series_id=row.id)
        inside += sessions.page(current_actor(), when, mine, size=60).rows
        outside += sessions.page(current_actor(), when, own, size=30).rows
    known = {line.id for line in inside}
    return inside, [line for line in outside if line.id not in known]


@blueprint.post("/series/<int:series_id>/add")
@door(Permission.SESSION_MANAGE)
def series_add(series_id: int) -> Answer:
    """Sessions become part of the series."""
    row = access.series(current_actor(), series_id)
    chosen = [ids.row_number(one) for one in request.form.getlist("session")[:60]]
    if not any(chosen):
        flash(_("请先勾选要加入的培训。"), "late")
    with unit_of_work():
        for session_id in chosen:
            if session_id is None:
                raise NotFound
            found = access.session(current_actor(), session_id, Permission.SESSION_MANAGE)
            cascade.add_session(series=row, session=found, click=click())
    return redirect(url_for(".series_show", series_id=series_id), code=303)
