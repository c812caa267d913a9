"""Free text as the classifier sees it: folded, and taken apart into what tells the problem. Pure.

A text is made of signs: its characters, pairs and triples of neighbouring characters, Latin words,
and cues. A cue is a thing people say in many ways (`password_wrong`); its ways are data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from helpdesk.privacy.rules import mask

# How far apart the two halves of a way such as `密码…错` may stand.
GAP: Final = 7
CHARACTER, PAIR, TRIPLE, LATIN, CUE = 1.5, 1.5, 0.5, 1.0, 4.0
LONGEST: Final = 1000
_RUN = re.compile("[\u4e00-\u9fff]+|[a-z0-9]+")
_MASKED = re.compile(r"[\dGLJX]*\*+[\dX]*", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """Something people say in many ways. `leads_to`: cards it speaks for before any example."""

    key: str
    ways: tuple[str, ...]
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signs:
    """What a text is made of. `weights` by sign; `words`: the stretch of text behind a cue."""

    text: str
    weights: Mapping[str, float]
    words: Mapping[str, str]

    def has(self, cue: str) -> bool:
        """Does the text say this?"""
        return _name(cue) in self.weights


class Vocabulary:
    """The cues, and what a slip of spelling stands for."""

    def __init__(self, cues: Iterable[Cue], spelling: Mapping[str, str]) -> None:
        self.cues = tuple(cues)
        self._ways = [(_name(cue.key), _pattern(cue.ways)) for cue in self.cues]
        self._characters = str.maketrans({a: b for a, b in spelling.items() if len(a) == 1})
        self._slips = {a: b for a, b in spelling.items() if len(a) > 1}
        self._slip = re.compile(
            "|".join(map(re.escape, sorted(self._slips, key=len)[::-1])) or "$^"
        )

    def plain(self, text: str) -> str:
        """Narrow, lower case, simplified, common slips put right, no numbers of persons.

        Only the first LONGEST characters: what somebody asks stands at the beginning.
        """
        hidden = _MASKED.sub(" ", mask(text[:LONGEST]))
        folded = unicodedata.normalize("NFKC", hidden).lower().translate(self._characters)
        return self._slip.sub(lambda found: self._slips[found.group()], folded)

    def signs(self, text: str) -> Signs:
        """Everything the text is made of."""
        plain = self.plain(text)
        runs = _RUN.findall(plain)
        weights: dict[str, float] = {}
        for run in runs:
            weights.update(_pieces(run))
        said = "".join(runs)
        words = {}
        for name, pattern in self._ways:
            if found := pattern.search(said):
                weights[name] = CUE
                words[name] = found.group()
        return Signs(plain, weights, words)


def _pieces(run: str) -> Iterator[tuple[str, float]]:
    if run.isascii():
        yield run, LATIN
        return
    for at, character in enumerate(run):
        yield character, CHARACTER
        if at:
            yield run[at - 1 : at + 1], PAIR
        if at > 1:
            yield run[at - 2 : at + 1], TRIPLE


def _name(cue: str) -> str:
    """A cue among the signs; no text contains this."""
    return f"#{cue}"


def _pattern(ways: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(ways, key=len, reverse=True)
    return re.compile("|".join(map(expression, longest_first)))


def expression(way: str) -> str:
    """The pattern of a way: `密码…错` has anything short between its halves; `re:` is a pattern."""
    if way.startswith("re:"):
        return way.removeprefix("re:")
    return re.escape(way).replace("…", f".{{0,{GAP}}}")
