"""A change of affiliation: the form, the consequences, the act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import access, queries
from helpdesk.organizations.operations.moving import check_move, move_body
from helpdesk.organizations.operations.record import national_centre
from helpdesk.organizations.queries import BodyView, Census
from helpdesk.organizations.rules import MOVABLE, path_above
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import KEYS, Key
from helpdesk.web.bodies.area import Answer, Outcome, attempt, blueprint, body_of, refused, shown
from helpdesk.web.bodies.forms import MoveForm
from helpdesk.web.doors import current_actor, door, request_now

if TYPE_CHECKING:
    from helpdesk.organizations.models import Body


class NoSuchOffice(RuleBroken):
    """The code of the new parent leads to no aid office."""

    sentence = N_("没有代码为“%(code)s”的资助部门。请核对代码，或在“机构”页查找。")


@dataclass(frozen=True)
class Preview:
    """What a move would change: the way up before and after, how much moves, which settings."""

    before: tuple[BodyView, ...]
    after: tuple[BodyView, ...]
    moved: Census
    settings: tuple[tuple[Key[Any], str, str], ...]


@blueprint.route("/<code>/move", methods=["GET", "POST"])
@door(Permission.BODY_MANAGE)
def move(code: str) -> Answer:
    """The form; sent once it shows the consequences, sent again (`sure`) it is done."""
    row = access.body(current_actor(), code, Permission.BODY_MANAGE)
    body = body_of(code)
    office = queries.moving_office(path_above(body.path))
    allowed = current_actor().covers(Permission.BODY_MANAGE, office.path if office else "/")
    page: dict[str, Any] = {
        "body": body,
        "line": queries.line_up_at(body.path)[1:],
        "office": office or national_centre(),
        "allowed": allowed,
        "movable": body.kind in MOVABLE,
        "offices": queries.offices_in(office.path if office else "/") if allowed else (),
    }
    form = MoveForm()
    if request.method == "GET":
        form.remember(body.version)
        return shown("bodies/move.html", form=form, **page)
    outcome = _sent(form, row)
    if outcome.done and form.sure.data:
        flash(_("隶属关系已调整，新的直接主管部门已加入未办结问题。"), "ok")
        return redirect(url_for(".show", code=code), code=303)
    if outcome.done:
        parent = _parent(form)
        return shown("bodies/move_preview.html", form=form, seen=_preview(row, parent), **page)
    return shown("bodies/move.html", outcome, form=form, **page)


def _sent(form: MoveForm, row: Body) -> Outcome:
    if form.sure.data:
        return attempt(form, lambda: _move(form, row))
    if not form.validate():
        return Outcome(False)
    try:
        check_move(actor=current_actor(), body=row, new_parent=_parent(form))
    except RuleBroken as refusal:
        return refused(form, refusal)
    return Outcome(True)


def _parent(form: MoveForm) -> Body:
    code = (form.parent_code.data or "").strip().upper()
    try:
        return access.destination(current_actor(), code)
    except NotFound:
        raise NoSuchOffice(code=code) from None


def _move(form: MoveForm, row: Body) -> None:
    assert form.since_on.data is not None
    move_body(
        actor=current_actor(),
        body=row,
        new_parent=_parent(form),
        version=form.seen_version(),
        approval_no=form.approval_no.data or "",
        since_on=form.since_on.data,
        reason=form.reason.data or "",
        now=request_now(),
    )


def _preview(row: Body, parent: Body) -> Preview:
    future = f"{parent.path}{row.id}/"
    found = settings.values_along(tuple(KEYS.values()), (row.path, future))
    return Preview(
        before=queries.line_up_at(path_above(row.path)),
        after=queries.line_up_at(parent.path),
        moved=queries.census(row.path),
        settings=tuple(
            (key, key.text(found[row.path][key]), key.text(found[future][key]))
            for key in KEYS.values()
            if found[row.path][key] != found[future][key]
        ),
    )
