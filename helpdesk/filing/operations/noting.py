"""What a person keeps for itself: ticks, the secret of the feed, the way of the digest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, select, tuple_, update

from helpdesk.filing.models import Subscription, Tick
from helpdesk.filing.queries import tables
from helpdesk.filing.rules import dates
from helpdesk.filing.rules.annexes import Level
from helpdesk.filing.rules.earlier import NoSuchDate
from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.people.events import PersonsMerged

_AT_ONCE = 200
_Parts = tuple[date, str, Level]


def note_done(
    *, actor: Actor, shown: Collection[str], done: Collection[str], now: datetime
) -> None:
    """Of the dates a page showed, these are done in the person's own eyes and the others are not.

    Keys of dates nobody asked for are left alone. Raises NoSuchDate for what is no key.
    """
    wanted = {key: _parts(key) for key in tuple(shown)[:_AT_ONCE]}
    kept = [parts for key, parts in wanted.items() if key in done]
    gone = [parts for key, parts in wanted.items() if key not in done]
    _keep(actor.person_id or 0, kept, now)
    if gone:
        changed(
            delete(Tick).where(
                Tick.person_id == actor.person_id,
                tuple_(Tick.named_on, Tick.item_id, Tick.level).in_(gone),
            )
        )


def _keep(person_id: int, parts: Collection[_Parts], now: datetime) -> None:
    rows = [
        {"person_id": person_id, "named_on": day, "item_id": item_id, "level": level, "at": now}
        for day, item_id, level in parts
    ]
    if rows:
        session().execute(insert_once(Tick), rows)


def _parts(key: str) -> _Parts:
    found = dates.parsed(key)
    if found is None:
        raise NoSuchDate
    item_id, level, named_on = found
    return named_on, tables.item(item_id).id, level


def open_feed(*, actor: Actor, now: datetime) -> str:
    """A new secret for the person's calendar feed; the one before it opens nothing any more.

    The secret is returned once: only its hash is kept.
    """
    token = ids.token()
    row = _subscription(actor.person_id or 0)
    row.feed_hash, row.feed_since = hashed(token), now
    session().flush()
    return token


def close_feed(*, actor: Actor) -> None:
    """The person's feed opens nothing any more."""
    row = _subscription(actor.person_id or 0)
    row.feed_hash, row.feed_since = None, None
    session().flush()


def choose_mail(*, actor: Actor, by_mail: bool) -> None:
    """The weekly digest by mail as well, or under the bell alone."""
    _subscription(actor.person_id or 0).by_mail = by_mail
    session().flush()


def hashed(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _subscription(person_id: int) -> Subscription:
    session().execute(insert_once(Subscription).values(person_id=person_id, by_mail=False))
    return session().scalars(select(Subscription).where(Subscription.person_id == person_id)).one()


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person: ticks come along, the merged record's feed opens nothing."""
    rows = session().scalars(select(Tick).where(Tick.person_id == fact.merged_id)).all()
    _keep(fact.kept_id, [(row.named_on, row.item_id, row.level) for row in rows], fact.at)
    changed(delete(Tick).where(Tick.person_id == fact.merged_id))
    changed(
        update(Subscription)
        .where(Subscription.person_id == fact.merged_id)
        .values(feed_hash=None, feed_since=None, by_mail=False)
    )
