"""One press of a button on the form: what is wrong with it, or what was kept.

The order matters. Texts are looked at before anything is written; a form with a finding is shown
again from the request and nothing of its words reaches the database, a log or the session.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _

from helpdesk.catalog.rules import Card, Door
from helpdesk.files import queries as stored
from helpdesk.files.queries import StoredFile
from helpdesk.intake.operations import drafts as operations
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.asking import read_before
from helpdesk.intake.rules.questions import Answers, Stage
from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.web.doors import current_actor, request_now
from helpdesk.web.files.uploads import Received, chosen, receive
from helpdesk.web.intake import box
from helpdesk.web.intake.desk import Desk
from helpdesk.web.intake.forms import DetailsForm
from helpdesk.web.intake.marking import MarkedLine, marked_lines
from helpdesk.web.shell.errors import sentence_of

if TYPE_CHECKING:
    from helpdesk.intake.models.drafts import Draft


@dataclass
class Trouble:
    """Why the form comes back. `found` is refused, `doubtful` only asked about."""

    found: dict[str, tuple[MarkedLine, ...]] = field(default_factory=dict)
    doubtful: dict[str, tuple[MarkedLine, ...]] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """The draft that was kept, or the trouble with the form and the files kept meanwhile."""

    draft: Draft | None
    trouble: Trouble
    files: tuple[StoredFile, ...]


def save(desk: Desk, card: Card, door: Door, form: DetailsForm, draft: Draft | None) -> Saved:
    """Check the form and keep it as a draft; on any trouble keep its good files only."""
    actor = current_actor()
    if "masked" in request.form:
        form.put(rules.masked(form.answers()))
    answers = _completed(desk, form.answers())
    fits = form.validate_on_submit()
    trouble = _trouble(form, answers)
    kept = _kept_files(actor, form)
    with unit_of_work():
        received = _receive(actor, form) if not form.files.errors else Received((), ())
        trouble.files = tuple(sentence_of(refusal) for refusal in received.refused)
        files = (*kept, *received.kept)
        stays = not fits or trouble.found or trouble.doubtful or trouble.files
        if not stays:
            draft = _keep(desk, card, door, draft, answers, files, half=form.half)
    return Saved(None if stays else draft, trouble, files)


def _completed(desk: Desk, answers: Answers) -> Answers:
    """A body of one subsystem is not asked which."""
    only = desk.body.subsystems
    return replace(answers, subsystem=only[0].value) if len(only) == 1 else answers


def _trouble(form: DetailsForm, answers: Answers) -> Trouble:
    texts = dict(rules.guarded(answers))
    trouble = Trouble(
        found={
            name: marked_lines(texts[name], numbers)
            for name, numbers in rules.findings(answers).items()
        }
    )
    for name in trouble.found:
        form[name].errors = [*form[name].errors, _("有像个人信息的内容，没有保存")]
    if not form.sure.data and not trouble.found:
        trouble.doubtful = {
            name: marked_lines(texts[name], guesses)
            for name, guesses in rules.doubts(answers).items()
        }
    return trouble


def _kept_files(actor: Actor, form: DetailsForm) -> tuple[StoredFile, ...]:
    """Files of earlier tries that this person sent and has not taken off again."""
    taken_off = {ids.row_number(text) for text in request.form.getlist("off")}
    wanted = [i for i in form.kept_ids() if i not in taken_off]
    found = stored.files(wanted).values()
    return tuple(f for f in found if f.kept_by_person_id == actor.person_id)


def _receive(actor: Actor, form: DetailsForm) -> Received:
    return receive(
        chosen(form.files.data or ()),
        confirmed=bool(form.clear.data),
        actor=actor,
        now=request_now(),
    )


def _keep(
    desk: Desk,
    card: Card,
    door: Door,
    draft: Draft | None,
    answers: Answers,
    files: tuple[StoredFile, ...],
    *,
    half: bool,
) -> Draft:
    answers = _with_reading(desk, draft, answers)
    stage = Stage.DETAILS if half else Stage.REVIEW
    file_ids = [f.id for f in files]
    actor, now = current_actor(), request_now()
    if draft is None:
        return operations.start_draft(
            actor=actor,
            body=desk.body,
            for_others=desk.for_others,
            door=door,
            card_code=card.code,
            answers=answers,
            file_ids=file_ids,
            stage=stage,
            now=now,
        )
    operations.keep_draft(
        actor=actor, draft=draft, answers=answers, file_ids=file_ids, stage=stage, now=now
    )
    return draft


def _with_reading(desk: Desk, draft: Draft | None, answers: Answers) -> Answers:
    """What was read in the question box goes along, once."""
    earlier = Answers.from_json(draft.answers).read if draft else ()
    read = read_before(earlier, box.opened(desk.body))
    box.forget_opened(desk.body)
    return replace(answers, read=read)


def heading(trouble: Trouble) -> str:
    """The sentence above a form that comes back."""
    if trouble.found:
        return str(_("有像个人信息的内容，请删去或遮盖后再继续；删去之前不会保存。"))
    if trouble.doubtful:
        return str(_("有些内容像住址、出生日期或姓名，请看一下标出的地方。"))
    if trouble.files:
        return str(_("有附件没有收下，其他内容都还在。"))
    return ""
