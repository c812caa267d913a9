"""The roster of a body: who is there, who left, adding somebody."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.ids import token
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.queries import BodyView
from helpdesk.people import queries
from helpdesk.people.access import fetch, lists
from helpdesk.people.operations import roster as operations
from helpdesk.people.operations.entries import SamePersonPerhaps
from helpdesk.people.rules import ROLE_PERMISSIONS, Role
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.people import words
from helpdesk.web.people.area import Answer, attempt, blueprint, body_of, offer, shown, today
from helpdesk.web.people.forms import NewPersonForm


@blueprint.get("")
@door(Permission.ROSTER_READ)
def index() -> Answer:
    """Look somebody up in one's range; own roster; offices nobody answers for."""
    actor = current_actor()
    text = request.args.get("q", "")[:80]
    tops = actor.paths(Permission.ACCOUNT_MANAGE)
    after = request.args.get("after")
    gaps = queries.bodies_without_handler(tops, after=after, size=20) if tops else None
    more = gaps.next if gaps else None
    return render_template(
        "people/index.html",
        text=text,
        found=lists.people_found(actor, text),
        gaps=gaps,
        next_href=url_for("people.index", after=more) if more else None,
        first_href=url_for("people.index") if after else None,
        root_holders=lists.root_holders(actor),
    )


@blueprint.get("/bodies/<code>")
@door(Permission.ROSTER_READ)
def roster(code: str) -> Answer:
    """Who works here, or (`?left=1`) who did."""
    actor = current_actor()
    body = body_of(code, Permission.ROSTER_READ)
    left = request.args.get("left") == "1"
    after = request.args.get("after")
    page = lists.roster(actor, body.code, left=left, after=after)
    here: dict[str, Any] = {"code": body.code, "left": "1" if left else None}
    return render_template(
        "people/roster.html",
        body=body,
        left=left,
        rows=page.rows,
        today=today(),
        may_manage=actor.covers(Permission.ROSTER_MANAGE, body.path),
        next_href=url_for("people.roster", after=page.next, **here) if page.next else None,
        first_href=url_for("people.roster", **here) if after else None,
    )


@blueprint.route("/bodies/<code>/new", methods=["GET", "POST"])
@door(Permission.ROSTER_MANAGE)
def add(code: str) -> Answer:
    """A new person on this roster, or one more appointment for a known one."""
    body = body_of(code, Permission.ROSTER_MANAGE)
    form = NewPersonForm()
    offer(form, body)
    if request.method == "GET":
        form.once.data = token()
        form.joined_on.data = today()
        return shown("people/add.html", form=form, body=body, known=False)
    added: list[int] = []
    outcome = attempt(form, lambda: added.append(_add(form, body)))
    if outcome.done:
        person = fetch.person(current_actor(), added[0])
        flash(_("已登记，工号%(no)s。", no=person.staff_no), "ok")
        return redirect(url_for("people.person", person_id=person.id), code=303)
    known = isinstance(outcome.refusal, SamePersonPerhaps) or bool(form.existing.data)
    return shown("people/add.html", outcome, form=form, body=body, known=known)


def _add(form: NewPersonForm, body: BodyView) -> int:
    given: dict[str, Any] = {
        "actor": current_actor(),
        "body_id": body.id,
        "entry": form.person(),
        "work": form.entry(),
        "now": request_now(),
    }
    if form.existing.data:
        return operations.add_existing(**given).id
    return operations.add_person(**given, once=form.once.data or token()).id


@blueprint.get("/roles")
@door(Permission.ROSTER_READ)
def role_table() -> Answer:
    """Which role may do what: the table that the program itself goes by."""
    rows = [
        (_(said), [permission in ROLE_PERMISSIONS[role] for role in Role])
        for permission, said in words.PERMISSIONS.items()
    ]
    meanings = [(_(words.ROLES[role]), _(words.ROLE_MEANINGS[role])) for role in Role]
    return render_template("people/roles.html", rows=rows, meanings=meanings)
