"""Writing a case down: a draft may have gaps, but never a number of a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from helpdesk.catalog import queries as catalog
from helpdesk.files import queries as files
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone, RuleBroken, in_a_row
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.knowledge.access.cases import Reach
from helpdesk.knowledge.models.cases import Case, CaseCard, CaseFile, CaseSubsystem
from helpdesk.knowledge.operations.record import Act, PersonalDataInCase, begin, check_length, write
from helpdesk.knowledge.rules import cases as rules
from helpdesk.knowledge.rules.cases import Entry, State, Verb
from helpdesk.organizations.models import Body


class TitleMissing(RuleBroken):
    """Even a draft has a title by which its author finds it again."""

    sentence = N_("请先填写标题，草稿才能保存。")


class TooManyFiles(RuleBroken):
    """A handful of files is enough."""

    sentence = N_("一个案例最多附%(most)s个文件。请去掉不需要的。")


def start(
    *,
    actor: Actor,
    body: Body,
    entry: Entry,
    file_ids: Sequence[int] = (),
    once: str,
    now: datetime,
) -> Case:
    """Begin a case of `body` as a draft; the same token again answers the first one.

    Raises TitleMissing, TextTooLong, PersonalDataInCase, TooManyFiles.
    """
    _check(entry)
    begun = session().scalar(
        insert_once(Case)
        .values(
            body_id=body.id,
            author_person_id=actor.person_id,
            state=State.DRAFT,
            created_at=now,
            updated_at=now,
            once=once,
            version=1,
            **_texts(entry),
        )
        .returning(Case.id)
    )
    case = session().scalars(select(Case).where(Case.once == once)).one()
    if begun is None:
        # Sent twice, perhaps at once; somebody else's token is nobody's.
        if case.author_person_id != actor.person_id:
            raise AlreadyDone
        return case
    _set_topics(case, entry)
    _set_files(case, actor, file_ids)
    write(case, Verb.START, Act(actor, now, once, 1), case.body_id, None)
    return case


def edit(*, reach: Reach, entry: Entry, file_ids: Sequence[int] = (), act: Act) -> None:
    """Keep what was changed; `file_ids` are all files that the case has from now on.

    Raises as start, and AlreadyDone, NotNow, CaseChangedMeanwhile.
    """
    case = reach.case
    _check(entry)
    before = begin(case, Verb.EDIT, act)
    for name, value in _texts(entry).items():
        setattr(case, name, value)
    _set_topics(case, entry)
    _set_files(case, act.actor, file_ids)
    write(case, Verb.EDIT, act, case.body_id, before)


def _check(entry: Entry) -> None:
    if not entry.title.strip():
        raise TitleMissing
    check_length(rules.TITLE, entry.title, rules.LONGEST_LINE)
    for name, label in rules.SECTIONS.items():
        check_length(label, getattr(entry, name), rules.LONGEST)
    found = rules.with_personal_data(entry)
    if found:
        raise PersonalDataInCase(labels=in_a_row(found))


def _texts(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name).strip() for name in ("title", *rules.SECTIONS)}


def _set_topics(case: Case, entry: Entry) -> None:
    codes = dict.fromkeys(catalog.card(code).code for code in entry.cards)
    _replace(CaseCard, case, [{"card_code": code} for code in codes])
    words = dict.fromkeys(entry.subsystems)
    _replace(CaseSubsystem, case, [{"subsystem": word} for word in words])


def _set_files(case: Case, actor: Actor, file_ids: Collection[int]) -> None:
    """Files of the case so far, and such as this person has sent; any other number is nobody's."""
    here = set(session().scalars(select(CaseFile.file_id).where(CaseFile.case_id == case.id)))
    sent = files.files(file_ids).values()
    kept = [f.id for f in sent if f.id in here or f.kept_by_person_id == actor.person_id]
    if len(kept) > rules.MOST_FILES:
        raise TooManyFiles(most=rules.MOST_FILES)
    _replace(CaseFile, case, [{"file_id": i} for i in kept])


def _replace(
    table: type[CaseCard] | type[CaseSubsystem] | type[CaseFile],
    case: Case,
    rows: list[dict[str, Any]],
) -> None:
    session().execute(delete(table).where(table.case_id == case.id))
    if rows:
        session().execute(insert(table), [{"case_id": case.id, **row} for row in rows])
