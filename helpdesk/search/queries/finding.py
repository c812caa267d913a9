"""Searching: ranked pages, pages by date, suggestions while typing, and what is alike.

Every function takes the sights of the actor: what an actor may not read is neither found nor
counted. At most four statements, whatever is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.paging import BadCursor, decode, encode
from helpdesk.search.queries.candidates import (
    MOST_ROWS,
    Narrowing,
    Row,
    Sight,
    how_often,
    rows,
    texts,
)
from helpdesk.search.queries.lexicon import lexicon
from helpdesk.search.rules.asking import Query
from helpdesk.search.rules.entries import UNDATED
from helpdesk.search.rules.marking import Pieces, marked, snippet
from helpdesk.search.rules.ranking import KINDS, Asked, covers, first_look, second_look, weights

MOST: Final = 1000  # what is counted; one more is "1,000+"
PAGES: Final = 10
_FEW: Final = 10  # fewer hits than this: texts that hold most of the words follow
_SHARE: Final = 0.5
_LOOKED_AT: Final = 100
_RARE: Final = 8
_SUGGESTED_OF: Final = 60
_ALIKE_OF: Final = 500
_MICROSECOND: Final = timedelta(microseconds=1)


class Order(StrEnum):
    """By how well it answers, or the newest first."""

    RANK = "rank"
    DATE = "date"


@dataclass(frozen=True)
class Hit:
    """One owner that was found. Pieces joined are the text; True marks what was asked for.

    `snippet` is empty where nothing but the title was indexed, and in suggestions.
    """

    kind: str
    owner_id: int
    key: str
    part: str
    title: str
    title_marks: Pieces
    snippet: Pieces
    at: datetime
    score: float


@dataclass(frozen=True)
class Found:
    """A page of hits. `total` and `counts` (by kind) stop at 1,001: "1,000+".

    `next`: the following page of a ranked list (None after the tenth) or of a list by date.
    `loose`: no text holds all of the words; these hold most of them.
    """

    hits: tuple[Hit, ...]
    total: int
    counts: Mapping[str, int]
    next: str | None
    loose: bool = False


NOTHING: Final = Found((), 0, {}, None)


@dataclass(frozen=True)
class _Scored:
    row: Row
    score: float


def find(
    text: str,
    sights: Sequence[Sight],
    *,
    kinds: Collection[str] | None = None,
    facets: Collection[tuple[str, str]] = (),
    order: Order = Order.RANK,
    page: int = 1,
    after: str | None = None,
    size: int = 20,
) -> Found:
    """One page of what `text` finds; all kinds are counted, those of `kinds` listed.

    Ranked: `page` 1 to 10. By date: `after` is the `next` of the page before. Raises BadCursor.
    """
    asked = _asked(lexicon().query(text), sights)
    if not asked.query.words:
        return NOTHING
    narrowing = Narrowing(tuple(facets))
    found = rows(asked.query, sights, every=True, narrowing=narrowing)
    strict = {kind: _owners(group) for kind, group in found.items()}
    counts = {kind: _counted(found[kind], strict[kind]) for kind in found}
    wanted = [kind for kind in strict if kinds is None or kind in kinds]
    scored = [each for kind in wanted for each in _scored(asked, strict[kind])]
    loose = []
    if len(scored) < _FEW and len(asked.query.words) > 1:
        loose = _loosely(asked, sights, narrowing, wanted, {_owner(s.row) for s in scored})
        for each in loose:
            counts[each.row.kind] += 1
    total = min(sum(counts[kind] for kind in wanted), MOST + 1)
    listed = _Listed(asked, tuple(scored), tuple(loose), total, counts)
    if order is Order.DATE and after is not None and len(scored) > MOST:
        listed = replace(listed, strict=_older(asked, sights, narrowing, wanted, after))
    return _by_date(listed, after, size) if order is Order.DATE else _ranked(listed, page, size)


def _older(
    asked: Asked,
    sights: Sequence[Sight],
    narrowing: Narrowing,
    kinds: Collection[str],
    after: str,
) -> tuple[_Scored, ...]:
    """Beyond what is counted a list by date goes on from its key."""
    looked = [sight for sight in sights if sight.kind in kinds]
    before = replace(narrowing, before=_from_cursor(after))
    found = rows(asked.query, looked, every=True, narrowing=before)
    return tuple(each for group in found.values() for each in _scored(asked, _owners(group)))


def suggest(
    text: str, sights: Sequence[Sight], *, kinds: Collection[str] | None = None, limit: int = 8
) -> tuple[Hit, ...]:
    """A few hits while somebody types: by titles, of a few rows each kind (under 50 ms)."""
    query = lexicon().query(text, typing=True)
    looked = [sight for sight in sights if kinds is None or sight.kind in kinds]
    asked = Asked(query, (1.0,) * len(query.words))
    narrowing = Narrowing(most=_SUGGESTED_OF)
    found = rows(query, looked, every=True, narrowing=narrowing)
    scored = [each for group in found.values() for each in _scored(asked, _owners(group))]
    if not scored and len(query.words) > 1:
        scored = _loosely(asked, looked, narrowing, list({s.kind for s in looked}), set())
    scored.sort(key=_best_first)
    return tuple(_hit(query, each, None) for each in scored[:limit])


def similar(
    text: str,
    sights: Sequence[Sight],
    *,
    kinds: Collection[str] | None = None,
    limit: int = 5,
    snippets: bool = True,
) -> tuple[Hit, ...]:
    """What is like a long text: texts that hold several of its rarest words, best first.

    Three statements, two without `snippets`.
    """
    query = lexicon().query(text)
    looked = [sight for sight in sights if kinds is None or sight.kind in kinds]
    if not query.words or not looked:
        return ()
    asked = _rarest(_asked(query, looked))
    newest = Narrowing(most=_ALIKE_OF)
    scored = _loosely(asked, looked, newest, list({s.kind for s in looked}), set(), share=0.3)
    best = sorted(scored, key=_best_first)[:limit]
    if not snippets:
        return tuple(_hit(asked.query, each, None) for each in best)
    return tuple(_hits(asked, best))


def _asked(query: Query, sights: Sequence[Sight]) -> Asked:
    """Words with their weights; a word that stands nowhere is looked for by its halves."""
    if not query.words or not sights:
        return Asked(query.of(()), ())
    *counts, total = how_often(query.words, sights)
    words = tuple(
        lexicon().halves(word) if not count and len(word.text) > 2 and not word.text.isascii()
        else word
        for word, count in zip(query.words, counts, strict=True)
    )  # fmt: skip
    known = weights(counts, total)
    # What stands nowhere tells nothing; its halves tell less than a word.
    certain = tuple(
        weight if count else (0.5 * weight if len(word.text) > 2 else 0.0)
        for word, count, weight in zip(words, counts, known, strict=True)
    )
    return Asked(query.of(words), certain if any(certain) else known)


def _rarest(asked: Asked) -> Asked:
    ranked = sorted(zip(asked.weights, asked.query.words, strict=True), key=lambda pair: -pair[0])
    kept = ranked[:_RARE]
    return Asked(asked.query.of(word for _, word in kept), tuple(weight for weight, _ in kept))


def _owner(row: Row) -> tuple[str, int]:
    return row.kind, row.owner_id


def _owners(group: Iterable[Row]) -> list[Row]:
    """One row for each owner: the part that holds most of the words, the main one of equals."""
    best: dict[int, Row] = {}
    for row in sorted(group, key=lambda row: (row.part, row.id)):
        known = best.get(row.owner_id)
        if known is None or sum(row.held) > sum(known.held):
            best[row.owner_id] = row
    return list(best.values())


def _counted(group: Sequence[Row], owners: Sequence[Row]) -> int:
    return MOST + 1 if len(group) >= MOST_ROWS else min(len(owners), MOST + 1)


def _scored(asked: Asked, group: Iterable[Row]) -> list[_Scored]:
    fold = lexicon().analysis.fold
    return [
        _Scored(
            row,
            first_look(asked, fold(row.title), fold(row.key), row.held) * KINDS.get(row.kind, 1.0),
        )
        for row in group
    ]


def _loosely(
    asked: Asked,
    sights: Sequence[Sight],
    narrowing: Narrowing,
    kinds: Collection[str],
    seen: Collection[tuple[str, int]],
    share: float = _SHARE,
) -> list[_Scored]:
    """Owners that hold a good part of the words, those in `seen` left out."""
    looked = [sight for sight in sights if sight.kind in kinds]
    found = rows(asked.query, looked, every=False, narrowing=narrowing)
    near = [
        row
        for group in found.values()
        for row in _owners(group)
        if _owner(row) not in seen and covers(asked, row.held, share)
    ]
    return _scored(asked, near)


@dataclass(frozen=True)
class _Listed:
    asked: Asked
    strict: tuple[_Scored, ...]
    loose: tuple[_Scored, ...]
    total: int
    counts: Mapping[str, int]

    def page(self, hits: Iterable[Hit], following: str | None) -> Found:
        return Found(
            tuple(hits), self.total, self.counts, following, not self.strict and bool(self.loose)
        )


def _best_first(each: _Scored) -> tuple[float, float, str, int]:
    return -each.score, -each.row.at.timestamp(), each.row.kind, each.row.owner_id


def _ranked(listed: _Listed, page: int, size: int) -> Found:
    strict = sorted(listed.strict, key=_best_first)
    loose = sorted(listed.loose, key=_best_first)
    looked, rest = [*strict, *loose][:_LOOKED_AT], [*strict, *loose][_LOOKED_AT:]
    contents = texts([each.row.id for each in looked])
    again = _second(listed.asked, looked, contents)
    here = {_owner(each.row) for each in listed.strict}
    # What holds every word stands before what holds most of them.
    again.sort(key=lambda each: (_owner(each.row) not in here, *_best_first(each)))
    ordered = [*again, *rest]
    start = (max(page, 1) - 1) * size
    chosen = ordered[start : start + size] if page <= PAGES else []
    more = page < PAGES and start + size < len(ordered)
    return listed.page(_hits(listed.asked, chosen, contents), str(page + 1) if more else None)


def _second(asked: Asked, group: Iterable[_Scored], contents: Mapping[int, str]) -> list[_Scored]:
    fold = lexicon().analysis.fold
    return [
        replace(
            each,
            score=each.score
            + second_look(asked, fold(contents[each.row.id])) * KINDS.get(each.row.kind, 1.0),
        )
        for each in group
    ]


def _by_date(listed: _Listed, after: str | None, size: int) -> Found:
    """Newest first; (at, kind, owner) is the key, so an owner never comes twice."""
    every = sorted((*listed.strict, *listed.loose), key=_date_key, reverse=True)
    if after is not None:
        last = _from_cursor(after)
        every = [each for each in every if _date_key(each) < last]
    chosen = every[:size]
    following = None
    if len(every) > size:
        at, kind, owner_id = _date_key(chosen[-1])
        following = encode(((at - UNDATED) // _MICROSECOND, kind, owner_id))
    return listed.page(_hits(listed.asked, chosen), following)


def _from_cursor(cursor: str) -> tuple[datetime, str, int]:
    since, kind, owner_id = decode(cursor, (int, str, int))
    try:
        return UNDATED + since * _MICROSECOND, kind, owner_id
    except OverflowError as error:
        raise BadCursor from error


def _date_key(each: _Scored) -> tuple[datetime, str, int]:
    return each.row.at, each.row.kind, each.row.owner_id


def _hits(
    asked: Asked, chosen: Sequence[_Scored], contents: Mapping[int, str] | None = None
) -> list[Hit]:
    known = dict(contents or {})
    missing = [each.row.id for each in chosen if each.row.id not in known]
    known |= texts(missing) if missing else {}
    return [_hit(asked.query, each, known.get(each.row.id)) for each in chosen]


def _hit(query: Query, each: _Scored, text: str | None) -> Hit:
    row, analysis = each.row, lexicon().analysis
    return Hit(
        kind=row.kind,
        owner_id=row.owner_id,
        key=row.key,
        part=row.part,
        title=row.title,
        title_marks=marked(analysis, query, row.title),
        snippet=snippet(analysis, query, text) if text else (),
        at=row.at,
        score=round(each.score, 3),
    )
