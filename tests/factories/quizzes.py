"""Tries at short checks for tests: started, answered rightly or wrongly, sent."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.people.models import Person
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.operations import quizzing
from helpdesk.training.queries import quizzes
from helpdesk.training.queries.quizzes import AttemptView
from helpdesk.training.rules.quizzes import Drawn, Question, QuestionKind

_TOKENS = itertools.count(1)


def started(actor: Actor, key: str, now: datetime, session_id: int | None = None) -> AttemptView:
    """An open try."""
    once = f"quiz-{next(_TOKENS)}"
    attempt_id = quizzing.start(actor=actor, key=key, once=once, now=now, session_id=session_id)
    return quizzes.own(actor.person_id, attempt_id)


def right_fields(question: Question, drawn: Drawn) -> list[str]:
    """What the page sends for the right answer."""
    if question.kind is QuestionKind.ORDER:
        return [str(question.right.index(option) + 1) for option in drawn.order]
    return [str(drawn.order.index(option)) for option in question.right]


def wrong_fields(question: Question, drawn: Drawn) -> list[str]:
    """What the page sends for a complete, wrong answer."""
    right = right_fields(question, drawn)
    if question.kind is QuestionKind.ORDER:
        return [right[1], right[0], *right[2:]]
    everything = range(len(question.options))
    return [next(str(place) for place in everything if str(place) not in right)]


def answered(attempt: AttemptView, wrong: int = 0) -> dict[int, Sequence[str]]:
    """All answers as the page sends them, the first `wrong` of them wrong."""
    pool = quizzes.pool(attempt.pool)
    return {
        number: (wrong_fields if number <= wrong else right_fields)(
            pool.by_id[drawn.question_id], drawn
        )
        for number, drawn in enumerate(attempt.drawn, start=1)
    }


def sent(actor: Actor, key: str, now: datetime, wrong: int = 0) -> AttemptView:
    """A try from start to end."""
    attempt = started(actor, key, now)
    return quizzing.send(
        actor=actor, attempt_id=attempt.id, given=answered(attempt, wrong), now=now
    )


def passed_on(person: Person, key: str, at: datetime) -> QuizAttempt:
    """A bare row of a passed try: nothing that follows from it is worked out."""
    row = QuizAttempt(
        person_id=person.id, pool=key, version="", drawn=[], asked=0, started_at=at, sent_at=at,
        passed=True, once=f"passed-{next(_TOKENS)}",
    )  # fmt: skip
    session().add(row)
    session().flush()
    return row


def row_of(attempt_id: int) -> QuizAttempt:
    """The row behind a try."""
    return session().scalars(select(QuizAttempt).where(QuizAttempt.id == attempt_id)).one()
