"""What many tests begin with is made once by the verbs that make it, and after that copied.

A test still begins on an empty database; only the way the same rows get there is shorter.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select

from helpdesk.kernel.db import Model, session

Rows = dict[str, list[dict[str, Any]]]
_made: dict[tuple[str, datetime], Rows] = {}


def is_empty(*tables: Table) -> bool:
    """Is there no row in any of these tables?"""
    return all(session().execute(select(table).limit(1)).first() is None for table in tables)


def remember(now: datetime) -> None:
    """Keep every row there is, for the next test on this database."""
    _made[_key(now)] = {
        table.name: [dict(row) for row in session().execute(select(table)).mappings()]
        for table in Model.metadata.sorted_tables
    }


def repeat(now: datetime) -> bool:
    """Write the rows that were made at `now` on this database before; False: there are none.

    Their numbers stay the same. PostgreSQL's sequences went past them when they were made, and
    SQLite counts from the highest, so what the test adds gets numbers of its own.
    """
    rows = _made.get(_key(now))
    if rows is None:
        return False
    for table in Model.metadata.sorted_tables:
        if rows[table.name]:
            session().execute(insert(table), rows[table.name])
    return True


def _key(now: datetime) -> tuple[str, datetime]:
    return str(session().get_bind().engine.url), now
