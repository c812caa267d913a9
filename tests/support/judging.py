"""Judging the classification: examples held out by their own text, and how sure it was."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpdesk.catalog.rules import CODES
from helpdesk.intake.queries import classifying_data as data
from helpdesk.intake.rules.classifying.learning import Example, Model, learn

BLIND = Path(__file__).parents[1] / "data" / "classification" / "blind.yaml"
PARTS = 3


@dataclass(frozen=True)
class Judged:
    """A text with the right cards, and the cards it was taken for, likeliest first."""

    text: str
    right: frozenset[str]
    ranked: tuple[str, ...]
    chance: float

    @property
    def first(self) -> bool:
        """Is the first choice right?"""
        return self.ranked[0] in self.right

    @property
    def within_three(self) -> bool:
        """Is one of the first three right?"""
        return not self.right.isdisjoint(self.ranked[:3])


def part(example: Example) -> int:
    """0, 1 or 2; the same for ever."""
    return hashlib.sha256(example.text.encode()).digest()[0] % PARTS


def held_out(which: int) -> list[Judged]:
    """A third of the examples, judged by a model that has seen the other two."""
    seen = [example for example in data.examples() if part(example) != which]
    model = learn(seen, data.knowledge().vocabulary, CODES)
    unseen = (example for example in data.examples() if part(example) == which)
    return [judge(model, e.text, frozenset({e.code})) for e in unseen]


def blind(half: int) -> list[Judged]:
    """Every second question of people who have not seen the examples; 0: the first of them."""
    entries = yaml.load(BLIND.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[half::2]
    return [
        judge(data.model(), e["text"], frozenset({e["card"], *e.get("acceptable", ())}))
        for e in entries
    ]


def judge(model: Model, text: str, right: frozenset[str]) -> Judged:
    """What the model takes a text for, whoever asks."""
    chances = model.chances(data.knowledge().vocabulary.signs(text))
    ranked = tuple(sorted(chances, key=lambda code: -chances[code]))
    return Judged(text, right, ranked, chances[ranked[0]])


def shares(found: Iterable[Judged]) -> tuple[float, float]:
    """The share that is right at first, and within three."""
    judged = list(found)
    first = sum(one.first for one in judged) / len(judged)
    return first, sum(one.within_three for one in judged) / len(judged)


def tenths(found: Iterable[Judged]) -> dict[int, tuple[int, float, float]]:
    """By tenth of confidence: how many, how sure on average, how often right."""
    groups: dict[int, list[Judged]] = defaultdict(list)
    for one in found:
        groups[min(9, int(one.chance * 10))].append(one)
    return {
        tenth: (
            len(group),
            sum(one.chance for one in group) / len(group),
            sum(one.first for one in group) / len(group),
        )
        for tenth, group in sorted(groups.items())
    }


def miscalibration(found: Iterable[Judged]) -> float:
    """How far confidence and truth lie apart, on average."""
    table = tenths(found).values()
    return sum(n * abs(sure - right) for n, sure, right in table) / sum(n for n, _, _ in table)
