"""A closed year stands: staff leave, bodies move, corrections come, its figures stay."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session as DbSession

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.organizations.models import Affiliation
from helpdesk.organizations.operations.editing import edit_body, set_status
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus, Subsystem
from helpdesk.people.operations import roster
from helpdesk.people.operations.merging import merge_persons
from helpdesk.settings.operations import set_value
from helpdesk.settings.rules import Key
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.operations import closing, crediting, recounting
from helpdesk.training.queries import coverage as queries
from helpdesk.training.queries import years
from helpdesk.training.queries.coverage import BodyList, PersonList, Persons
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.years import TrainingYear
from tests.factories.country import Country, build
from tests.factories.people import employ, present_work
from tests.factories.training import attend, held

MAY = date(2026, 5, 6)
LAST = date(2026, 12, 31)
JANUARY = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)
FEBRUARY = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)
LATER = datetime(2027, 3, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def land(session: DbSession, now: datetime) -> Country:
    """2026 with two persons trained in the county, a session online, and the counters running."""
    made = build(now)
    rows = [
        {"body_id": body.id, "parent_id": body.parent_id, "since_on": date(2020, 1, 1),
         "changed_at": now}
        for body in made.bodies.values()
        if body.parent_id is not None
    ]  # fmt: skip
    db.session.execute(insert(Affiliation), rows)
    recounting.recount(now)
    train(made, now, MAY, "teacher", "county_officer")
    return made


def train(land: Country, now: datetime, on: date, *names: str) -> list[Attendance]:
    of = held(land.body("county"), on)
    records = [attend(of, land.people[name]) for name in names]
    crediting.settle([land.people[name].id for name in names], now=now)
    return records


def seen(land: Country, now: datetime, label: int = 2026) -> dict[str, Any]:
    """Everything that can be asked about a closed year."""
    names = ("province", "city", "county", "neighbour", "school", "hei")
    found: dict[str, Any] = {
        name: queries.coverage(land.body(name).path, label, now=now) for name in names
    }
    path = land.body("city").path
    found["root"] = queries.coverage("/", label, now=now)
    found["children"] = [
        (part.label_kind, part.body.id if part.body else None, part.figures)
        for part in queries.children(path, label, now=now)
    ]
    found["worst"] = [(w.body and w.body.id, w.figures) for w in queries.worst("/", label, now=now)]
    for which in (PersonList.TRAINED, PersonList.UNTRAINED, PersonList.SIDE):
        page = queries.persons_where(path, label, which, now=now)
        found[which] = [
            (row.person_id, row.body_id, row.trained_on, row.posts) for row in page.rows
        ]
    left = queries.persons_where(path, label, PersonList.LEFT_UNTRAINED, now=now)
    found["left"] = [(row.person_id, row.body_id, row.left_on) for row in left.rows]
    county = land.body("county").path
    found["apart"] = queries.apart(path, label, now=now), queries.apart(county, label, now=now)
    for body_list in (BodyList.ALL, BodyList.NONE_TRAINED, BodyList.INVALID):
        bodies = queries.bodies_where(path, label, body_list, now=now).rows
        found[f"bodies {body_list}"] = [
            (r.body.id, r.standing, r.active, r.trained) for r in bodies
        ]
    return found


def everything_changes(land: Country) -> None:
    """Staff leave and join, a county and a school move, one closes, one is renamed, two records
    are merged, late attendance and corrections come in."""
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(land.people["principal"]), left_on=date(2027, 3, 1),
        now=LATER,
    )  # fmt: skip
    employ(land.body("county"), "新人(演示)", LATER)
    for name, to in (("school", "neighbour"), ("neighbour", "other_province")):
        body = land.body(name)
        move_body(
            actor=SYSTEM, body=body, new_parent=land.body(to), version=body.version,
            approval_no="文1号", since_on=date(2027, 3, 1), reason="区划调整(演示)", now=LATER,
        )  # fmt: skip
    body = land.body("sibling_school")
    set_status(
        actor=SYSTEM, body=body, version=body.version, status=BodyStatus.CLOSED,
        since_on=date(2027, 3, 2), reason="撤并(演示)", now=LATER,
    )  # fmt: skip
    body = land.body("empty_county_school")
    set_status(
        actor=SYSTEM, body=body, version=body.version, status=BodyStatus.INVALID,
        since_on=date(2027, 3, 2), reason="查无实体(演示)", now=LATER,
    )  # fmt: skip
    body = land.body("city_school")
    edit_body(
        actor=SYSTEM, body=body, version=body.version, name="改名的学校", name_en="",
        region_code="", subsystems=(Subsystem.PRESCHOOL,), now=LATER,
    )  # fmt: skip
    train(land, LATER, date(2026, 11, 3), "city_lead")
    merge_persons(
        actor=SYSTEM, kept=land.people["city_officer"], merged=land.people["city_supervisor"],
        now=LATER,
    )  # fmt: skip


def test_a_year_is_closed_when_its_days_of_grace_are_over(land: Country) -> None:
    assert closing.close_due(JANUARY) == ()
    assert not years.is_closed(2026)
    assert closing.close_due(FEBRUARY) == (2026,)
    assert years.is_closed(2026)
    assert closing.close_due(FEBRUARY) == ()
    assert years.of_label(2026) == TrainingYear(2026, date(2026, 1, 1), LAST)
    assert years.closed() == (2026,)


def test_nothing_moves_a_closed_year(land: Country) -> None:
    leaver = employ(land.body("school"), "离岗的人(演示)", land.now)
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(leaver), left_on=date(2026, 9, 22), now=land.now
    )
    recounting.turn_day(FEBRUARY)
    closing.close_due(FEBRUARY)
    before = seen(land, FEBRUARY)
    assert before["county"].figures.persons == Persons(5, 2)
    assert before["county"].closed
    assert before["county"].as_of == LAST
    assert before["left"] == [(leaver.id, land.body("school").id, date(2026, 9, 22))]
    everything_changes(land)
    assert seen(land, LATER) == before


def test_the_figures_of_the_last_day_are_what_closing_stores(land: Country) -> None:
    for name, to in (("school", "neighbour"), ("neighbour", "other_province")):
        body = land.body(name)
        move_body(
            actor=SYSTEM, body=body, new_parent=land.body(to), version=body.version,
            approval_no="文1号", since_on=date(2027, 1, 5), reason="区划调整(演示)", now=JANUARY,
        )  # fmt: skip
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(land.people["county_officer"]),
        left_on=date(2027, 1, 4), now=JANUARY,
    )  # fmt: skip
    open_year = seen(land, FEBRUARY)
    closing.close_due(FEBRUARY)
    stored = seen(land, FEBRUARY)
    assert open_year["county"].figures.persons == Persons(5, 2)
    for name, value in open_year.items():
        got, expected = stored[name], value
        if isinstance(value, queries.Coverage):
            got, expected = got.figures, value.figures
        assert got == expected, name


def test_what_comes_in_before_the_closing_counts(land: Country) -> None:
    train(land, JANUARY, date(2026, 12, 30), "county_lead")
    closing.close_due(FEBRUARY)
    found = queries.coverage(land.body("county").path, 2026, now=FEBRUARY)
    assert found.figures.persons == Persons(5, 3)


def test_a_later_correction_stands_on_the_person_only(land: Country) -> None:
    (record,) = train(land, JANUARY, date(2026, 6, 3), "county_lead")
    closing.close_due(FEBRUARY)
    before = seen(land, FEBRUARY)
    train(land, LATER, date(2026, 6, 3), "principal")
    record.presence = Presence.ABSENT
    crediting.settle([record.person_id], now=LATER)
    assert seen(land, LATER) == before
    (late,) = queries.person_years(land.people["principal"].id)
    assert (late.label, late.closed, late.corrected) == (2026, True, True)
    assert queries.person_years(record.person_id) == ()
    (untouched,) = queries.person_years(land.people["teacher"].id)
    assert (untouched.closed, untouched.corrected) == (True, False)


def test_a_new_year_begins_with_nobody_trained(land: Country) -> None:
    recounting.turn_day(JANUARY)
    found = queries.coverage(land.body("county").path, 2027, now=JANUARY)
    assert found.figures.persons == Persons(5, 0)
    train(land, JANUARY, date(2027, 1, 12), "teacher")
    found = queries.coverage(land.body("county").path, 2027, now=JANUARY)
    assert found.figures.persons == Persons(5, 1)
    assert recounting.recount(JANUARY) == ()


def test_another_calendar_of_years_names_every_training_anew(land: Country) -> None:
    set_value(
        actor=SYSTEM, body_id=None, key=Key.TRAINING_YEAR, text="school", seen=None,
        reason="试行(演示)", now=land.now,
    )  # fmt: skip
    before = queries.coverage(land.body("county").path, 2026, now=land.now)
    assert before.figures.persons == Persons(5, 2), "until the job has turned them"
    assert recounting.turn_day(land.now)
    assert [one.label for one in queries.person_years(land.people["teacher"].id)] == [2025]
    after = queries.coverage(land.body("county").path, 2026, now=land.now)
    assert after.figures.persons == Persons(5, 0)
    assert recounting.recount(land.now) == ()


def test_a_session_of_a_closed_year_stays_in_it(land: Country) -> None:
    closing.close_due(FEBRUARY)
    set_value(
        actor=SYSTEM, body_id=None, key=Key.TRAINING_YEAR, text="school", seen=None,
        reason="试行(演示)", now=FEBRUARY,
    )  # fmt: skip
    assert [years.of_day(date(2026, month, 6)).label for month in (1, 5, 12)] == [2026] * 3
    assert years.of_day(date(2027, 9, 1)).label == 2027
    assert recounting.turn_day(FEBRUARY)
    (year,) = queries.person_years(land.people["teacher"].id)
    assert (year.label, year.corrected) == (2026, False)


def test_another_calendar_of_years_draws_its_own_curves(land: Country) -> None:
    while closing.keep_month_end(land.now):
        pass
    set_value(
        actor=SYSTEM, body_id=None, key=Key.TRAINING_YEAR, text="school", seen=None,
        reason="试行(演示)", now=land.now,
    )  # fmt: skip
    recounting.turn_day(land.now)
    october = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
    while closing.keep_month_end(october):
        pass
    county = land.body("county").path
    past = queries.curve(county, 2025, now=october)
    assert [day.month for day, _rate in past] == [9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8]
    assert [rate for _day, rate in past][-4:] == [0.4] * 4
    assert queries.curve(county, 2026, now=october) == ((date(2026, 9, 30), 0.0),)


def test_nothing_is_closed_before_the_first_session(session: DbSession, now: datetime) -> None:
    build(now)
    assert closing.close_due(FEBRUARY) == ()


def test_the_curve_holds_the_ends_of_months(land: Country) -> None:
    while closing.keep_month_end(land.now):
        pass
    county = land.body("county").path
    points = queries.curve(county, 2026, now=land.now)
    assert [day.month for day, _rate in points] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [rate for _day, rate in points] == [0.0] * 4 + [0.4] * 4
    assert queries.curve(land.body("school").path, 2026, now=land.now)[-1] == (
        date(2026, 8, 31), 0.5,
    )  # fmt: skip
    assert dict(queries.curve("/", 2026, now=land.now))[date(2026, 8, 31)] == 2 / 15


def test_the_curve_ends_where_the_year_was_closed(land: Country) -> None:
    while closing.keep_month_end(JANUARY):
        pass
    train(land, JANUARY, date(2026, 12, 30), "county_lead")
    closing.close_due(FEBRUARY)
    points = queries.curve(land.body("county").path, 2026, now=LATER)
    assert len(points) == 12
    assert points[-1] == (LAST, 0.6)
