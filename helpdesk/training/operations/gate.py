"""Who waits for whom where coverage is counted (PostgreSQL; SQLite has one writer anyway).

Changes of persons pass side by side: each takes the gate shared, then locks its persons in the
order of their ids, then the bodies it touches. Changes of the tree, of the day, a recount and the
closing of a year take it alone, until commit, so that they see everything and nobody is between.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, text

from helpdesk.kernel.db import session
from helpdesk.people.models import Person

_GATE = 7_404_002  # advisory locks share one number space per database


def pass_shared() -> None:
    """Enter beside others who change persons."""
    _take("pg_advisory_xact_lock_shared")


def pass_alone() -> None:
    """Enter when everybody else has left; nobody enters until commit."""
    _take("pg_advisory_xact_lock")


def _take(name: str) -> None:
    session().flush()  # what is pending may wait for rows of others: not while we hold the gate
    if session().get_bind().dialect.name == "postgresql":
        session().execute(select(getattr(func, name)(_GATE)))


def make_room() -> None:
    """Let this transaction sort a whole country in memory instead of in files."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(text("SET LOCAL work_mem = '128MB'"))


def hold_persons(person_ids: Collection[int]) -> None:
    """Lock these persons in the order of their ids; rows that refer to them may still be added."""
    session().execute(
        select(Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    ).all()
