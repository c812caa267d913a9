"""Settling: rows of Trained follow from attendance; after the closing they only carry a mark."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from helpdesk.kernel.db import db
from helpdesk.people.events import PersonsMerged
from helpdesk.people.models import Person
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.closing import ClosedYear
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.models.sessions import Series, Session
from helpdesk.training.operations import crediting
from helpdesk.training.rules.attendance import Flag, Presence
from helpdesk.training.rules.sessions import Mode, State
from tests.factories.country import Country, build
from tests.factories.training import attend, held
from tests.support.queries import Queries

MAY, JUNE = date(2026, 5, 6), date(2026, 6, 3)


@pytest.fixture
def land(session: DbSession, now: datetime) -> Country:
    return build(now)


def trained(person: Person) -> list[tuple[int, date, bool, bool]]:
    """Year, day, corrected after the closing, void; in the order of years."""
    query = select(Trained).where(Trained.person_id == person.id).order_by(Trained.year)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return [(r.year, r.trained_on, r.corrected_at is not None, r.void) for r in rows]


def settle(land: Country, *persons: Person) -> None:
    crediting.settle([person.id for person in persons], now=land.now)


def close(land: Country, label: int) -> None:
    first, last = date(label, 1, 1), date(label, 12, 31)
    db.session.add(ClosedYear(year=label, first_on=first, last_on=last, closed_at=land.now))
    db.session.flush()


def test_attendance_makes_a_training_and_its_correction_takes_it_back(land: Country) -> None:
    teacher = land.people["teacher"]
    record = attend(held(land.body("county"), MAY), teacher)
    settle(land, teacher)
    assert trained(teacher) == [(2026, MAY, False, False)]
    record.presence = Presence.ABSENT
    settle(land, teacher)
    assert trained(teacher) == []


def test_a_record_that_waits_for_a_look_counts_once_somebody_has_looked(land: Country) -> None:
    teacher = land.people["teacher"]
    record = attend(held(land.body("county"), MAY), teacher, flag=Flag.SAME_BROWSER)
    settle(land, teacher)
    assert trained(teacher) == []
    record.flag = None
    settle(land, teacher)
    assert trained(teacher) == [(2026, MAY, False, False)]


def test_an_earlier_session_becomes_the_training(land: Country) -> None:
    teacher = land.people["teacher"]
    attend(held(land.body("county"), JUNE), teacher, online=True, minutes=120, percent=100)
    settle(land, teacher)
    attend(held(land.body("city"), MAY), teacher)
    settle(land, teacher)
    assert trained(teacher) == [(2026, MAY, False, False)]
    assert db.session.scalars(select(Trained.mode)).all() == [Mode.OFFLINE]


def test_a_cancelled_session_trains_nobody(land: Country) -> None:
    teacher, of = land.people["teacher"], held(land.body("county"), MAY)
    attend(of, teacher)
    settle(land, teacher)
    of.state = State.CANCELLED
    settle(land, teacher)
    assert trained(teacher) == []


def test_a_series_asks_for_its_number(land: Country) -> None:
    teacher = land.people["teacher"]
    series = Series(
        organizer_id=land.body("county").id, title="两天的培训(演示)", needed=2,
        created_at=land.now, once="series-1",
    )  # fmt: skip
    db.session.add(series)
    db.session.flush()
    attend(held(land.body("county"), MAY, series_id=series.id), teacher)
    settle(land, teacher)
    assert trained(teacher) == []
    attend(held(land.body("county"), JUNE, series_id=series.id), teacher)
    settle(land, teacher)
    assert trained(teacher) == [(2026, JUNE, False, False)]


def check_passed(person: Person, pool: str, at: datetime) -> None:
    db.session.add(
        QuizAttempt(
            person_id=person.id, pool=pool, version="v", drawn=[], answers={}, correct=[],
            asked=5, score=5, once=f"try-{at}", started_at=at, sent_at=at, passed=True,
        )
    )  # fmt: skip
    db.session.flush()


def test_where_the_check_is_asked_it_must_be_passed_in_the_year(land: Country) -> None:
    teacher = land.people["teacher"]
    attend(held(land.body("county"), MAY, check_required=True, quiz="compulsory"), teacher)
    check_passed(teacher, "compulsory", land.now.replace(year=2025))
    settle(land, teacher)
    assert trained(teacher) == []
    check_passed(teacher, "compulsory", land.now)
    settle(land, teacher)
    assert trained(teacher) == [(2026, MAY, False, False)]


def test_the_closed_year_keeps_a_mark_of_what_came_and_went(land: Country) -> None:
    teacher, principal = land.people["teacher"], land.people["principal"]
    of = held(land.body("county"), MAY)
    record = attend(of, teacher)
    settle(land, teacher)
    close(land, 2026)
    record.presence = Presence.ABSENT
    attend(of, principal)
    settle(land, teacher, principal)
    assert trained(teacher) == [(2026, MAY, True, True)]
    assert trained(principal) == [(2026, MAY, True, False)]


def test_a_merge_takes_the_trainings_along_without_a_mark(land: Country) -> None:
    kept, merged = land.people["principal"], land.people["teacher"]
    record = attend(held(land.body("county"), MAY), merged)
    settle(land, merged)
    close(land, 2026)
    record.person_id = kept.id  # what attendance does with its own rows
    db.session.flush()
    crediting.follow_merge(PersonsMerged(kept.id, merged.id, land.now))
    assert trained(kept) == [(2026, MAY, False, False)]
    assert trained(merged) == []


def many(land: Country, number: int, of: Session) -> list[Person]:
    persons = [
        Person(staff_no=f"M-{n}-{number}", name="多人(演示)", sort_key="m", created_at=land.now)
        for n in range(number)
    ]
    db.session.add_all(persons)
    db.session.flush()
    rows = [
        Attendance(
            session_id=of.id, person_id=person.id, presence=Presence.PRESENT, way="desk",
            at=land.now,
        )
        for person in persons
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return persons


def statements(queries: Queries, land: Country, persons: Iterable[Person]) -> int:
    queries.clear()
    settle(land, *persons)
    return len(queries)


def test_fifty_need_as_many_statements_as_five(land: Country, queries: Queries) -> None:
    of = held(land.body("county"), MAY)
    few, lots = many(land, 5, of), many(land, 50, of)
    assert statements(queries, land, few) == statements(queries, land, lots)
