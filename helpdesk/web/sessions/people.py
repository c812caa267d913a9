"""The list of a session: who stands on it, putting somebody on it, walk-ins, the printed sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.people.access import fetch, lists
from helpdesk.training import access
from helpdesk.training.operations import enrolling, inviting
from helpdesk.training.queries import participants, sessions
from helpdesk.training.rules.sessions import PLACE_NAMES, Place, Source
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.sessions.area import Answer, attempt, blueprint, click, managed, shown
from helpdesk.web.sessions.forms import WalkInForm
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Enrolment, Session

MOST_AT_ONCE = 50


@blueprint.get("/<int:session_id>/people")
@door(Permission.SESSION_MANAGE)
def people(session_id: int) -> str:
    """A page of the list, by place and by name or number."""
    managed(session_id)
    asked = request.args.get("place", "")
    place = Place(asked) if asked in set(Place) else None
    text, after = request.args.get("q", "")[:80], request.args.get("after")
    page = participants.participants(session_id, place=place, text=text, after=after)
    words: dict[str, Any] = {"session_id": session_id}
    words |= {k: v for k, v in (("place", place), ("q", text)) if v}
    return render_template(
        "sessions/people.html",
        session=sessions.view(session_id),
        rows=page.rows,
        place=place,
        places=[(p.value, PLACE_NAMES[p]) for p in Place],
        text=text,
        next_href=url_for(".people", **words, after=page.next) if page.next else None,
        first_href=url_for(".people", **words) if after else None,
    )


@blueprint.route("/<int:session_id>/people/add", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def add(session_id: int) -> Answer:
    """Look for staff of one's range and put them on the list."""
    found = managed(session_id)
    text = request.args.get("q", "")[:80]
    sentence = ""
    if request.method == "POST":
        chosen = [ids.row_number(one) for one in request.form.getlist("person")[:MOST_AT_ONCE]]
        persons = tuple(fetch.person(current_actor(), one).id for one in chosen if one is not None)
        outcome = attempt(FlaskForm(), lambda: _put(found, persons))
        if outcome.done:
            number = len(persons)
            flash(ngettext("已加入%(num)s人。", "已加入%(num)s人。", number), "ok")
            return redirect(url_for(".people", session_id=session_id), code=303)
        sentence = outcome.sentence
    return _add_page(session_id, text, WalkInForm(formdata=None), sentence)


def _put(found: Session, persons: tuple[int, ...]) -> None:
    """Enrol them, or only invite them, as the button says."""
    if request.form.get("how") == "invite" and persons:
        inviting.invite_persons(
            session=found, person_ids=persons, source=Source.COORDINATOR, click=click()
        )
        return
    enrolling.put_on_list(
        actor=current_actor(), session=found, person_ids=persons, now=request_now()
    )


def _add_page(session_id: int, text: str, form: WalkInForm, sentence: str) -> Answer:
    page = render_template(
        "sessions/add.html",
        session=sessions.view(session_id),
        text=text,
        found=lists.people_found(current_actor(), text),
        form=form,
        sentence=sentence,
    )
    return page if request.method == "GET" else (page, 422)


@blueprint.get("/<int:session_id>/people/suggest")
@door(Permission.SESSION_MANAGE)
def suggest(session_id: int) -> str:
    """The first few of whom was typed, for the list below the box."""
    managed(session_id)
    found = lists.people_found(current_actor(), request.args.get("q", "")[:80])
    return render_template("sessions/_suggest.html", session_id=session_id, found=found[:8])


@blueprint.post("/<int:session_id>/people/walk-in")
@door(Permission.ATTENDANCE_MARK)
def walk_in(session_id: int) -> Answer:
    """Somebody who stands in the room, by number and name."""
    found = access.session(current_actor(), session_id, Permission.ATTENDANCE_MARK)
    form = WalkInForm()
    made: list[Enrolment] = []
    outcome = attempt(
        form,
        lambda: made.append(
            enrolling.add_walk_in(
                actor=current_actor(),
                session=found,
                staff_no=form.staff_no.data or "",
                name=form.name.data or "",
                now=request_now(),
            )
        ),
    )
    if not outcome.done:
        return _add_page(session_id, "", form, outcome.sentence)
    flash(_("已加入名单。"), "ok")
    return redirect(url_for(".add", session_id=session_id), code=303)


@blueprint.route("/<int:session_id>/people/<int:person_id>/remove", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def remove(session_id: int, person_id: int) -> Answer:
    """Take somebody off the list: asked once, then done."""
    found = managed(session_id)
    if request.method == "GET":
        row = participants.one(session_id, person_id)
        return shown("sessions/remove.html", session=sessions.view(session_id), row=row)
    try:
        with unit_of_work():
            enrolling.take_off(session=found, person_id=person_id, now=request_now())
    except RuleBroken as refusal:
        flash(sentence_of(refusal), "late")
    else:
        flash(_("已移出名单。"), "ok")
    return redirect(url_for(".people", session_id=session_id), code=303)


@blueprint.get("/<int:session_id>/sheet")
@door(Permission.SESSION_MANAGE)
def sheet(session_id: int) -> str | Response:
    """A sheet to sign on, for the printer."""
    managed(session_id)
    return render_template(
        "sessions/sheet.html",
        session=sessions.view(session_id),
        rows=participants.sheet(session_id),
        spare=10,
    )
