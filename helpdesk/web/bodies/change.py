"""Adding a body, changing its properties, setting its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import access
from helpdesk.organizations.operations.adding import NewBody, add_body
from helpdesk.organizations.operations.editing import edit_body, set_status
from helpdesk.organizations.operations.record import office_above
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import BodyStatus, Kind, kinds_below
from helpdesk.web.bodies.area import (
    Answer,
    attempt,
    blueprint,
    body_of,
    shown,
    stands_above,
)
from helpdesk.web.bodies.forms import BodyForm, NewBodyForm, StatusForm
from helpdesk.web.doors import current_actor, door, request_now

if TYPE_CHECKING:
    from helpdesk.organizations.models import Body


@blueprint.route("/add/<kind>", methods=["GET", "POST"])
@door(Permission.BODY_MANAGE)
def add_top(kind: str) -> Answer:
    """A body at the top of the tree."""
    if not current_actor().covers(Permission.BODY_MANAGE, ROOT_PATH):
        raise Forbidden
    return _add(None, kind)


@blueprint.route("/<code>/add/<kind>", methods=["GET", "POST"])
@door(Permission.BODY_MANAGE)
def add(code: str, kind: str) -> Answer:
    """A body below or beside an office."""
    return _add(body_of(code, Permission.BODY_MANAGE), kind)


def _add(parent: BodyView | None, kind_word: str) -> Answer:
    fitting = {kind.value: kind for kind in kinds_below(parent.kind if parent else None)}
    if kind_word not in fitting:
        raise NotFound
    kind = fitting[kind_word]
    form = NewBodyForm()
    form.suit(kind)
    outcome = None
    if request.method == "POST":
        added: list[str] = []
        outcome = attempt(form, lambda: added.append(_put(form, kind, parent)))
        if outcome.done:
            flash(_("已添加。接着可以登记名册、开通账号。"), "ok")
            return redirect(url_for(".show", code=added[0]), code=303)
    return shown("bodies/add.html", outcome, form=form, kind=kind, parent=parent)


def _put(form: NewBodyForm, kind: Kind, parent: BodyView | None) -> str:
    new = NewBody(
        code=form.code.data or "",
        name=form.name.data or "",
        kind=kind,
        parent_code=parent.code if parent else None,
        name_en=form.name_en.data or "",
        region_code=form.region_code.data or "",
        subsystems=form.used(),
        plan_city=form.is_plan_city(),
        bingtuan=bool(form.bingtuan and form.bingtuan.data),
    )
    return add_body(actor=current_actor(), new=new, now=request_now()).code


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
@door(Permission.BODY_MANAGE)
def edit(code: str) -> Answer:
    """What a body is called and uses."""
    row = access.body(current_actor(), code, Permission.BODY_MANAGE)
    body = body_of(code)
    if not stands_above(body):
        return _above(body)
    form = BodyForm(obj=None if request.method == "POST" else body)
    form.suit(body.kind)
    if request.method == "GET" and form.subsystems is not None:
        form.subsystems.data = [subsystem.value for subsystem in body.subsystems]
    outcome = None
    if request.method == "POST":
        outcome = attempt(
            form,
            lambda: edit_body(
                actor=current_actor(),
                body=row,
                version=form.seen_version(),
                name=form.name.data or "",
                name_en=form.name_en.data or "",
                region_code=form.region_code.data or "",
                subsystems=form.used(),
                plan_city=form.is_plan_city(),
                now=request_now(),
            ),
        )
        if outcome.done:
            flash(_("已保存。"), "ok")
            return redirect(url_for(".show", code=code), code=303)
    return shown("bodies/edit.html", outcome, form=form, body=body)


@blueprint.route("/<code>/status", methods=["GET", "POST"])
@door(Permission.BODY_MANAGE)
def status(code: str) -> Answer:
    """无效, closed, active again."""
    row = access.body(current_actor(), code, Permission.BODY_MANAGE)
    body = body_of(code)
    if not stands_above(body):
        return _above(body)
    form = StatusForm()
    form.offer(body.kind, body.status)
    if request.method == "GET":
        form.since_on.data = shanghai_date(request_now())
        form.remember(body.version)
    outcome = None
    if request.method == "POST":
        outcome = attempt(form, lambda: _set(form, row))
        if outcome.done:
            flash(_("状态已调整，变更记录里可以查到。"), "ok")
            return redirect(url_for(".show", code=code), code=303)
    return shown("bodies/status.html", outcome, form=form, body=body)


def _set(form: StatusForm, row: Body) -> None:
    assert form.since_on.data is not None
    set_status(
        actor=current_actor(),
        body=row,
        version=form.seen_version(),
        status=BodyStatus(form.status.data),
        since_on=form.since_on.data,
        reason=form.reason.data or "",
        now=request_now(),
    )


def _above(body: BodyView) -> Answer:
    office = office_above(access.body(current_actor(), body.code))
    return render_template("bodies/own.html", body=body, office=office), 403
