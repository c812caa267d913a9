"""Statements that the database judges: who was first, and how many rows an act changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.kernel.db import Model, session


def insert_once(model: type[Model], on: Session | None = None) -> Any:
    """An INSERT that does nothing where a unique key says that the row is there already."""
    kinds: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    insert = kinds[(on or session()).get_bind().dialect.name]
    return insert(model).on_conflict_do_nothing()


def changed(statement: Update | Delete) -> int:
    """Execute and count; rows already in the session are not refreshed."""
    result = session().execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
