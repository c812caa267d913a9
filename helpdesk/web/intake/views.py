"""The guided form: four doors, the questions behind them, the fields of a card, the last look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card, Door, Playbook
from helpdesk.files import queries as stored
from helpdesk.files.queries import StoredFile
from helpdesk.files.rules.kinds import ACCEPTED
from helpdesk.intake import access
from helpdesk.intake.operations import asking
from helpdesk.intake.operations import drafts as operations
from helpdesk.intake.queries import drafts as queries
from helpdesk.intake.rules.questions import LONGEST_LINE, Answers
from helpdesk.kernel import ids
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.people import queries as people
from helpdesk.privacy.rules import mask
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.intake import box
from helpdesk.web.intake import desk as desks
from helpdesk.web.intake.area import Page, blueprint
from helpdesk.web.intake.desk import DOORS, ICONS, Desk
from helpdesk.web.intake.forms import DetailsForm, form_for, local_text
from helpdesk.web.intake.outlook import (
    back_to_question,
    outlook,
    progress,
    question_before,
    summary,
)
from helpdesk.web.intake.saving import Trouble, heading, save
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.intake.models.drafts import Draft


ONE_OF = "<any({}):door>".format(", ".join(f'"{d.value}"' for d in DOORS))


# --- doors ---------------------------------------------------------------------------------------


@blueprint.route("", methods=["GET", "POST"])
@door(Permission.TICKET_CREATE)
def ask() -> Page:
    """The four doors, drafts to go on with, and what there is about typed words (`q`)."""
    return _doors(desks.own(current_actor()))


def _doors(desk: Desk) -> Page:
    words = request.args.get("q", "")
    if request.method == "POST" or mask(words) != words:
        # Out of the address, and so out of the history of the browser.
        return box.to_page(desk)
    about = box.typed()
    drafts = queries.drafts_of(current_actor())
    bodies = organizations.bodies(draft.body_id for draft in drafts)
    refusal = desks.turned_away(current_actor(), desk)
    return render_template(
        "intake/doors.html",
        desk=desk,
        refusal=sentence_of(refusal) if refusal else "",
        playbooks=catalog.playbooks(),
        icons=ICONS,
        about=about,
        found=box.found(desk, about),
        drafts=[(d, catalog.card(d.card_code), bodies[d.body_id]) for d in drafts],
    )


@blueprint.get("/phone")
@door(Permission.TICKET_CREATE_FOR_OTHERS)
def phone() -> str:
    """Find the body on whose behalf somebody calls."""
    wanted = request.args.get("q", "").strip()[:60]
    actor = current_actor()
    access.filing_body(actor)
    found = queries.bodies_to_file_for(actor, wanted) if wanted else ()
    parents = organizations.bodies(b.parent_id for b in found if b.parent_id is not None)
    return render_template("intake/phone.html", wanted=wanted, found=found, parents=parents)


@blueprint.route("/phone/<body>", methods=["GET", "POST"])
@door(Permission.TICKET_CREATE_FOR_OTHERS)
def phone_doors(body: str) -> Page:
    """The four doors, for a caller."""
    return _doors(desks.of_caller(current_actor(), body))


# --- questions -----------------------------------------------------------------------------------


@blueprint.get(f"/{ONE_OF}", endpoint="door")
@door(Permission.TICKET_CREATE)
def question(door: str) -> Page:
    """One question of a playbook; an answer leads on. Nothing is stored."""
    return _question(desks.own(current_actor()), Door(door))


@blueprint.get(f"/phone/<body>/{ONE_OF}")
@door(Permission.TICKET_CREATE_FOR_OTHERS)
def phone_question(body: str, door: str) -> Page:
    """The same for a caller."""
    return _question(desks.of_caller(current_actor(), body), Door(door))


def _question(desk: Desk, door: Door) -> Page:
    playbook = _playbook(door)
    asked = playbook.question(request.args.get("at", "")) or playbook.start
    chosen = request.args.get("choice")
    after = playbook.after(asked.key, chosen) if chosen else None
    if isinstance(after, str):
        return redirect(desk.card(door, after), code=303)
    if after is not None:
        return redirect(desk.question(door, at=after.key), code=303)
    unanswered = "go" in request.args or bool(chosen)
    before = question_before(playbook, asked.key)
    page = render_template(
        "intake/question.html",
        desk=desk,
        playbook=playbook,
        question=asked,
        unanswered=unanswered,
        progress=progress(door, 2),
        action=desk.question(door),
        back=desk.question(door, at=before) if before else desk.start(),
    )
    return (page, 422) if unanswered else page


def _playbook(door: Door) -> Playbook:
    found = catalog.playbook(door)
    if found is None:
        raise NoSuchPage
    return found


# --- the form of a card --------------------------------------------------------------------------


@blueprint.route(f"/{ONE_OF}/<code>", methods=["GET", "POST"])
@door(Permission.TICKET_CREATE)
def details(door: str, code: str) -> Page:
    """The likely answer, who will have it, and the fields this card asks for."""
    return _details(desks.own(current_actor()), Door(door), catalog.card(code), None)


@blueprint.route(f"/phone/<body>/{ONE_OF}/<code>", methods=["GET", "POST"])
@door(Permission.TICKET_CREATE_FOR_OTHERS)
def phone_details(body: str, door: str, code: str) -> Page:
    """The same for a caller, with name, number and time of the call."""
    desk = desks.of_caller(current_actor(), body)
    return _details(desk, Door(door), catalog.card(code), None)


@blueprint.route("/drafts/<int:draft_id>", methods=["GET", "POST"])
@door(Permission.SIGNED_IN)
def draft(draft_id: int) -> Page:
    """Go on with a draft."""
    found = access.draft(current_actor(), draft_id)
    if found.ticket_number is not None:
        return _to_ticket(found.ticket_number)
    return _details(desks.of_draft(found), found.door, catalog.card(found.card_code), found)


def _details(desk: Desk, door: Door, card: Card, draft: Draft | None) -> Page:
    if card.redirect_zh:
        return _elsewhere(desk, door, card)
    if "solved" in request.form:
        return _solved(desk, card, draft)
    form = form_for(
        card,
        desk.body,
        offices=queries.offices_above(desk.body.id) if card.needs_accused else (),
        for_others=desk.for_others,
        half="later" in request.form,
    )
    if request.method == "POST":
        return _posted(desk, door, card, form, draft)
    return _form_page(desk, door, card, form, _prefill(desk, form, draft), draft)


def _prefill(desk: Desk, form: DetailsForm, draft: Draft | None) -> tuple[StoredFile, ...]:
    """What is known already; answers the files of the draft."""
    if draft is not None:
        form.put(Answers.from_json(draft.answers))
        return tuple(stored.files(draft.files).values())
    form.previous_number.data = mask(request.args.get("previous", "")[:20])
    form.title.data = form.typed.data = mask(request.args.get("about", ""))[:LONGEST_LINE]
    actor = current_actor()
    if desk.for_others:
        form.received_at.data = local_text(request_now())
        form.received_how.data = _("来电")
    elif actor.person_id is not None:
        me = people.person(actor.person_id)
        form.callback_name.data, form.callback_number.data = me.name, me.mobile
    return ()


def _posted(desk: Desk, door: Door, card: Card, form: DetailsForm, draft: Draft | None) -> Page:
    saved = save(desk, card, door, form, draft)
    if saved.draft is None:
        page = _form_page(desk, door, card, form, saved.files, draft, saved.trouble)
        return page, 422
    if form.half:
        flash(_("草稿已保存，30天内可以继续填。"))
        return redirect(desk.start(), code=303)
    return redirect(url_for("intake.review", draft_id=saved.draft.id), code=303)


def _form_page(
    desk: Desk,
    door: Door,
    card: Card,
    form: DetailsForm,
    files: tuple[StoredFile, ...],
    draft: Draft | None,
    trouble: Trouble | None = None,
) -> str:
    trouble = trouble or Trouble()
    form.kept.data = ",".join(str(f.id) for f in files)
    back = back_to_question(_playbook(door), card.code)
    answers = form.answers()
    return render_template(
        "intake/details.html",
        desk=desk,
        card=card,
        door=door,
        form=form,
        files=files,
        draft=draft,
        trouble=trouble,
        once=ids.token(),
        heading=heading(trouble),
        accepted=ACCEPTED,
        progress=progress(door, 3),
        outlook=outlook(desk, card, answers, request_now()),
        back=desk.question(door, at=back) if back else desk.start(),
    )


def _elsewhere(desk: Desk, door: Door, card: Card) -> Page:
    """OUT: where to go instead. Nothing is stored, whatever was sent."""
    return render_template("intake/elsewhere.html", desk=desk, door=door, card=card)


def _solved(desk: Desk, card: Card, draft: Draft | None) -> Response:
    with unit_of_work():
        asking.count_solved(
            card_code=card.code,
            body=desk.body,
            now=request_now(),
            once=request.form.get("once", "")[:64],
        )
        if draft is not None:
            operations.discard(actor=current_actor(), draft=draft)
    flash(_("好，没有提交，也没有留下内容。再遇到问题随时来。"))
    return redirect(desk.start(), code=303)


# --- the last look -------------------------------------------------------------------------------


@blueprint.get("/drafts/<int:draft_id>/review")
@door(Permission.SIGNED_IN)
def review(draft_id: int) -> Page:
    """Everything once more, with who will have it and until when."""
    found = access.draft(current_actor(), draft_id)
    if found.ticket_number is not None:
        return _to_ticket(found.ticket_number)
    return _review(found)


def _review(found: Draft, refusal: str = "") -> str:
    card, desk = catalog.card(found.card_code), desks.of_draft(found)
    answers = Answers.from_json(found.answers)
    accused = answers.accused_body_id
    return render_template(
        "intake/review.html",
        desk=desk,
        card=card,
        draft=found,
        answers=answers,
        said=summary(card, answers),
        accused=organizations.body(accused) if accused else None,
        files=tuple(stored.files(found.files).values()),
        progress=progress(found.door, 4),
        outlook=outlook(desk, card, answers, request_now()),
        refusal=refusal,
    )


@blueprint.post("/drafts/<int:draft_id>/submit")
@door(Permission.SIGNED_IN)
def submit(draft_id: int) -> Page:
    """Send it. The draft is the once-token: a second click finds the ticket."""
    actor = current_actor()
    found = access.draft(actor, draft_id)
    try:
        with unit_of_work():
            number = operations.submit(actor=actor, draft=found, now=request_now())
    except RuleBroken as refusal:
        found = access.draft(actor, draft_id)
        return _review(found, sentence_of(refusal)), refusal.status
    return _to_ticket(number)


def _to_ticket(number: str) -> Response:
    flash(_("已提交，编号%(number)s。办理情况会通知您。", number=number))
    return redirect(url_for("tickets.show", number=number), code=303)


@blueprint.route("/drafts/<int:draft_id>/discard", methods=["GET", "POST"])
@door(Permission.SIGNED_IN)
def discard(draft_id: int) -> Page:
    """Throw a draft away, after asking once."""
    found = access.draft(current_actor(), draft_id)
    desk = desks.of_draft(found)
    if request.method == "GET":
        card = catalog.card(found.card_code)
        return render_template("intake/discard.html", draft=found, card=card, desk=desk)
    with unit_of_work():
        operations.discard(actor=current_actor(), draft=found)
    flash(_("草稿已删除。"))
    return redirect(desk.start(), code=303)
