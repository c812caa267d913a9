"""Who was there, how it was recorded, and when that makes a training (semantics 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Presence(StrEnum):
    """What the record says. Late counts; left early only above the session's share of minutes."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"


class Way(StrEnum):
    """How the record came about."""

    QR = "qr"
    DESK = "desk"
    IMPORT = "import"
    ONLINE = "online"


class Flag(StrEnum):
    """Why a coordinator has to look at a record before it counts."""

    SAME_BROWSER = "same_browser"
    WALK_IN = "walk_in"  # signed in by telephone, and not of the audience
    AGAIN = "again"  # signed in by telephone after somebody had recorded an absence


# Was there, in some way: no telephone and no file changes such a record.
THERE: Final = frozenset({Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY})


@dataclass(frozen=True)
class Terms:
    """What a session asks: its length in minutes, shares in per cent."""

    minutes: int
    share_percent: int
    online_minutes: int
    online_percent: int


@dataclass(frozen=True)
class Record:
    """One attendance. `online`: completed online (minutes and per cent are both needed)."""

    presence: Presence
    online: bool = False
    minutes: int | None = None
    percent: int | None = None
    flagged: bool = False


def attended(record: Record, terms: Terms) -> bool:
    """Does this record, at a session that was held, meet the terms of the session?"""
    if record.flagged or record.presence in (Presence.ABSENT, Presence.EXCUSED):
        return False
    if record.online:
        enough = (record.minutes or 0) >= terms.online_minutes
        return enough and (record.percent or 0) >= terms.online_percent
    if record.presence is Presence.LEFT_EARLY:
        return (record.minutes or 0) * 100 > terms.share_percent * terms.minutes
    return True


def rank(record: Record, terms: Terms) -> tuple[bool, bool, int, int]:
    """Of two records of one person the greater one stays: valid before not, there before not."""
    there = record.presence in THERE
    return attended(record, terms), there, record.minutes or 0, record.percent or 0
