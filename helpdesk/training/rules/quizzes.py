"""Short checks of skill (S-3.3.3): drawing, shuffling, grading and the tries left. Pure."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from helpdesk.organizations.rules import Subsystem

# Prefix of an annex item -> number of the annex of the notice.
ANNEXES: Final = {"PG": 1, "UG": 2, "VO": 3, "SH": 4, "CE": 5, "PS": 6}
OURS: Final = "本系统约定"


class QuestionKind(StrEnum):
    """`order`: put the steps in their order."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    ORDER = "order"


@dataclass(frozen=True)
class Question:
    """`right`: numbers of the right options, of an ordering question all, in their order.

    `clause`: a clause (`S-2.1.1`), an annex item (`PG-07`), or "" for our own arrangement.
    `item`, `by` and `answer_on`: the annex item, whose dates (school, authority or a level) and
    which of them (`MM-DD`, or `15`/`last` of every month) the right answer names.
    """

    id: str
    kind: QuestionKind
    text: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explanation: str
    clause: str
    item: str = ""
    by: str = ""
    answer_on: tuple[str, ...] = ()

    @cached_property
    def mark(self) -> str:
        """Changes with every word of what is asked and of what is right."""
        parts = (self.kind, self.text, *self.options, *map(str, self.right))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Pool:
    """`draw` questions make one try, `pass_percent` of them right pass it."""

    key: str
    title_zh: str
    title_en: str
    subsystem: Subsystem | None
    audience_zh: str
    audience_en: str
    draw: int
    pass_percent: int
    tries_per_day: int
    questions: tuple[Question, ...] = field(repr=False)

    @cached_property
    def version(self) -> str:
        """Changes with every word of the pool that is asked."""
        marks = "".join(f"{q.id}{q.mark}" for q in self.questions)
        return hashlib.sha256(marks.encode()).hexdigest()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by their ids."""
        return {question.id: question for question in self.questions}

    @property
    def needed(self) -> int:
        """How many right answers pass a whole try."""
        return needed(self.draw, self.pass_percent)


@dataclass(frozen=True)
class Drawn:
    """A question as it was put to somebody: `order[place]` is the number of the option shown."""

    question_id: str
    mark: str
    order: tuple[int, ...]


class Fault(StrEnum):
    """Why an answer cannot be taken as it was sent."""

    MISSING = "missing"
    TWICE = "twice"  # a place in the order was given to two steps
    UNKNOWN = "unknown"  # nothing that the page offered


@dataclass(frozen=True)
class Score:
    """How a try came out."""

    asked: int
    correct: tuple[str, ...]
    passed: bool


def draw(pool: Pool, seed: str) -> tuple[Drawn, ...]:
    """Choose questions and shuffle them and their options; the same seed gives the same try.

    Options of a true-or-false question keep their order; the steps of an ordering question never
    stand in the right order already.
    """
    chance = random.Random(seed)
    chosen = chance.sample(pool.questions, pool.draw)
    return tuple(Drawn(q.id, q.mark, _shuffled(q, chance)) for q in chosen)


def _shuffled(question: Question, chance: random.Random) -> tuple[int, ...]:
    order = list(range(len(question.options)))
    if question.kind is QuestionKind.TRUE_FALSE:
        return tuple(order)
    chance.shuffle(order)
    while question.kind is QuestionKind.ORDER and tuple(order) == question.right:
        chance.shuffle(order)
    return tuple(order)


def asked(pool: Pool, drawn: Sequence[Drawn]) -> tuple[Question, ...] | None:
    """The questions of a try, or None when one of them is gone or was worded anew since."""
    found = [pool.by_id.get(each.question_id) for each in drawn]
    if any(q is None or q.mark != d.mark for q, d in zip(found, drawn, strict=True)):
        return None
    return tuple(q for q in found if q is not None)


def understood(question: Question, drawn: Drawn, given: Sequence[str]) -> tuple[int, ...] | Fault:
    """What a page sent, as numbers of options: of a choice the places ticked, counted from 0; of an
    ordering question the place (counted from 1) of each step in the order of the page."""
    if question.kind is QuestionKind.ORDER:
        return _ordered(drawn, given)
    if not given:
        return Fault.MISSING
    places = {str(place): option for place, option in enumerate(drawn.order)}
    if any(place not in places for place in given) or len(set(given)) < len(given):
        return Fault.UNKNOWN
    if len(given) > 1 and question.kind is not QuestionKind.MULTIPLE:
        return Fault.UNKNOWN
    return tuple(sorted(places[place] for place in given))


def _ordered(drawn: Drawn, given: Sequence[str]) -> tuple[int, ...] | Fault:
    allowed = [str(place) for place in range(1, len(drawn.order) + 1)]
    if len(given) != len(allowed) or any(place not in ("", *allowed) for place in given):
        return Fault.UNKNOWN if any(given) else Fault.MISSING
    if len(filled := [place for place in given if place]) > len(set(filled)):
        return Fault.TWICE
    if len(filled) < len(allowed):
        return Fault.MISSING
    return tuple(drawn.order[given.index(place)] for place in allowed)


def is_right(question: Question, chosen: Sequence[int]) -> bool:
    """Multiple: all the right ones and only they. Order: exactly this one."""
    if question.kind is QuestionKind.ORDER:
        return tuple(chosen) == question.right
    return len(chosen) == len(question.right) and set(chosen) == set(question.right)


def grade(
    questions: Sequence[Question], answers: Mapping[str, Sequence[int]], pass_percent: int
) -> Score:
    """Count the right answers; a question without one is wrong."""
    correct = tuple(q.id for q in questions if is_right(q, answers.get(q.id, ())))
    passed = len(correct) >= needed(len(questions), pass_percent)
    return Score(len(questions), correct, passed)


def needed(questions: int, pass_percent: int) -> int:
    """How many right answers pass: the share rounded up."""
    return -(-questions * pass_percent // 100)


def tries_left(sent_on: Collection[date], today: date, tries_per_day: int) -> int:
    """How many tries may still begin today, `sent_on` being the days of those sent."""
    return max(0, tries_per_day - sum(day == today for day in sent_on))
