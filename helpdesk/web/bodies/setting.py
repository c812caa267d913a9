"""Settings of a node: what holds there and where it comes from; setting and giving back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.queries import BodyView
from helpdesk.people import queries as people
from helpdesk.settings import queries
from helpdesk.settings.operations import set_value
from helpdesk.settings.queries import SettingRow
from helpdesk.settings.rules import KEYS, Key, Sort, settable
from helpdesk.web.bodies.area import Answer, attempt, blueprint, body_of, check_root, here, shown
from helpdesk.web.bodies.forms import ChoiceForm, SettingForm
from helpdesk.web.bodies.running import SPEAKS_OF, concerned
from helpdesk.web.doors import current_actor, door, request_now


@blueprint.get("/settings")
@door(Permission.SETTING_MANAGE)
def top_settings() -> Answer:
    """Settings for the whole country."""
    check_root()
    return _overview(None)


@blueprint.get("/<code>/settings")
@door(Permission.BODY_READ)
def settings(code: str) -> Answer:
    """What holds on a node, each value with its origin; whoever sees the node may read it."""
    return _overview(body_of(code))


def _overview(body: BodyView | None) -> Answer:
    path = body.path if body else ROOT_PATH
    may_set = current_actor().covers(Permission.SETTING_MANAGE, path)
    changes = queries.changes(body.id if body else None, after=request.args.get("after"))
    return shown(
        "bodies/settings.html",
        body=body,
        rows=queries.overview(path),
        settable={k for k, key in KEYS.items() if settable(key, body.kind if body else None)},
        may_set=may_set,
        changes=changes.rows,
        persons=people.persons(c.person_id for c in changes.rows if c.person_id is not None),
        next_href=here("settings", body, after=changes.next) if changes.next else None,
        first_href=here("settings", body) if request.args.get("after") else None,
    )


@blueprint.route("/settings/<name>", methods=["GET", "POST"])
@door(Permission.SETTING_MANAGE)
def top_setting(name: str) -> Answer:
    """One setting for the whole country."""
    check_root()
    return _one(None, name)


@blueprint.route("/<code>/settings/<name>", methods=["GET", "POST"])
@door(Permission.SETTING_MANAGE)
def setting(code: str, name: str) -> Answer:
    """One setting on one node."""
    return _one(body_of(code, Permission.SETTING_MANAGE), name)


def _one(body: BodyView | None, name: str) -> Answer:
    key = KEYS.get(name)
    if key is None or not settable(key, body.kind if body else None):
        raise NotFound
    row = next(r for r in queries.overview(body.path if body else ROOT_PATH) if r.key is key)
    form = _form(key, row)
    outcome = None
    if request.method == "POST":
        give_back = "inherit" in request.form
        outcome = attempt(form, lambda: _set(form, key, body, give_back))
        if outcome.done:
            return _saved(key, body)
    back = here("settings", body)
    return shown(
        "bodies/setting.html",
        outcome,
        form=form,
        body=body,
        row=row,
        back=back,
        moves_clocks=key in SPEAKS_OF,
    )


def _saved(key: Key[Any], body: BodyView | None) -> Answer:
    if key in SPEAKS_OF and concerned(key, body).by_value:
        return redirect(here("running", body, name=key.name), code=303)
    flash(_("设置已保存；正在计时的时限不受影响。"), "ok")
    return redirect(here("settings", body), code=303)


def _form(key: Key[Any], row: SettingRow) -> SettingForm:
    form = ChoiceForm() if key.choices else SettingForm()
    if key.choices:
        form.text.choices = [(choice.value, _(choice.label)) for choice in key.choices]
    form.text.description = _(key.hint)
    form.text.flags.asked = True  # may be empty only when the value is given back
    if key.sort in (Sort.DAYS, Sort.NUMBER):
        form.text.render_kw = {"inputmode": "numeric"}
    if request.method == "GET":
        form.text.data, form.seen.data = row.text, row.here or ""
    return form


def _set(form: SettingForm, key: Key[Any], body: BodyView | None, give_back: bool) -> None:
    set_value(
        actor=current_actor(),
        key=key,
        body_id=body.id if body else None,
        text=None if give_back else form.text.data or "",
        seen=form.seen.data or None,
        reason=form.reason.data or "",
        now=request_now(),
    )
