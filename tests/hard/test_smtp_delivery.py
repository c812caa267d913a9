"""Delivery by real processes to a real mail server: once each, whatever dies on the way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select, update

from helpdesk.jobs.models import Heartbeat, Lease
from helpdesk.kernel.db import db, reading
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.outbox.models import Message
from helpdesk.outbox.operations import writing
from helpdesk.outbox.rules import State
from tests.factories.country import Country, build
from tests.support import commands
from tests.support.smtp_sink import SmtpSink, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def office(separate_app: Flask) -> Iterator[Office]:
    with separate_app.app_context():
        country = build(datetime.now(UTC))
        yield Office(separate_app, country)


class Office:
    """A country on a database that really commits, with letters in its outbox."""

    def __init__(self, app: Flask, country: Country) -> None:
        self.app = app
        self.country = country

    def put(self, letters: int) -> None:
        """Write letters to the teacher."""
        with unit_of_work():
            for number in range(letters):
                writing.put(
                    event_key=f"history:{number}",
                    recipient_person_id=self.country.people["teacher"].id,
                    message="ticket_replied",
                    params={"number": "2026-0004711", "title": "登录不了", "by": {"zh": "甲县"}},
                    about="ticket:2026-0004711",
                    channels=("mail",),
                    now=datetime.now(UTC),
                )

    def rows(self) -> list[Message]:
        """All messages as they are now."""
        return look(select(Message).order_by(Message.id))

    def due_now(self) -> None:
        """Let the waits and claims end."""
        with unit_of_work():
            db.session.execute(
                update(Message)
                .where(Message.next_at.is_not(None))
                .values(next_at=datetime.now(UTC))
            )

    def mail(self, sink: SmtpSink) -> dict[str, Any]:
        """Settings of a process that sends to the sink."""
        return {
            "mail_server": "127.0.0.1",
            "mail_port": sink.port,
            "mail_sender": "helpdesk@example.org",
            "mail_timeout": 20,
        }

    def deliver(self, sink: SmtpSink) -> str:
        """One delivery run by a process of its own."""
        return commands.run(self.app, "jobs", "once", "deliver", **self.mail(sink))


def look(query: Select[Any]) -> list[Any]:
    """What the query finds now, without keeping the database from the other processes."""
    with reading(), unit_of_work():
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def wait_for(seen: Callable[[], object], seconds: float = 30) -> None:
    """Look until it is so."""
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


def test_several_processes_at_once_send_each_letter_once(office: Office) -> None:
    office.put(40)
    with SmtpSink(delay=0.02) as sink:
        started = [
            commands.start(office.app, "jobs", "once", "deliver", **office.mail(sink))
            for _ in range(4)
        ]
        for process in started:
            _, complaints = process.communicate(timeout=60)
            assert process.returncode == 0, complaints
    assert Counter(mail["Message-ID"] for mail in sink.received).most_common(1)[0][1] == 1
    assert len(sink.received) == 40
    assert {row.state for row in office.rows()} == {State.SENT}
    assert {row.attempts for row in office.rows()} == {1}


def test_a_process_killed_in_the_middle_loses_nothing(office: Office) -> None:
    """kill -9 while the server thinks: after the claim the letter leaves again, as the same one."""
    office.put(1)
    with SmtpSink(delay=60) as dawdling:
        process = commands.start(office.app, "jobs", "once", "deliver", **office.mail(dawdling))
        wait_for(lambda: dawdling.attempts)
        process.kill()
        process.communicate(timeout=10)
    assert office.rows()[0].state is State.SENDING
    with SmtpSink() as sink:
        assert office.deliver(sink) == "没有要做的事。", "the claim still holds"
        office.due_now()
        assert office.deliver(sink) == "sent 1"
    (row,) = office.rows()
    assert (row.state, row.attempts) == (State.SENT, 2)


def test_dropped_after_data_leaves_again_under_the_same_identity(office: Office) -> None:
    office.put(1)
    with SmtpSink(drop_after_data=True) as cut:
        assert office.deliver(cut) == "later 1"
    office.due_now()
    with SmtpSink() as sink:
        assert office.deliver(sink) == "sent 1"
    first, second = cut.received[0], sink.received[0]
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_server_that_comes_back_gets_what_waited(office: Office) -> None:
    office.put(3)
    away = SmtpSink(port=free_port())
    said = office.deliver(away)
    assert said.startswith("later 1, outage: ConnectionRefusedError")
    assert [row.attempts for row in office.rows()] == [1, 0, 0]
    office.due_now()
    with away:
        assert office.deliver(away) == "sent 3"


def test_a_dead_leader_is_replaced_and_a_tidy_one_steps_down(office: Office) -> None:
    def runners() -> set[str]:
        return set(look(select(Heartbeat.runner)))

    first = commands.start(office.app, "jobs", "run")
    wait_for(runners)
    (leader,) = runners()
    second = commands.start(office.app, "jobs", "run")
    try:
        first.kill()
        first.communicate(timeout=10)
        # The lease would end by itself after a minute.
        with unit_of_work():
            db.session.execute(update(Lease).values(until=datetime.now(UTC)))
        wait_for(lambda: runners() - {leader})
    finally:
        first.kill()
        second.terminate()
        _, complaints = second.communicate(timeout=30)
    assert second.returncode == 0, complaints
    (lease,) = look(select(Lease))
    assert lease.holder != leader
    assert lease.until <= datetime.now(UTC)
