"""Which statements went to the database: lists must need the same number at any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "PRAGMA")


class Queries(list[str]):
    """Statements in the order they were sent, without those that only mark transactions."""

    @classmethod
    @contextmanager
    def recorded(cls, engine: Engine) -> Iterator[Queries]:
        """Record everything `engine` sends."""
        seen = cls()

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(_BOOKKEEPING):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)
