"""What happened to the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WorkdaysChanged:
    """A notice was loaded: the working days of `region` may differ in `years`.

    A national notice (region `CN`) counts in every region. `version` is that of the calendar
    now in force in `region`.
    """

    region: str
    years: tuple[int, ...]
    version: str
    at: datetime
    person_id: int | None
