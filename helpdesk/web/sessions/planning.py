"""Planning a session, changing it, and planning the same again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.catalog import queries as catalog
from helpdesk.files.queries import StoredFile
from helpdesk.kernel import ids
from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import in_shanghai, shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import BodyStatus, Shelf
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.training import access
from helpdesk.training.operations import planning
from helpdesk.training.operations.acts import SessionChangedMeanwhile
from helpdesk.training.operations.entries import NodeOutside, SessionEntry
from helpdesk.training.queries import audience, plans, quizzes, series, sessions
from helpdesk.web.cards.views import worded
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.files.uploads import receive
from helpdesk.web.sessions.area import (
    Answer,
    Outcome,
    attempt,
    blueprint,
    click,
    managed,
    shown,
    to_session,
)
from helpdesk.web.sessions.forms import CopyForm, SessionForm, WithFiles
from helpdesk.web.shell.marks import named

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

MOST_OFFICES = 60


def form_for(organizer: BodyView) -> SessionForm:
    """A form with what this organiser may choose."""
    form = SessionForm()
    form.offer(
        organizer,
        cards=[
            (card.code, Markup("{} {}").format(card.code, named(card))) for card in catalog.cards()
        ],
        offices=_near(organizer),
        quizzes=[(pool.key, worded(pool, "title")) for pool in quizzes.pools()],
        series=[(one.id, one.title) for one in series.of_organizer(organizer.id)],
        plans=[(plan.id, plan.title) for plan in plans.for_organizer(organizer)],
    )
    return form


def _near(organizer: BodyView) -> Sequence[BodyView]:
    """The offices directly below; where there are none, the schools, if a page can hold them."""
    top = None if access.range_of(organizer) == ROOT_PATH else organizer.id
    for shelf in (Shelf.OFFICE, Shelf.SCHOOL):
        page = organizations.children(top, shelf=shelf, status=BodyStatus.ACTIVE, size=MOST_OFFICES)
        if page.rows:
            return () if page.next else page.rows
    return ()


def entry_of(form: SessionForm, organizer: BodyView) -> SessionEntry:
    """What was filled in. Raises NodeOutside for codes that are not below the organiser."""
    codes = form.codes()
    known = audience.nodes(organizer, codes) if codes else {}
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise NodeOutside(code=" ".join(unknown)[:200])
    return form.entry(known.values())


def keep_files(form: WithFiles) -> tuple[StoredFile, ...]:
    """Keep what was sent along. Raises the first FileRefused, which says the way out."""
    received = receive(
        form.files.data or (),
        confirmed=bool(form.no_students.data),
        actor=current_actor(),
        now=request_now(),
    )
    for refusal in received.refused:
        raise refusal
    return received.kept


@blueprint.route("/new", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def new() -> Answer:
    """A new session of one of the actor's bodies (`?organizer=`)."""
    actor = current_actor()
    choices = sessions.organizers(actor)
    organizer = _organizer(choices)
    row = access.organizer(actor, organizer.code)
    form = form_for(organizer)
    made: list[Session] = []
    if request.method == "GET":
        _suggest(form, organizer)
    outcome = None
    if request.method == "POST":
        outcome = attempt(form, lambda: made.append(_planned(form, row, organizer)))
        if outcome.done:
            flash(_("培训已建好，现在只有本单位看得到。核对后开放报名。"), "ok")
            return to_session(made[0].id)
    values: dict[str, Any] = _form_values(organizer)
    return shown("sessions/edit.html", outcome, form=form, session=None, choices=choices, **values)


def _organizer(choices: tuple[BodyView, ...]) -> BodyView:
    wanted = request.args.get("organizer", "").strip().upper()
    own = current_actor().body_id
    by_code = [body for body in choices if body.code == wanted]
    found = by_code or ([] if wanted else [b for b in choices if b.id == own] or list(choices[:1]))
    if not found:
        raise NotFound
    return found[0]


