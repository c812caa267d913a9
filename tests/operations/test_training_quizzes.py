"""Taking a short check: start, send once, tries, years, merged persons, pools that change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.training.models.attendance import Trained
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.operations import quizzing
from helpdesk.training.queries import checked, quizzes
from helpdesk.training.rules.quizzes import Fault, Pool, Question
from helpdesk.training.rules.sessions import Place
from tests.factories.country import Country
from tests.factories.quizzes import answered, passed_on, row_of, sent, started
from tests.factories.training import attend, enrol, held
from tests.support.queries import Queries

KEY = "support"


@pytest.fixture
def teacher(country: Country) -> Actor:
    """王老师 of the school."""
    return country.actor("teacher")


@pytest.fixture
def other(country: Country) -> Actor:
    """李老师 of the school next door."""
    return country.actor("sibling_teacher")


@pytest.fixture
def reworded(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Word the question with this id anew, as a new release of the program would."""

    def word(question_id: str) -> None:
        now = tuple(_worded(pool, question_id) for pool in quizzes.pools())
        monkeypatch.setattr(quizzes, "pools", lambda: now)

    return word


def _worded(pool: Pool, question_id: str) -> Pool:
    def one(question: Question) -> Question:
        return replace(question, text="改过的题？") if question.id == question_id else question

    return replace(pool, questions=tuple(map(one, pool.questions)))


def test_a_try_asks_as_many_questions_as_the_pool_says(teacher: Actor, now: datetime) -> None:
    attempt = started(teacher, KEY, now)
    assert attempt.asked == len(attempt.drawn) == quizzes.pool(KEY).draw
    assert (attempt.sent_at, attempt.passed) == (None, None)


def test_starting_again_goes_on_with_the_open_try(teacher: Actor, now: datetime) -> None:
    first = started(teacher, KEY, now)
    later = started(teacher, KEY, now + timedelta(days=3))
    assert (later.id, later.drawn) == (first.id, first.drawn)


def test_other_pools_and_other_persons_have_tries_of_their_own(
    teacher: Actor, other: Actor, now: datetime
) -> None:
    ids = {started(*who, now).id for who in
           ((teacher, KEY), (teacher, "senior_high"), (other, KEY))}  # fmt: skip
    assert len(ids) == 3


def test_a_start_sent_twice_begins_one_try_even_after_it_was_sent(
    teacher: Actor, now: datetime, session: Session
) -> None:
    first = quizzing.start(actor=teacher, key=KEY, once="same", now=now)
    attempt = quizzes.own(teacher.person_id, first)
    quizzing.send(actor=teacher, attempt_id=first, given=answered(attempt), now=now)
    assert quizzing.start(actor=teacher, key=KEY, once="same", now=now) == first
    assert session.scalar(select(func.count()).select_from(QuizAttempt)) == 1


def test_a_token_of_somebody_else_opens_nothing(
    teacher: Actor, other: Actor, now: datetime
) -> None:
    quizzing.start(actor=teacher, key=KEY, once="same", now=now)
    with pytest.raises(NotFound):
        quizzing.start(actor=other, key=KEY, once="same", now=now)


