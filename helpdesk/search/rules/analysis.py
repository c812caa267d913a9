"""How a text becomes tokens, the same for the index of both databases and for a query.

Folded: NFKC, lower case, traditional characters read as simplified. Units: a run of `[a-z0-9]`,
or one other letter. Tokens: a run is one token; a character is one token together with the
character after it, so that a word of two characters is one look-up and a longer one a phrase of
its pairs (decision 0011). One token per unit: places in the row of tokens are places in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# PostgreSQL keeps 255 places of one lexeme and counts no place above 16383; what a longer text
# holds goes into further rows, which overlap by more than the longest phrase.
MOST_TOKENS: Final = 16_000
MOST_OF_ONE: Final = 250
OVERLAP: Final = 40
_LONGEST_RUN: Final = 60  # PostgreSQL refuses a lexeme of 2 KB
_UNIT = re.compile(r"[a-z0-9]+|[^\W_]")
_ASCII: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True)
class Unit:
    """A run or a character of a folded text, and where it stands there."""

    text: str
    start: int
    end: int

    @property
    def is_run(self) -> bool:
        """Letters and digits, not a character."""
        return self.text[0] in _ASCII


class _Table(dict[int, str]):
    """What each character folds to, worked out once."""

    def __init__(self, traditional: Mapping[str, str]) -> None:
        super().__init__()
        self.traditional = traditional

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = found = "".join(self.traditional.get(c, c) for c in folded)
        return found


class Analysis:
    """The fold with its table of traditional characters."""

    def __init__(self, traditional: Mapping[str, str]) -> None:
        self._table = _Table(traditional)

    def fold(self, text: str) -> str:
        """As it is compared. The length may differ: see `fold_with_places`."""
        return text.translate(self._table)

    def fold_with_places(self, text: str) -> tuple[str, Sequence[int]]:
        """The folded text and, for each of its characters, the place in the original."""
        folded = self.fold(text)
        if len(folded) == len(text) and all(len(self._table[ord(c)]) == 1 for c in set(text)):
            return folded, range(len(text))
        return folded, [i for i, c in enumerate(text) for _ in self._table[ord(c)]]

    def units(self, text: str) -> list[Unit]:
        """The units of a text, folded."""
        return units_of(self.fold(text))


def units_of(folded: str) -> list[Unit]:
    """The units of a folded text."""
    return [Unit(m.group(), m.start(), m.end()) for m in _UNIT.finditer(folded)]


def spelt(unit: str) -> str:
    """As it stands in a token: beyond the basic plane as a number, which every engine keeps."""
    if unit[0] in _ASCII:
        return unit[:_LONGEST_RUN]
    return unit if ord(unit) < 0x10000 else f"u{ord(unit):x}"


def tokens_of(units: Sequence[Unit]) -> list[str]:
    """One token per unit."""
    if not units:
        return []
    return [
        spelt(unit.text) + (spelt(after.text) if after and _pair(unit, after) else "")
        for unit, after in zip(units, [*units[1:], None], strict=True)
    ]


def _pair(unit: Unit, after: Unit) -> bool:
    """Two characters side by side, nothing between them."""
    return not unit.is_run and not after.is_run and unit.end == after.start


def chunks(tokens: Sequence[str]) -> Iterator[list[str]]:
    """The row of tokens in pieces that every engine keeps whole; usually one."""
    start = 0
    while True:
        end = _end(tokens, start)
        yield list(tokens[start:end])
        if end >= len(tokens):
            return
        start = max(end - OVERLAP, start + 1)


def _end(tokens: Sequence[str], start: int) -> int:
    """Where the piece that begins at `start` must end."""
    last = min(start + MOST_TOKENS, len(tokens))
    if last - start <= MOST_OF_ONE:
        return last
    seen: Counter[str] = Counter()
    for place in range(start, last):
        seen[tokens[place]] += 1
        if seen[tokens[place]] > MOST_OF_ONE:
            return place
    return last


def in_a_row(tokens: Iterable[str]) -> str:
    """As SQLite's full-text table reads them."""
    return " ".join(tokens)


def with_places(tokens: Iterable[str]) -> str:
    """As PostgreSQL reads a tsvector: `'密码':1,7 '码错':2`."""
    places: dict[str, list[str]] = {}
    for place, token in enumerate(tokens, start=1):
        places.setdefault(token, []).append(str(place))
    return " ".join(f"'{token}':{','.join(at)}" for token, at in places.items())


def tails(digits: str, shortest: int = 3) -> str:
    """`0004711` -> `0004711 004711 04711 4711 711`: each is found by its beginning, so any part."""
    last = max(len(digits) - shortest, 0)
    return " ".join(digits[i:] for i in range(last + 1)) if digits else ""
