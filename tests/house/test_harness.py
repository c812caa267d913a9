"""The ground the tests stand on: a test leaves nothing behind, whatever the code commits."""

from __future__ import annotations

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from helpdesk.kernel.unit_of_work import separate_unit_of_work, unit_of_work
from tests.support.queries import Queries

TABLE = "harness_probe"


def rows(session: Session) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {TABLE}")) or 0)


@pytest.fixture
def probe(session: Session) -> Session:
    session.execute(text(f"CREATE TABLE {TABLE} (word VARCHAR(20))"))
    session.commit()
    return session


@pytest.mark.parametrize("again", [1, 2])
def test_commit_is_rolled_back_after_the_test(probe: Session, again: int) -> None:
    with unit_of_work() as work:
        work.execute(text(f"INSERT INTO {TABLE} VALUES ('kept')"))
    assert rows(probe) == 1


def test_roll_back_takes_only_the_unit_of_work(probe: Session) -> None:
    with unit_of_work() as work:
        work.execute(text(f"INSERT INTO {TABLE} VALUES ('kept')"))
    with pytest.raises(ZeroDivisionError), unit_of_work() as work:
        work.execute(text(f"INSERT INTO {TABLE} VALUES ('lost')"))
        raise ZeroDivisionError
    assert rows(probe) == 1


def test_separate_unit_of_work_stays_when_the_request_fails(probe: Session) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        with separate_unit_of_work() as own:
            own.execute(text(f"INSERT INTO {TABLE} VALUES ('counted')"))
        raise ZeroDivisionError
    assert rows(probe) == 1


def test_failed_separate_unit_of_work_takes_only_itself(probe: Session) -> None:
    with unit_of_work() as work:
        work.execute(text(f"INSERT INTO {TABLE} VALUES ('kept')"))
    with pytest.raises(ZeroDivisionError), separate_unit_of_work() as own:
        own.execute(text(f"INSERT INTO {TABLE} VALUES ('lost')"))
        raise ZeroDivisionError
    assert rows(probe) == 1


def test_queries_are_counted_without_bookkeeping(probe: Session, queries: Queries) -> None:
    queries.clear()
    with unit_of_work():
        rows(probe)
    assert len(queries) == 1


def test_the_run_is_on_the_engine_it_says(app: Flask, session: Session, engine_name: str) -> None:
    bind = session.get_bind()
    assert isinstance(bind, sqlalchemy.Connection)
    assert bind.dialect.name == engine_name
