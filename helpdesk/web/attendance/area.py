"""The blueprint of the area, and what its views have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.training import access
from helpdesk.training.queries import attendance
from helpdesk.training.queries.attendance import Counts, RecordView
from helpdesk.web.attendance import words
from helpdesk.web.doors import current_actor
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

blueprint = Blueprint(
    "attendance", __name__, url_prefix="/training/sessions/<int:session_id>/attendance"
)

Answer = Response | str | tuple[str, int]


@blueprint.record_once
def _make_known(state: BlueprintSetupState) -> None:
    environment = state.app.jinja_env
    for words_of in words.FILTERS:
        environment.filters[words_of.__name__] = words_of
    environment.globals["attendance_summary"] = summary_of


@dataclass(frozen=True)
class Summary:
    """Figures of a session for its page; `marks`: this person may record at it."""

    counts: Counts
    marks: bool


def summary_of(session_id: int) -> Summary:
    """What the page of a session says about attendance."""
    session = access.session(current_actor(), session_id)
    try:
        access.session(current_actor(), session_id, Permission.ATTENDANCE_MARK)
    except Forbidden:
        return Summary(attendance.counts(session), marks=False)
    return Summary(attendance.counts(session), marks=True)


def session_of(session_id: int, to: Permission) -> Session:
    """The session; NotFound for a stranger, Forbidden without `to` on its organiser."""
    return access.session(current_actor(), session_id, to)


def shown(
    template: str, session: Session, refusal: RuleBroken | None = None, **values: Any
) -> Answer:
    """A page of this area; a form that came back carries the status of its refusal."""
    sentence = sentence_of(refusal) if refusal else ""
    page = render_template(template, session=session, sentence=sentence, **values)
    if request.method == "GET":
        return page
    return page, refusal.status if refusal else 422


def as_json(record: RecordView) -> dict[str, Any]:
    """A record as the script of the desk reads it."""
    return {
        "id": record.person_id,
        "presence": record.presence.value,
        "word": words.presence_text(record.presence),
        "level": words.presence_level(record.presence),
        "flag": words.flag_text(record.flag) if record.flag else "",
        "version": record.version,
    }
