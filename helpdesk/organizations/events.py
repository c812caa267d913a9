"""What happened in the tree. Handlers work by set or by path, never body by body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.organizations.rules import BodyStatus, Kind


@dataclass(frozen=True)
class BodyAdded:
    """New bodies stand in the tree; one fact for all of them."""

    body_ids: tuple[int, ...]


@dataclass(frozen=True)
class BodyEdited:
    """Name, subsystems or another property changed; place and status did not."""

    body_id: int
    path: str


@dataclass(frozen=True)
class BodyMoved:
    """A body and all below it went from `old_path` to `new_path`."""

    body_id: int
    old_path: str
    new_path: str
    old_parent_id: int
    new_parent_id: int
    at: datetime


@dataclass(frozen=True)
class BodyStatusChanged:
    """A body was set invalid, closed or active again, from the day `since_on`."""

    body_id: int
    path: str
    kind: Kind
    before: BodyStatus
    after: BodyStatus
    since_on: date
