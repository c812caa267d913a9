"""Certificates: one's own, those of a session, and the page where a stranger checks one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpdesk.kernel import fonts
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training import access
from helpdesk.training.operations import certifying, checking
from helpdesk.training.queries import certificates, years
from helpdesk.training.queries.certificates import Paper
from helpdesk.web.certificates import codes, words
from helpdesk.web.doors import base_url, current_actor, door, request_now
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.training.models.sessions import Session

blueprint = Blueprint("certificates", __name__, url_prefix="/certificates")

# Pages of one file: two to three seconds of drawing.
PART = 200
LONGEST_NUMBER = 100


class NoFont(RuleBroken):
    """The machine has no font that could be embedded; the page to print is always there."""

    sentence = fonts.MISSING
    status = 503


# --- the public check -----------------------------------------------------------------------------


@blueprint.get("/check")
@door(Permission.PUBLIC)
def check() -> Response:
    """The form for a number typed by hand, and what it proves."""
    return _answer(request.args.get("number", ""))


@blueprint.get("/check/<number>")
@door(Permission.PUBLIC)
def checked(number: str) -> Response:
    """The address in the QR code."""
    return _answer(number)


def _answer(text: str) -> Response:
    """One page for every number: nobody learns whether an unknown one was ever given."""
    text, proof, refusal = text.strip()[:LONGEST_NUMBER], None, None
    if text:
        try:
            proof = checking.check(text=text, address=request.remote_addr or "", now=request_now())
        except checking.TooManyChecks as refused:
            refusal = refused
    page = render_template(
        "certificates/check.html",
        typed=text,
        proof=proof,
        refused=sentence_of(refusal) if refusal else "",
    )
    response = make_response(page, refusal.status if refusal else 200)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


# --- one's own ------------------------------------------------------------------------------------


@blueprint.post("/mine/<int(max=9999):year>/issue")
@door(Permission.SIGNED_IN)
def issue(year: int) -> Response:
    """Give the certificate, once; then it is shown."""
    actor = current_actor()
    with unit_of_work():
        certifying.issue(actor=actor, person_id=_self(), year=year, now=request_now())
    return redirect(url_for("certificates.mine", year=year), code=303)


@blueprint.get("/mine/<int(max=9999):year>")
@door(Permission.SIGNED_IN)
def mine(year: int) -> str:
    """The certificate as a page to print."""
    paper = certificates.of_person(_self(), year)
    return _shown([paper], url_for("certificates.mine_pdf", year=year), url_for("mytraining.index"))


@blueprint.get("/mine/<int(max=9999):year>.pdf")
@door(Permission.SIGNED_IN)
def mine_pdf(year: int) -> Response:
    """The certificate as a file."""
    return _file([certificates.of_person(_self(), year)], f"certificate-{year}")


def _self() -> int:
    person_id = current_actor().person_id
    assert person_id is not None
    return person_id


# --- those of a session ---------------------------------------------------------------------------


@blueprint.post("/session/<int:session_id>")
@door(Permission.SESSION_MANAGE)
def issue_for(session_id: int) -> Response:
    """Give everybody who was there a certificate; then they are shown, to print or as a file."""
    actor, now = current_actor(), request_now()
    of = access.session(actor, session_id, to=Permission.SESSION_MANAGE)
    with unit_of_work():
        certifying.issue_for(actor=actor, of=of, year=_year(of), now=now)
    return redirect(url_for("certificates.of_session", session_id=session_id), code=303)


@blueprint.get("/session/<int:session_id>")
@door(Permission.SESSION_MANAGE)
def of_session(session_id: int) -> str:
    """Certificates of the people of a session as pages to print, some at a time."""
    papers, part, parts = _of_session(session_id)
    return _shown(
        papers,
        url_for("certificates.session_pdf", session_id=session_id, part=part),
        url_for("sessions.show", session_id=session_id),
        parts=[
            (n, n == part, url_for("certificates.of_session", session_id=session_id, part=n))
            for n in range(1, parts + 1)
        ],
    )


@blueprint.get("/session/<int:session_id>.pdf")
@door(Permission.SESSION_MANAGE)
def session_pdf(session_id: int) -> Response:
    """The same as one file with a page for each."""
    papers, part, parts = _of_session(session_id)
    number = f"-{part}" if parts > 1 else ""
    return _file(papers, f"certificates-{session_id}{number}")


def _of_session(session_id: int) -> tuple[Sequence[Paper], int, int]:
    """The papers of this part, its number, and how many parts there are."""
    of = access.session(current_actor(), session_id, to=Permission.SESSION_MANAGE)
    found = certificates.of_people(certificates.people_there(of), _year(of))
    if not found:
        raise certifying.NobodyTrained
    parts = -(-len(found) // PART)
    part = min(max(request.args.get("part", 1, type=int), 1), parts)
    return found[(part - 1) * PART : part * PART], part, parts


def _year(of: Session) -> int:
    return years.of_day(of.held_on).label


# --- how they look --------------------------------------------------------------------------------


def address(number: str) -> str:
    """Where the QR code leads."""
    return base_url() + url_for("certificates.checked", number=number)


def _font() -> Path | None:
    return fonts.font_file(current_app.config["FONT"])


def _shown(
    papers: Sequence[Paper], pdf: str, back: str, parts: Sequence[tuple[int, bool, str]] = ()
) -> str:
    return render_template(
        "certificates/print.html",
        papers=[(words.lines(one), codes.source(address(one.number))) for one in papers],
        words=words,
        pdf=pdf if _font() else "",
        no_font=fonts.MISSING,
        back=back,
        parts=parts if len(parts) > 1 else (),
    )


def _file(papers: Sequence[Paper], name: str) -> Response:
    # Imported late: the libraries of drawing take half a second, and few processes draw.
    from helpdesk.web.certificates import paper

    font = _font()
    if font is None:
        raise NoFont
    response = make_response(paper.draw(papers, font=font, address=address))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
