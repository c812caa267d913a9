"""Reading cases: lists by keyset, one case whole, the cases of a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from helpdesk.files import queries as files
from helpdesk.files.queries import StoredFile
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.models.cases import (
    Case,
    CaseCard,
    CaseFile,
    CaseSession,
    CaseSubsystem,
    History,
    Recommendation,
)
from helpdesk.knowledge.rules.cases import Entry, State, Verb
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem, ids_in


class View(StrEnum):
    """The lists of cases; the word stands in the address."""

    PUBLISHED = "published"
    OURS = "ours"  # written by our bodies, whatever their state
    REVIEW = "review"  # waiting for our review
    REVIEWED = "reviewed"  # submitted to us, whatever became of it


@dataclass(frozen=True)
class Filters:
    """What narrows a list; every field may be missing."""

    card: str = ""
    subsystem: Subsystem | None = None
    state: State | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on Case."""
        found: list[ColumnElement[bool]] = []
        if self.card:
            about = select(CaseCard.case_id).where(CaseCard.card_code == self.card)
            found.append(Case.id.in_(about))
        if self.subsystem:
            about = select(CaseSubsystem.case_id).where(CaseSubsystem.subsystem == self.subsystem)
            found.append(Case.id.in_(about))
        if self.state:
            found.append(Case.state == self.state)
        return found


@dataclass(frozen=True)
class CaseRow:
    """A line of a list. `recommended_by`: upper offices, lowest first."""

    id: int
    number: str
    title: str
    body: BodyView
    state: State
    updated_at: datetime
    published_at: datetime | None
    publisher: BodyView | None
    cards: tuple[str, ...]
    subsystems: tuple[Subsystem, ...]
    recommended_by: tuple[BodyView, ...]


@dataclass(frozen=True)
class Praise:
    """An upper office's recommendation."""

    body: BodyView
    at: datetime
    words: str


@dataclass(frozen=True)
class Done:
    """A line of the history."""

    at: datetime
    verb: Verb
    person_id: int | None
    body: BodyView
    to_state: State
    words: str


@dataclass(frozen=True)
class CaseView:
    """A case whole. `reviewer` None: never submitted, or taken back."""

    row: CaseRow
    entry: Entry
    reviewer: BodyView | None
    files: tuple[StoredFile, ...]
    praise: tuple[Praise, ...]
    history: tuple[Done, ...]
    version: int

    @property
    def returned_because(self) -> str:
        """What the reviewer wants changed; empty where nothing was returned last."""
        last = next((d for d in reversed(self.history) if d.verb is not Verb.EDIT), None)
        return last.words if last is not None and last.verb is Verb.RETURN else ""


def cases(
    actor: Actor, view: View, filters: Filters, *, after: str | None = None, size: int = 30
) -> Page[CaseRow]:
    """One page of a list, newest first; five queries at any size. Raises BadCursor."""
    query = select(Case).where(_of_view(actor, view), *filters.conditions())
    if after is not None:
        query = query.where(Case.id < decode(after, (int,))[0])
    found = session().scalars(query.order_by(Case.id.desc()).limit(size + 1)).all()
    rows = {row.id: row for row in _rows(found[:size])}
    return page_of(found, size, lambda case: (case.id,), lambda case: rows[case.id])


def _of_view(actor: Actor, view: View) -> ColumnElement[bool]:
    if view is View.OURS:
        return access.written_by(actor)
    if view is View.REVIEW:
        return access.reviewed_by(actor) & (Case.state == State.SUBMITTED)
    if view is View.REVIEWED:
        return access.reviewed_by(actor)
    return access.published_to(actor)


def waiting(actor: Actor) -> int:
    """How many cases wait for the actor's review."""
    count = select(func.count()).select_from(Case)
    return session().scalar(count.where(_of_view(actor, View.REVIEW))) or 0


def _rows(found: Collection[Case]) -> tuple[CaseRow, ...]:
    ids = [case.id for case in found]
    cards, words = _by_case(CaseCard.card_code, ids), _by_case(CaseSubsystem.subsystem, ids)
    praise = _praise(ids)
    wanted = {case.body_id for case in found} | {case.publisher_id or 0 for case in found}
    wanted |= {p.body_id for rows in praise.values() for p in rows}
    bodies = organizations.bodies(wanted)
    return tuple(
        CaseRow(
            id=case.id,
            number=case.number,
            title=case.title,
            body=bodies[case.body_id],
            state=case.state,
            updated_at=case.updated_at,
            published_at=case.published_at,
            publisher=bodies.get(case.publisher_id or 0),
            cards=tuple(sorted(cards[case.id])),
            subsystems=tuple(word for word in Subsystem if word in words[case.id]),
            recommended_by=tuple(bodies[p.body_id] for p in praise[case.id]),
        )
        for case in found
    )


