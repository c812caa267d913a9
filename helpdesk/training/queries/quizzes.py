"""Short checks: the pools, a person's tries, who passed, and which questions are hard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice

from sqlalchemy import Select, func, select

from helpdesk.config import ROOT
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.queries import pools as files
from helpdesk.training.queries import years
from helpdesk.training.rules.quizzes import Drawn, Pool, Question, tries_left

FOLDER = ROOT / "knowledge_base" / "quizzes"
# Of so many tries, the newest, shares are worked out; of fewer persons than FEWEST a share would
# show what somebody answered.
NEWEST = 2000
FEWEST = 5
_AT_ONCE = 2000


class UnknownPool(NotFound):
    """No pool of questions has this key."""

    sentence = N_("没有这份测验。请从测验页重新选择。")


@dataclass(frozen=True)
class AttemptView:
    """One try. `answers`: numbers of options by question id; `passed` None until it is sent."""

    id: int
    person_id: int
    pool: str
    session_id: int | None
    drawn: tuple[Drawn, ...]
    started_at: datetime
    sent_at: datetime | None
    answers: Mapping[str, tuple[int, ...]]
    correct: frozenset[str]
    asked: int
    score: int
    passed: bool | None


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one pool in the training year of today (`passed_on`)."""

    pool: Pool
    open_id: int | None
    last_id: int | None
    passed_on: date | None
    tries_left: int


@dataclass(frozen=True)
class QuestionTally:
    """How often a question was asked and answered right; `share` 0-1."""

    question: Question
    asked: int
    right: int

    @property
    def share(self) -> float:
        """Right answers among those given."""
        return self.right / self.asked


@dataclass(frozen=True)
class Tally:
    """Questions of a pool, the hardest first, as far as FEWEST persons were asked them."""

    attempts: int
    passed: int
    questions: tuple[QuestionTally, ...]


@cache
def pools() -> tuple[Pool, ...]:
    """All pools, the support process first. BadData: the data folder is wrong."""
    return files.load(FOLDER)


def pool(key: str) -> Pool:
    """The pool with this key. UnknownPool: there is none."""
    for found in pools():
        if found.key == key:
            return found
    raise UnknownPool


def passed(person_ids: Collection[int], key: str, first: date, last: date) -> set[int]:
    """Who of them passed a check of this pool on a Beijing date from `first` to `last`."""
    return set(passed_on(person_ids, key, first, last))


def passed_on(person_ids: Collection[int], key: str, first: date, last: date) -> dict[int, date]:
    """The same with the first day on which each passed."""
    found: dict[int, date] = {}
    ids = iter(sorted(set(person_ids)))
    while some := tuple(islice(ids, _AT_ONCE)):
        chosen = _passing(key, first, last).where(QuizAttempt.person_id.in_(some))
        rows = session().execute(chosen)
        found |= {person: shanghai_date(at) for person, at in rows if at is not None}
    return found


def _passing(key: str, first: date, last: date) -> Select[int, datetime | None]:
    """Person and the instant of the first passed try, inside these days."""
    return (
        select(QuizAttempt.person_id, func.min(QuizAttempt.sent_at))
        .where(
            QuizAttempt.pool == key,
            QuizAttempt.passed.is_(True),
            QuizAttempt.sent_at >= at_shanghai(first, time()),
            QuizAttempt.sent_at < at_shanghai(last + timedelta(days=1), time()),
        )
        .group_by(QuizAttempt.person_id)
    )


