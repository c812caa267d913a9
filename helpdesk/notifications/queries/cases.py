"""Who hears of a good case, and whether a message about one still has its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.models.cases import Case
from helpdesk.knowledge.queries.cases import CaseNews
from helpdesk.knowledge.rules.cases import State
from helpdesk.people import queries as people


def reviewers(body_id: int) -> frozenset[int]:
    """Who may review for a body."""
    return frozenset(people.holders_of(Permission.CASE_REVIEW, body_id))


def authors(case: CaseNews) -> frozenset[int]:
    """Who worked on the case and still writes for its body; nobody left: all who write there."""
    writers = frozenset(people.holders_of(Permission.CASE_SUBMIT, case.body_id))
    return (case.authors & writers) or writers


def still_to_review(_about: str, params: Mapping[str, Any]) -> bool:
    """The case waits where it waited."""
    query = select(Case.state, Case.reviewer_id).where(Case.id == params["case_id"])
    found = session().execute(query).one_or_none()
    return found is not None and tuple(found) == (State.SUBMITTED, params["to_id"])


def still_returned(_about: str, params: Mapping[str, Any]) -> bool:
    """The author has not submitted it again."""
    state = session().scalar(select(Case.state).where(Case.id == params["case_id"]))
    return state is State.RETURNED
