"""Telephones at the same moment: one ticket serves once, one browser one person without a word."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.kernel.actor import ANONYMOUS
from helpdesk.kernel.db import db, session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.operations import scanning
from helpdesk.training.rules.scanning import Ticket
from helpdesk.training.rules.sessions import State
from tests.factories import country
from tests.factories.people import employ
from tests.factories.training import add_session

PHONES = 8


@pytest.fixture
def room(separate_app: Flask, now: datetime) -> tuple[int, list[int]]:
    """An open session that nobody has started, and people of its audience."""
    with separate_app.app_context():
        land = country.build(now)
        made = add_session(land.body("county"), now, state=State.OPEN)
        people = [employ(land.body("school"), f"众人{i}(演示)", now).id for i in range(PHONES)]
        db.session.commit()
        found = made.id, people
        db.session.remove()
    return found


def at_once(
    app: Flask, session_id: int, uses: list[tuple[Ticket, int]], now: datetime
) -> Counter[str]:
    """Use all tickets at the same moment; what came of each."""
    seen: Counter[str] = Counter()
    start = threading.Barrier(len(uses))

    def use(ticket: Ticket, person_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    done = scanning.sign_in(
                        actor=ANONYMOUS,
                        session=scanning.scanned(session_id),
                        ticket=ticket,
                        person_id=person_id,
                        address="192.0.2.1",
                        now=now,
                    )
                seen[str(done.record.flag or done.result)] += 1
            except RuleBroken as refusal:
                seen[type(refusal).__name__] += 1
            finally:
                db.session.remove()

    threads = [threading.Thread(target=use, args=pair) for pair in uses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return seen


def count(app: Flask) -> int:
    with app.app_context():
        return session().scalar(select(func.count()).select_from(Attendance)) or 0


def test_one_ticket_serves_one_person(
    separate_app: Flask, room: tuple[int, list[int]], now: datetime
) -> None:
    session_id, people = room
    ticket = Ticket(session_id, "token", "browser", now)
    seen = at_once(separate_app, session_id, [(ticket, person) for person in people], now)
    assert seen == {"recorded": 1, "TicketUsed": PHONES - 1}
    assert count(separate_app) == 1


def test_of_one_browser_one_person_is_not_flagged(
    separate_app: Flask, room: tuple[int, list[int]], now: datetime
) -> None:
    session_id, people = room
    uses = [(Ticket(session_id, f"token-{p}", "browser", now), p) for p in people]
    seen = at_once(separate_app, session_id, uses, now)
    assert seen == {"recorded": 1, "same_browser": PHONES - 1}
    assert count(separate_app) == PHONES


def test_one_person_with_many_telephones_is_one_record(
    separate_app: Flask, room: tuple[int, list[int]], now: datetime
) -> None:
    session_id, people = room
    uses = [(Ticket(session_id, f"t-{i}", f"b-{i}", now), people[0]) for i in range(PHONES)]
    seen = at_once(separate_app, session_id, uses, now)
    assert seen == {"recorded": 1, "already": PHONES - 1}
    assert count(separate_app) == 1
