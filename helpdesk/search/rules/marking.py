"""Where the words of a query stand in a text as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from helpdesk.search.rules.analysis import Analysis
from helpdesk.search.rules.asking import Query

Pieces = tuple[tuple[str, bool], ...]
LENGTH: Final = 110  # characters of a snippet
_LEAD: Final = 24
_READ: Final = 20_000  # characters of a text that are read for a snippet


def marked(analysis: Analysis, query: Query, text: str) -> Pieces:
    """The whole text in pieces; True: found. Joined they are the text."""
    return _pieces(text, 0, len(text), [s[:2] for s in _spans(analysis, query, text)])


def snippet(analysis: Analysis, query: Query, text: str) -> Pieces:
    """The stretch that holds most different words, the earliest of equals; its line breaks gone."""
    flat = " ".join(text[:_READ].split())
    spans = _spans(analysis, query, flat)
    start = _best_start(spans, len(flat))
    end = min(start + LENGTH, len(flat))
    pieces = _pieces(flat, start, end, [s[:2] for s in spans])
    before = (("…", False),) if start else ()
    after = (("…", False),) if end < len(flat) else ()
    return (*before, *pieces, *after)


def _spans(analysis: Analysis, query: Query, text: str) -> list[tuple[int, int, int]]:
    """(start, end, number of the word) in the original, by place."""
    folded, places = analysis.fold_with_places(text)
    return sorted(
        (places[m.start()], places[m.end() - 1] + 1, number)
        for number, word in enumerate(query.words)
        for each in word.phrases
        for m in each.pattern.finditer(folded)
    )


def _best_start(spans: Sequence[tuple[int, int, int]], length: int) -> int:
    best, where = 0, 0
    for i, (start, _, _) in enumerate(spans[:200]):
        begin = max(start - _LEAD, 0)
        inside = {n for s, e, n in spans[i : i + 60] if e <= begin + LENGTH and s >= begin}
        if len(inside) > best:
            best, where = len(inside), begin
    return 0 if where + LENGTH >= length and length <= LENGTH else where


def _pieces(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> Pieces:
    found: list[tuple[str, bool]] = []
    at = start
    for left, right in spans:
        left, right = max(left, at), min(right, end)
        if left >= right:
            continue
        if left > at:
            found.append((text[at:left], False))
        if found and found[-1][1] and left == at:
            found[-1] = (found[-1][0] + text[left:right], True)
        else:
            found.append((text[left:right], True))
        at = right
    if at < end:
        found.append((text[at:end], False))
    return tuple(found)
