"""Short checks: the list, the start page, the check on one page, its result, and who passed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.ids import row_number, token
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.training import access
from helpdesk.training.operations import quizzing
from helpdesk.training.operations.quizzing import AlreadySent, NotComplete, QuestionsChanged
from helpdesk.training.queries import checked, quizzes, years
from helpdesk.training.queries.quizzes import AttemptView, Standing
from helpdesk.training.rules import quizzes as rules
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.quizzes import paper, words
from helpdesk.web.shell.errors import sentence_of

blueprint = Blueprint("quizzes", __name__, url_prefix="/training/quizzes")
blueprint.add_app_template_filter(words.source, "quiz_source")

Answer = Response | str | tuple[str, int]


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> Answer:
    """All pools with the state of the person who looks."""
    states = quizzes.standings(current_actor().person_id, request_now())
    return render_template("quizzes/index.html", states=states)


@blueprint.get("/<key>")
@door(Permission.SIGNED_IN)
def show(key: str) -> Answer:
    """What a check asks and what it counts for; `?session=` names the session it belongs to."""
    return _start_page(key, row_number(request.args.get("session")))


def _start_page(key: str, session_id: int | None, sentence: str = "") -> str:
    actor = current_actor()
    state = quizzes.standing(actor.person_id, key, request_now())
    done = quizzes.attempts_of(actor.person_id, key, limit=5) if actor.person_id else ()
    return render_template(
        "quizzes/show.html",
        state=state,
        pool=state.pool,
        done=done,
        session_id=session_id,
        once=token(),
        sentence=sentence,
    )


@blueprint.post("/<key>/start")
@door(Permission.SIGNED_IN)
def start(key: str) -> Answer:
    """Begin, or go on with what was begun."""
    session_id = row_number(request.form.get("session"))
    try:
        with unit_of_work():
            attempt_id = quizzing.start(
                actor=current_actor(),
                key=key,
                once=request.form.get("once") or token(),
                session_id=session_id,
                now=request_now(),
            )
    except RuleBroken as refusal:
        return _start_page(key, session_id, sentence_of(refusal)), refusal.status
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), code=303)


@blueprint.get("/attempts/<int:attempt_id>")
@door(Permission.SIGNED_IN)
def attempt(attempt_id: int) -> Answer:
    """The check to answer, or its result."""
    found = quizzes.own(current_actor().person_id, attempt_id)
    questions = rules.asked(quizzes.pool(found.pool), found.drawn)
    if found.sent_at is not None:
        return _result(found)
    if questions is None:
        return _begin_anew(found)
    return _question_page(found, {}, None)


def _begin_anew(found: AttemptView) -> Response:
    flash(_(QuestionsChanged.sentence), "soon")
    return redirect(url_for("quizzes.show", key=found.pool), code=303)


@blueprint.post("/attempts/<int:attempt_id>")
@door(Permission.SIGNED_IN)
def send(attempt_id: int) -> Answer:
    """All answers at once."""
    found = quizzes.own(current_actor().person_id, attempt_id)
    given = paper.given(found, quizzes.pool(found.pool), request.form)
    try:
        with unit_of_work():
            quizzing.send(
                actor=current_actor(), attempt_id=attempt_id, given=given, now=request_now()
            )
    except NotComplete as refusal:
        return _question_page(found, given, refusal), refusal.status
    except QuestionsChanged:
        return _begin_anew(found)
    except AlreadySent as twice:
        flash(_(twice.sentence), "wait")
    return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), code=303)


def _question_page(found: AttemptView, given: Any, refusal: NotComplete | None) -> str:
    pool = quizzes.pool(found.pool)
    questions = rules.asked(pool, found.drawn) or ()
    faults = refusal.faults if refusal else {}
    return render_template(
        "quizzes/attempt.html",
        attempt=found,
        pool=pool,
        needed=rules.needed(found.asked, pool.pass_percent),
        paper=paper.paper(found, questions, given, faults),
        kinds=words.KINDS,
        faults=words.FAULTS,
        sentence=sentence_of(refusal) if refusal else "",
    )


def _result(found: AttemptView) -> str:
    pool = quizzes.pool(found.pool)
    questions = rules.asked(pool, found.drawn)
    state: Standing = quizzes.standing(found.person_id, found.pool, request_now())
    return render_template(
        "quizzes/result.html",
        attempt=found,
        pool=pool,
        state=state,
        needed=rules.needed(found.asked, pool.pass_percent),
        told=paper.told(found, questions) if questions is not None else (),
    )


@blueprint.get("/<key>/questions")
@door(Permission.COVERAGE_READ)
def questions(key: str) -> Answer:
    """Which questions are hard for the people of our range."""
    tally = quizzes.tally(key, current_actor().paths(Permission.COVERAGE_READ))
    return render_template(
        "quizzes/questions.html",
        pool=quizzes.pool(key),
        tally=tally,
        newest=quizzes.NEWEST,
        fewest=quizzes.FEWEST,
    )


@blueprint.get("/sessions/<int:session_id>")
@door(Permission.SESSION_MANAGE)
def of_session(session_id: int) -> Answer:
    """Who of the people of a session passed its check; never what anybody answered."""
    held = access.session(current_actor(), session_id, to=Permission.SESSION_MANAGE)
    if not held.quiz:
        raise NotFound
    after = request.args.get("after")
    page = checked.people(held.id, held.quiz, held.held_on, after=after)
    here = url_for("quizzes.of_session", session_id=session_id)
    following = url_for("quizzes.of_session", session_id=session_id, after=page.next)
    return render_template(
        "quizzes/of_session.html",
        session=held,
        pool=quizzes.pool(held.quiz),
        figures=checked.figures(held.id, held.quiz, held.held_on),
        rows=page.rows,
        next_href=following if page.next else None,
        first_href=here if after else None,
    )


@blueprint.app_template_global("session_check")
def session_check(session_id: int) -> dict[str, Any] | None:
    """For the page of a session: its pool, where the reader stands, and for its managers how many
    passed; None where no check belongs to it."""
    held = access.session(current_actor(), session_id)
    if not held.quiz:
        return None
    organizer = organizations.body(held.organizer_id)
    manages = access.holds(current_actor(), organizer)
    return {
        "session": held,
        "state": quizzes.standing(current_actor().person_id, held.quiz, request_now()),
        "year": years.of_day(held.held_on),
        "figures": checked.figures(held.id, held.quiz, held.held_on) if manages else None,
    }
