"""A query in words: split, without fillers, each word with what means the same in this house."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from helpdesk.search.rules.analysis import Analysis, Unit, spelt, units_of

LONGEST: Final = 400  # characters of a query that are read
MOST_WORDS: Final = 12
_PIECE = re.compile(r"[0-9]+月(?:[0-9]+[日号]?)?|[a-z0-9]+(?:[-_./][a-z0-9]+)*|[^\W_a-z0-9]+")
_CHARACTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Phrase:
    """Units that must stand side by side. `open_end`: the last may be the beginning of a token."""

    units: tuple[Unit, ...]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """What the index must hold in this order."""
        found = []
        for i, unit in enumerate(self.units):
            after = self.units[i + 1] if i + 1 < len(self.units) else None
            if after and not unit.is_run and not after.is_run and unit.end == after.start:
                found.append(spelt(unit.text) + spelt(after.text))
            elif after or not self._covered:
                found.append(spelt(unit.text))
        return tuple(found)

    @property
    def open_end(self) -> bool:
        """A lone character begins its pair; letters and digits may be still being typed."""
        last = self.units[-1]
        return len(last.text) > 1 if last.is_run else not self._covered

    @property
    def _covered(self) -> bool:
        """The last character stands in the pair that the one before it begins."""
        if len(self.units) < 2:
            return False
        before, last = self.units[-2:]
        return not before.is_run and not last.is_run and before.end == last.start

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The same on a folded text; spans of it are spans of the text."""
        parts = [r"(?<![a-z0-9])"] if self.units[0].is_run else []
        for before, unit in zip((None, *self.units), self.units, strict=False):
            if before and (before.is_run or unit.is_run or before.end != unit.start):
                parts.append(r"[\W_]*")
            parts.append(re.escape(unit.text))
        if self.units[-1].is_run and not self.open_end:
            parts.append(r"(?![a-z0-9])")
        return re.compile("".join(parts))


@dataclass(frozen=True)
class Word:
    """One thing asked for: the word itself first, then what means the same.

    `weak`: everybody says it, so beside others it only changes the order.
    """

    text: str
    phrases: tuple[Phrase, ...]
    weak: bool = False


@dataclass(frozen=True)
class Query:
    """What was asked. `whole`: the longest unbroken stretch of it, which ranks higher as one.

    `text`: all of it without white space, as a key is compared.
    """

    words: tuple[Word, ...]
    whole: Phrase | None = None
    text: str = ""

    @property
    def needed(self) -> tuple[bool, ...]:
        """Which words a text must hold: the weak ones only where there are no others."""
        strong = tuple(not word.weak for word in self.words)
        return strong if any(strong) else (True,) * len(strong)

    def of(self, words: Iterable[Word]) -> Query:
        """The same with other words."""
        return replace(self, words=tuple(words))


@dataclass(frozen=True)
class Lexicon:
    """Words as data. `cut` splits a stretch of Chinese into words of the general language."""

    analysis: Analysis
    words: frozenset[str]
    stop: frozenset[str]
    weak: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]]
    cut: Callable[[str], Iterable[str]]

    @cached_property
    def _known(self) -> frozenset[str]:
        # Short fillers are cut by the general language: 东西 says nothing, 东西湖 is a place.
        fillers = frozenset(word for word in self.stop if len(word) > 2)
        known = self.words | fillers | self.weak | self.synonyms.keys()
        return frozenset(word for word in known if len(word) > 1)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._known), default=0)

    def query(self, text: str, *, typing: bool = False) -> Query:
        """The words of a query; none where nothing can be looked for.

        `typing`: the last character may be half a word, so it counts only if it stands alone.
        """
        folded = self.analysis.fold(text[:LONGEST])
        pieces = [m.group() for m in _PIECE.finditer(folded)]
        found = list(dict.fromkeys(word for piece in pieces for word in self._split(piece)))
        kept = [w for w in found if len(w) > 1 and w not in self.stop]
        if not kept:
            kept = [w for w in found if w not in self.stop] or found
        if typing and len(kept) > 1 and len(kept[-1]) == 1:
            kept.pop()
        whole = max(_CHARACTERS.findall(folded), key=len, default="")
        return Query(
            tuple(self.word(w) for w in kept[:MOST_WORDS]),
            phrase(whole) if len(kept) > 1 and 2 < len(whole) <= 20 else None,
            "".join(folded.split()),
        )

    def word(self, text: str) -> Word:
        """A word with its synonyms."""
        same = (text, *self.synonyms.get(text, ()))
        phrases = tuple(phrase(each) for each in dict.fromkeys(same))
        return Word(text, phrases, text in self.weak)

    def halves(self, word: Word) -> Word:
        """A word that no text has, as any of its pairs of characters."""
        pairs = [word.text[i : i + 2] for i in range(len(word.text) - 1)]
        return replace(word, phrases=tuple(phrase(pair) for pair in dict.fromkeys(pairs)))

    def _split(self, piece: str) -> Iterator[str]:
        """A piece without a break, by the words we know, the rest by the general language."""
        if len(piece) <= 2 or not _is_chinese(piece) or self._is_name(piece):
            yield piece
            return
        start = place = 0
        while place < len(piece):
            known = self._known_at(piece, place)
            if not known:
                place += 1
                continue
            yield from self._general(piece[start:place])
            yield known
            start = place = place + len(known)
        yield from self._general(piece[start:])

    def _is_name(self, piece: str) -> bool:
        """Three characters of which we know nothing: 东西湖 is no 东西."""
        return len(piece) == 3 and not any(self._known_at(piece, place) for place in (0, 1))

    def _known_at(self, piece: str, place: int) -> str:
        for length in range(min(self._longest, len(piece) - place), 1, -1):
            if piece[place : place + length] in self._known:
                return piece[place : place + length]
        return ""

    def _general(self, rest: str) -> Iterator[str]:
        if len(rest) > 2:
            yield from self.cut(rest)
            return
        kept = "".join(c for c in rest if c not in self.stop)
        yield from (kept,) if kept else tuple(rest)


def phrase(text: str) -> Phrase:
    """A folded text as a phrase."""
    return Phrase(tuple(units_of(text)))


def _is_chinese(piece: str) -> bool:
    return not any(c.isascii() for c in piece)
