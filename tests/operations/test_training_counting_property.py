"""Whatever happens, in any order: the counters say what counting by hand says, and no recount
finds anything to put right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session as DbSession

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import Refusal
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.models import Affiliation, Body
from helpdesk.organizations.operations.editing import edit_body, set_status
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus, Kind, Subsystem
from helpdesk.people.access import fetch
from helpdesk.people.models import Appointment, Person
from helpdesk.people.operations import roster
from helpdesk.people.operations.entries import PersonEntry, WorkEntry
from helpdesk.people.operations.merging import merge_persons
from helpdesk.people.rules import Post
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import crediting, recounting
from helpdesk.training.queries import figures, years
from helpdesk.training.queries.sources import of_rows
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.sessions import State
from tests.factories.country import Country, build
from tests.factories.coverage import brute, stored
from tests.factories.training import attend, held

POSTS = (
    {Post.OPERATOR}, {Post.MANAGER}, {Post.OPERATOR, Post.REVIEWER}, {Post.IT_ENGINEER},
    {Post.ENROLMENT_OFFICER}, {Post.AGENT},
)  # fmt: skip
NUMBER = st.integers(0, 10**6)


class Nobody(Exception):
    """There is nothing to act on."""


class World:
    """The country in the hands of chance: every act picks its objects by numbers."""

    def __init__(self, session: DbSession, now: datetime) -> None:
        self.session, self.now, self.made = session, now, 0

    def one(self, model: Any, number: int, *conditions: Any) -> Any:
        rows = self.session.scalars(select(model).where(*conditions).order_by(model.id)).all()
        if not rows:
            raise Nobody
        return rows[number % len(rows)]

    def work(self, a: int, b: int) -> WorkEntry:
        return WorkEntry(
            joined_on=shanghai_date(self.now) - timedelta(days=b % 3),
            posts=frozenset(POSTS[a % len(POSTS)]),
        )

    def appointment(self, number: int) -> Any:
        found = self.one(Appointment, number, Appointment.left_on.is_(None))
        return fetch.appointment(SYSTEM, found.id)

    # --- acts: each takes two numbers ---

    def join(self, a: int, b: int) -> None:
        self.made += 1
        entry = PersonEntry(name="某老师(演示)", staff_no=f"W-{self.made:05d}")
        body = self.one(Body, a)
        roster.add_person(
            actor=SYSTEM, body_id=body.id, entry=entry, work=self.work(b, a),
            once=f"w-{self.made}", now=self.now,
        )  # fmt: skip

    def second_hat(self, a: int, b: int) -> None:
        person = self.one(Person, a, Person.merged_into_id.is_(None))
        roster.add_appointment(
            actor=SYSTEM, person=person, body_id=self.one(Body, b).id, work=self.work(b, a),
            now=self.now,
        )  # fmt: skip

    def leave_for_good(self, a: int, b: int) -> None:
        left = shanghai_date(self.now) - timedelta(days=b % 2)
        roster.end_appointment(
            actor=SYSTEM, appointment=self.appointment(a), left_on=left, now=self.now
        )

    def edit(self, a: int, b: int) -> None:
        roster.edit_appointment(
            actor=SYSTEM, appointment=self.appointment(a), work=self.work(b, a), now=self.now
        )

    def transfer(self, a: int, b: int) -> None:
        work = WorkEntry(shanghai_date(self.now), frozenset({Post.OPERATOR}))
        roster.transfer_appointment(
            actor=SYSTEM, appointment=self.appointment(a), body_id=self.one(Body, b).id,
            work=work, now=self.now,
        )  # fmt: skip

    def merge(self, a: int, b: int) -> None:
        kept, merged = self.one(Person, a), self.one(Person, b)
        # What the door does before: attendance of both hangs on the kept record.
        for row in self.session.scalars(
            select(Attendance).where(Attendance.person_id == merged.id)
        ):
            double = select(Attendance.id).where(
                Attendance.session_id == row.session_id, Attendance.person_id == kept.id
            )
            if kept.id != merged.id and self.session.scalar(double) is None:
                row.person_id = kept.id
        merge_persons(actor=SYSTEM, kept=kept, merged=merged, now=self.now)

    def move(self, a: int, b: int) -> None:
        body = self.one(Body, a, Body.kind.in_((Kind.SCHOOL, Kind.COUNTY_AID)))
        parent = self.one(Body, b, Body.kind.in_((Kind.COUNTY_AID, Kind.CITY_AID)))
        move_body(
            actor=SYSTEM, body=body, new_parent=parent, version=body.version, approval_no="文1号",
            since_on=shanghai_date(self.now), reason="改隶(演示)", now=self.now,
        )  # fmt: skip

    def set_status(self, a: int, b: int) -> None:
        body = self.one(Body, a, Body.kind == Kind.SCHOOL)
        set_status(
            actor=SYSTEM, body=body, version=body.version, status=tuple(BodyStatus)[b % 3],
            since_on=shanghai_date(self.now), reason="核实情况(演示)", now=self.now,
        )  # fmt: skip

    def other_subsystems(self, a: int, b: int) -> None:
        body = self.one(Body, a, Body.kind == Kind.SCHOOL)
        uses = tuple(Subsystem)[b % 5 : b % 5 + 1 + a % 2]
        edit_body(
            actor=SYSTEM, body=body, version=body.version, name=body.name, name_en="",
            region_code="", subsystems=uses, now=self.now,
        )  # fmt: skip

    def join_today(self, a: int, b: int) -> None:
        self.join(a - a % 3, b)

    def leave_today(self, a: int, b: int) -> None:
        self.leave_for_good(a, b - b % 2)

    def set_invalid(self, a: int, b: int) -> None:
        self.set_status(a, b - b % 3 + list(BodyStatus).index(BodyStatus.INVALID))

    def hold(self, a: int, b: int) -> None:
        of = held(self.one(Body, a), shanghai_date(self.now) - timedelta(days=b % 40))
        self.session.refresh(of)

    def attend(self, a: int, b: int) -> None:
        person, of = self.one(Person, a, Person.merged_into_id.is_(None)), self.one(Session, b)
        there = select(Attendance.id).where(
            Attendance.session_id == of.id, Attendance.person_id == person.id
        )
        if self.session.scalar(there) is None:
            online = {"online": True, "minutes": 120, "percent": 100} if (a + b) % 3 == 0 else {}
            attend(of, person, **online)
            crediting.settle([person.id], now=self.now)

    def correct(self, a: int, b: int) -> None:
        record = self.one(Attendance, a)
        record.presence = (Presence.ABSENT, Presence.PRESENT)[b % 2]
        crediting.settle([record.person_id], now=self.now)

    def cancel(self, a: int, b: int) -> None:
        of = self.one(Session, a)
        of.state = (State.CANCELLED, State.CLOSED)[b % 2]
        query = select(Attendance.person_id).where(Attendance.session_id == of.id)
        crediting.settle(self.session.scalars(query).all(), now=self.now)

    def next_day(self, a: int, b: int) -> None:
        # Now and then a new year begins, in which nobody is trained.
        self.now += timedelta(days=1 + a % 3 if b % 6 else 120)
        if b % 2 or a % 4:
            recounting.turn_day(self.now)

    def fold(self, a: int, b: int) -> None:
        recounting.fold(limit=1 + (a + b) % 300)


Acts = tuple[Callable[[World, int, int], None], ...]
ACTS: Acts = (
    World.join, World.second_hat, World.leave_for_good, World.edit, World.transfer, World.merge,
    World.move, World.set_status, World.other_subsystems, World.hold, World.attend, World.attend,
    World.correct, World.cancel, World.next_day, World.fold,
)  # fmt: skip


@pytest.fixture
def land(session: DbSession, now: datetime) -> Country:
    return build(now)


def act(world: World, name: int, a: int, b: int, acts: Acts = ACTS) -> None:
    """One act; what the product refuses did not happen."""
    with suppress(Refusal, Nobody), world.session.begin_nested():
        acts[name](world, a, b)
        world.session.flush()
    world.session.expire_all()


def check(world: World) -> None:
    recounting.turn_day(world.now)
    today, label = shanghai_date(world.now), years.current(world.now).label
    assert stored() == brute(today, label)
    assert recounting.recount(world.now) == ()


@settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.integers(0, len(ACTS) - 1), NUMBER, NUMBER), min_size=8, max_size=30))
def test_any_history_counts_like_counting_by_hand(
    session: DbSession, land: Country, now: datetime, history: list[tuple[int, int, int]]
) -> None:
    assert land.bodies
    with session.begin_nested() as example:
        world = World(session, now)
        recounting.turn_day(now)
        for number in range(6):
            world.hold(number, number * 5)
        for name, a, b in history:
            act(world, name, a, b)
        check(world)
        example.rollback()
    session.expunge_all()


# Acts that say nothing about days before: what each evening saw must be seen again later.
DAILY: Acts = (
    World.join_today, World.leave_today, World.transfer, World.move, World.move, World.set_invalid,
)  # fmt: skip


def belong(session: DbSession, now: datetime) -> None:
    """The affiliations that bodies get when they are added in life."""
    rows = [
        {"body_id": row.id, "parent_id": row.parent_id, "since_on": date(2020, 1, 1),
         "changed_at": now}
        for row in session.execute(select(Body.id, Body.parent_id))
        if row.parent_id is not None
    ]  # fmt: skip
    session.execute(insert(Affiliation), rows)


@settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, len(DAILY) - 1), NUMBER, NUMBER), max_size=5),
        min_size=2,
        max_size=5,
    )
)
def test_every_evening_can_be_seen_again(
    session: DbSession, land: Country, now: datetime, days: list[list[tuple[int, int, int]]]
) -> None:
    assert land.bodies
    with session.begin_nested() as example:
        belong(session, now)
        world = World(session, now)
        seen: dict[date, object] = {}
        for acts in days:
            for name, a, b in acts:
                act(world, name, a, b, DAILY)
            day = shanghai_date(world.now)
            seen[day] = brute(day, 2026)
            world.now += timedelta(days=1)
        today = shanghai_date(world.now)
        for day, expected in seen.items():
            assert figures.read(figures.added_up(of_rows(day, 2026, today))) == expected
        example.rollback()
    session.expunge_all()
