"""Owners put their texts into the index here, in the transaction that writes the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from helpdesk.kernel.db import session
from helpdesk.kernel.paths import below
from helpdesk.search import models
from helpdesk.search.queries.lexicon import analysis
from helpdesk.search.rules.analysis import chunks, in_a_row, tokens_of, with_places
from helpdesk.search.rules.entries import UNDATED, Entry, facet_words

_ADDRESS: Final = ("kind", "owner_id", "part", "piece")
_AT_ONCE: Final = 200


def put(entries: Iterable[Entry]) -> None:
    """Index these texts; one that stands at the same address is replaced."""
    # The last word on an address counts, and one statement may not touch a row twice.
    wanted = {(entry.kind, entry.owner_id, entry.part): entry for entry in entries}
    if not wanted:
        return
    rows = [row for entry in wanted.values() for row in _rows(entry)]
    for start in range(0, len(rows), _AT_ONCE):
        _write(rows[start : start + _AT_ONCE])
    _drop_surplus(rows)


def drop(kind: str, owner_ids: Iterable[int], part: str | None = None) -> None:
    """Take all parts of these owners (or one part) out of the index."""
    ids = sorted(set(owner_ids))
    statement = delete(models.Entry).where(models.Entry.kind == kind)
    if part is not None:
        statement = statement.where(models.Entry.part == part)
    for start in range(0, len(ids), _AT_ONCE):
        _quietly(statement.where(models.Entry.owner_id.in_(ids[start : start + _AT_ONCE])))


def replace_all(kind: str, entries: Iterable[Entry], *, anew: bool = False) -> int:
    """Make these all there is of a kind that comes whole from data; how many rows were written.

    What stands there already as it is now is left alone, unless `anew` (the analysis changed).
    """
    wanted = {entry.owner_id: entry for entry in entries}
    there = session().execute(
        select(
            models.Entry.owner_id,
            models.Entry.key,
            models.Entry.title,
            models.Entry.text,
            models.Entry.facets,
        ).where(models.Entry.kind == kind)
    )
    known = {row.owner_id: tuple(row)[1:] for row in there}
    fresh = [e for e in wanted.values() if anew or known.get(e.owner_id) != _shown(e)]
    put(fresh)
    drop(kind, known.keys() - wanted.keys())
    return len(fresh)


def _shown(entry: Entry) -> tuple[str, str, str, str]:
    return entry.key, entry.title, entry.text, facet_words(entry.facets)


def move(kind: str, old_path: str, new_path: str) -> None:
    """A subtree moved: what belongs to its nodes follows, in one UPDATE."""
    tail = func.substr(models.Entry.scope_path, len(old_path) + 1)
    _quietly(
        update(models.Entry)
        .where(models.Entry.kind == kind, below(models.Entry.scope_path, old_path))
        .values(scope_path=literal(new_path).concat(tail))
    )


def _rows(entry: Entry) -> Iterator[dict[str, Any]]:
    split = analysis().units
    # Each for itself: the last character of a title makes no pair with the first of the text.
    tokens = [
        token
        for text in (entry.title, entry.aliases, entry.text)
        for token in tokens_of(split(text))
    ]
    written = _writer()
    for piece, part in enumerate(chunks(tokens)):
        yield {
            "kind": entry.kind,
            "owner_id": entry.owner_id,
            "part": entry.part,
            "piece": piece,
            "audience": str(entry.audience),
            "scope_path": entry.scope_path,
            "key": entry.key,
            "title": entry.title,
            "text": entry.text,
            "facets": facet_words(entry.facets),
            "at": entry.at or UNDATED,
            "tokens": written(part),
        }


def _dialect() -> str:
    return session().get_bind().dialect.name


def _writer() -> Callable[[Iterable[str]], str]:
    return in_a_row if _dialect() == "sqlite" else with_places


def _write(rows: Sequence[dict[str, Any]]) -> None:
    """Insert or replace: two who index one owner at once both succeed, the later one counts."""
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    insert = kinds[_dialect()](models.Entry)
    session().flush()
    session().execute(
        insert.on_conflict_do_update(
            index_elements=_ADDRESS,
            set_={name: insert.excluded[name] for name in rows[0] if name not in _ADDRESS},
        ).execution_options(synchronize_session=False),
        rows,
    )


def _drop_surplus(rows: Sequence[dict[str, Any]]) -> None:
    """A text that became shorter leaves pieces behind."""
    last: defaultdict[tuple[str, int, str], int] = defaultdict(int)
    for row in rows:
        address = (row["kind"], row["owner_id"], row["part"])
        last[address] = max(last[address], row["piece"])
    by_last: defaultdict[int, list[tuple[str, int, str]]] = defaultdict(list)
    for address, piece in last.items():
        by_last[piece].append(address)
    named = tuple_(models.Entry.kind, models.Entry.owner_id, models.Entry.part)
    for piece, addresses in by_last.items():
        for start in range(0, len(addresses), _AT_ONCE):
            part = addresses[start : start + _AT_ONCE]
            _quietly(delete(models.Entry).where(named.in_(part), models.Entry.piece > piece))


def _quietly(statement: Any) -> None:
    session().execute(statement.execution_options(synchronize_session=False))
