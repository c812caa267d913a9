"""Good cases: who is told of a submission, a return, a publication."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helpdesk.knowledge import events as facts
from helpdesk.knowledge.events import CaseFact
from helpdesk.knowledge.queries import cases as knowledge
from helpdesk.knowledge.queries.cases import CaseNews
from helpdesk.notifications import rules
from helpdesk.notifications.queries import cases as queries
from helpdesk.notifications.queries.tickets import body_name
from helpdesk.notifications.rules import Msg
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note


def _tell(
    fact: CaseFact, case: CaseNews, message: Msg, persons: Iterable[int], **params: Any
) -> None:
    """Write one message down, once per act; nobody is told of what he did himself."""
    given = {
        "case_number": case.number,
        "case_title": case.title,
        "case_id": case.id,
        "by": body_name(fact.body_id),
        **params,
    }
    outbox.put_all(
        note=Note(
            event_key=f"case-history:{fact.history_id}",
            message=message,
            about=f"case:{case.id}",
            params=given,
        ),
        recipients={person for person in persons if person != fact.person_id},
        channels=rules.channels(message),
        now=fact.at,
    )


def case_submitted(fact: facts.CaseSubmitted) -> None:
    """The reviewers of the office above."""
    case = knowledge.news(fact.case_id)
    told = queries.reviewers(fact.reviewer_id)
    _tell(fact, case, Msg.CASE_SUBMITTED, told, to_id=fact.reviewer_id)


def case_returned(fact: facts.CaseReturned) -> None:
    """The authors have to change something."""
    case = knowledge.news(fact.case_id)
    _tell(fact, case, Msg.CASE_RETURNED, queries.authors(case))


def case_published(fact: facts.CasePublished) -> None:
    """The authors see how far their experience goes."""
    case = knowledge.news(fact.case_id)
    lifted = {"lifted": True} if fact.lifted else {}
    _tell(fact, case, Msg.CASE_PUBLISHED, queries.authors(case), **lifted)


def case_taken_down(fact: facts.CaseTakenDown) -> None:
    """The authors learn that it is not shown any more."""
    case = knowledge.news(fact.case_id)
    _tell(fact, case, Msg.CASE_TAKEN_DOWN, queries.authors(case))
