"""Drawing, understanding, grading and the next try: pure rules as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.training.rules.quizzes import (
    Drawn,
    Fault,
    Pool,
    Question,
    QuestionKind,
    asked,
    draw,
    grade,
    is_right,
    needed,
    tries_left,
    understood,
)


def question(
    number: int, kind: QuestionKind = QuestionKind.SINGLE, right: tuple[int, ...] = (0,)
) -> Question:
    return Question(
        id=f"q-{number}",
        kind=kind,
        text=f"第{number}题？",
        options=("甲", "乙", "丙", "丁"),
        right=right,
        explanation="讲解。",
        clause="S-2.1.4",
    )


def pool_of(*questions: Question, draw: int = 2) -> Pool:
    return Pool(
        key="demo",
        title_zh="演示",
        title_en="demo",
        subsystem=None,
        audience_zh="演示",
        audience_en="demo",
        draw=draw,
        pass_percent=80,
        tries_per_day=3,
        questions=questions,
    )


POOL = pool_of(*(question(n) for n in range(20)), draw=8)
SINGLE = question(1)
MULTIPLE = question(2, QuestionKind.MULTIPLE, (0, 2))
ORDER = question(3, QuestionKind.ORDER, (0, 1, 2, 3))
PUT = Drawn("q", "mark", (2, 0, 3, 1))


def test_the_same_seed_draws_the_same_try() -> None:
    assert draw(POOL, "seed") == draw(POOL, "seed")
    assert draw(POOL, "seed") != draw(POOL, "another seed")


def test_a_try_asks_so_many_different_questions_with_all_their_options() -> None:
    drawn = draw(POOL, "seed")
    assert len({each.question_id for each in drawn}) == 8
    assert all(sorted(each.order) == [0, 1, 2, 3] for each in drawn)


def test_every_question_is_drawn_some_time() -> None:
    seen = {each.question_id for seed in range(60) for each in draw(POOL, str(seed))}
    assert len(seen) == 20


def test_right_and_wrong_keep_their_order_and_steps_never_lie_ready() -> None:
    yes_or_no = replace(question(1, QuestionKind.TRUE_FALSE), options=("对", "错"))
    steps = replace(question(2, QuestionKind.ORDER, (0, 1, 2)), options=("甲", "乙", "丙"))
    for seed in range(50):
        by_id = {d.question_id: d.order for d in draw(pool_of(yes_or_no, steps), str(seed))}
        assert by_id["q-1"] == (0, 1)
        assert by_id["q-2"] != (0, 1, 2)


UNDERSTOOD: list[tuple[Question, list[str], tuple[int, ...] | Fault]] = [
    (SINGLE, ["0"], (2,)),
    (SINGLE, ["3"], (1,)),
    (SINGLE, [], Fault.MISSING),
    (SINGLE, ["0", "1"], Fault.UNKNOWN),
    (SINGLE, ["4"], Fault.UNKNOWN),
    (SINGLE, ["-1"], Fault.UNKNOWN),
    (SINGLE, ["x"], Fault.UNKNOWN),
    (SINGLE, ["٠"], Fault.UNKNOWN),
    (MULTIPLE, ["0", "1"], (0, 2)),
    (MULTIPLE, ["3"], (1,)),
    (MULTIPLE, ["0", "0"], Fault.UNKNOWN),
    (MULTIPLE, ["0", "9"], Fault.UNKNOWN),
    (MULTIPLE, [], Fault.MISSING),
    # Steps 2, 0, 3, 1 stand on the page; each is given its place.
    (ORDER, ["3", "1", "4", "2"], (0, 1, 2, 3)),
    (ORDER, ["1", "2", "3", "4"], (2, 0, 3, 1)),
    (ORDER, ["1", "1", "3", "4"], Fault.TWICE),
    (ORDER, ["1", "1", "", "4"], Fault.TWICE),
    (ORDER, ["1", "", "3", "4"], Fault.MISSING),
    (ORDER, ["", "", "", ""], Fault.MISSING),
    (ORDER, [], Fault.MISSING),
    (ORDER, ["0", "1", "2", "3"], Fault.UNKNOWN),
    (ORDER, ["1", "2", "3", "5"], Fault.UNKNOWN),
    (ORDER, ["1", "2", "3"], Fault.UNKNOWN),
]


@pytest.mark.parametrize(("of", "given", "expected"), UNDERSTOOD)
def test_what_a_page_sends_is_understood(
    of: Question, given: list[str], expected: tuple[int, ...] | Fault
) -> None:
    assert understood(of, PUT, given) == expected


RIGHT = [
    (SINGLE, (0,), True),
    (SINGLE, (1,), False),
    (SINGLE, (), False),
    (MULTIPLE, (0, 2), True),
    (MULTIPLE, (2, 0), True),
    (MULTIPLE, (0,), False),
    (MULTIPLE, (0, 1, 2), False),
    (MULTIPLE, (0, 0), False),
    (ORDER, (0, 1, 2, 3), True),
    (ORDER, (1, 0, 2, 3), False),
    (ORDER, (0, 1, 2), False),
]


@pytest.mark.parametrize(("of", "chosen", "expected"), RIGHT)
def test_all_the_right_ones_and_only_they(
    of: Question, chosen: tuple[int, ...], expected: bool
) -> None:
    assert is_right(of, chosen) is expected


@pytest.mark.parametrize(
    ("questions", "percent", "expected"),
    [(10, 80, 8), (8, 75, 6), (8, 80, 7), (3, 67, 3), (3, 66, 2), (1, 1, 1), (5, 100, 5)],
)
def test_the_share_is_rounded_up(questions: int, percent: int, expected: int) -> None:
    assert needed(questions, percent) == expected


@pytest.mark.parametrize(("right", "passed"), [(5, False), (6, True), (8, True), (0, False)])
def test_so_many_right_answers_pass(right: int, passed: bool) -> None:
    questions = POOL.questions[:8]
    answers = {q.id: (0,) if number < right else (1,) for number, q in enumerate(questions)}
    score = grade(questions, answers, 75)
    assert (score.asked, len(score.correct), score.passed) == (8, right, passed)


def test_what_was_not_answered_is_wrong() -> None:
    assert grade(POOL.questions[:2], {"q-0": (0,)}, 100).correct == ("q-0",)


MONDAY = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("sent_on", "expected"),
    [
        ([], 2),
        ([MONDAY], 1),
        ([MONDAY, MONDAY], 0),
        ([MONDAY, MONDAY, MONDAY], 0),
        ([date(2026, 9, 20)] * 5, 2),
    ],
)
def test_tries_are_counted_by_the_day(sent_on: list[date], expected: int) -> None:
    assert tries_left(sent_on, MONDAY, 2) == expected


def test_a_try_is_graded_as_long_as_its_questions_stand_unchanged() -> None:
    drawn = draw(POOL, "seed")
    found = asked(POOL, drawn)
    assert found is not None
    assert [q.id for q in found] == [d.question_id for d in drawn]
    others = {d.question_id for d in drawn}
    unrelated = next(q for q in POOL.questions if q.id not in others)
    assert asked(changed(unrelated, text="改过？"), drawn) is not None


@pytest.mark.parametrize(
    "over", [{"text": "改过？"}, {"options": ("甲", "乙", "丙", "戊")}, {"right": (1,)}]
)
def test_a_try_falls_when_a_question_of_it_was_worded_anew(over: dict[str, object]) -> None:
    drawn = draw(POOL, "seed")
    first = POOL.by_id[drawn[0].question_id]
    assert asked(changed(first, **over), drawn) is None


def test_a_try_falls_when_a_question_of_it_is_gone() -> None:
    drawn = draw(POOL, "seed")
    left = tuple(q for q in POOL.questions if q.id != drawn[0].question_id)
    assert asked(replace(POOL, questions=left), drawn) is None


def test_the_version_follows_what_is_asked_and_not_the_explanation() -> None:
    first = POOL.questions[0]
    assert changed(first, explanation="另一种讲解。").version == POOL.version
    assert changed(first, text="改过？").version != POOL.version


def changed(which: Question, **over: object) -> Pool:
    """The pool with one question worded anew."""
    anew = replace(which, **over)  # type: ignore[arg-type]
    return replace(POOL, questions=tuple(anew if q is which else q for q in POOL.questions))
