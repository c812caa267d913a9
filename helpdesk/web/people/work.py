"""Appointments: adding one, changing it, leaving, moving to another body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.people.access import fetch, lists
from helpdesk.people.access.lists import WorkRow
from helpdesk.people.operations import roster as operations
from helpdesk.people.rules import plain
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.people.area import Answer, attempt, blueprint, body_of, offer, shown, today
from helpdesk.web.people.forms import BodyCodeForm, EditWorkForm, LeaveBodyForm, WorkForm

if TYPE_CHECKING:
    from helpdesk.people.models import Appointment


@blueprint.route("/<int:person_id>/appointments", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def appoint(person_id: int) -> Answer:
    """One more body for a person whom the actor sees; first which body, then what."""
    person = fetch.person(current_actor(), person_id)
    code = _asked_code()
    if not code:
        return _which_body(_("增加任职"), person.name)
    body = body_of(code, Permission.ROSTER_MANAGE)
    form = WorkForm()
    offer(form, body)
    values: dict[str, Any] = {"form": form, "person": person, "body": body}
    if request.method == "GET":
        form.joined_on.data = today()
        return shown("people/appoint.html", **values)
    outcome = attempt(
        form,
        lambda: operations.add_appointment(
            actor=current_actor(),
            person=person,
            body_id=body.id,
            work=form.entry(),
            now=request_now(),
        ),
    )
    if outcome.done:
        return _back(person_id, _("已登记任职。"))
    return shown("people/appoint.html", outcome, **values)


@blueprint.route("/appointments/<int:work_id>", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def edit_work(work_id: int) -> Answer:
    """Posts, subsystems, date of joining, leave."""
    work, row = _work(work_id)
    form = EditWorkForm()
    offer(form, organizations.body(row.place.id))
    if request.method == "GET":
        form.show(row)
        return shown("people/edit_work.html", form=form, row=row)
    outcome = attempt(
        form,
        lambda: operations.edit_appointment(
            actor=current_actor(), appointment=work, work=form.entry(), now=request_now()
        ),
    )
    if outcome.done:
        return _back(row.person_id, _("已保存任职。"))
    return shown("people/edit_work.html", outcome, form=form, row=row)


@blueprint.route("/appointments/<int:work_id>/end", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def end_work(work_id: int) -> Answer:
    """The person leaves this body."""
    work, row = _work(work_id)
    form = LeaveBodyForm()
    if request.method == "GET":
        form.left_on.data = today()
        return shown("people/end_work.html", form=form, row=row)
    outcome = attempt(
        form,
        lambda: operations.end_appointment(
            actor=current_actor(),
            appointment=work,
            left_on=form.left_on.data or today(),
            now=request_now(),
        ),
    )
    if outcome.done:
        flash(_("已办理离岗，在这里的角色一并撤销。"), "ok")
        return redirect(url_for("people.roster", code=row.place.code), code=303)
    return shown("people/end_work.html", outcome, form=form, row=row)


@blueprint.route("/appointments/<int:work_id>/transfer", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def transfer(work_id: int) -> Answer:
    """The person moves to another body in the actor's range; the record comes along."""
    work, row = _work(work_id)
    code = _asked_code()
    if not code:
        return _which_body(_("调到别的单位"), row.name)
    body = body_of(code, Permission.ROSTER_MANAGE)
    form = WorkForm()
    offer(form, body)
    values: dict[str, Any] = {"form": form, "row": row, "body": body}
    if request.method == "GET":
        form.joined_on.data = today()
        form.posts.data = [post.value for post in row.posts]
        form.subsystems.data = [s.value for s in row.subsystems]
        return shown("people/transfer.html", **values)
    outcome = attempt(
        form,
        lambda: operations.transfer_appointment(
            actor=current_actor(),
            appointment=work,
            body_id=body.id,
            work=form.entry(),
            now=request_now(),
        ),
    )
    if outcome.done:
        return _back(row.person_id, _("已调动。原单位的角色已撤销，请在新单位授予。"))
    return shown("people/transfer.html", outcome, **values)


def _work(work_id: int) -> tuple[Appointment, WorkRow]:
    work = fetch.appointment(current_actor(), work_id, Permission.ROSTER_MANAGE)
    row = next(row for row in lists.works_of(work.person_id) if row.id == work_id)
    return work, row


def _asked_code() -> str:
    return plain(request.args.get("body_code", "")).upper()


def _which_body(heading: str, name: str) -> Answer:
    form = BodyCodeForm(meta={"csrf": False})
    return shown("people/choose_body.html", form=form, heading=heading, name=name)


def _back(person_id: int, said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for("people.person", person_id=person_id), code=303)
