"""A file of attendance: uploaded, tried out, settled by hand, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.operations import importing
from helpdesk.training.queries import importing as queries
from helpdesk.web.attendance.area import Answer, blueprint, session_of, shown
from helpdesk.web.attendance.forms import ONLINE, UploadForm
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.files.uploads import chosen, store

if TYPE_CHECKING:
    from helpdesk.training.models.importing import ImportRow, ImportRun
    from helpdesk.training.models.sessions import Session


class NoFile(RuleBroken):
    """The form came without a file."""

    sentence = N_("请选择文件。")


@blueprint.get("/imports")
@door(Permission.ATTENDANCE_MARK)
def imports(session_id: int) -> Answer:
    """Upload a file; earlier ones."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    form = UploadForm()
    form.offer(session.mode)
    form.once.data = ids.token()
    return _upload_page(session, form)


def _upload_page(session: Session, form: UploadForm, refusal: RuleBroken | None = None) -> Answer:
    return shown("attendance/imports.html", session, refusal, form=form, runs=queries.runs(session))


@blueprint.post("/imports")
@door(Permission.ATTENDANCE_MARK)
def upload(session_id: int) -> Answer:
    """Try a file out: nothing is recorded."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    form = UploadForm()
    form.offer(session.mode)
    if not form.validate():
        return _upload_page(session, form)
    files = chosen(request.files.getlist("file"))
    try:
        if not files:
            raise NoFile
        with unit_of_work():
            run = importing.try_out(
                actor=current_actor(),
                session=session,
                name=files[0].filename or "",
                data=files[0].read(),
                limits=store().limits,
                online=form.held.data == ONLINE,
                once=form.once.data or ids.token(),
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _upload_page(session, form, refusal)
    return redirect(url_for(".run", session_id=session_id, run_id=run.id), code=303)


@blueprint.get("/imports/<int:run_id>")
@door(Permission.ATTENDANCE_MARK)
def run(session_id: int, run_id: int) -> Answer:
    """The test run: what would be recorded, and what has to be settled first."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    return _run_page(session, queries.run(session, run_id))


def _run_page(session: Session, found: ImportRun, refusal: RuleBroken | None = None) -> Answer:
    return shown(
        "attendance/run.html",
        session,
        refusal,
        run=queries.shown(session, found),
        typed=request.form if refusal else {},
    )


@blueprint.post("/imports/<int:run_id>/rows")
@door(Permission.ATTENDANCE_MARK)
def settle(session_id: int, run_id: int) -> Answer:
    """Settle a row by hand, or all that were found by the name alone."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    try:
        with unit_of_work():
            found = queries.run(session, run_id)
            _settle(found)
    except RuleBroken as refusal:
        return _run_page(session, queries.run(session, run_id), refusal)
    return redirect(url_for(".run", session_id=session_id, run_id=run_id), code=303)


def _settle(found: ImportRun) -> None:
    act = request.form.get("act")
    if act == "accept":
        importing.accept_all(run=found)
        return
    row = queries.row(found, ids.row_number(request.form.get("row")))
    if act == "skip":
        importing.skip(run=found, row=row)
    elif act == "number":
        importing.give_number(run=found, row=row, staff_no=request.form.get("staff_no", "")[:80])
    elif act == "choose":
        _choose(found, row)
    else:
        raise NotFound


def _choose(found: ImportRun, row: ImportRow) -> None:
    person_id = ids.row_number(request.form.get("person_id"))
    if person_id is None:
        raise importing.NotACandidate
    importing.choose(run=found, row=row, person_id=person_id)


@blueprint.post("/imports/<int:run_id>/confirm")
@door(Permission.ATTENDANCE_MARK)
def confirm(session_id: int, run_id: int) -> Answer:
    """Record what was matched, once."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    try:
        with unit_of_work():
            done = importing.confirm(
                actor=current_actor(),
                session=session,
                run=queries.run(session, run_id),
                now=request_now(),
            )
    except importing.AlreadyRecorded:
        flash(_("这次导入已经登记过了，没有再登记一遍。"), "wait")
    except RuleBroken as refusal:
        return _run_page(session, queries.run(session, run_id), refusal)
    else:
        flash(_("已登记%(n)s人；已有记录%(m)s人。", n=done.recorded, m=done.already), "ok")
    return redirect(url_for(".run", session_id=session_id, run_id=run_id), code=303)
