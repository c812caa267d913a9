"""Writing messages down with the fact that causes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select

from helpdesk.kernel.db import session
from helpdesk.kernel.statements import insert_once
from helpdesk.outbox import rules
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel, State
from helpdesk.people import queries as people
from helpdesk.people.models import Person

EVERY_CHANNEL = (Channel.IN_APP, Channel.MAIL)


@dataclass(frozen=True)
class Note:
    """A message before it has a reader. `event_key` names the fact, `about` its subject."""

    event_key: str
    message: str
    about: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def put(
    *,
    event_key: str,
    recipient_person_id: int,
    message: str,
    params: Mapping[str, Any],
    channels: Iterable[str] = EVERY_CHANNEL,
    about: str = "",
    now: datetime,
) -> int:
    """Write one message down; see `put_all`."""
    note = Note(event_key=event_key, message=message, about=about, params=params)
    return put_all(note=note, recipients=(recipient_person_id,), channels=channels, now=now)


def put_all(
    *,
    note: Note,
    recipients: Iterable[int],
    channels: Iterable[str] = EVERY_CHANNEL,
    now: datetime,
) -> int:
    """Write `note` down for each person and channel, masked, in the transaction of the fact.

    Putting the same fact, person, message and channel again does nothing. Returns the number of
    new rows. A notice in the app is there at the commit; letters leave with the next delivery.
    """
    ids = sorted(set(recipients))
    if not ids:
        return 0
    return sum(_put_one_way(_masked(note), ids, Channel(channel), now) for channel in channels)


def _put_one_way(note: Note, ids: list[int], channel: Channel, now: datetime) -> int:
    """One statement that takes the readers from the table of persons: a fact may have thousands."""
    columns = Message.__table__.c
    said = {
        key: value for key, value in _row(note, 0, "", channel, now).items() if value is not None
    }
    said.pop("recipient_id"), said.pop("locale")
    rows = select(
        Person.id,
        Person.locale,
        *(literal(value, columns[key].type) for key, value in said.items()),
    ).where(Person.id.in_(ids))
    written = insert_once(Message).from_select(["recipient_id", "locale", *said], rows)
    return len(session().scalars(written.returning(Message.id)).all())


def put_each(
    *,
    notes: Iterable[tuple[Note, Iterable[int]]],
    channels: Iterable[str] = EVERY_CHANNEL,
    now: datetime,
) -> int:
    """Several notes at once, each for its own persons: two statements for all of them."""
    pairs = [
        (note, person_id)
        for note, persons in ((_masked(note), persons) for note, persons in notes)
        for person_id in sorted(set(persons))
    ]
    locales = {p.id: p.locale for p in people.persons({who for _, who in pairs}).values()}
    ways = [Channel(channel) for channel in channels]
    rows = [
        _row(note, person_id, locales[person_id], channel, now)
        for note, person_id in pairs
        if person_id in locales
        for channel in ways
    ]
    if not rows:
        return 0
    written = session().scalars(insert_once(Message).values(rows).returning(Message.id))
    return len(written.all())


def _masked(note: Note) -> Note:
    return replace(note, params=rules.masked(note.params))


def _row(
    note: Note, person_id: int, locale: str, channel: Channel, now: datetime
) -> dict[str, Any]:
    at_once = channel is Channel.IN_APP
    return {
        "event_key": note.event_key,
        "recipient_id": person_id,
        "message": note.message,
        "channel": channel,
        "about": note.about,
        "params": note.params,
        "locale": locale,
        "state": State.SENT if at_once else State.QUEUED,
        "attempts": 0,
        "put_at": now,
        "good_until": now + rules.GOOD_FOR,
        "next_at": None if at_once else now,
        "sent_at": now if at_once else None,
        "reason": "",
    }
