"""What changed between two texts: line by line, and inside a line the words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Unchanged lines kept around a change; longer stretches are folded.
AROUND: Final = 2
# Lines less alike than this are a new line and an old one, not one line changed.
_ALIKE: Final = 0.35
# Comparing takes the cube of the length: longer texts are shown old and new, without matching.
_MOST_LINES: Final = 500
_LONGEST_LINE: Final = 500


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    OLD = "old"
    NEW = "new"
    FOLDED = "folded"  # so many unchanged lines that are not shown


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; `changed`: it is not in the other text."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Line:
    """A line of a difference. `hidden`: how many lines a folded one stands for."""

    change: Change
    pieces: tuple[Piece, ...] = ()
    hidden: int = 0

    @property
    def text(self) -> str:
        """The line whole."""
        return "".join(piece.text for piece in self.pieces)


def difference(old: str, new: str, *, around: int = AROUND) -> tuple[Line, ...]:
    """The lines of both texts, old before new where they differ; nothing differs: no line."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return ()
    if max(len(before), len(after)) > _MOST_LINES:
        return (
            *(_plain(Change.OLD, text, changed=True) for text in before),
            *(_plain(Change.NEW, text, changed=True) for text in after),
        )
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[Line] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found += [_plain(Change.SAME, text) for text in before[a:b]]
        else:
            found += _changed(before[a:b], after[c:d])
    return tuple(_folded(found, around))


def _plain(change: Change, text: str, *, changed: bool = False) -> Line:
    return Line(change, (Piece(text, changed),))


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines that stand in the same place are compared word by word where they are alike."""
    for i in range(max(len(old), len(new))):
        pair = (old[i] if i < len(old) else None, new[i] if i < len(new) else None)
        yield from _pair(*pair)


def _pair(old: str | None, new: str | None) -> Iterator[Line]:
    if old is not None and new is not None and max(len(old), len(new)) <= _LONGEST_LINE:
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            yield Line(Change.OLD, _pieces(old, [(t, a, b) for t, a, b, _, _ in _codes(matcher)]))
            yield Line(Change.NEW, _pieces(new, [(t, c, d) for t, _, _, c, d in _codes(matcher)]))
            return
    if old is not None:
        yield _plain(Change.OLD, old, changed=True)
    if new is not None:
        yield _plain(Change.NEW, new, changed=True)


def _codes(matcher: difflib.SequenceMatcher[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return matcher.get_opcodes()


def _pieces(text: str, spans: Sequence[tuple[str, int, int]]) -> tuple[Piece, ...]:
    return tuple(Piece(text[a:b], tag != "equal") for tag, a, b in spans if b > a)


def _folded(lines: Sequence[Line], around: int) -> Iterator[Line]:
    near = {
        at + step
        for at, line in enumerate(lines)
        if line.change is not Change.SAME
        for step in range(-around, around + 1)
    }
    hidden = 0
    for at, line in enumerate(lines):
        if at in near:
            if hidden:
                yield Line(Change.FOLDED, hidden=hidden)
            hidden = 0
            yield line
        else:
            hidden += 1
    if hidden:
        yield Line(Change.FOLDED, hidden=hidden)


_SIGNS: Final = {Change.SAME: " ", Change.OLD: "-", Change.NEW: "+"}


def as_text(lines: Sequence[Line]) -> str:
    """For a terminal: `-` old, `+` new, ` ` same, `...` folded."""
    return "\n".join(
        "..." if line.change is Change.FOLDED else _SIGNS[line.change] + line.text for line in lines
    )