def own(person_id: int | None, attempt_id: int) -> AttemptView:
    """A try of this very person. NotFound: there is none, or it is somebody else's."""
    chosen = select(QuizAttempt).where(
        QuizAttempt.id == attempt_id, QuizAttempt.person_id == person_id
    )
    # As it is now: a row that the session knows may have been graded behind its back.
    row = session().scalars(chosen.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return view(row)


def view(row: QuizAttempt) -> AttemptView:
    """A row as a value."""
    return AttemptView(
        id=row.id,
        person_id=row.person_id,
        pool=row.pool,
        session_id=row.session_id,
        drawn=tuple(Drawn(d["question"], d["mark"], tuple(d["order"])) for d in row.drawn),
        started_at=row.started_at,
        sent_at=row.sent_at,
        answers={key: tuple(chosen) for key, chosen in row.answers.items()},
        correct=frozenset(row.correct),
        asked=row.asked,
        score=row.score,
        passed=row.passed,
    )


def attempts_of(person_id: int, key: str | None = None, limit: int = 20) -> tuple[AttemptView, ...]:
    """Sent tries of a person, newest first."""
    chosen = select(QuizAttempt).where(
        QuizAttempt.person_id == person_id, QuizAttempt.sent_at.is_not(None)
    )
    if key is not None:
        chosen = chosen.where(QuizAttempt.pool == key)
    newest = chosen.order_by(QuizAttempt.sent_at.desc(), QuizAttempt.id.desc()).limit(limit)
    return tuple(map(view, session().scalars(newest)))


def standings(person_id: int | None, now: datetime) -> tuple[Standing, ...]:
    """Where the person stands with every pool."""
    year, today = years.current(now), shanghai_date(now)
    begins = at_shanghai(year.first, time())
    columns = (QuizAttempt.id, QuizAttempt.pool, QuizAttempt.sent_at, QuizAttempt.passed)
    chosen = (
        select(*columns)
        .where(
            QuizAttempt.person_id == person_id,
            QuizAttempt.sent_at.is_(None) | (QuizAttempt.sent_at >= begins),
        )
        .order_by(QuizAttempt.sent_at, QuizAttempt.id)
    )
    rows = session().execute(chosen).all()
    return tuple(_standing(each, [r for r in rows if r[1] == each.key], today) for each in pools())


def standing(person_id: int | None, key: str, now: datetime) -> Standing:
    """Where the person stands with one pool. UnknownPool."""
    wanted = pool(key).key
    return next(found for found in standings(person_id, now) if found.pool.key == wanted)


def _standing(
    of: Pool, rows: Iterable[tuple[int, str, datetime | None, bool | None]], today: date
) -> Standing:
    days = [(number, shanghai_date(sent), good) for number, _, sent, good in rows if sent]
    return Standing(
        pool=of,
        open_id=next((number for number, _, sent, _ in rows if sent is None), None),
        last_id=days[-1][0] if days else None,
        passed_on=next((day for _, day, good in days if good), None),
        tries_left=tries_left([day for _, day, _ in days], today, of.tries_per_day),
    )


def tally(key: str, paths: Collection[str]) -> Tally:
    """The newest tries of people working below these nodes, added up question by question.

    Only answers to the questions as they are worded today count.
    """
    of = pool(key)
    chosen = (
        select(QuizAttempt.person_id, QuizAttempt.drawn, QuizAttempt.correct, QuizAttempt.passed)
        .join(Body, Body.id == QuizAttempt.body_id)
        .where(QuizAttempt.pool == key, QuizAttempt.sent_at.is_not(None))
        .where(below_any(Body.path, paths))
        .order_by(QuizAttempt.sent_at.desc(), QuizAttempt.id.desc())
        .limit(NEWEST)
    )
    rows = session().execute(chosen).all()
    asked: defaultdict[str, list[tuple[int, bool]]] = defaultdict(list)
    for person_id, drawn, correct, _ in rows:
        for put in drawn:
            if _unchanged(of, put["question"], put["mark"]):
                asked[put["question"]].append((person_id, put["question"] in correct))
    told = [
        QuestionTally(question, len(given), sum(right for _, right in given))
        for question in of.questions
        for given in (asked[question.id],)
        if len({person_id for person_id, _ in given}) >= FEWEST
    ]
    told.sort(key=lambda each: (each.share, -each.asked))
    return Tally(len(rows), sum(bool(good) for *_, good in rows), tuple(told))


def _unchanged(of: Pool, question_id: str, mark: str) -> bool:
    question = of.by_id.get(question_id)
    return question is not None and question.mark == mark
