"""Facts about the roster; higher floors (training, tickets) take their consequences from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StaffChanged:
    """Persons or appointments were added, edited, ended, transferred or put on leave."""

    person_ids: tuple[int, ...]
    body_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class PersonsMerged:
    """Two records were one person: what hung on `merged_id` belongs to `kept_id` from now on."""

    kept_id: int
    merged_id: int
    at: datetime
