"""Signing in and out, the first change of a one-time code, and for which body one acts."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.operations import signing_in
from helpdesk.people.rules import PASSWORD_LONGEST, PASSWORD_SHORTEST
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.session import demo, identity
from helpdesk.web.session.forms import NewPasswordForm, SignInForm
from helpdesk.web.shell.errors import FORM_EXPIRED, page, sentence_of
from helpdesk.web.shell.views import safe_back

blueprint = Blueprint("session", __name__)
blueprint.record_once(identity.init_app)
blueprint.before_app_request(identity.recognise)

Answer = Response | str | tuple[str, int]


@blueprint.get("/sign-in")
@door(Permission.PUBLIC)
def sign_in() -> Answer:
    """The page of user name and password."""
    if identity.signed_in() is not None:
        return redirect(safe_back(request.args.get("next")))
    return _sign_in_page(SignInForm(next=request.args.get("next")))


@blueprint.post("/sign-in")
@door(Permission.PUBLIC)
def sign_in_now() -> Answer:
    """Check them. A refusal says nothing about whether the name exists."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form), 422
    try:
        proof = signing_in.prove(
            user_name=form.user_name.data or "",
            password=form.password.data or "",
            address=request.remote_addr or "",
            now=request_now(),
        )
    except RuleBroken as refusal:
        return _sign_in_page(form, sentence_of(refusal)), refusal.status
    with unit_of_work():
        epoch = signing_in.sign_in(proof=proof, now=request_now())
    view = identity.begin(proof.account_id, epoch)
    if view.must_change_password:
        return redirect(url_for("session.first_password", next=form.next.data or None), code=303)
    return redirect(safe_back(form.next.data), code=303)


def _sign_in_page(form: SignInForm, sentence: str = "") -> str:
    return render_template(
        "session/sign_in.html",
        form=form,
        sentence=sentence,
        contact=current_app.config["SUPPORT_CONTACT"],
        demo_people=demo.people(),
        demo_password=current_app.config["DEMO_PASSWORD"],
    )


@blueprint.errorhandler(CSRFError)
def form_too_old(_error: CSRFError) -> Answer:
    """The sign-in page lay open overnight: the same page again, with the name that was typed."""
    if request.endpoint == "session.sign_out":
        return redirect(url_for("session.sign_in"), code=303)
    if request.endpoint != "session.sign_in_now":
        return page(400, _(FORM_EXPIRED)), 400
    form = SignInForm()
    return _sign_in_page(form, _("登录页打开太久了。请再输一次密码，然后登录。")), 400


@blueprint.post("/sign-out")
@door(Permission.PUBLIC)
def sign_out() -> Answer:
    """End the session of this browser."""
    identity.forget()
    flash(_("已退出登录。"), "ok")
    return redirect(url_for("session.sign_in"), code=303)


@blueprint.route("/first-password", methods=["GET", "POST"])
@door(Permission.SIGNED_IN)
def first_password() -> Answer:
    """A one-time code is changed before anything else."""
    view = identity.signed_in()
    if view is None or not view.must_change_password:
        return redirect(safe_back(request.args.get("next")))
    form = NewPasswordForm()
    sentence = ""
    if form.validate_on_submit():
        try:
            with unit_of_work():
                epoch = signing_in.change_password(
                    actor=current_actor(), new=form.new.data or "", now=request_now()
                )
        except RuleBroken as refusal:
            sentence = sentence_of(refusal)
        else:
            identity.renew(epoch)
            flash(_("密码已修改，以后用新密码登录。"), "ok")
            return redirect(safe_back(request.args.get("next")), code=303)
    shown = render_template(
        "session/first_password.html",
        form=form,
        sentence=sentence,
        user_name=view.user_name,
        shortest=PASSWORD_SHORTEST,
        longest=PASSWORD_LONGEST,
    )
    return (shown, 422) if request.method == "POST" else shown


@blueprint.post("/acting-body")
@door(Permission.SIGNED_IN)
def switch_body() -> Answer:
    """Act for another of one's bodies."""
    view = identity.signed_in()
    body_id = ids.row_number(request.form.get("body_id"))
    if view is None or body_id not in view.bodies:
        raise NotFound
    identity.act_for(body_id)
    flash(_("已切换单位。"), "ok")
    return redirect(safe_back(request.form.get("back")), code=303)
