"""What happened to sessions and their lists. Handlers work by set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.training.rules.reminding import Tally


@dataclass(frozen=True)
class PersonsInvited:
    """These persons were invited to an open session (by roster, coordinator or from a ticket)."""

    session_id: int
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class PlaceFreed:
    """Somebody moved up from the waiting list."""

    session_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True)
class SessionChanged:
    """Time, place or link of an open session changed."""

    session_id: int
    at: datetime


@dataclass(frozen=True)
class SessionNear:
    """An open session is held on the next working day."""

    session_id: int
    at: datetime


@dataclass(frozen=True)
class SessionCancelled:
    """An open session will not be held; everybody on its list is told."""

    session_id: int
    at: datetime


@dataclass(frozen=True)
class QuizOffered:
    """Somebody was invited to a short check."""

    quiz: str
    person_id: int
    ticket_number: str
    at: datetime


@dataclass(frozen=True)
class PersonsReminded:
    """These persons are not trained in `year`, which ends with `last_on`.

    `key` is that of the reminder: the same for a person however often it is told.
    """

    key: str
    year: int
    last_on: date
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class BodiesReminded:
    """In these bodies somebody is not trained: their heads are told how many."""

    key: str
    year: int
    last_on: date
    tallies: tuple[Tally, ...]
    at: datetime


@dataclass(frozen=True)
class OfficesReminded:
    """Below these offices somebody is not trained: their coordinators are told how many."""

    key: str
    year: int
    last_on: date
    tallies: tuple[Tally, ...]
    at: datetime
