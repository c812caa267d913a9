"""What people do with messages: read their own, send dead ones again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.errors import Conflict
from helpdesk.kernel.statements import changed
from helpdesk.kernel.text import N_
from helpdesk.outbox import rules
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel, State
from helpdesk.people.events import PersonsMerged


class NotDead(Conflict):
    """Only a dead letter can be sent again, and somebody may have done it already."""

    sentence = N_("这封邮件已不在死信中，可能别人已经重发。请刷新列表。")


def mark_read(*, actor: Actor, notice_ids: Iterable[int], now: datetime) -> int:
    """The actor has seen these notices of its own. Returns how many were unread."""
    return _read(actor, now, Message.id.in_(list(notice_ids)))


def mark_all_read(*, actor: Actor, up_to_id: int, now: datetime) -> int:
    """The actor has seen everything up to the newest notice on its screen."""
    return _read(actor, now, Message.id <= up_to_id)


def _read(actor: Actor, now: datetime, which: Any) -> int:
    return changed(
        update(Message)
        .where(
            Message.recipient_id == actor.person_id,
            Message.channel == Channel.IN_APP,
            Message.read_at.is_(None),
            which,
        )
        .values(read_at=now)
    )


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person: what one was told, the other finds under its own bell.

    What both were told stays with the old record: the constraint allows it once.
    """
    told = aliased(Message)
    known = exists().where(
        told.recipient_id == fact.kept_id,
        told.event_key == Message.event_key,
        told.message == Message.message,
        told.channel == Message.channel,
    )
    changed(
        update(Message)
        .where(Message.recipient_id == fact.merged_id, ~known)
        .values(recipient_id=fact.kept_id)
    )


def retry(*, actor: Actor, message_id: int, now: datetime) -> None:
    """Send a dead letter again, with all its attempts before it. Raises NotDead."""
    if _requeue(actor, now, Message.id == message_id) == 0:
        raise NotDead


def retry_all(*, actor: Actor, now: datetime) -> int:
    """Send every dead letter again; returns how many."""
    return _requeue(actor, now, Message.id.is_not(None))


def _requeue(actor: Actor, now: datetime, which: Any) -> int:
    return changed(
        update(Message)
        .where(Message.state == State.DEAD, which)
        .values(
            state=State.QUEUED,
            attempts=0,
            next_at=now,
            good_until=now + rules.GOOD_FOR,
            retried_by=actor.person_id,
            retried_at=now,
        )
    )
