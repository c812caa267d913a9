"""What a message is, when a failed one is tried again, and what its letter is called."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from helpdesk.privacy.rules import mask


class Channel(StrEnum):
    """A way to a person. In the app the row itself is the notice; everything else is sent."""

    IN_APP = "in_app"
    MAIL = "mail"


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"  # claimed by one delivery process until `next_at`
    SENT = "sent"
    DEAD = "dead"  # refused for good, or tried too often: a person must look
    DROPPED = "dropped"  # it lost its reason, its reader or its time before it was sent


WAITING = frozenset({State.QUEUED, State.SENDING})


class Verdict(StrEnum):
    """How one attempt ended."""

    SENT = "sent"
    LATER = "later"  # this letter failed for now
    OUTAGE = "outage"  # no letter can be sent now: the run stops
    NEVER = "never"  # refused for good
    POINTLESS = "pointless"  # not sent on purpose


@dataclass(frozen=True)
class Outcome:
    """Verdict of an attempt and what to tell the operator about it (no personal data)."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Rendered:
    """A message in words."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letter:
    """What a channel sends: words, address, and the identity that a repetition shares."""

    identity: str
    address: str
    rendered: Rendered
    written_at: datetime


# Wait before attempt 2, 3, ... Doubling at first, then daily: a mail server that is away for a
# weekend costs no letter. After the last wait the letter is dead.
RETRY_AFTER = tuple(
    timedelta(minutes=m) for m in (1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440)
)
MOST_ATTEMPTS = len(RETRY_AFTER) + 1
# A claim outlives the longest attempt (connecting, then sending): while it lasts no
# other process touches the row; a process that died mid-way loses the row when it ends.
CLAIM = timedelta(minutes=5)
# A run ends in time for a tidy stop of its process; the next one goes on at once.
LONGEST_RUN = timedelta(seconds=8)
# Older news is no news: mail that could not leave for so long is dropped, not sent in a flood.
GOOD_FOR = timedelta(days=7)


def next_try(now: datetime, attempts: int) -> datetime | None:
    """When to try again after `attempts` failed ones (1 or more); None: never."""
    return now + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None


def identity(event_key: str, recipient_id: int, message: str, channel: Channel) -> str:
    """Local part of the Message-ID: the same for every attempt at this message."""
    key = "\n".join((event_key, str(recipient_id), message, channel.value))
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def masked(value: Any) -> Any:
    """`value` (texts, numbers, lists and mappings of such) with personal data masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {str(key): masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value


def settled(outcome: Outcome, now: datetime, attempts: int) -> tuple[State, datetime | None]:
    """The state after an attempt, and the next moment at which it can change."""
    match outcome.verdict:
        case Verdict.SENT:
            return State.SENT, None
        case Verdict.POINTLESS:
            return State.DROPPED, None
        case Verdict.NEVER:
            return State.DEAD, None
    again = next_try(now, attempts)
    return (State.DEAD, None) if again is None else (State.QUEUED, again)
