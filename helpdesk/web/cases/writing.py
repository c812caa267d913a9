"""Writing a case: a draft is kept with gaps; submitting needs the whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import AlreadyDone, Conflict, Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.access.cases import Reach
from helpdesk.knowledge.operations import reviewing, writing
from helpdesk.knowledge.operations.record import Act, was_done
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.queries.cases import CaseView
from helpdesk.knowledge.rules.cases import Verb
from helpdesk.organizations import queries as organizations
from helpdesk.web.cases.area import Answer, blueprint
from helpdesk.web.cases.forms import CaseForm
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.files.uploads import receive
from helpdesk.web.shell.errors import sentence_of

# The token of the second act of "save and submit".
_THEN = ":go"


@dataclass
class _Kept:
    """Which case the form became, also where the act was refused as done already."""

    case_id: int | None = field(default=None)


@blueprint.route("/new", methods=["GET", "POST"])
@door(Permission.CASE_SUBMIT)
def new() -> Answer:
    """Begin a case."""
    bodies = access.writing_bodies(current_actor())
    if not bodies:
        raise Forbidden
    form = CaseForm()
    views = organizations.bodies(body.id for body in bodies)
    form.offer([views[body.id] for body in bodies])
    if request.method == "GET":
        form.renew(1)
        form.body_id.data = str(bodies[0].id)
        form.cards.data = [request.args["card"]] if "card" in request.args else []
        return _page(form)
    return _sent(form, None)


@blueprint.route("/<int:case_id>/edit", methods=["GET", "POST"])
@door(Permission.CASE_SUBMIT)
def edit(case_id: int) -> Answer:
    """Go on with a draft, or with what was returned."""
    actor = current_actor()
    seen = access.case(actor, case_id)
    if request.method == "POST" and _twice(seen.id):
        return _done(case_id, _(AlreadyDone.sentence), "wait")
    reach = access.case_for(actor, case_id, Verb.EDIT)
    case = queries.whole(reach.case)
    form = CaseForm()
    form.offer([case.row.body], case.files)
    if request.method == "GET":
        form.show(case)
        form.body_id.data = str(case.row.body.id)
        return _page(form, case)
    return _sent(form, case, reach)


def _twice(case_id: int) -> bool:
    once = request.form.get("once", "")[: ids.LONGEST_TOKEN]
    return bool(once) and was_done(case_id, once)


def _sent(form: CaseForm, case: CaseView | None, reach: Reach | None = None) -> Answer:
    if not form.validate():
        return _page(form, case), 422
    kept = _Kept()
    try:
        with unit_of_work():
            _keep(form, reach, kept)
    except AlreadyDone as twice:
        return _done(kept.case_id, sentence_of(twice), "wait")
    except RuleBroken as refusal:
        if case is not None and isinstance(refusal, Conflict):
            form.renew(queries.whole(access.case(current_actor(), case.row.id)).version)
        return _page(form, case, sentence_of(refusal)), refusal.status
    said = _("已提交审核。") if _submits() else _("草稿已保存。")
    return _done(kept.case_id, said, "ok")


def _submits() -> bool:
    return request.form.get("do") == "submit"


def _keep(form: CaseForm, reach: Reach | None, kept: _Kept) -> None:
    actor, now = current_actor(), request_now()
    sent = receive(
        form.files.data or (), confirmed=bool(form.no_students.data), actor=actor, now=now
    )
    for refusal in sent.refused:
        raise refusal
    files = (*form.kept_ids(), *(file.id for file in sent.kept))
    once = form.once.data or ids.token()
    if reach is None:
        body = access.writing_body(actor, ids.row_number(form.body_id.data) or 0)
        case = writing.start(
            actor=actor, body=body, entry=form.entry(), file_ids=files, once=once, now=now
        )
    else:
        case = reach.case
        kept.case_id = case.id
        act = Act(actor, now, once, form.seen_version)
        writing.edit(reach=reach, entry=form.entry(), file_ids=files, act=act)
    kept.case_id = case.id
    if _submits():
        again = access.case_for(actor, case.id, Verb.SUBMIT)
        act = Act(actor, now, once[: ids.LONGEST_TOKEN - len(_THEN)] + _THEN, case.version)
        reviewing.submit(reach=again, act=act)


def _done(case_id: int | None, said: str, category: str) -> Response:
    flash(said, category)
    target = url_for("cases.show", case_id=case_id) if case_id else url_for("cases.index")
    return redirect(target, code=303)


def _page(form: CaseForm, case: CaseView | None = None, sentence: str = "") -> str:
    return render_template("cases/write.html", form=form, case=case, sentence=sentence)
