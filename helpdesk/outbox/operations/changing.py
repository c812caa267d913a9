"""Conditional updates: the database says how many rows an act changed."""

from __future__ import annotations

from sqlalchemy import CursorResult, Update

from helpdesk.kernel.db import session


def changed(statement: Update) -> int:
    """Execute and count; rows already in the session are not refreshed."""
    result = session().execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
