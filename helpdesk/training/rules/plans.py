"""How far an office has come with its stage of a cascade (S-3.3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from helpdesk.training.rules.sessions import HELD, State


class Progress(StrEnum):
    """How far an office has come with its stage of a cascade."""

    NONE = "none"
    PLANNED = "planned"
    HELD = "held"
    LATE = "late"


def progress(states: Iterable[State], due_on: date, today: date) -> Progress:
    """What the sessions of an office for a plan make of its stage; late: not held by its day."""
    found = set(states) - {State.CANCELLED}
    if found & HELD:
        return Progress.HELD
    if today > due_on:
        return Progress.LATE
    return Progress.PLANNED if found else Progress.NONE
