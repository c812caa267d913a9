"""Cases as material of a training session: the part of its page, and the two acts behind it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.operations import attaching
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.queries.cases import CaseRow
from helpdesk.organizations import queries as organizations
from helpdesk.training import access as training
from helpdesk.web.cases.area import Answer, blueprint
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of


@dataclass(frozen=True)
class Material:
    """What the page of a session shows. `offers`: cases that its manager may add."""

    rows: tuple[CaseRow, ...]
    offers: tuple[CaseRow, ...]
    managed: bool


@blueprint.app_template_global("cases_of_session")
def cases_of_session(session_id: int, cards: tuple[str, ...] = ()) -> Material:
    """For the page of a session that the actor may read. `cards`: its topics."""
    actor = current_actor()
    session = training.session(actor, session_id)
    by = organizations.body(session.organizer_id)
    managed = training.holds(actor, by, Permission.SESSION_MANAGE)
    rows = queries.of_session(actor, session_id)
    offers = queries.attachable(actor, session_id, by.path, cards=cards) if managed else ()
    return Material(rows, offers, managed)


@blueprint.post("/sessions/<int:session_id>/attach")
@door(Permission.SESSION_MANAGE)
def attach(session_id: int) -> Answer:
    """Add a case that I may read to a session that I manage."""
    actor = current_actor()
    session = training.session(actor, session_id, Permission.SESSION_MANAGE)
    case = access.case(actor, ids.row_number(request.form.get("case_id")) or 0)
    try:
        with unit_of_work():
            attaching.attach(
                case=case,
                session_id=session.id,
                organizer_path=organizations.body(session.organizer_id).path,
                actor=actor,
                now=request_now(),
            )
    except RuleBroken as refusal:
        flash(sentence_of(refusal), "late")
    else:
        flash(_("案例已加入培训班。"), "ok")
    return redirect(_page_of(session_id), code=303)


@blueprint.post("/sessions/<int:session_id>/detach")
@door(Permission.SESSION_MANAGE)
def detach(session_id: int) -> Answer:
    """Take a case off a session that I manage."""
    session = training.session(current_actor(), session_id, Permission.SESSION_MANAGE)
    case_id = ids.row_number(request.form.get("case_id")) or 0
    with unit_of_work():
        attaching.detach(case_id=case_id, session_id=session.id)
    flash(_("案例已从培训班移除。"), "ok")
    return redirect(_page_of(session_id), code=303)


def _page_of(session_id: int) -> str:
    return url_for("sessions.show", session_id=session_id)
