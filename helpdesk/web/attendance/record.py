"""One record: its history and its correction; and those that wait for a coordinator's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.privacy import rules as privacy
from helpdesk.training.operations import correcting
from helpdesk.training.queries import attendance
from helpdesk.training.rules.sessions import Mode
from helpdesk.web.attendance.area import Answer, blueprint, session_of, shown
from helpdesk.web.attendance.forms import CorrectionForm
from helpdesk.web.doors import current_actor, door, request_now

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session


@blueprint.get("/records/<int:person_id>")
@door(Permission.ATTENDANCE_MARK)
def record(session_id: int, person_id: int) -> Answer:
    """What was recorded of this person, by whom and why; below it the correction."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    line = attendance.on_desk(session, person_id)
    form = CorrectionForm()
    form.offer(session.mode)
    form.show(line.record)
    return _page(session, person_id, form)


@blueprint.post("/records/<int:person_id>")
@door(Permission.ATTENDANCE_CORRECT)
def correct(session_id: int, person_id: int) -> Answer:
    """Correct it; who comes second sees what changed, and what was typed stays."""
    session = session_of(session_id, Permission.ATTENDANCE_CORRECT)
    attendance.on_desk(session, person_id)
    form = CorrectionForm()
    form.offer(session.mode)
    if not form.validate():
        return _page(session, person_id, form)
    try:
        with unit_of_work():
            correcting.correct(
                actor=current_actor(),
                session=session,
                person_id=person_id,
                seen=ids.row_number(form.seen.data) or 0,
                correction=form.correction(),
                reason=form.reason.data or "",
                once=form.once.data or ids.token(),
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _page(session, person_id, form, refusal)
    flash(_("已更正。"), "ok")
    here = url_for(".record", session_id=session_id, person_id=person_id)
    return redirect(here, code=303)


def _page(
    session: Session, person_id: int, form: CorrectionForm, refusal: RuleBroken | None = None
) -> Answer:
    line = attendance.on_desk(session, person_id)
    if isinstance(refusal, correcting.RecordChangedMeanwhile):
        # Now it has been seen: sent again, the correction counts.
        form.saw(line.record)
        form.once.data = ids.token()
    return shown(
        "attendance/record.html",
        session,
        refusal,
        line=line,
        form=form,
        acts=attendance.history(session.id, person_id),
        offline=session.mode is Mode.OFFLINE,
    )


@blueprint.get("/flagged")
@door(Permission.ATTENDANCE_MARK)
def flagged(session_id: int) -> Answer:
    """Records that count for nothing until somebody has looked."""
    return _flagged(session_of(session_id, Permission.ATTENDANCE_MARK))


def _flagged(session: Session, refusal: RuleBroken | None = None, person_id: int = 0) -> Answer:
    return shown(
        "attendance/flagged.html",
        session,
        refusal,
        lines=attendance.flagged(session),
        token=ids.token,
        typed=request.form.get("reason", "") if refusal else "",
        wrong=person_id,
    )


@blueprint.post("/flagged/<int:person_id>")
@door(Permission.ATTENDANCE_CORRECT)
def judge(session_id: int, person_id: int) -> Answer:
    """It is that person, or it is not."""
    session = session_of(session_id, Permission.ATTENDANCE_CORRECT)
    confirmed = request.form.get("verdict") == "confirm"
    try:
        with unit_of_work():
            correcting.judge(
                actor=current_actor(),
                session=session,
                person_id=person_id,
                seen=ids.row_number(request.form.get("seen")) or 0,
                confirmed=confirmed,
                reason=privacy.mask(request.form.get("reason", "")),
                once=request.form.get("once", "")[: ids.LONGEST_TOKEN] or ids.token(),
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _flagged(session, refusal, person_id)
    flash(_("已核实，计入出勤。") if confirmed else _("已划去，记为缺席。"), "ok")
    return redirect(url_for(".flagged", session_id=session_id), code=303)
