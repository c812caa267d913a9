"""The screen in the room: the code of this moment, large, renewing itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from flask import jsonify, url_for
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.training.operations import scanning as signing_in
from helpdesk.training.queries import attendance
from helpdesk.training.rules import scanning
from helpdesk.web.attendance.area import Answer, blueprint, session_of, shown
from helpdesk.web.doors import base_url, door, request_now

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session


@blueprint.get("/screen")
@door(Permission.ATTENDANCE_MARK)
def screen(session_id: int) -> Answer:
    """For the projector. Without a script the page loads itself anew."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    now = request_now()
    try:
        signing_in.check_open(session, now)
    except RuleBroken as refusal:
        return shown("attendance/screen_closed.html", session, refusal)
    return shown(
        "attendance/screen.html",
        session,
        slot=scanning.slot_of(now),
        left=scanning.seconds_left(now),
        there=attendance.there(session.id),
    )


@blueprint.get("/screen.json")
@door(Permission.ATTENDANCE_MARK)
def screen_state(session_id: int) -> Response:
    """Which picture to show, for how many seconds, and how many have signed in."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    now = request_now()
    slot = scanning.slot_of(now)
    return jsonify(
        picture=url_for(".screen_code", session_id=session.id, slot=slot),
        left=scanning.seconds_left(now),
        there=attendance.there(session.id),
    )


@blueprint.get("/screen.svg")
@door(Permission.ATTENDANCE_MARK)
def screen_code(session_id: int) -> Response:
    """The code of this moment as a picture (whatever slot the address names)."""
    session = session_of(session_id, Permission.ATTENDANCE_MARK)
    slot = scanning.slot_of(request_now())
    out = io.BytesIO()
    code = segno.make(scan_address(session, slot), error="m", micro=False)
    # A light ground of its own: a dark page must not swallow it.
    code.save(out, kind="svg", border=4, scale=8, light="white", omitsize=False)
    return Response(out.getvalue(), mimetype="image/svg+xml")


def scan_address(session: Session, slot: int) -> str:
    """What the code says."""
    code = scanning.code(session.code_seed, session.id, slot)
    return base_url() + url_for(".scan", session_id=session.id, c=code)
