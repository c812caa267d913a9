"""Cascade plans: the province trains the cities, they the counties, they the schools (S-3.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, Kind
from helpdesk.training import access
from helpdesk.training.operations import cascade
from helpdesk.training.operations.cascade import PlanChangedMeanwhile
from helpdesk.training.queries import plans, sessions, years
from helpdesk.training.rules.plans import Progress
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.plans.forms import PlanForm
from helpdesk.web.sessions.area import Answer, attempt, shown
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Plan

blueprint = Blueprint("plans", __name__, url_prefix="/training/plans")

PROGRESS = {
    Progress.NONE: N_("还没有安排"),
    Progress.PLANNED: N_("已安排"),
    Progress.HELD: N_("已举办"),
    Progress.LATE: N_("已过期限"),
}
LEVELS = {
    Progress.NONE: "soon",
    Progress.PLANNED: "wait",
    Progress.HELD: "ok",
    Progress.LATE: "late",
}


@blueprint.app_template_filter("plan_progress_text")
def progress_text(progress: Progress) -> str:
    """`已举办`."""
    return str(_(PROGRESS[progress]))


@blueprint.app_template_filter("plan_progress_level")
def progress_level(progress: Progress) -> str:
    """One of the four meanings of a colour."""
    return LEVELS[progress]


def _owners() -> tuple[BodyView, ...]:
    """Offices for which the actor may make a plan."""
    fitting = AID_OFFICES | {Kind.NATIONAL_AID_CENTRE}
    return tuple(b for b in sessions.organizers(current_actor()) if b.kind in fitting)


@blueprint.get("")
@door(Permission.COVERAGE_READ)
def index() -> str:
    """Plans of one's range and of the offices above."""
    after = request.args.get("after")
    page = plans.page(current_actor(), after=after)
    return render_template(
        "plans/index.html",
        rows=page.rows,
        owners=_owners(),
        next_href=url_for(".index", after=page.next) if page.next else None,
        first_href=url_for(".index") if after else None,
    )


@blueprint.get("/<int:plan_id>")
@door(Permission.COVERAGE_READ)
def show(plan_id: int) -> str:
    """How far the offices have come: those of one's own range, folded by city."""
    actor = current_actor()
    plan = plans.view(access.plan(actor, plan_id))
    today = shanghai_date(request_now())
    year = years.current(request_now())
    offices = plans.tree(plan, today=today, top=_top(plan.owner))
    return render_template(
        "plans/show.html",
        plan=plan,
        offices=offices,
        counted=_counted(offices),
        shows_share=plan.year == year.label,
        manages=access.holds(actor, plan.owner),
        plans_for=_own_office(plan),
    )


def _top(owner: BodyView) -> str:
    """The part of the tree that one sees: all of it from the owner up, one's own range below."""
    actor = current_actor()
    whole = access.range_of(owner)
    if actor.covers(Permission.COVERAGE_READ, whole):
        return whole
    inside = [p for p in actor.paths(Permission.COVERAGE_READ) if p.startswith(whole)]
    if not inside:
        raise NotFound
    return inside[0]


def _counted(offices: tuple[plans.Office, ...]) -> dict[Progress, int]:
    found = dict.fromkeys(Progress, 0)
    for office in offices:
        if office.progress is not None:
            found[office.progress] += 1
        for step, number in office.counted().items():
            found[step] += number
    return found


def _own_office(plan: plans.PlanView) -> BodyView | None:
    """One's own body that could hold a session for this plan."""
    top = access.range_of(plan.owner)
    own = [b for b in sessions.organizers(current_actor()) if b.path.startswith(top)]
    return own[0] if own else None


@blueprint.route("/new", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def new() -> Answer:
    """A new plan of one of the actor's offices (`?owner=`)."""
    wanted = request.args.get("owner", "").strip().upper()
    owners = [body for body in _owners() if not wanted or body.code == wanted]
    if not owners:
        raise NotFound
    owner = owners[0]
    row = access.organizer(current_actor(), owner.code)
    form = PlanForm()
    made: list[Plan] = []
    form.suit(cascade.tiers_of(owner.kind))
    outcome = None
    if request.method == "GET":
        form.renew(0)
        form.year.data = str(years.current(request_now()).label)
    else:
        outcome = attempt(
            form,
            lambda: made.append(
                cascade.make_plan(
                    actor=current_actor(),
                    owner=row,
                    entry=form.entry(),
                    once=form.once.data or ids.token(),
                    now=request_now(),
                )
            ),
        )
        if outcome.done:
            flash(_("计划已建好，下级可以看到。"), "ok")
            return redirect(url_for(".show", plan_id=made[0].id), code=303)
    return shown("plans/edit.html", outcome, form=form, owner=owner, plan=None)


@blueprint.route("/<int:plan_id>/edit", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def edit(plan_id: int) -> Answer:
    """Other words or days."""
    row = access.plan(current_actor(), plan_id, Permission.SESSION_MANAGE)
    plan, form = plans.view(row), PlanForm()
    form.suit(cascade.tiers_of(plan.owner.kind))
    outcome = None
    if request.method == "GET":
        form.renew(plan.version)
        form.fill(plan)
    else:
        version = form.seen_version
        outcome = attempt(
            form, lambda: cascade.edit_plan(plan=row, entry=form.entry(), version=version)
        )
        if outcome.done:
            flash(_("计划已保存。"), "ok")
            return redirect(url_for(".show", plan_id=plan_id), code=303)
        if isinstance(outcome.refusal, PlanChangedMeanwhile):
            form.renew(plan.version)
    return shown("plans/edit.html", outcome, form=form, owner=plan.owner, plan=plan)


@blueprint.route("/<int:plan_id>/drop", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def drop(plan_id: int) -> Answer | Response:
    """Asked once, then the plan is gone; sessions keep it."""
    row = access.plan(current_actor(), plan_id, Permission.SESSION_MANAGE)
    plan = plans.view(row)
    if request.method == "GET":
        return shown("plans/drop.html", plan=plan, form=FlaskForm())
    try:
        with unit_of_work():
            cascade.drop_plan(plan=row)
    except RuleBroken as refusal:
        flash(sentence_of(refusal), "late")
        return redirect(url_for(".show", plan_id=plan_id), code=303)
    flash(_("计划已删除。"), "ok")
    return redirect(url_for(".index"), code=303)