def _by_case(column: Any, ids: Collection[int]) -> Mapping[int, list[Any]]:
    table = column.class_
    pairs = session().execute(select(table.case_id, column).where(table.case_id.in_(ids)))
    found: dict[int, list[Any]] = defaultdict(list)
    for case_id, value in pairs:
        found[case_id].append(value)
    return found


def _praise(ids: Collection[int]) -> Mapping[int, list[Recommendation]]:
    query = select(Recommendation).where(Recommendation.case_id.in_(ids))
    found: dict[int, list[Recommendation]] = defaultdict(list)
    for row in session().scalars(query.order_by(Recommendation.at)):
        found[row.case_id].append(row)
    return found


def whole(case: Case) -> CaseView:
    """A case with all that hangs on it, for somebody who may read it."""
    (row,) = _rows([case])
    attached = select(CaseFile.file_id).where(CaseFile.case_id == case.id)
    done = session().scalars(select(History).where(History.case_id == case.id)).all()
    praise = _praise([case.id])[case.id]
    wanted = {d.body_id for d in done} | {p.body_id for p in praise} | {case.reviewer_id or 0}
    bodies = organizations.bodies(wanted)
    return CaseView(
        row=row,
        entry=entry_of(case),
        reviewer=bodies.get(case.reviewer_id or 0),
        files=tuple(files.files(session().scalars(attached.order_by(CaseFile.file_id))).values()),
        praise=tuple(Praise(bodies[p.body_id], p.at, p.words) for p in praise),
        history=tuple(
            Done(d.at, d.verb, d.person_id, bodies[d.body_id], d.to_state, d.words)
            for d in sorted(done, key=lambda d: d.id)
        ),
        version=case.version,
    )


def entry_of(case: Case) -> Entry:
    """The case as its author's form holds it."""
    cards = select(CaseCard.card_code).where(CaseCard.case_id == case.id)
    words = select(CaseSubsystem.subsystem).where(CaseSubsystem.case_id == case.id)
    return Entry(
        title=case.title,
        situation=case.situation,
        measures=case.measures,
        result=case.result,
        advice=case.advice,
        cards=tuple(session().scalars(cards.order_by(CaseCard.card_code))),
        subsystems=tuple(session().scalars(words.order_by(CaseSubsystem.subsystem))),
    )


def of_session(actor: Actor, session_id: int) -> tuple[CaseRow, ...]:
    """The published cases of a training session that the actor may read."""
    mine = select(CaseSession.case_id).where(CaseSession.session_id == session_id)
    return _found((Case.id.in_(mine), access.published_to(actor)))


def attachable(
    actor: Actor,
    session_id: int,
    organizer_path: str,
    *,
    cards: Collection[str] = (),
    size: int = 20,
) -> tuple[CaseRow, ...]:
    """Cases that the people of a session could open and that are not attached yet, newest first;
    those about `cards` come before the others."""
    taken = select(CaseSession.case_id).where(CaseSession.session_id == session_id)
    line = Case.publisher_id.in_(ids_in(organizer_path))
    seen = or_(line, Case.publisher_id.in_(access.national()))
    open_to_them = (Case.state == State.PUBLISHED, seen, access.visible(actor))
    fitting = select(CaseCard.case_id).where(CaseCard.card_code.in_(cards))
    return _found((*open_to_them, Case.id.not_in(taken)), Case.id.in_(fitting).desc(), size=size)


def _found(
    conditions: Iterable[ColumnElement[bool]], *order: ColumnElement[Any], size: int = 50
) -> tuple[CaseRow, ...]:
    query = select(Case).where(*conditions).order_by(*order, Case.id.desc())
    return _rows(session().scalars(query.limit(size)).all())


@dataclass(frozen=True)
class CaseNews:
    """What a message needs to know of a case. `authors`: persons who acted for its body."""

    id: int
    number: str
    title: str
    body_id: int
    state: State
    reviewer_id: int | None
    authors: frozenset[int]


def news(case_id: int) -> CaseNews:
    """The case as messages see it."""
    case = session().get_one(Case, case_id)
    acted = select(History.person_id).where(
        History.case_id == case_id, History.body_id == case.body_id, History.person_id.is_not(None)
    )
    authors = frozenset(i for i in session().scalars(acted.distinct()) if i is not None)
    return CaseNews(
        case.id, case.number, case.title, case.body_id, case.state, case.reviewer_id, authors
    )
