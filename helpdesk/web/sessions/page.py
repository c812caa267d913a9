"""The page of a session, and the verbs that stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.kernel import ids
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.training import access
from helpdesk.training.operations import enrolling, inviting, planning
from helpdesk.training.operations.acts import SessionChangedMeanwhile
from helpdesk.training.operations.inviting import Invited
from helpdesk.training.queries import audience, participants, sessions, years
from helpdesk.training.queries.sessions import SessionView
from helpdesk.training.rules.sessions import Place, State, takes_enrolments
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.sessions.area import (
    Answer,
    Outcome,
    attempt,
    blueprint,
    click,
    do,
    managed,
    shown,
    to_session,
)
from helpdesk.web.sessions.forms import ActForm, MaterialForm, OpenForm, ReasonForm
from helpdesk.web.sessions.planning import keep_files
from helpdesk.web.sessions.words import limits_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Enrolment, Session


@dataclass(frozen=True)
class ReasonVerb:
    """A verb that says why."""

    words: str
    consequence: str
    done: str
    states: tuple[State, ...]
    act: Callable[..., None]
    down: bool = False


REASON_VERBS = {
    "cancel": ReasonVerb(
        N_("取消这期培训"),
        N_("取消后不能恢复。已经邀请和报名的人会收到通知。"),
        N_("培训已取消，名单里的人会收到通知。"),
        (State.PLANNED, State.OPEN, State.RUNNING),
        planning.cancel,
        down=True,
    ),
    "reopen": ReasonVerb(
        N_("重新打开"),
        N_("重新打开后可以补登记出勤，三天后自动结束。"),
        N_("已重新打开，可以补登记出勤。"),
        (State.CLOSED,),
        planning.reopen,
    ),
}


OWN_WORDS = {
    Place.ENROLLED: N_("已报名。"),
    Place.WAITING: N_("名额已满，您排在候补；有名额时会通知您。"),
    Place.DECLINED: N_("已记下您不参加。"),
}


@blueprint.get("/<int:session_id>")
@door(Permission.SIGNED_IN)
def show(session_id: int) -> str:
    """Everything about a session that this person may see, with what may be done."""
    actor, now = current_actor(), request_now()
    row = access.session(actor, session_id)
    view = sessions.view(session_id)
    manages = access.holds(actor, view.organizer)
    own = sessions.own_places(actor, (session_id,)).get(session_id)
    return render_template(
        "sessions/show.html",
        session=view,
        manages=manages,
        marks=access.holds(actor, view.organizer, Permission.ATTENDANCE_MARK),
        own=own,
        may_enrol=_may_enrol(row, own),
        sees_link=manages or own in (Place.INVITED, Place.ENROLLED),
        meant=audience.size(audience.circle_of(row), shanghai_date(now)) if manages else None,
        limits=limits_of(view),
        cards=[catalog.card(code) for code in view.cards],
        done=participants.history(session_id) if manages else (),
        once=ids.token(),
        form=MaterialForm(),
    )


def _may_enrol(row: Session, own: Place | None) -> bool:
    """Would the person at the screen be taken?"""
    actor, now = current_actor(), request_now()
    if actor.person_id is None or not takes_enrolments(row.state, row.mode) or row.ends_at <= now:
        return False
    if own is not None:
        return True
    circle = audience.circle_of(row)
    return audience.body_in(circle, actor.person_id, shanghai_date(now)) is not None


# --- verbs of the organiser ---------------------------------------------------------------------


@blueprint.route("/<int:session_id>/open", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def open_up(session_id: int) -> Answer:
    """First how many will be invited, then the invitations go out; later for those who came new."""
    found = managed(session_id)
    if found.state not in (State.PLANNED, State.OPEN, State.RUNNING):
        raise NotFound
    form, invited = OpenForm(), list[Invited]()
    outcome: Outcome | None = None
    if request.method == "GET":
        form.renew(found.version)
    else:
        outcome = attempt(form, lambda: invited.append(_invite(form, found)))
        if outcome.done:
            return to_session(session_id, outcome, _said(invited[0]) if invited else "")
        if isinstance(outcome.refusal, SessionChangedMeanwhile):
            form.renew(sessions.view(session_id).version)
    circle, day = audience.circle_of(found), shanghai_date(request_now())
    return shown(
        "sessions/open.html",
        outcome,
        form=form,
        session=sessions.view(session_id),
        everybody=audience.size(circle, day, unlisted_on=session_id),
        untrained=audience.size(
            circle, day, unlisted_on=session_id, untrained_in=years.of_day(found.held_on).label
        ),
        over=found.ends_at <= request_now(),
    )


def _invite(form: OpenForm, found: Session) -> Invited:
    only = bool(form.only_untrained.data)
    act = click(form.once.data, form.seen_version)
    if found.state is State.PLANNED:
        return planning.open_up(session=found, click=act, only_untrained=only)
    return inviting.invite_again(session=found, click=act, only_untrained=only)


def _said(invited: Invited) -> str:
    said = str(ngettext("已邀请%(num)s人。", "已邀请%(num)s人。", invited.number))
    return said + str(_("还有没邀请完的，请再邀请一次。")) if invited.more else said


@blueprint.post("/<int:session_id>/start")
@door(Permission.SESSION_MANAGE)
def start(session_id: int) -> Response:
    """It begins now."""
    return _move(session_id, planning.start, _("培训已开始，可以登记出勤。"))


@blueprint.post("/<int:session_id>/close")
@door(Permission.SESSION_MANAGE)
def close(session_id: int) -> Response:
    """It is over."""
    return _move(session_id, planning.close, _("培训已结束。"))


def _move(session_id: int, verb: Callable[..., None], said: str) -> Response:
    found, form = managed(session_id), ActForm()
    act = click(form.once.data, form.seen_version)
    return do(session_id, lambda: verb(session=found, click=act), said)


@blueprint.route("/<int:session_id>/act/<any(cancel, reopen):verb>", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def say_why(session_id: int, verb: str) -> Answer:
    """Cancel or reopen, with the reason."""
    found, chosen, form = managed(session_id), REASON_VERBS[verb], ReasonForm()
    outcome: Outcome | None = None
    if request.method == "GET":
        if found.state not in chosen.states:
            raise NotFound
        form.renew(found.version)
    else:
        outcome = attempt(form, lambda: _because(chosen, form, found))
        if outcome.done:
            return to_session(session_id, outcome, _(chosen.done))
        if isinstance(outcome.refusal, SessionChangedMeanwhile):
            form.renew(sessions.view(session_id).version)
    view = sessions.view(session_id)
    return shown("sessions/why.html", outcome, form=form, session=view, verb=chosen, name=verb)


def _because(verb: ReasonVerb, form: ReasonForm, found: Session) -> None:
    verb.act(
        session=found,
        reason=form.reason.data or "",
        click=click(form.once.data, form.seen_version),
    )


# --- verbs of a participant ---------------------------------------------------------------------


@blueprint.post("/<int:session_id>/enrol")
@door(Permission.SIGNED_IN)
def enrol(session_id: int) -> Response:
    """I will come."""
    return _answer(session_id, enrolling.enrol)


@blueprint.post("/<int:session_id>/decline")
@door(Permission.SIGNED_IN)
def decline(session_id: int) -> Response:
    """I will not come."""
    return _answer(session_id, enrolling.decline)


def _answer(session_id: int, verb: Callable[..., Enrolment]) -> Response:
    actor = current_actor()
    row = access.session(actor, session_id)
    said: list[Enrolment] = []
    answer = do(session_id, lambda: said.append(verb(actor=actor, session=row, now=request_now())))
    if said:
        flash(_(OWN_WORDS[said[0].place]), "ok")
    return answer


# --- materials ----------------------------------------------------------------------------------


@blueprint.post("/<int:session_id>/materials")
@door(Permission.SESSION_MANAGE)
def hand_out(session_id: int) -> Answer:
    """More files."""
    found, form = managed(session_id), MaterialForm()

    def keep() -> None:
        planning.hand_out_all(
            actor=current_actor(), session=found, files=keep_files(form), now=request_now()
        )

    outcome = attempt(form, keep)
    if outcome.done:
        return to_session(session_id, outcome, _("材料已加入。"))
    view: SessionView = sessions.view(session_id)
    values: dict[str, Any] = {"form": form, "session": view}
    return shown("sessions/materials.html", outcome, **values)


@blueprint.post("/<int:session_id>/materials/<int:file_id>/remove")
@door(Permission.SESSION_MANAGE)
def take_back(session_id: int, file_id: int) -> Response:
    """One file less."""
    found = managed(session_id)
    return do(
        session_id,
        lambda: planning.take_back(session=found, file_id=file_id),
        _("材料已移除。"),
    )
