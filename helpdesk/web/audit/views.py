"""What auditors read: who did what to whom, and who signed in from where."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.permissions import Permission
from helpdesk.people.access import trail
from helpdesk.people.rules import Act, plain
from helpdesk.web.doors import current_actor, door
from helpdesk.web.people import words

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
@door(Permission.AUDIT_READ)
def index() -> str:
    """Acts on persons, accounts and roles in the auditor's range, newest first."""
    actor = current_actor()
    act = request.args.get("act", "")
    staff_no = plain(request.args.get("staff_no", ""))[:40]
    after = request.args.get("after")
    chosen = Act(act) if act in set(Act) else None
    page = trail.trail(actor, act=chosen, staff_no=staff_no, after=after)
    here: dict[str, Any] = {"act": chosen, "staff_no": staff_no or None}
    return render_template(
        "audit/index.html",
        rows=page.rows,
        acts=[(one.value, _(said)) for one, said in words.ACTS.items()],
        chosen=chosen,
        staff_no=staff_no,
        whole=actor.covers(Permission.AUDIT_READ, ROOT_PATH),
        next_href=url_for("audit.index", **here, after=page.next) if page.next else None,
        first_href=url_for("audit.index", **here) if after else None,
    )


@blueprint.get("/sign-ins")
@door(Permission.AUDIT_READ)
def sign_ins() -> str:
    """Attempts to sign in to accounts that exist, newest first."""
    user_name = plain(request.args.get("user_name", ""))[:64]
    after = request.args.get("after")
    page = trail.sign_ins(current_actor(), user_name=user_name, after=after)
    here: dict[str, Any] = {"user_name": user_name or None}
    return render_template(
        "audit/sign_ins.html",
        rows=[(row, *words.OUTCOMES[row.outcome]) for row in page.rows],
        user_name=user_name,
        next_href=url_for("audit.sign_ins", **here, after=page.next) if page.next else None,
        first_href=url_for("audit.sign_ins", **here) if after else None,
    )
