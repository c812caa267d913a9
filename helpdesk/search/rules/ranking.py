"""How well a text answers a query: the same figure on every engine, so the same order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from helpdesk.search.rules.asking import Query, Word

_IN_TITLE: Final = 1.6  # a word of the title, against one of the text
_SYNONYM: Final = 0.5
_TITLE_SHARE: Final = 1.2  # a title that says nothing else
_NAMED: Final = 100.0  # its very number or code
_WHOLE: Final = 1.0  # the query stands there as it was typed
_SATURATION: Final = 1.2
_USUAL_LENGTH: Final = 600  # characters


@dataclass(frozen=True)
class Asked:
    """A query with the weight of each of its words: rare ones tell more."""

    query: Query
    weights: tuple[float, ...]


def weights(counts: Sequence[int], total: int) -> tuple[float, ...]:
    """Of words that stand in so many of `total` texts."""
    return tuple(math.log(1 + (total + 1) / (count + 1)) for count in counts)


def first_look(asked: Asked, title: str, key: str, held: Sequence[bool]) -> float:
    """By the (folded) title and key and by which words the text holds at all."""
    named = asked.query.text in (key, key.rpartition("/")[2])
    score = _NAMED if named else 0.0
    covered = 0
    for word, weight, there in zip(asked.query.words, asked.weights, held, strict=True):
        score += weight if there else 0.0
        best, length = _in_title(word, title)
        score += _IN_TITLE * weight * best
        covered += length
    if covered and title:
        score += _TITLE_SHARE * min(covered / len(title), 1.0) * max(asked.weights)
    whole = asked.query.whole
    if whole is not None and whole.pattern.search(title):
        score += _WHOLE * max(asked.weights)
    return score


def second_look(asked: Asked, text: str) -> float:
    """What the (folded) text adds: how often each word stands in it, for its length."""
    score = 0.0
    slack = _SATURATION * (0.25 + 0.75 * len(text) / _USUAL_LENGTH)
    for word, weight in zip(asked.query.words, asked.weights, strict=True):
        often = sum(
            len(p.pattern.findall(text)) * (1.0 if i == 0 else _SYNONYM)
            for i, p in enumerate(word.phrases)
        )
        score += weight * often / (often + slack)
    whole = asked.query.whole
    if whole is not None and whole.pattern.search(text):
        score += _WHOLE * max(asked.weights)
    return score


def _in_title(word: Word, title: str) -> tuple[float, int]:
    """Does the title hold the word: 1 as asked, less as a synonym; and how many characters."""
    for i, each in enumerate(word.phrases):
        match = each.pattern.search(title)
        if match:
            return (1.0 if i == 0 else _SYNONYM), match.end() - match.start()
    return 0.0, 0


def covers(asked: Asked, held: Sequence[bool], share: float) -> bool:
    """Does a text hold words of at least this share of the weight?"""
    there = sum(w for w, h in zip(asked.weights, held, strict=True) if h)
    return there >= share * sum(asked.weights)


KINDS: Mapping[str, float] = {
    # What answers by itself stands before what somebody else once asked.
    "article": 1.1,
    "card": 1.1,
    "item": 1.0,
    "case": 0.9,
    "ticket": 0.8,
    "body": 0.9,
}
