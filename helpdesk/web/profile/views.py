"""One's own page: contact, language, bodies, roles, password, devices."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.people import queries
from helpdesk.people.access import lists
from helpdesk.people.operations import signing_in
from helpdesk.people.operations.entries import FieldRefused
from helpdesk.people.rules import PASSWORD_LONGEST, PASSWORD_SHORTEST
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.profile.forms import OwnForm
from helpdesk.web.session import identity
from helpdesk.web.session.forms import ChangePasswordForm
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.language import COOKIE as LANGUAGE_COOKIE

blueprint = Blueprint("profile", __name__, url_prefix="/profile")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> Answer:
    """Everything about oneself."""
    own = queries.person(current_actor().person_id or 0)
    return _page(OwnForm(obj=own))


@blueprint.post("")
@door(Permission.SIGNED_IN)
def save() -> Answer:
    """Keep telephone, mail and language."""
    form = OwnForm()
    sentence, status = "", 422
    if form.validate():
        try:
            with unit_of_work():
                signing_in.edit_own(
                    actor=current_actor(),
                    mobile=form.mobile.data or "",
                    mail=form.mail.data or "",
                    locale=form.locale.data,
                    now=request_now(),
                )
        except FieldRefused as refusal:
            form[refusal.field].errors = [sentence_of(refusal)]
        else:
            flash(_("已保存。"), "ok")
            answer = redirect(url_for("profile.index"), code=303)
            # What was chosen here counts from now on, also where the switch said otherwise.
            answer.delete_cookie(LANGUAGE_COOKIE)
            return answer
    return _page(form, sentence), status


def _page(form: OwnForm, sentence: str = "") -> str:
    view = identity.signed_in()
    assert view is not None
    person_id = view.actor.person_id or 0
    return render_template(
        "profile/index.html",
        form=form,
        sentence=sentence,
        view=view,
        person=queries.person(person_id),
        bodies=[body for _id, body in sorted(organizations.bodies(view.bodies).items())],
        grants=lists.grants_of(person_id),
    )


@blueprint.route("/password", methods=["GET", "POST"])
@door(Permission.SIGNED_IN)
def password() -> Answer:
    """A new password; other devices are signed out."""
    form = ChangePasswordForm()
    if request.method == "GET":
        return _password_page(form)
    if not form.validate():
        return _password_page(form), 422
    try:
        _change(form)
    except signing_in.WrongCredentials:
        form.current.errors = [_("现在的密码不对。")]
        return _password_page(form), 422
    except RuleBroken as refusal:
        return _password_page(form, sentence_of(refusal)), refusal.status
    flash(_("密码已修改，其他设备已退出。"), "ok")
    return redirect(url_for("profile.index"), code=303)


def _change(form: ChangePasswordForm) -> None:
    view = identity.signed_in()
    assert view is not None
    # The same counters as at the door: an open screen is no way to try passwords.
    signing_in.prove(
        user_name=view.user_name,
        password=form.current.data or "",
        address=request.remote_addr or "",
        now=request_now(),
    )
    with unit_of_work():
        epoch = signing_in.change_password(
            actor=current_actor(), new=form.new.data or "", now=request_now()
        )
    identity.renew(epoch)


def _password_page(form: ChangePasswordForm, sentence: str = "") -> str:
    return render_template(
        "profile/password.html",
        form=form,
        sentence=sentence,
        shortest=PASSWORD_SHORTEST,
        longest=PASSWORD_LONGEST,
    )


@blueprint.post("/sign-out-everywhere")
@door(Permission.SIGNED_IN)
def sign_out_everywhere() -> Answer:
    """End the sessions on all devices, this one included."""
    with unit_of_work():
        signing_in.sign_out_everywhere(actor=current_actor(), now=request_now())
    identity.forget()
    flash(_("所有设备都已退出。请重新登录。"), "ok")
    return redirect(url_for("session.sign_in"), code=303)
