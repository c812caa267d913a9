"""Many writers at once: each reads, thinks and writes, and nothing is lost (decision note 0001)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from helpdesk.kernel.db import reading, session
from helpdesk.kernel.unit_of_work import unit_of_work

THREADS, TIMES = 8, 25


@pytest.fixture
def counter(separate_app: Flask) -> Flask:
    """A table with one number in it."""
    with separate_app.app_context(), unit_of_work() as work:
        work.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        work.execute(text("INSERT INTO counter VALUES (0)"))
    return separate_app


def in_threads(app: Flask, act: Callable[[], None]) -> list[BaseException]:
    """Run `act` in all threads at once; returns what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def work() -> None:
        start.wait()
        try:
            with app.app_context():
                for _ in range(TIMES):
                    act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_reading_then_writing_loses_nothing(counter: Flask, engine_name: str) -> None:
    lock = " FOR UPDATE" if engine_name == "postgresql" else ""

    def add_one() -> None:
        with unit_of_work() as work:
            n = work.scalar(text(f"SELECT n FROM counter{lock}"))
            work.execute(text("UPDATE counter SET n = :n"), {"n": (n or 0) + 1})

    assert in_threads(counter, add_one) == []
    with counter.app_context():
        assert session().scalar(text("SELECT n FROM counter")) == THREADS * TIMES


def test_readers_are_not_kept_waiting_by_a_writer(counter: Flask) -> None:
    seen: list[int | None] = []

    def read() -> None:
        with counter.app_context(), reading():
            seen.append(session().scalar(text("SELECT n FROM counter")))

    with counter.app_context(), unit_of_work() as work:
        work.execute(text("UPDATE counter SET n = 7"))
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=5)
        assert not reader.is_alive()
    assert seen == [0]
