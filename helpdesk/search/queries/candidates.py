"""Which rows match: one statement for all kinds, each within the sights of its owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from helpdesk.kernel.db import session
from helpdesk.search.models import Entry
from helpdesk.search.rules.asking import Query, Word
from helpdesk.search.rules.matching import all_of, any_of

# Of a word that stands everywhere the newest are ranked; a ticket has two parts, seldom more.
MOST_ROWS: Final = 2100
_COUNTED: Final = 1000
_FULL_TEXT: Final = table("search_text", column("rowid"), column("search_text"))


@dataclass(frozen=True)
class Sight:
    """An owner's answer to "which rows of `kind` may this actor find": a condition on Entry.

    A kind without a sight is not searched; several sights of one kind add up.
    """

    kind: str
    condition: ColumnElement[bool]


@dataclass(frozen=True)
class Row:
    """A row that matches. `held`: which words it holds."""

    id: int
    kind: str
    owner_id: int
    part: str
    key: str
    title: str
    at: datetime
    held: tuple[bool, ...]


@dataclass(frozen=True)
class Narrowing:
    """What all kinds are narrowed by. `before`: only what is older than (at, owner) of a kind."""

    facets: Collection[tuple[str, str]] = ()
    before: tuple[datetime, str, int] | None = None
    most: int = MOST_ROWS


def rows(
    query: Query,
    sights: Iterable[Sight],
    *,
    every: bool,
    narrowing: Narrowing = Narrowing(),
) -> dict[str, list[Row]]:
    """The newest rows of each kind that hold every word needed (or any word); one statement."""
    by_kind = _by_kind(sights)
    if not query.words or not by_kind:
        return {}
    sure = query.needed if every else (False,) * len(query.words)
    parts = [
        _newest(query.words, sure, kind, conditions, narrowing)
        for kind, conditions in by_kind.items()
    ]
    found: dict[str, list[Row]] = {kind: [] for kind in by_kind}
    for row in session().execute(union_all(*parts)):
        flags = iter(row[7:])
        held = tuple(known or bool(next(flags)) for known in sure)
        found[row.kind].append(
            Row(row.id, row.kind, row.owner_id, row.part, row.key, row.title, row.at, held)
        )
    return found


def _by_kind(sights: Iterable[Sight]) -> Mapping[str, list[ColumnElement[bool]]]:
    found: defaultdict[str, list[ColumnElement[bool]]] = defaultdict(list)
    for sight in sights:
        found[sight.kind].append(sight.condition)
    return found


def _newest(
    words: Sequence[Word],
    sure: Sequence[bool],
    kind: str,
    conditions: Sequence[ColumnElement[bool]],
    narrowing: Narrowing,
) -> Select[Any]:
    must = [word for word, needed in zip(words, sure, strict=True) if needed]
    asked = all_of(must, dialect()) if must else any_of(words, dialect())
    flags = [
        _flag(word, place)
        for place, (word, needed) in enumerate(zip(words, sure, strict=True))
        if not needed
    ]
    wanted = (
        select(
            Entry.id, Entry.kind, Entry.owner_id, Entry.part, Entry.key, Entry.title, Entry.at,
            *flags,
        )
        .where(Entry.kind == kind, matches(asked), or_(*conditions))
        .order_by(Entry.at.desc(), Entry.owner_id.desc())
        .limit(narrowing.most)
    )  # fmt: skip
    for name, value in narrowing.facets:
        wanted = wanted.where(Entry.facets.contains(f" {name}:{value} ", autoescape=True))
    if narrowing.before is not None:
        wanted = wanted.where(
            tuple_(Entry.at, Entry.kind, Entry.owner_id)
            < tuple_(
                *(bindparam(None, v, c.type) for v, c in zip(narrowing.before, _ORDER, strict=True))
            )
        )
    return select(wanted.subquery())


_ORDER: Final = (Entry.at, Entry.kind, Entry.owner_id)


def _flag(word: Word, number: int) -> ColumnElement[int]:
    held = matches(any_of([word], dialect()))
    return case((held, 1), else_=0).label(f"word_{number}")


def dialect() -> str:
    """The engine's name."""
    return session().get_bind().dialect.name


def matches(asked: str) -> ColumnElement[bool]:
    """Condition on Entry: its tokens satisfy a query written for this engine."""
    if dialect() == "sqlite":
        held = select(_FULL_TEXT.c.rowid).where(_FULL_TEXT.c.search_text.op("MATCH")(asked))
        return Entry.id.in_(held)
    return Entry.tokens.op("@@", is_comparison=True)(cast(literal(asked, String), TSQUERY))


def how_often(words: Sequence[Word], sights: Iterable[Sight]) -> tuple[int, ...]:
    """In how many rows in sight each word stands (stops at 1,000), and how many there are; one
    query.

    Only what the actor may read: else the order would tell that a word stands in a hidden note.
    """
    scope = or_(
        *(and_(Entry.kind == kind, or_(*these)) for kind, these in _by_kind(sights).items())
    )
    asked = [matches(any_of([word], dialect())) for word in words]
    counts = [
        select(func.count())
        .select_from(
            select(literal_column("1"))
            .select_from(Entry)
            .where(scope, condition)
            .limit(_COUNTED)
            .subquery()
        )
        .scalar_subquery()
        for condition in [*asked, true()]
    ]
    return tuple(session().execute(select(*counts)).one())


def texts(ids: Collection[int]) -> dict[int, str]:
    """The text of rows by id."""
    found = session().execute(select(Entry.id, Entry.text).where(Entry.id.in_(sorted(ids))))
    return {row.id: row.text for row in found}
