"""Many desks at once, the same persons in opposite order, while people join, a school moves between
counties and counters are folded: no count is lost and none is doubled (decision note 0010)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations.models import Body
from helpdesk.organizations.operations.editing import set_status
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus
from helpdesk.people.models import Person
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import crediting, recounting
from helpdesk.training.queries import years
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.sessions import State
from tests.factories.country import build
from tests.factories.coverage import brute, stored
from tests.factories.people import employ
from tests.factories.training import attend, held

TIMES = 6
SCHOOLS = ("3442990001", "3442990002", "3442990003")
COUNTIES = ("420101", "420102", "420103")

pytestmark = pytest.mark.slow


@pytest.fixture
def busy(separate_app: Flask, now: datetime) -> Flask:
    """The country with thirty teachers in three schools, six sessions, and running counters."""
    with separate_app.app_context():
        land = build(now)
        with unit_of_work():
            for number in range(30):
                place = ("school", "sibling_school", "city_school")[number % 3]
                employ(land.body(place), f"第{number}位老师(演示)", now)
            for day in range(TIMES):
                held(land.body("county"), date(2026, 5, 4 + day))
            recounting.recount(now)
    return separate_app


def mark(now: datetime, session_number: int, step: int) -> None:
    """A desk marks everybody at one session, in its own order, and corrects some."""
    ids = list(session().scalars(select(Person.id).order_by(Person.id)))[::step]
    of = session().scalars(select(Session).order_by(Session.id)).all()[session_number]
    with unit_of_work():
        for person_id in ids:
            attend(of, session().get_one(Person, person_id))
        crediting.settle(ids, now=now)
    with unit_of_work():
        chosen = select(Attendance).where(
            Attendance.session_id == of.id, Attendance.person_id.in_(ids[:5])
        )
        for record in session().scalars(chosen):
            record.presence = Presence.ABSENT
        crediting.settle(ids[:5], now=now)


def cancel(now: datetime, session_number: int) -> None:
    """A session is cancelled while desks write to it."""
    with unit_of_work():
        of = session().scalars(select(Session).order_by(Session.id)).all()[session_number]
        session().refresh(of, with_for_update=True)
        of.state = State.CANCELLED
        session().flush()
        attended = select(Attendance.person_id).where(Attendance.session_id == of.id)
        crediting.settle(session().scalars(attended).all(), now=now)


def body(code: str) -> Body:
    return session().scalars(select(Body).where(Body.code == code)).one()


def move(now: datetime, number: int) -> None:
    """A school goes round the counties."""
    with unit_of_work():
        school, county = body(SCHOOLS[0]), body(COUNTIES[(number + 1) % 3])
        move_body(
            actor=SYSTEM, body=school, new_parent=county, version=school.version,
            approval_no="文1号", since_on=shanghai_date(now), reason="改隶(演示)", now=now,
        )  # fmt: skip


def switch(now: datetime, number: int) -> None:
    """Another one is set invalid and active again."""
    with unit_of_work():
        school = body(SCHOOLS[1])
        status = (BodyStatus.INVALID, BodyStatus.ACTIVE)[number % 2]
        set_status(
            actor=SYSTEM, body=school, version=school.version, status=status,
            since_on=shanghai_date(now), reason="核实情况(演示)", now=now,
        )  # fmt: skip


def hire(now: datetime, number: int) -> None:
    """Somebody joins one of the schools."""
    with unit_of_work():
        employ(body(SCHOOLS[number % 3]), "新老师(演示)", now)


def fold(_now: datetime, _number: int) -> None:
    with unit_of_work():
        recounting.fold(limit=40)


def in_threads(app: Flask, acts: list[Callable[[], None]]) -> list[BaseException]:
    """Every act in a thread of its own, all at once; what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def work(act: Callable[[], None]) -> None:
        start.wait()
        try:
            with app.app_context():
                act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def repeated(act: Callable[[datetime, int], None], now: datetime) -> Callable[[], None]:
    def run() -> None:
        for number in range(TIMES):
            act(now, number)

    return run


def test_nothing_is_lost_or_doubled_between_many_writers(busy: Flask, now: datetime) -> None:
    desks: list[Callable[[], None]] = [
        lambda number=number, step=step: mark(now, number, step)  # type: ignore[misc]
        for number, step in zip(range(TIMES), itertools.cycle((1, -1)), strict=False)
    ]
    others = [repeated(act, now) for act in (move, switch, hire, fold, fold)]
    raised = in_threads(busy, [*desks, *others, lambda: cancel(now, 2)])
    assert raised == []
    with busy.app_context(), unit_of_work():
        label = years.current(now).label
        assert stored() == brute(shanghai_date(now), label)
        assert recounting.recount(now) == ()
        cancelled = session().scalars(select(Session).where(Session.state == State.CANCELLED)).one()
        whom = select(Attendance.person_id).where(Attendance.session_id == cancelled.id)
        before = brute(shanghai_date(now), label)
        crediting.settle(session().scalars(whom).all(), now=now)
        assert brute(shanghai_date(now), label) == before