def test_the_database_keeps_one_open_try(teacher: Actor, now: datetime, session: Session) -> None:
    row = row_of(started(teacher, KEY, now).id)
    session.add(
        QuizAttempt(
            person_id=row.person_id, pool=KEY, version="", drawn=[], asked=0, started_at=now,
            once="another",
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_is_sent_has_a_verdict(teacher: Actor, now: datetime, session: Session) -> None:
    row_of(started(teacher, KEY, now).id).sent_at = now
    with pytest.raises(IntegrityError):
        session.flush()


def test_nobody_and_the_system_take_no_checks(country: Country, now: datetime) -> None:
    with pytest.raises(Forbidden):
        quizzing.start(actor=SYSTEM, key=KEY, once="system", now=now)


def test_an_unknown_pool_is_not_found(teacher: Actor, now: datetime) -> None:
    with pytest.raises(quizzes.UnknownPool):
        quizzing.start(actor=teacher, key="nothing", once="x", now=now)


@pytest.mark.parametrize(
    ("wrong", "score", "passed"), [(0, 10, True), (2, 8, True), (3, 7, False), (10, 0, False)]
)
def test_answers_are_graded(
    teacher: Actor, now: datetime, wrong: int, score: int, passed: bool
) -> None:
    attempt = sent(teacher, KEY, now, wrong)
    assert (attempt.score, attempt.passed, attempt.sent_at) == (score, passed, now)
    assert len(attempt.correct) == score
    assert set(attempt.answers) == {drawn.question_id for drawn in attempt.drawn}


def test_sending_twice_grades_once(teacher: Actor, now: datetime) -> None:
    attempt = sent(teacher, KEY, now, wrong=10)
    with pytest.raises(quizzing.AlreadySent):
        quizzing.send(actor=teacher, attempt_id=attempt.id, given=answered(attempt), now=now)
    assert quizzes.own(teacher.person_id, attempt.id).score == 0


def test_of_two_sent_at_once_the_row_lets_one_through(
    teacher: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one still saw the try open."""
    stale = started(teacher, KEY, now)
    quizzing.send(actor=teacher, attempt_id=stale.id, given=answered(stale, 10), now=now)
    with monkeypatch.context() as patch:
        patch.setattr(quizzes, "own", lambda *_: stale)
        with pytest.raises(quizzing.AlreadySent):
            quizzing.send(actor=teacher, attempt_id=stale.id, given=answered(stale), now=now)
    assert quizzes.own(teacher.person_id, stale.id).score == 0


def test_the_try_of_somebody_else_is_not_there(teacher: Actor, other: Actor, now: datetime) -> None:
    attempt = started(teacher, KEY, now)
    with pytest.raises(NotFound):
        quizzes.own(other.person_id, attempt.id)
    with pytest.raises(NotFound):
        quizzing.send(actor=other, attempt_id=attempt.id, given=answered(attempt), now=now)


def test_what_cannot_be_taken_is_named_and_nothing_is_kept(teacher: Actor, now: datetime) -> None:
    attempt = started(teacher, KEY, now)
    given = {**answered(attempt), 2: [], 5: ["99"]}
    with pytest.raises(quizzing.NotComplete) as refusal:
        quizzing.send(actor=teacher, attempt_id=attempt.id, given=given, now=now)
    assert refusal.value.faults == {2: Fault.MISSING, 5: Fault.UNKNOWN}
    assert quizzes.own(teacher.person_id, attempt.id).sent_at is None


def test_answers_to_questions_that_were_not_asked_count_for_nothing(
    teacher: Actor, now: datetime
) -> None:
    attempt = started(teacher, KEY, now)
    given = {**answered(attempt, wrong=10), 11: ["0"], 12: ["0"]}
    graded = quizzing.send(actor=teacher, attempt_id=attempt.id, given=given, now=now)
    assert (graded.score, graded.asked) == (0, 10)


def test_the_tries_of_a_day_end_and_come_back_at_midnight_in_beijing(
    teacher: Actor, now: datetime
) -> None:
    for _ in range(3):
        sent(teacher, KEY, now, wrong=10)
    with pytest.raises(quizzing.NoTriesLeft):
        started(teacher, KEY, now)
    started(teacher, "senior_high", now)
    late = datetime(2026, 9, 22, 15, 59, tzinfo=UTC)
    with pytest.raises(quizzing.NoTriesLeft):
        started(teacher, KEY, late)
    assert started(teacher, KEY, late + timedelta(minutes=1)).sent_at is None


def test_an_open_try_may_be_finished_whatever_the_count(teacher: Actor, now: datetime) -> None:
    for _ in range(2):
        sent(teacher, KEY, now, wrong=10)
    open_one = started(teacher, KEY, now)
    assert started(teacher, KEY, now).id == open_one.id
    state = quizzes.standing(teacher.person_id, KEY, now)
    assert (state.open_id, state.tries_left) == (open_one.id, 1)


def test_where_a_person_stands(teacher: Actor, now: datetime) -> None:
    fresh = quizzes.standing(teacher.person_id, KEY, now)
    assert (fresh.open_id, fresh.last_id, fresh.passed_on, fresh.tries_left) == (
        None,
        None,
        None,
        3,
    )
    failed = sent(teacher, KEY, now - timedelta(days=2), wrong=10)
    good = sent(teacher, KEY, now - timedelta(days=1))
    state = quizzes.standing(teacher.person_id, KEY, now)
    assert (state.last_id, state.passed_on, state.tries_left) == (good.id, date(2026, 9, 21), 3)
    mine = quizzes.attempts_of(teacher.person_id or 0, KEY)
    assert [attempt.id for attempt in mine] == [good.id, failed.id]


def test_last_years_pass_is_not_this_years(country: Country, teacher: Actor, now: datetime) -> None:
    passed_on(country.people["teacher"], KEY, datetime(2025, 12, 31, 15, 0, tzinfo=UTC))
    assert quizzes.standing(teacher.person_id, KEY, now).passed_on is None


def test_who_passed_between_two_days_in_beijing(country: Country) -> None:
    """The last minute of the year counts, the first of the next does not; nor another pool."""
    ids = [country.people[name].id for name in ("teacher", "sibling_teacher", "city_teacher")]
    passed_on(country.people["teacher"], KEY, datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    passed_on(country.people["sibling_teacher"], KEY, datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    passed_on(country.people["city_teacher"], "preschool", datetime(2026, 6, 1, tzinfo=UTC))
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert quizzes.passed(ids, KEY, first, last) == {ids[0]}
    assert quizzes.passed_on(ids, KEY, first, last) == {ids[0]: last}
    assert quizzes.passed(ids[1:], KEY, first, last) == set()
    assert quizzes.passed([], KEY, first, last) == set()
    assert quizzes.passed(ids, KEY, date(2027, 1, 1), date(2027, 12, 31)) == {ids[1]}


def test_an_old_try_sent_after_the_year_counts_for_the_new_one(
    teacher: Actor, country: Country
) -> None:
    attempt = started(teacher, KEY, datetime(2026, 12, 31, 15, 0, tzinfo=UTC))
    after = datetime(2026, 12, 31, 16, 1, tzinfo=UTC)
    quizzing.send(actor=teacher, attempt_id=attempt.id, given=answered(attempt), now=after)
    ids = [country.people["teacher"].id]
    assert not quizzes.passed(ids, KEY, date(2026, 1, 1), date(2026, 12, 31))
    assert quizzes.passed(ids, KEY, date(2027, 1, 1), date(2027, 12, 31))


def _credited(session: Session) -> list[int]:
    return list(session.scalars(select(Trained.year).where(Trained.void.is_(False))))


def test_passing_completes_a_training_that_asks_for_it(
    country: Country, teacher: Actor, now: datetime, session: Session
) -> None:
    of = held(country.body("county"), date(2026, 9, 1), check_required=True, quiz=KEY)
    attend(of, country.people["teacher"])
    sent(teacher, KEY, now, wrong=10)
    assert _credited(session) == []
    sent(teacher, KEY, now)
    assert _credited(session) == [2026]


def test_a_check_alone_is_no_training(teacher: Actor, now: datetime, session: Session) -> None:
    sent(teacher, KEY, now)
    assert _credited(session) == []


def test_a_question_worded_anew_ends_an_open_try_without_using_one_up(
    teacher: Actor, now: datetime, reworded: Callable[[str], None]
) -> None:
    attempt = started(teacher, KEY, now)
    given = answered(attempt)
    reworded(attempt.drawn[0].question_id)
    with pytest.raises(quizzing.QuestionsChanged):
        quizzing.send(actor=teacher, attempt_id=attempt.id, given=given, now=now)
    anew = started(teacher, KEY, now + timedelta(hours=1))
    assert anew.id == attempt.id
    assert anew.drawn != attempt.drawn
    assert anew.started_at == now + timedelta(hours=1)
    assert quizzes.standing(teacher.person_id, KEY, now).tries_left == 3


def test_a_question_that_was_not_asked_may_change(
    teacher: Actor, now: datetime, reworded: Callable[[str], None]
) -> None:
    attempt = started(teacher, KEY, now)
    mine = {drawn.question_id for drawn in attempt.drawn}
    reworded(next(q.id for q in quizzes.pool(KEY).questions if q.id not in mine))
    graded = quizzing.send(actor=teacher, attempt_id=attempt.id, given=answered(attempt), now=now)
    assert graded.passed


def test_a_try_remembers_the_session_it_was_taken_for(
    country: Country, teacher: Actor, now: datetime
) -> None:
    of = held(country.body("county"), date(2026, 9, 1), quiz=KEY)
    assert started(teacher, KEY, now, session_id=of.id).session_id == of.id
    assert started(teacher, "preschool", now, session_id=of.id).session_id is None
    assert started(teacher, "compulsory", now, session_id=10**15).session_id is None


def test_a_session_shows_who_passed(country: Country, now: datetime) -> None:
    """On the list or there, in the training year of the session."""
    of = held(country.body("county"), date(2026, 9, 1), quiz=KEY)
    for name in ("teacher", "principal"):
        attend(of, country.people[name])
    enrol(of, country.people["sibling_teacher"])
    enrol(of, country.people["lonely_teacher"], Place.INVITED)
    passed_on(country.people["teacher"], KEY, now)
    passed_on(country.people["principal"], KEY, now - timedelta(days=365))
    passed_on(country.people["lonely_teacher"], KEY, now)
    figures = checked.figures(of.id, KEY, of.held_on)
    assert (figures.persons, figures.passed) == (3, 1)
    first = checked.people(of.id, KEY, of.held_on, size=2)
    second = checked.people(of.id, KEY, of.held_on, size=2, after=first.next)
    rows = {row.name: row.passed_on for row in (*first.rows, *second.rows)}
    assert {name: rows[name] for name in sorted(rows)} == {
        "李老师": None, "校长": None, "王老师": date(2026, 9, 22),
    }  # fmt: skip
    assert second.next is None


FIVE = ("teacher", "principal", "sibling_teacher", "county_officer", "county_lead")


@pytest.fixture
def _one_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody is asked the same questions in the same order."""
    monkeypatch.setattr(quizzing, "token", lambda: "seed")


@pytest.mark.usefixtures("_one_paper")
def test_hard_questions_come_first(country: Country, now: datetime) -> None:
    for name in FIVE:
        sent(country.actor(name), KEY, now, wrong=4 if name == "teacher" else 3)
    tally = quizzes.tally(KEY, ["/"])
    assert (tally.attempts, tally.passed) == (5, 0)
    assert [each.share for each in tally.questions] == [0, 0, 0, 0.8, *[1] * 6]
    assert {each.asked for each in tally.questions} == {5}


@pytest.mark.usefixtures("_one_paper")
def test_a_tally_shows_no_answer_of_anybody(country: Country, now: datetime) -> None:
    """Four persons, however often they tried, are too few."""
    for name in (*FIVE[:4], FIVE[0]):
        sent(country.actor(name), KEY, now)
    tally = quizzes.tally(KEY, ["/"])
    assert (tally.attempts, tally.questions) == (5, ())


def test_a_tally_keeps_to_the_range(country: Country, now: datetime) -> None:
    sent(country.actor("teacher"), KEY, now)
    sent(country.actor("hei_staff"), KEY, now)
    path = country.body("county").path
    assert quizzes.tally(KEY, [path]).attempts == 1
    assert quizzes.tally(KEY, []).attempts == 0


@pytest.mark.usefixtures("_one_paper")
def test_a_tally_leaves_out_questions_worded_anew(
    country: Country, now: datetime, reworded: Callable[[str], None]
) -> None:
    for name in FIVE:
        sent(country.actor(name), KEY, now)
    before = {each.question.id for each in quizzes.tally(KEY, ["/"]).questions}
    reworded(min(before))
    after = {each.question.id for each in quizzes.tally(KEY, ["/"]).questions}
    assert after == before - {min(before)}


def test_asking_about_many_persons_costs_few_statements(country: Country, queries: Queries) -> None:
    queries.clear()
    quizzes.passed(range(1, 4001), KEY, date(2026, 1, 1), date(2026, 12, 31))
    assert len(queries) == 2
