"""Twenty desks, two hundred people, one session: nobody is lost, nobody stands there twice.

The desks share the queue unfairly: half of the people go to two desks, and every fifth click is
sent again, as after a lost connection. Figures: python -m bench.desk
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.files.rules.kinds import Limits
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import db, session
from helpdesk.kernel.errors import Conflict
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training import access
from helpdesk.training.models.attendance import Attendance, AttendanceChange, Trained
from helpdesk.training.operations import correcting, importing, marking
from helpdesk.training.operations.correcting import Correction
from helpdesk.training.operations.marking import Entry, Result
from helpdesk.training.queries import importing as imports
from helpdesk.training.rules.attendance import Presence, Way
from helpdesk.training.rules.sessions import State
from tests.factories import country
from tests.factories.people import employ
from tests.factories.training import add_session, enrol

DESKS, CROWD = 20, 200
# A shared machine with two processors; alone a mark needs a tenth of it.
SLOWEST = 5.0


@dataclass
class Hall:
    """A session with people waiting, and what came of each click."""

    app: Flask
    lead: Actor
    session_id: int
    people: list[int]
    now: datetime
    seen: Counter[Result] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)

    def mark(self, person_id: int, once: str, presence: Presence = Presence.PRESENT) -> None:
        """One click, as the door makes it."""
        started = time.perf_counter()
        with unit_of_work():
            found = access.session(self.lead, self.session_id, Permission.ATTENDANCE_MARK)
            entry = Entry(person_id, presence, Way.DESK, seen=0, once=once)
            (done,) = marking.mark(actor=self.lead, session=found, entries=[entry], now=self.now)
        self.times.append(time.perf_counter() - started)
        self.seen[done.result] += 1

    def at_once(self, queues: list[list[tuple[int, str]]]) -> None:
        """Every desk works off its queue, all of them at the same time."""
        start = threading.Barrier(len(queues))

        def work(queue: list[tuple[int, str]]) -> None:
            with self.app.app_context():
                start.wait()
                try:
                    for person_id, once in queue:
                        self.mark(person_id, once)
                except BaseException as error:
                    self.raised.append(error)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work, args=(queue,)) for queue in queues]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)


@pytest.fixture
def hall(separate_app: Flask, now: datetime) -> Hall:
    """An open session of the county whose first mark starts it."""
    with separate_app.app_context():
        land = country.build(now)
        made = add_session(land.body("county"), now, state=State.OPEN)
        people = [employ(land.body("school"), f"众人{i:03d}(演示)", now) for i in range(CROWD)]
        for person in people:
            enrol(made, person)
        lead = land.actor("county_lead")
        db.session.commit()
        ids = [person.id for person in people]
        found = Hall(separate_app, lead, made.id, ids, now)
        db.session.remove()
    return found


def queues_of(hall: Hall) -> list[list[tuple[int, str]]]:
    """Half of the people at two desks, every fifth click sent twice, in any order."""
    chance = random.Random(20260922)
    queues: list[list[tuple[int, str]]] = [[] for _ in range(DESKS)]
    for number, person_id in enumerate(hall.people):
        for desk in chance.sample(range(DESKS), 2 if number % 2 else 1):
            click = (person_id, f"click-{desk}-{person_id}")
            queues[desk] += [click, click] if number % 5 == 0 else [click]
    for queue in queues:
        chance.shuffle(queue)
    return queues


def count(table: type[Attendance] | type[AttendanceChange] | type[Trained]) -> int:
    return session().scalar(select(func.count()).select_from(table)) or 0


def test_twenty_desks_lose_and_double_nobody(hall: Hall) -> None:
    queues = queues_of(hall)
    hall.at_once(queues)
    assert hall.raised == []
    assert hall.seen[Result.RECORDED] == CROWD
    assert sum(hall.seen.values()) == sum(map(len, queues))
    assert set(hall.seen) == {Result.RECORDED, Result.ALREADY}
    with hall.app.app_context():
        assert count(Attendance) == count(AttendanceChange) == count(Trained) == CROWD
    assert statistics.quantiles(hall.times, n=20)[-1] < SLOWEST


def test_two_desks_that_disagree_are_told(hall: Hall) -> None:
    """Of "here" and "late" at the same moment one is written, and the other desk hears of it."""
    start = threading.Barrier(2)

    def work(presence: Presence) -> None:
        with hall.app.app_context():
            for person_id in hall.people[:20]:
                start.wait()
                hall.mark(person_id, f"{presence}-{person_id}", presence)
            db.session.remove()

    threads = [
        threading.Thread(target=work, args=(presence,))
        for presence in (Presence.PRESENT, Presence.LATE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert hall.seen == {Result.RECORDED: 20, Result.STALE: 20}
    with hall.app.app_context():
        assert count(Attendance) == count(AttendanceChange) == 20


def test_of_many_coordinators_one_corrects(hall: Hall) -> None:
    person_id = hall.people[0]
    with hall.app.app_context():
        hall.mark(person_id, "first")
        db.session.remove()
    seen: Counter[str] = Counter()
    start = threading.Barrier(8)

    def work(who: int) -> None:
        with hall.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    correcting.correct(
                        actor=hall.lead,
                        session=access.session(hall.lead, hall.session_id),
                        person_id=person_id,
                        seen=1,
                        correction=Correction(Presence.LEFT_EARLY, minutes=who),
                        reason="提前离开",
                        once=f"token-{who}",
                        now=hall.now,
                    )
                seen["done"] += 1
            except Conflict as refusal:
                seen[type(refusal).__name__] += 1
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert seen == {"done": 1, "RecordChangedMeanwhile": 7}


def test_an_import_confirmed_twice_while_the_desks_work(hall: Hall) -> None:
    with hall.app.app_context():
        rows = "\n".join(["姓名", *(f"众人{i:03d}(演示)" for i in range(CROWD))])
        with unit_of_work():
            run = importing.try_out(
                actor=hall.lead,
                session=access.session(hall.lead, hall.session_id),
                name="签到.csv",
                data=rows.encode(),
                limits=Limits(),
                once="upload",
                now=hall.now,
            )
            importing.accept_all(run=run)
        db.session.remove()
    outcome: Counter[str] = Counter()

    def confirm() -> None:
        with hall.app.app_context():
            try:
                with unit_of_work():
                    found = access.session(hall.lead, hall.session_id)
                    importing.confirm(
                        actor=hall.lead,
                        session=found,
                        run=imports.run(found, run.id),
                        now=hall.now,
                    )
                outcome["done"] += 1
            except importing.AlreadyRecorded:
                outcome["already"] += 1
            finally:
                db.session.remove()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    hall.at_once([[(person_id, f"desk-{person_id}")] for person_id in hall.people[:DESKS]])
    for thread in threads:
        thread.join(timeout=60)
    assert hall.raised == []
    assert outcome == {"done": 1, "already": 1}
    with hall.app.app_context():
        assert count(Attendance) == count(AttendanceChange) == CROWD
