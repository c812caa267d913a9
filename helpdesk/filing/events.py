"""Facts about filing that higher floors tell people of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class DigestLine:
    """One date in a digest; `subsystem` to `item` are words in Chinese and English."""

    due_on: date
    subsystem: tuple[str, str]
    module: tuple[str, str]
    item: tuple[str, str]


@dataclass(frozen=True)
class DigestDue:
    """What somebody has not ticked for the days up to `until_on`, once per ISO week."""

    person_id: int
    week: str
    until_on: date
    by_mail: bool
    lines: tuple[DigestLine, ...]
    at: datetime
