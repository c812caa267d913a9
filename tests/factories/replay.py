"""What many tests begin with is made once by the verbs that make it, and after that copied.

A test still begins on an empty database; only the way the same rows get there is shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select

from helpdesk.kernel.db import Model, session

# A statement of the driver with the values of every row as the driver takes them.
Statements = list[tuple[str, list[Any]]]
_made: dict[tuple[str, datetime], Statements] = {}


def is_empty(*tables: Table) -> bool:
    """Is there no row in any of these tables?"""
    return all(session().execute(select(table).limit(1)).first() is None for table in tables)


def remember(now: datetime) -> None:
    """Keep every row there is, for the next test on this database."""
    _made[_key(now)] = [
        _statement(table, [dict(row) for row in rows])
        for table in Model.metadata.sorted_tables
        if (rows := session().execute(select(table)).mappings().all())
    ]


def _statement(table: Table, rows: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """What SQLAlchemy would send, worked out once and not with every test."""
    dialect = session().connection().dialect
    compiled = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    process = cast(dict[str, Callable[[Any], Any]], compiled._bind_processors)
    sent = [
        {name: process[name](value) if name in process else value for name, value in row.items()}
        for row in rows
    ]
    if not compiled.positional:
        return str(compiled), sent
    return str(compiled), [tuple(row[name] for name in compiled.positiontup or ()) for row in sent]


def repeat(now: datetime) -> bool:
    """Write the rows that were made at `now` on this database before; False: there are none.

    Their numbers stay the same. PostgreSQL's sequences went past them when they were made, and
    SQLite counts from the highest, so what the test adds gets numbers of its own.
    """
    statements = _made.get(_key(now))
    if statements is None:
        return False
    connection = session().connection()
    for statement, rows in statements:
        connection.exec_driver_sql(statement, rows)
    return True


def _key(now: datetime) -> tuple[str, datetime]:
    return str(session().get_bind().engine.url), now
