"""What a person's notices say, and what the outbox looks like to its operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from helpdesk.kernel import paging
from helpdesk.kernel.db import session
from helpdesk.kernel.paging import Page
from helpdesk.outbox.models import UNREAD, Message
from helpdesk.outbox.rules import Channel, State

MOST_COUNTED = 100


@dataclass(frozen=True)
class Notice:
    """A message in the app, before it is put into words."""

    id: int
    message: str
    about: str
    params: Mapping[str, Any]
    put_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Posted:
    """A letter as its operator sees it: no text and no address."""

    id: int
    message: str
    about: str
    recipient_id: int
    state: State
    attempts: int
    put_at: datetime
    reason: str


@dataclass(frozen=True)
class Load:
    """How many letters stand where, and since when the oldest one waits."""

    by_state: Mapping[State, int]
    oldest_waiting: datetime | None
    last_sent: datetime | None


_NOTICE = (
    Message.id,
    Message.message,
    Message.about,
    Message.params,
    Message.put_at,
    Message.read_at,
)
_POSTED = (
    Message.id,
    Message.message,
    Message.about,
    Message.recipient_id,
    Message.state,
    Message.attempts,
    Message.put_at,
    Message.reason,
)


def notices_of(person_id: int, *, after: str | None = None, size: int = 30) -> Page[Notice]:
    """Notices of one person, newest first."""
    query = (
        select(*_NOTICE)
        .where(Message.recipient_id == person_id, Message.channel == Channel.IN_APP)
        .order_by(Message.id.desc())
        .limit(size + 1)
    )
    if after:
        (last,) = paging.decode(after, (int,))
        query = query.where(Message.id < last)
    return paging.page_of(session().execute(query).all(), size, _by_id, _notice)


def unread_count(person_id: int) -> int:
    """Unread notices of one person, counted up to MOST_COUNTED."""
    unread = (
        select(Message.id)
        .where(Message.recipient_id == person_id, UNREAD)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session().scalar(select(func.count()).select_from(unread)) or 0


def letters(*, state: State, after: str | None = None, size: int = 50) -> Page[Posted]:
    """Letters of every channel but the app in `state`, newest first."""
    query = (
        select(*_POSTED)
        .where(Message.state == state, Message.channel != Channel.IN_APP)
        .order_by(Message.id.desc())
        .limit(size + 1)
    )
    if after:
        (last,) = paging.decode(after, (int,))
        query = query.where(Message.id < last)
    return paging.page_of(session().execute(query).all(), size, _by_id, _posted)


def load() -> Load:
    """The figures above the operator's list; sent letters are not counted, they are too many."""
    letters_only = Message.channel != Channel.IN_APP
    counts = session().execute(
        select(Message.state, func.count())
        .where(Message.state != State.SENT, letters_only)
        .group_by(Message.state)
    )
    oldest = session().scalar(
        select(func.min(Message.put_at)).where(Message.next_at.is_not(None), letters_only)
    )
    last = session().scalar(
        select(Message.sent_at)
        .where(Message.state == State.SENT, letters_only)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return Load(
        by_state={row[0]: row[1] for row in counts},
        oldest_waiting=oldest,
        last_sent=last,
    )


def _by_id(row: Any) -> tuple[int]:
    return (row.id,)


def _notice(row: Any) -> Notice:
    return Notice(*row)


def _posted(row: Any) -> Posted:
    return Posted(*row)
