"""A try as its page shows it: the questions with what was ticked, and afterwards what was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from helpdesk.training.queries.quizzes import AttemptView
from helpdesk.training.rules.quizzes import Drawn, Fault, Pool, Question, QuestionKind


@dataclass(frozen=True)
class Choice:
    """An option or a step. `value`: of a radio its place on the page, of a step the place given."""

    name: str
    value: str
    text: str
    ticked: bool = False


@dataclass(frozen=True)
class Asked:
    """A question on the page, counted from 1."""

    number: int
    question: Question
    choices: tuple[Choice, ...]
    fault: Fault | None = None


@dataclass(frozen=True)
class Line:
    """An option of a graded question, or a step at its right place."""

    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True)
class Told:
    """A graded question. `given`: of an ordering question the steps as the person put them."""

    number: int
    question: Question
    right: bool
    lines: tuple[Line, ...]
    given: tuple[str, ...] = ()


def name_of(number: int, place: int | None = None) -> str:
    """Name of a field: `q3`, and of a step to be ordered `q3-0`."""
    return f"q{number}" if place is None else f"q{number}-{place}"


def given(attempt: AttemptView, pool: Pool, form: MultiDict[str, str]) -> dict[int, Sequence[str]]:
    """What the form sent, by number of the question, as `rules.quizzes.understood` reads it."""
    sent: dict[int, Sequence[str]] = {}
    for number, drawn in enumerate(attempt.drawn, start=1):
        question = pool.by_id.get(drawn.question_id)
        if question is not None and question.kind is QuestionKind.ORDER:
            steps = range(len(drawn.order))
            sent[number] = [form.get(name_of(number, step), "") for step in steps]
        else:
            sent[number] = form.getlist(name_of(number))
    return sent


def paper(
    attempt: AttemptView,
    questions: Sequence[Question],
    sent: Mapping[int, Sequence[str]],
    faults: Mapping[int, Fault],
) -> tuple[Asked, ...]:
    """The questions in their order, with what was sent kept."""
    pairs = enumerate(zip(questions, attempt.drawn, strict=True), start=1)
    return tuple(
        Asked(number, q, _choices(number, q, drawn, sent.get(number, ())), faults.get(number))
        for number, (q, drawn) in pairs
    )


def _choices(number: int, of: Question, drawn: Drawn, sent: Sequence[str]) -> tuple[Choice, ...]:
    texts = [of.options[option] for option in drawn.order]
    if of.kind is QuestionKind.ORDER:
        places = list(sent) or [""] * len(texts)
        return tuple(
            Choice(name_of(number, step), places[step], text) for step, text in enumerate(texts)
        )
    return tuple(
        Choice(name_of(number), str(place), text, str(place) in sent)
        for place, text in enumerate(texts)
    )


def told(attempt: AttemptView, questions: Sequence[Question]) -> tuple[Told, ...]:
    """The questions with answer, right answer and explanation."""
    return tuple(
        _told(number, question, attempt, drawn)
        for number, (question, drawn) in enumerate(
            zip(questions, attempt.drawn, strict=True), start=1
        )
    )


def _told(number: int, of: Question, attempt: AttemptView, drawn: Drawn) -> Told:
    chosen = attempt.answers.get(of.id, ())
    right = of.id in attempt.correct
    if of.kind is QuestionKind.ORDER:
        steps = tuple(Line(of.options[option], True, True) for option in of.right)
        return Told(number, of, right, steps, tuple(of.options[option] for option in chosen))
    lines = tuple(
        Line(of.options[option], option in chosen, option in of.right) for option in drawn.order
    )
    return Told(number, of, right, lines)
