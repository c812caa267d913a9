"""Every act on a ticket goes through here: the lock, the second click, the state, the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.people import queries as people
from helpdesk.privacy import rules as privacy
from helpdesk.tickets.models import History, Ticket, TicketArticle, TicketFile
from helpdesk.tickets.operations.indexing import index_ticket
from helpdesk.tickets.rules import (
    ANSWERS,
    ARTICLES,
    STATUS_NAMES,
    VERB_NAMES,
    VERBS,
    Status,
    Verb,
)


class TicketChangedMeanwhile(Conflict):
    """Somebody else acted since the page was opened."""

    sentence = N_(
        "您打开页面以后，%(who)s已经办理（%(verb)s）。内容没有丢，请看过最新情况再提交一次。"
    )


class NotNow(Conflict):
    """The verb does not fit the state the ticket is in."""

    sentence = N_("这个问题现在是“%(status)s”，不能%(verb)s。请刷新页面查看能做什么。")


class TextMissing(RuleBroken):
    """A required text is empty."""

    sentence = N_("请填写“%(label)s”。")


class PersonalDataFound(RuleBroken):
    """semantics 6: no student datum is stored; the door shows the findings, masked."""

    sentence = N_("“%(label)s”里有个人信息，没有保存。请遮盖后再提交；需要说明人数时写数字。")


@dataclass(frozen=True)
class FileRef:
    """A stored file and the name under which it hangs on the ticket."""

    file_id: int
    name: str


@dataclass(frozen=True)
class Act:
    """One act: who, when, under which lock. Doors make one from the form and hand it down.

    `version`: the ticket's version the person saw (None: the act fits whatever happened since).
    `once`: the token of the form. `articles`: those that come with an answer.
    """

    actor: Actor
    now: datetime
    once: str | None = None
    version: int | None = None
    files: tuple[FileRef, ...] = field(default=())
    articles: tuple[int, ...] = field(default=())


def claim(ticket: Ticket, act: Act) -> None:
    """Take the ticket for this act, or raise AlreadyDone / TicketChangedMeanwhile.

    The conditional UPDATE is the race's judge: of two people at once only one raises `version`.
    """
    _refuse_second_click(ticket, act)
    expected = ticket.version if act.version is None else act.version
    statement = update(Ticket).where(Ticket.id == ticket.id)
    if act.version is not None:
        statement = statement.where(Ticket.version == act.version)
    changed = session().execute(
        statement.values(version=Ticket.version + 1, updated_at=act.now)
        .execution_options(synchronize_session=False)
        .returning(Ticket.version)
    )
    new_version = changed.scalar_one_or_none()
    if new_version is None:
        _refuse_second_click(ticket, act)
        raise TicketChangedMeanwhile(**_latest(ticket))
    set_committed_value(ticket, "version", new_version)
    set_committed_value(ticket, "updated_at", act.now)
    if new_version != expected + 1:
        # A word that fits any state was spoken meanwhile: look at the ticket as it is now.
        session().refresh(ticket)


def _refuse_second_click(ticket: Ticket, act: Act) -> None:
    if act.once is None:
        return
    done = select(History.id).where(History.ticket_id == ticket.id, History.once == act.once)
    if session().scalar(done) is not None:
        raise AlreadyDone


def _latest(ticket: Ticket) -> dict[str, str]:
    """Who did what last, as far as everybody may know it: a note is nobody else's business."""
    latest = (
        select(History.verb, History.person_id)
        .where(History.ticket_id == ticket.id, History.internal.is_(False))
        .order_by(History.id.desc())
        .limit(1)
    )
    verb, person_id = session().execute(latest).one()
    who = people.person(person_id).name if person_id is not None else N_("系统")
    return {"who": who, "verb": VERB_NAMES[verb]}


def require(ticket: Ticket, verb: Verb) -> None:
    """The state table's word on whether `verb` may be done now."""
    if ticket.status not in VERBS[verb].states:
        raise NotNow(status=STATUS_NAMES[ticket.status], verb=VERB_NAMES[verb])


def begin(ticket: Ticket, verb: Verb, act: Act) -> Status:
    """Second click, lock and state in this order; returns the state before the act.

    The lock comes first: who opened the page too early is told what a colleague did, not that the
    state does not fit.
    """
    claim(ticket, act)
    require(ticket, verb)
    return ticket.status


class Said(TypedDict, total=False):
    """What a history row tells besides who, when and which verb."""

    text: str | None
    to_body_id: int | None
    to_person_id: int | None
    step_id: int
    details: dict[str, Any] | None
    internal: bool


def write(
    ticket: Ticket,
    verb: Verb,
    act: Act,
    *,
    body_id: int | None,
    before: Status | None,
    **said: Unpack[Said],
) -> History:
    """Append the history row of an act, spoken for `body_id`, with its files, and index it."""
    row = History(
        ticket_id=ticket.id,
        at=act.now,
        verb=verb,
        person_id=act.actor.person_id,
        body_id=body_id,
        from_status=before,
        to_status=ticket.status,
        once=act.once,
        **{**said, "details": {**(said.get("details") or {}), **_with_articles(verb, act)}},
    )
    session().add(row)
    session().flush()
    hang_files(row, act.files)
    _link_articles(row)
    index_ticket(ticket)
    return row


def hang_files(row: History, files: Sequence[FileRef]) -> None:
    """Files belong to the act that brought them; those of a note are as internal as the note."""
    for ref in files:
        session().add(
            TicketFile(
                ticket_id=row.ticket_id,
                history_id=row.id,
                file_id=ref.file_id,
                name=ref.name,
                internal=row.internal,
            )
        )
    session().flush()


def _with_articles(verb: Verb, act: Act) -> dict[str, list[int]]:
    """Kept with the row as well: who reads the page needs no query to know that there are none."""
    comes = verb in ANSWERS and bool(act.articles)
    return {ARTICLES: list(dict.fromkeys(act.articles))} if comes else {}


def _link_articles(row: History) -> None:
    for article_id in row.details.get(ARTICLES, ()):
        session().add(
            TicketArticle(ticket_id=row.ticket_id, history_id=row.id, article_id=article_id)
        )
    session().flush()


def said(label: str, text: str | None) -> str:
    """A required text, trimmed and free of personal data. `label` names the field to the person."""
    trimmed = (text or "").strip()
    if not trimmed:
        raise TextMissing(label=label)
    return clean(label, trimmed)


def clean(label: str, text: str) -> str:
    """Last guard before storage: the doors have shown the findings already."""
    if privacy.find(text):
        raise PersonalDataFound(label=label)
    return text


def fact(ticket: Ticket, row: History) -> dict[str, Any]:
    """The fields every event has."""
    return {
        "ticket_id": ticket.id,
        "number": ticket.number,
        "at": row.at,
        "person_id": row.person_id,
        "body_id": row.body_id,
        "history_id": row.id,
    }
