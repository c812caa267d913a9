"""Accounts: opening one, a new one-time code, closing, opening again, unlocking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.people.access import fetch
from helpdesk.people.operations import accounts
from helpdesk.people.operations.accounts import IssuedCode
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.people.area import Answer, attempt, blueprint, shown
from helpdesk.web.people.forms import OpenAccountForm


@dataclass(frozen=True)
class Verb:
    """An act on an account that asks once before it is done."""

    words: str
    consequence: str
    done: str
    act: Callable[..., None]
    down: bool = False


VERBS = {
    "disable": Verb(
        N_("停用账号"),
        N_("停用后立即退出所有设备，不能再登录，角色不再计入。以后可以恢复。"),
        N_("账号已停用。"),
        accounts.disable_account,
        down=True,
    ),
    "enable": Verb(
        N_("恢复账号"),
        N_("恢复后可以用原来的密码登录，原有角色重新有效。"),
        N_("账号已恢复。"),
        accounts.enable_account,
    ),
    "unlock": Verb(
        N_("解除锁定"),
        N_("密码多次不对会锁定15分钟。确认是本人操作后再解除。"),
        N_("已解除锁定，可以马上登录。"),
        accounts.unlock_account,
    ),
}


@blueprint.route("/<int:person_id>/account", methods=["GET", "POST"])
@door(Permission.ACCOUNT_MANAGE)
def open_account(person_id: int) -> Answer:
    """An account with a one-time code that is shown on the answer and nowhere else."""
    person = fetch.person(current_actor(), person_id, Permission.ACCOUNT_MANAGE)
    form = OpenAccountForm()
    if request.method == "GET":
        form.user_name.data = person.staff_no.lower()
        return shown("people/open_account.html", form=form, person=person)
    issued: list[IssuedCode] = []
    outcome = attempt(
        form,
        lambda: issued.append(
            accounts.open_account(
                actor=current_actor(),
                person=person,
                user_name=form.user_name.data or "",
                now=request_now(),
            )
        ),
    )
    if outcome.done:
        return render_template("people/code.html", person=person, issued=issued[0])
    return shown("people/open_account.html", outcome, form=form, person=person)


@blueprint.route("/<int:person_id>/account/code", methods=["GET", "POST"])
@door(Permission.ACCOUNT_MANAGE)
def issue_code(person_id: int) -> Answer:
    """A new one-time code; the password and every session end."""
    person = fetch.person(current_actor(), person_id, Permission.ACCOUNT_MANAGE)
    form = FlaskForm()
    issued: list[IssuedCode] = []
    if request.method == "GET":
        return shown("people/issue_code.html", person=person)
    outcome = attempt(
        form,
        lambda: issued.append(
            accounts.issue_code(actor=current_actor(), person=person, now=request_now())
        ),
    )
    if outcome.done:
        return render_template("people/code.html", person=person, issued=issued[0])
    return shown("people/issue_code.html", outcome, person=person)


@blueprint.route("/<int:person_id>/account/<verb>", methods=["GET", "POST"])
@door(Permission.ACCOUNT_MANAGE)
def change_account(person_id: int, verb: str) -> Answer:
    """Close, open again or unlock: asked once, then done."""
    person = fetch.person(current_actor(), person_id, Permission.ACCOUNT_MANAGE)
    if verb not in VERBS:
        raise NotFound
    chosen = VERBS[verb]
    if request.method == "GET":
        return shown("people/change_account.html", person=person, verb=chosen)
    outcome = attempt(
        FlaskForm(),
        lambda: chosen.act(actor=current_actor(), person=person, now=request_now()),
    )
    if not outcome.done:
        return shown("people/change_account.html", outcome, person=person, verb=chosen)
    flash(_(chosen.done), "ok")
    return redirect(url_for("people.person", person_id=person_id), code=303)
