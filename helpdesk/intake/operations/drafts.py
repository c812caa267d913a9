"""Keeping, sending and clearing away drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Door
from helpdesk.files import operations as files
from helpdesk.files import queries as stored
from helpdesk.files.models import File
from helpdesk.intake import access
from helpdesk.intake.models.drafts import Draft
from helpdesk.intake.operations.asking import keep_trail
from helpdesk.intake.queries.drafts import touched
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.questions import Answers, Stage
from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound, in_a_row
from helpdesk.knowledge.models.cases import CaseFile
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.routing import operations as routing
from helpdesk.tickets import access as tickets
from helpdesk.tickets.models import TicketFile
from helpdesk.tickets.operations.filing import NewTicket
from helpdesk.tickets.operations.record import Act, FileRef
from helpdesk.training.models.sessions import Material

DRAFTS_LAST = timedelta(days=30)
# A file sent along with a form that was refused waits for the next try, not longer.
LOOSE_FILES_LAST = timedelta(days=2)
# On these a file may hang.
_OWNERS = (TicketFile, CaseFile, Material)


def start_draft(
    *,
    actor: Actor,
    body: BodyView,
    for_others: bool,
    door: Door,
    card_code: str,
    answers: Answers,
    file_ids: Sequence[int],
    stage: Stage,
    now: datetime,
) -> Draft:
    """Keep a new draft. Raises PersonalDataInDraft, TooManyFiles, NoRedirectedQuestion."""
    assert actor.person_id is not None  # only people fill in forms
    _check(card_code, answers, file_ids)
    draft = Draft(
        person_id=actor.person_id,
        body_id=body.id,
        for_others=for_others,
        door=door,
        card_code=card_code,
        answers=answers.to_json(),
        files=_own(actor, file_ids),
        step=stage,
        submission_key=ids.token(),
        created_at=now,
        updated_at=now,
    )
    session().add(draft)
    session().flush()
    return draft


def keep_draft(
    *,
    actor: Actor,
    draft: Draft,
    answers: Answers,
    file_ids: Sequence[int],
    stage: Stage,
    now: datetime,
) -> None:
    """Keep what was changed; files taken off the draft are forgotten. Raises as start_draft."""
    _check(draft.card_code, answers, file_ids)
    kept = _own(actor, file_ids)
    taken_off = set(draft.files) - set(kept)
    draft.answers, draft.files = answers.to_json(), kept
    draft.step, draft.updated_at = stage, now
    session().flush()
    files.forget(file_ids=taken_off, actor=actor)


def _check(card_code: str, answers: Answers, file_ids: Sequence[int]) -> None:
    if catalog.card(card_code).redirect_zh:
        raise rules.NoRedirectedQuestion
    if rules.findings(answers):
        raise rules.PersonalDataInDraft
    if len(set(file_ids)) > rules.MOST_FILES:
        raise rules.TooManyFiles(most=rules.MOST_FILES)


def _own(actor: Actor, file_ids: Sequence[int]) -> list[int]:
    """Only files that this person has sent; a number typed into the address counts for nothing."""
    found = stored.files(file_ids)
    return [i for i, file in found.items() if file.kept_by_person_id == actor.person_id]


def discard(*, actor: Actor, draft: Draft) -> None:
    """Throw a draft away, with the files sent for it."""
    loose = draft.files if draft.ticket_number is None else []
    session().delete(draft)
    session().flush()
    files.forget(file_ids=loose, actor=actor)


def submit(*, actor: Actor, draft: Draft, now: datetime) -> str:
    """Send the question: opens and routes a ticket, answers its number.

    A second click answers the same number. Raises BodyDoesNotAskNow, DraftIncomplete,
    ReportInTheFuture, ReportTooOld, PersonalDataInDraft and the refusals of routing.
    """
    _lock(draft)
    if draft.ticket_number is not None:
        return draft.ticket_number
    access.check_asks(organizations.body(draft.body_id))
    card = catalog.card(draft.card_code)
    answers = Answers.from_json(draft.answers)
    _check(draft.card_code, answers, draft.files)
    gaps = rules.missing(card, answers, for_others=draft.for_others)
    if gaps:
        raise rules.DraftIncomplete(labels=in_a_row(gaps))
    if answers.received_at is not None:
        rules.check_received(answers.received_at, now)
    ticket = routing.open_ticket(
        draft=_new_ticket(actor, draft, answers, now),
        act=Act(actor=actor, now=now),
        submission_key=draft.submission_key,
    )
    keep_trail(ticket=ticket, answers=answers)
    # What was sent lives in the ticket alone; the row only answers a second click.
    draft.ticket_number, draft.answers, draft.files = ticket.number, {}, []
    draft.updated_at = now
    session().flush()
    return ticket.number


def _lock(draft: Draft) -> None:
    """Two clicks at once: the second waits here and then sees what the first has done."""
    again = select(Draft).where(Draft.id == draft.id).execution_options(populate_existing=True)
    if session().scalar(again.with_for_update()) is None:
        raise NotFound


def _new_ticket(actor: Actor, draft: Draft, answers: Answers, now: datetime) -> NewTicket:
    card = catalog.card(draft.card_code)
    deadline = touched(card, answers, draft.body_id, now)
    filer = access.filing_body(actor) if draft.for_others else None
    return NewTicket(
        card_code=card.code,
        asker_body_id=draft.body_id,
        title=rules.title_of(card, answers),
        text=rules.text_of(card, answers),
        subsystem=answers.subsystem or None,
        fields=dict(answers.fields),
        asker_person_id=None if draft.for_others else actor.person_id,
        filer_body_id=filer.id if filer else None,
        callback_name=answers.callback_name or None,
        callback_number=rules.narrow(answers.callback_number),
        accused_body_id=answers.accused_body_id if card.needs_accused else None,
        received_at=answers.received_at,
        received_how=answers.received_how,
        previous_number=_seen(actor, answers.previous_number),
        item_id=deadline.occurrence.item.id if deadline else None,
        item_due_on=deadline.due_on if deadline else None,
        files=tuple(FileRef(f.id, f.name) for f in stored.files(draft.files).values()),
    )


def _seen(actor: Actor, number: str) -> str | None:
    """The number of an earlier question, if the actor may read it."""
    if not number:
        return None
    try:
        return tickets.ticket(actor, number.strip()).number
    except NotFound:
        return None


def clear_away(*, now: datetime) -> int:
    """Forget drafts untouched for a month and files that hang on nothing; answer how many.

    The bytes go with the next sweep of the store.
    """
    old = list(session().scalars(select(Draft).where(Draft.updated_at < now - DRAFTS_LAST)))
    for draft in old:
        session().delete(draft)
    session().flush()
    held = {i for kept in session().scalars(select(Draft.files)) for i in kept}
    loose = session().scalars(
        select(File.id).where(
            File.kept_at < now - LOOSE_FILES_LAST,
            *(~select(owner.file_id).where(owner.file_id == File.id).exists() for owner in _OWNERS),
        )
    )
    return len(old) + files.forget_all(file_ids=[i for i in loose if i not in held])
