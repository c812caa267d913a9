"""One commit per request: everything an act changes is written together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from helpdesk.kernel.db import db, session


class NestedUnitOfWork(RuntimeError):
    """A unit of work was opened inside another: operations never commit, doors do, once."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Commit at the end, roll back on any exception."""
    current = session()
    if current.info.get("unit_of_work"):
        raise NestedUnitOfWork
    current.info["unit_of_work"] = True
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.pop("unit_of_work", None)


@contextmanager
def separate_unit_of_work() -> Iterator[Session]:
    """A short transaction of its own, kept even if the request fails.

    Only for throttle counters and records of refused access (a test names every caller). The
    request's own transaction must not be writing: SQLite has one writer.
    """
    session().rollback()
    own = Session(bind=db.engine, expire_on_commit=False)
    try:
        yield own
        own.commit()
    except BaseException:
        own.rollback()
        raise
    finally:
        own.close()
