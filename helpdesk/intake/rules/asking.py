"""While somebody types: is it asked already, and do several report the same? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from helpdesk.search.rules.asking import Query, Word

MOST_READ: Final = 10
# What is asked again after two months is most likely another matter.
LOOKED_BACK: Final = timedelta(days=60)
# A run of reports that began earlier than this is no news.
LONGEST_WAVE: Final = timedelta(hours=12)
ALIKE: Final = 0.5
SAME: Final = 0.75
_SAME_CARD: Final = 0.25
_TELLING: Final = 4
# From here on a guess decides what else is shown.
SURE: Final = 0.5


@dataclass(frozen=True)
class Report:
    """A body reported a problem at this instant."""

    at: datetime
    body_id: int


@dataclass(frozen=True)
class Wave:
    """So many bodies report the same problem since then. Who they are is nobody's business."""

    bodies: int
    since: datetime


def wave(
    reports: Iterable[Report], *, now: datetime, bodies: int, within: timedelta
) -> Wave | None:
    """The wave that runs now: at least `bodies` different ones within the last `within`.

    It began with the first report after a pause longer than `within`. None: no wave.
    """
    newest_first = sorted(reports, key=lambda report: report.at, reverse=True)
    fresh = {report.body_id for report in newest_first if now - report.at <= within}
    if len(fresh) < bodies:
        return None
    since, seen = now, set[int]()
    for report in newest_first:
        if since - report.at > within:
            break
        since = report.at
        seen.add(report.body_id)
    return Wave(len(seen), since)


def likeness(query: Query, folded: str, *, same_card: bool) -> float:
    """How much of what is asked an earlier question says, 0 to 1. `folded`: its text, folded.

    Long words count more. The same card adds a quarter, but alone it is not enough: a school may
    have two different troubles with passwords.
    """
    words = [word for word, needed in zip(query.words, query.needed, strict=True) if needed]
    held, asked = _weight(word for word in words if _holds(word, folded)), _weight(words)
    if not held:
        return 0.0
    most = 1.0 if asked >= _TELLING else ALIKE
    return min(held / asked + (_SAME_CARD if same_card else 0.0), most)


def _holds(word: Word, folded: str) -> bool:
    return any(phrase.pattern.search(folded) for phrase in word.phrases)


def _weight(words: Iterable[Word]) -> float:
    return float(sum(min(len(word.text), 4) for word in words))


def read_before(earlier: Sequence[int], later: Iterable[int]) -> tuple[int, ...]:
    """Articles in the order they were opened, each once, the newest ten."""
    return tuple(dict.fromkeys((*earlier, *later)))[-MOST_READ:]