def _suggest(form: SessionForm, organizer: BodyView) -> None:
    """A morning a week from now; the plan, topics and office (`?node=`) that the address names."""
    form.renew(0)
    form.day.data = shanghai_date(request_now()) + timedelta(days=7)
    form.from_time.process_formdata(["09:00"])
    form.to_time.process_formdata(["11:00"])
    for name in ("plan_id", "series_id"):
        form[name].data = request.args.get(name, "")
    form.cards.data = request.args.getlist("card")
    form.subsystems.data = request.args.getlist("subsystem")
    node = request.args.get("node", "").strip().upper()[:20]
    if form.node_codes is not None and node != organizer.code:
        form.node_codes.data = node


def _planned(form: SessionForm, row: Any, organizer: BodyView) -> Session:
    made = planning.plan(
        actor=current_actor(),
        organizer=row,
        entry=entry_of(form, organizer),
        once=form.once.data or ids.token(),
        now=request_now(),
    )
    if not sessions.view(made.id).materials:
        _hand_out(form, made)
    return made


def _hand_out(form: WithFiles, session: Session) -> None:
    planning.hand_out_all(
        actor=current_actor(), session=session, files=keep_files(form), now=request_now()
    )


def _form_values(organizer: BodyView) -> dict[str, Any]:
    wanted = (Key.TRAINING_SHARE, Key.TRAINING_ONLINE_SHARE, Key.TRAINING_CHECK)
    terms = settings.values(wanted, organizer.path)
    return {
        "organizer": organizer,
        "share": terms[Key.TRAINING_SHARE],
        "online_share": terms[Key.TRAINING_ONLINE_SHARE],
        "check_required": terms[Key.TRAINING_CHECK],
    }


@blueprint.route("/<int:session_id>/edit", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def edit(session_id: int) -> Answer:
    """Change a session."""
    found = managed(session_id)
    view = sessions.view(session_id)
    form = form_for(view.organizer)
    outcome = None
    if request.method == "GET":
        form.renew(found.version)
        offered = {one[0] for one in form.nodes.choices or ()} if form.nodes else set()
        form.fill(
            planning.entry_of(found),
            [body.code for body in view.nodes if str(body.id) not in offered],
        )
    else:
        outcome = attempt(form, lambda: _change(form, found, view.organizer))
        if outcome.done:
            return to_session(session_id, outcome, _("培训已保存。"))
        if isinstance(outcome.refusal, SessionChangedMeanwhile):
            form.renew(sessions.view(session_id).version)
    values = _form_values(view.organizer) | {"check_required": view.check_required}
    return shown("sessions/edit.html", outcome, form=form, session=view, choices=(), **values)


def _change(form: SessionForm, found: Session, organizer: BodyView) -> None:
    planning.edit(
        session=found,
        entry=entry_of(form, organizer),
        click=click(form.once.data, form.seen_version),
    )
    _hand_out(form, found)


@blueprint.route("/<int:session_id>/copy", methods=["GET", "POST"])
@door(Permission.SESSION_MANAGE)
def copy(session_id: int) -> Answer:
    """The same again on another date."""
    found = managed(session_id)
    form = CopyForm()
    made: list[Session] = []
    outcome: Outcome | None = None
    if request.method == "GET":
        form.renew(found.version)
        starts = in_shanghai(found.starts_at)
        form.day.data = max(starts.date(), shanghai_date(request_now())) + timedelta(days=7)
        form.from_time.data = starts.time()
    else:
        outcome = attempt(form, lambda: made.append(_copied(form, found)))
        if outcome.done:
            flash(_("已按原样新建一期，核对后开放报名。"), "ok")
            return redirect(url_for("sessions.show", session_id=made[0].id), code=303)
    return shown("sessions/copy.html", outcome, form=form, session=sessions.view(session_id))


def _copied(form: CopyForm, found: Session) -> Session:
    return planning.copy(
        actor=current_actor(),
        session=found,
        starts_at=form.starts_at(),
        once=form.once.data or ids.token(),
        now=request_now(),
    )
