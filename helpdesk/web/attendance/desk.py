"""The list at the desk: everybody, found by a few letters, marked by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response

from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound, Refusal, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.pinyin import folded, initials
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.operations import enrolling, marking
from helpdesk.training.operations.marking import Entry, Marked, Result
from helpdesk.training.queries import attendance
from helpdesk.training.queries.attendance import Line
from helpdesk.training.rules.attendance import Presence, Way
from helpdesk.web.attendance import words
from helpdesk.web.attendance.area import Answer, as_json, blueprint, session_of, shown
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.marks import zh

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

SHOWN_AT_MOST = 50


@blueprint.get("")
@door(Permission.ATTENDANCE_MARK)
def index(session_id: int) -> Answer:
    """The desk. `?q=` looks somebody up without a script."""
    return _page(session_of(session_id, Permission.ATTENDANCE_MARK))


def _page(session: Session, refusal: RuleBroken | None = None) -> Answer:
    text = request.values.get("q", "")[:80]
    lines = attendance.desk(session)
    found = [line for line in lines if _meant(line, text)]
    return shown(
        "attendance/desk.html",
        session,
        refusal,
        text=text,
        lines=found[:SHOWN_AT_MOST],
        hidden=max(len(found) - SHOWN_AT_MOST, 0),
        total=len(lines),
        counts=attendance.counts(session),
        token=ids.token,
        typed=request.form,
    )


def _meant(line: Line, text: str) -> bool:
    wanted = folded(text)
    keys = (folded(line.name), initials(line.name), folded(line.staff_no), folded(line.body_name))
    return any(wanted in key for key in keys)


@blueprint.get("/people.json")
@door(Permission.ATTENDANCE_MARK)
def people(session_id: int) -> Response:
    """Everybody, with what the script needs to find them."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    cursor = attendance.cursor(session.id)
    lines = attendance.desk(session)
    return _json(people=[_person(line) for line in lines], cursor=cursor)


def _person(line: Line) -> dict[str, Any]:
    return {
        "id": line.person_id,
        "name": line.name,
        "no": line.staff_no,
        "body": line.body_name,
        "keys": [folded(line.name), initials(line.name), folded(line.staff_no),
                 folded(line.body_name)],
        "record": as_json(line.record) if line.record else None,
    }  # fmt: skip


@blueprint.get("/changes.json")
@door(Permission.ATTENDANCE_MARK)
def changes(session_id: int) -> Response:
    """What other desks marked since a cursor."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    # Two statements, every few seconds, from every desk.
    found = attendance.changes(session.id, ids.row_number(request.args.get("after")) or 0)
    return _json(records=[as_json(record) for record in found.records], cursor=found.cursor)


def _json(**values: Any) -> Response:
    # A fresh token each time: a desk stands open all day.
    return jsonify(csrf=generate_csrf(), **values)


@blueprint.post("/mark")
@door(Permission.ATTENDANCE_MARK)
def mark(session_id: int) -> Answer:
    """One click: somebody is here, late, excused. The script asks for JSON, a form for a page."""
    asks_json = request.accept_mimetypes.best == "application/json"
    try:
        with unit_of_work():
            session = session_of(session_id, Permission.ATTENDANCE_MARK)
            person_id = ids.row_number(request.form.get("person_id"))
            entry = _entry(person_id)
            _refuse_strangers(session, entry.person_id)
            (done,) = marking.mark(
                actor=current_actor(), session=session, entries=[entry], now=request_now()
            )
    except Refusal as refusal:
        if not asks_json:
            raise
        return _refused(refusal)
    if asks_json:
        return jsonify(result=done.result.value, record=as_json(done.record))
    _tell(done)
    return redirect(url_for(".index", session_id=session_id, q=request.form.get("q")), code=303)


def _entry(person_id: int | None) -> Entry:
    presence = request.form.get("presence", "")
    if person_id is None or presence not in set(Presence):
        raise NotFound
    return Entry(
        person_id,
        Presence(presence),
        Way.DESK,
        seen=ids.row_number(request.form.get("seen")) or 0,
        once=request.form.get("once", "")[: ids.LONGEST_TOKEN] or None,
    )


def _refuse_strangers(session: Session, person_id: int) -> None:
    if not attendance.is_known(session, person_id):
        raise NotFound


def _refused(refusal: Refusal) -> Response:
    answer = jsonify(refused=str(sentence_of(refusal)))
    answer.status_code = refusal.status
    return answer


def _tell(done: Marked) -> None:
    names = attendance.names([done.record.person_id])
    said = {
        "name": zh(names[done.record.person_id]),
        "word": words.presence_text(done.record.presence),
    }
    if done.result is Result.STALE:
        sentence = _("%(name)s已由别人记为“%(word)s”，没有改动。要改请点姓名。")
        flash(Markup(sentence) % said, "soon")
    else:
        flash(Markup(_("%(name)s：%(word)s")) % said, "ok")


@blueprint.post("/walk-in")
@door(Permission.ATTENDANCE_MARK)
def walk_in(session_id: int) -> Answer:
    """Somebody who stands at the desk and on no list."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    typed = {name: request.form.get(name, "")[:80] for name in ("staff_no", "name")}
    try:
        with unit_of_work():
            row = enrolling.add_walk_in(
                actor=current_actor(), session=session, now=request_now(), **typed
            )
            (done,) = marking.mark(
                actor=current_actor(),
                session=session,
                entries=[Entry(row.person_id, Presence.PRESENT, Way.DESK)],
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _page(session, refusal)
    _tell(done)
    return redirect(url_for(".index", session_id=session_id), code=303)
