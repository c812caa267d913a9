"""A linear model learnt from examples: softmax regression by plain gradient steps. Pure.

It is learnt anew in every process (about half a second), so there is no file of weights that
could disagree with the examples. The order of the steps is fixed: the same examples give the same
model.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import exp, sqrt
from random import Random
from typing import Final

from helpdesk.intake.rules.classifying.words import Signs, Vocabulary

ROUNDS: Final = 5
STEP: Final = 4.0
EASING: Final = 0.3
# Chances below this are left alone by a step: they would cost time and move nothing.
SLIGHT: Final = 0.02
# What the ways of a cue say before any example.
HEAD_START: Final = 2.0
# In every step half of the signs are hidden, so that no card hangs on a single word.
HIDDEN: Final = 0.5


@dataclass(frozen=True)
class Example:
    """A text in a user's own words, and the card it is about."""

    text: str
    code: str


@dataclass(frozen=True)
class Model:
    """`weights`: for each sign what it adds to each card, in the order of `codes`."""

    codes: tuple[str, ...]
    weights: Mapping[str, Sequence[float]]

    def chances(self, signs: Signs, prior: Mapping[str, float] | None = None) -> dict[str, float]:
        """How likely each card is, adding up to 1. `prior`: what the asker's kind adds, by card."""
        rows = [self.weights[sign] for sign in signs.weights if sign in self.weights]
        even = [0.0] * len(self.codes)
        size = _size(signs)
        scores = [size * total for total in map(sum, zip(*rows, strict=True))] if rows else even
        given = prior or {}
        totals = [s + given.get(code, 0.0) for code, s in zip(self.codes, scores, strict=True)]
        return dict(zip(self.codes, softmax(totals), strict=True))

    def pull(self, sign: str, code: str) -> float:
        """How far a sign speaks for this card more than for the others on average."""
        row = self.weights.get(sign)
        if row is None:
            return 0.0
        return row[self.codes.index(code)] - sum(row) / len(row)


def _size(signs: Signs) -> float:
    """Texts of any length weigh the same; signs nobody knows count, so gibberish stays lukewarm."""
    return 1 / sqrt(sum(signs.weights.values()) or 1.0)


def softmax(scores: Sequence[float]) -> list[float]:
    """Scores as chances."""
    top = max(scores)
    powers = [exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def learn(examples: Iterable[Example], vocabulary: Vocabulary, codes: tuple[str, ...]) -> Model:
    """The model of these examples. Its chances are as sure as they are right; a test measures."""
    lessons = [(vocabulary.signs(example.text), example.code) for example in examples]
    weights = _start(lessons, vocabulary, codes)
    drills = [_drill(signs, codes.index(code), weights) for signs, code in lessons]
    dice = Random(1)
    for turn in range(ROUNDS):
        dice.shuffle(drills)
        for drill in drills:
            _step(_half_hidden(drill, dice), STEP / (1 + EASING * turn))
    # A third of the memory; every process keeps its own.
    return Model(codes, {sign: array("d", row) for sign, row in weights.items()})


@dataclass(frozen=True)
class _Drill:
    rows: list[list[float]]
    shares: list[float]
    size: float
    right: int


def _start(
    lessons: Iterable[tuple[Signs, str]], vocabulary: Vocabulary, codes: tuple[str, ...]
) -> dict[str, list[float]]:
    weights = {sign: [0.0] * len(codes) for signs, _ in lessons for sign in signs.weights}
    for cue in vocabulary.cues:
        row = weights.setdefault(f"#{cue.key}", [0.0] * len(codes))
        for code in cue.leads_to:
            row[codes.index(code)] = HEAD_START
    return weights


def _drill(signs: Signs, right: int, weights: Mapping[str, list[float]]) -> _Drill:
    return _Drill(
        rows=[weights[sign] for sign in signs.weights],
        shares=list(signs.weights.values()),
        size=_size(signs),
        right=right,
    )


def _half_hidden(drill: _Drill, dice: Random) -> _Drill:
    shown = [dice.random() > HIDDEN for _ in drill.rows]
    return _Drill(
        rows=list(compress(drill.rows, shown)),
        shares=list(compress(drill.shares, shown)),
        size=drill.size / sqrt(1 - HIDDEN),
        right=drill.right,
    )


def _step(drill: _Drill, step: float) -> None:
    """Move the weights of one text towards its card and away from what it was taken for."""
    if not drill.rows:
        return
    chances = softmax([drill.size * total for total in map(sum, zip(*drill.rows, strict=True))])
    moves = [(at, chance) for at, chance in enumerate(chances) if chance > SLIGHT]
    moves = [(at, chance) for at, chance in moves if at != drill.right]
    moves.append((drill.right, chances[drill.right] - 1))
    for row, share in zip(drill.rows, drill.shares, strict=True):
        length = step * drill.size * share
        for at, chance in moves:
            row[at] -= length * chance
