"""Facts about filing that higher floors tell people of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.filing.rules.digest import DigestLine


@dataclass(frozen=True)
class DigestDue:
    """What somebody has not ticked for the days up to `until_on`, once per ISO week."""

    person_id: int
    week: str
    until_on: date
    by_mail: bool
    lines: tuple[DigestLine, ...]
    at: datetime
