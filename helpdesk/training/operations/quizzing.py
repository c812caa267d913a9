"""Taking a short check: start or go on, send once, and what follows from passing (S-3.3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, Forbidden, NotFound, RuleBroken
from helpdesk.kernel.ids import LONGEST_TOKEN, token
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.kernel.text import N_
from helpdesk.people.events import PersonsMerged
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import crediting
from helpdesk.training.queries import quizzes as queries
from helpdesk.training.queries.quizzes import AttemptView
from helpdesk.training.rules.quizzes import (
    Drawn,
    Fault,
    Pool,
    Question,
    Score,
    asked,
    draw,
    grade,
    understood,
)


class NoTriesLeft(RuleBroken):
    """The tries of today are used up."""

    sentence = N_("今天的%(tries)s次已用完，明天可以再测。可以先看上次的讲解。")


class AlreadySent(Conflict):
    """The same answers were sent twice; the first ones counted."""

    sentence = N_("这次测验已经交过，以第一次为准。")


class QuestionsChanged(Conflict):
    """Questions of an open try were worded anew since it was begun."""

    sentence = N_("题目在您答题期间更新了，这次不计，也不占次数。请重新开始。")


class NotComplete(RuleBroken):
    """Some answers cannot be taken: `faults` by place on the page, counted from 1."""

    sentence = N_("有%(count)s题还要改，您答的都还在。")

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


def start(
    *, actor: Actor, key: str, once: str, now: datetime, session_id: int | None = None
) -> int:
    """Id of the open try of this pool, begun now or before; the same click never begins two.

    `session_id`: the session whose check it is. UnknownPool, NoTriesLeft.
    """
    if actor.person_id is None:
        raise Forbidden
    pool = queries.pool(key)
    same = session().scalar(select(QuizAttempt).where(QuizAttempt.once == once[:LONGEST_TOKEN]))
    if same is not None:
        return _mine(same, actor).id
    if (open_one := _open(actor.person_id, key)) is None:
        _refuse_too_many(actor.person_id, key, now)
        _begin(actor.person_id, pool, once, _session_with(session_id, key), now)
        open_one = _open(actor.person_id, key)
        assert open_one is not None
    _renew(open_one, pool, now)
    return open_one.id


def _mine(row: QuizAttempt, actor: Actor) -> QuizAttempt:
    if row.person_id != actor.person_id:
        raise NotFound
    return row


def _open(person_id: int, key: str) -> QuizAttempt | None:
    chosen = select(QuizAttempt).where(
        QuizAttempt.person_id == person_id, QuizAttempt.pool == key, QuizAttempt.sent_at.is_(None)
    )
    return session().scalar(chosen)


def _refuse_too_many(person_id: int, key: str, now: datetime) -> None:
    found = queries.standing(person_id, key, now)
    if not found.tries_left:
        raise NoTriesLeft(tries=found.pool.tries_per_day)


def _session_with(session_id: int | None, key: str) -> int | None:
    chosen = select(Session.id).where(Session.id == session_id, Session.quiz == key)
    return session().scalar(chosen) if session_id is not None else None


def _begin(person_id: int, pool: Pool, once: str, session_id: int | None, now: datetime) -> None:
    # Of two starts at once the database keeps one; both go on with it.
    session().execute(
        insert_once(QuizAttempt).values(
            person_id=person_id,
            pool=pool.key,
            session_id=session_id,
            started_at=now,
            answers={},
            correct=[],
            score=0,
            once=once[:LONGEST_TOKEN],
            **_paper(pool),
        )
    )


def _paper(pool: Pool) -> dict[str, Any]:
    drawn = draw(pool, token())
    return {
        "version": pool.version,
        "asked": len(drawn),
        "drawn": [
            {"question": each.question_id, "mark": each.mark, "order": list(each.order)}
            for each in drawn
        ],
    }


def _renew(row: QuizAttempt, pool: Pool, now: datetime) -> None:
    """An open try whose questions are gone is drawn anew."""
    if asked(pool, queries.view(row).drawn) is None:
        for name, value in {**_paper(pool), "started_at": now}.items():
            setattr(row, name, value)
        session().flush()


def send(
    *, actor: Actor, attempt_id: int, given: Mapping[int, Sequence[str]], now: datetime
) -> AttemptView:
    """Grade all answers at once. `given`: by place on the page, counted from 1, as the page sent
    them (`rules.quizzes.understood`). NotFound, AlreadySent, QuestionsChanged, NotComplete."""
    attempt = queries.own(actor.person_id, attempt_id)
    if attempt.sent_at is not None:
        raise AlreadySent
    pool = queries.pool(attempt.pool)
    questions = asked(pool, attempt.drawn)
    if questions is None:
        raise QuestionsChanged
    answers = _answers(questions, attempt.drawn, given)
    score = grade(questions, answers, pool.pass_percent)
    _keep(attempt, actor, answers, score, now)
    if score.passed:
        crediting.settle([attempt.person_id], now=now)
    return queries.own(actor.person_id, attempt_id)


def _answers(
    questions: Sequence[Question], drawn: Sequence[Drawn], given: Mapping[int, Sequence[str]]
) -> dict[str, tuple[int, ...]]:
    answers: dict[str, tuple[int, ...]] = {}
    faults: dict[int, Fault] = {}
    for place, (question, put) in enumerate(zip(questions, drawn, strict=True), start=1):
        chosen = understood(question, put, given.get(place, ()))
        if isinstance(chosen, Fault):
            faults[place] = chosen
        else:
            answers[question.id] = chosen
    if faults:
        raise NotComplete(faults)
    return answers


def _keep(
    attempt: AttemptView,
    actor: Actor,
    answers: Mapping[str, Sequence[int]],
    score: Score,
    now: datetime,
) -> None:
    # The row is the judge of the double click: only one finds it unsent.
    unsent = update(QuizAttempt).where(QuizAttempt.id == attempt.id, QuizAttempt.sent_at.is_(None))
    kept = unsent.values(
        sent_at=now,
        body_id=actor.body_id,
        answers={key: list(chosen) for key, chosen in answers.items()},
        correct=list(score.correct),
        score=len(score.correct),
        passed=score.passed,
    )
    if not changed(kept):
        raise AlreadySent


def follow_merge(fact: PersonsMerged) -> None:
    """The tries of one record go to the other; of two open ones that of the kept record stays."""
    kept_open = select(QuizAttempt.pool).where(
        QuizAttempt.person_id == fact.kept_id, QuizAttempt.sent_at.is_(None)
    )
    merged = QuizAttempt.person_id == fact.merged_id
    doubled = (merged, QuizAttempt.sent_at.is_(None), QuizAttempt.pool.in_(kept_open))
    changed(delete(QuizAttempt).where(*doubled))
    changed(update(QuizAttempt).where(merged).values(person_id=fact.kept_id))
