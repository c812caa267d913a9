"""The figures of a node and the lists behind them: today, of another day, with and without
counters, on one small country."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session as DbSession

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.models import Affiliation, Body
from helpdesk.organizations.operations.editing import set_status
from helpdesk.organizations.operations.moving import move_body
from helpdesk.organizations.rules import BodyStatus
from helpdesk.people.models import Person
from helpdesk.people.operations import roster
from helpdesk.people.operations.entries import WorkEntry
from helpdesk.people.rules import Post
from helpdesk.training.operations import crediting, recounting
from helpdesk.training.queries import coverage as queries
from helpdesk.training.queries.coverage import (
    Bodies,
    BodyList,
    Figures,
    PersonList,
    Persons,
    coverage,
)
from helpdesk.training.queries.readings import DayOutsideYear
from helpdesk.training.rules.coverage import Standing
from tests.factories.country import Country, build
from tests.factories.people import employ, present_work
from tests.factories.training import attend, held
from tests.support.queries import Queries

YEAR = 2026
MAY = date(2026, 5, 6)


@pytest.fixture(params=["counters", "rows"])
def land(session: DbSession, now: datetime, request: pytest.FixtureRequest) -> Country:
    """The country; figures come from counters, or, as nothing was ever counted, from the rows."""
    made = build(now)
    if request.param == "counters":
        recounting.recount(now)
    return made


def train(land: Country, *names: str, on: date = MAY, online: bool = False) -> None:
    of = held(land.body("county"), on)
    more = {"online": True, "minutes": 120, "percent": 100} if online else {}
    for name in names:
        attend(of, land.people[name], **more)
    crediting.settle([land.people[name].id for name in names], now=land.now)


def at(land: Country, name: str | None, as_of: date | None = None) -> queries.Coverage:
    path = land.body(name).path if name else "/"
    return coverage(path, YEAR, now=land.now, as_of=as_of)


def test_the_three_figures_of_every_node(land: Country) -> None:
    train(land, "teacher", "county_officer")
    county = at(land, "county").figures
    assert county == Figures(Persons(5, 2), Bodies(3, 0, 1, 2, 0))
    assert county.persons.rate == 2 / 5
    assert county.bodies.reached == 2
    city = at(land, "city").figures
    assert city == Figures(Persons(11, 2), Bodies(8, 1, 5, 2, 0))
    root = at(land, None)
    assert root.figures == Figures(Persons(15, 2), Bodies(11, 1, 8, 2, 0))
    assert root.side == Persons(5, 0)
    assert (root.label, root.as_of, root.closed) == (YEAR, shanghai_date(land.now), False)


def test_what_has_no_bodies_below_it_is_a_node_of_its_own_staff(land: Country) -> None:
    train(land, "teacher", "hei_staff")
    assert at(land, "school").figures == Figures(Persons(2, 1), Bodies(1, 0, 0, 1, 0))
    hei = at(land, "hei")
    assert hei.figures == Figures(Persons(1, 1), Bodies(1, 0, 0, 0, 1))
    assert hei.splits["tier:central"].persons == Persons(1, 1)
    assert at(land, "call_centre").side == Persons(2, 0)
    assert at(land, "call_centre").figures == Figures()


def test_the_splits(land: Country) -> None:
    train(land, "teacher", online=True)
    train(land, "county_lead")
    splits = at(land, "county").splits
    assert splits["tier:county"] == Figures(Persons(5, 2), Bodies(3, 0, 1, 2, 0))
    assert splits["kind:school"] == Figures(Persons(3, 1), Bodies(2, 0, 1, 1, 0))
    assert splits["post:first_responsible"].persons == Persons(2, 1)
    assert splits["subsystem:senior_high"] == Figures(Persons(3, 1), Bodies(2, 0, 1, 1, 0))
    assert splits["mode:online"].persons == Persons(5, 1)
    assert splits["mode:offline"].persons == Persons(5, 1)
    assert "mode:both" not in splits


def test_a_school_directly_below_a_city_is_the_citys_to_train(land: Country) -> None:
    tiers = {k: v.persons.active for k, v in at(land, "city").splits.items() if k[:4] == "tier"}
    assert tiers == {"tier:city": 4, "tier:county": 7}


def test_a_person_with_two_hats_stands_once_in_the_node_above_both(land: Country) -> None:
    work = WorkEntry(date(2026, 9, 1), frozenset({Post.OPERATOR}))
    roster.add_appointment(
        actor=SYSTEM, person=land.people["teacher"], body_id=land.body("neighbour").id, work=work,
        now=land.now,
    )  # fmt: skip
    train(land, "teacher")
    assert at(land, "county").figures.persons == Persons(5, 1)
    assert at(land, "neighbour").figures.persons == Persons(2, 1)
    assert at(land, "city").figures.persons == Persons(11, 1)
    trained = queries.persons_where(land.body("city").path, YEAR, PersonList.TRAINED, now=land.now)
    assert [line.staff_no for line in trained.rows] == ["T-teacher"]


def test_the_parts_of_a_node(land: Country) -> None:
    train(land, "teacher", "city_teacher")
    parts = queries.children(land.body("city").path, YEAR, now=land.now)
    assert [(p.label_kind, p.body.code if p.body else "", p.figures.persons) for p in parts] == [
        ("office", "420101", Persons(5, 1)),
        ("office", "420102", Persons(1, 0)),
        ("office", "420103", Persons(1, 0)),
        ("own_staff", "", Persons(3, 0)),
        ("direct_schools", "", Persons(1, 1)),
    ]
    top = queries.children("/", YEAR, now=land.now)
    assert [(p.label_kind, p.figures.persons) for p in top] == [
        ("office", Persons(13, 2)),
        ("office", Persons(1, 0)),
        ("central_heis", Persons(1, 0)),
    ]
    assert queries.children(land.body("school").path, YEAR, now=land.now) == ()
    found = queries.provinces(YEAR, now=land.now)
    assert [body.code for body, _figures in found] == ["420000", "430000"]


def test_the_worst_offices_and_bodies(land: Country) -> None:
    train(land, "teacher")
    offices = queries.worst("/", YEAR, now=land.now)
    assert [(c.body.code if c.body else "", c.figures.bodies.none_trained) for c in offices] == [
        ("420101", 2), ("420103", 1), ("420102", 1),
    ]  # fmt: skip
    bodies = queries.worst(land.body("county").path, YEAR, now=land.now)
    assert [(c.body.name if c.body else "", c.figures.persons.active) for c in bodies] == [
        ("示范县资助中心", 2), ("示范县第二中学", 1),
    ]  # fmt: skip


def test_lists_open_what_the_figures_count(land: Country) -> None:
    train(land, "teacher", "principal")
    path = land.body("county").path

    def bodies(which: BodyList) -> list[tuple[str, Standing | None, int, int]]:
        page = queries.bodies_where(path, YEAR, which, now=land.now)
        return [(r.body.code, r.standing, r.active, r.trained) for r in page.rows]

    def persons(which: PersonList) -> list[str]:
        page = queries.persons_where(path, YEAR, which, now=land.now)
        return [row.staff_no for row in page.rows]

    assert bodies(BodyList.ALL_TRAINED) == [("3442990001", Standing.ALL_TRAINED, 2, 2)]
    assert [row[0] for row in bodies(BodyList.NONE_TRAINED)] == ["420101", "3442990002"]
    assert bodies(BodyList.NO_ROSTER) == []
    assert len(bodies(BodyList.ALL)) == 3
    assert persons(PersonList.TRAINED) == ["T-teacher", "T-principal"]
    assert persons(PersonList.UNTRAINED) == [
        "T-county_officer", "T-county_lead", "T-sibling_teacher",
    ]  # fmt: skip
    assert persons(PersonList.SIDE) == ["T-enrolment_officer"]
    ids = [i for some in queries.untrained_ids(path, YEAR, now=land.now) for i in some]
    names = ("sibling_teacher", "county_officer", "county_lead")
    assert ids == sorted(land.people[name].id for name in names)


def test_lists_page_and_narrow(land: Country) -> None:
    path, seen, after = land.body("city").path, [], None
    while True:
        page = queries.persons_where(
            path, YEAR, PersonList.UNTRAINED, now=land.now, after=after, size=4
        )
        seen += [row.person_id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 11
    leads = queries.persons_where(
        path, YEAR, PersonList.UNTRAINED, now=land.now, post=Post.FIRST_RESPONSIBLE
    )
    assert [row.staff_no for row in leads.rows] == ["T-city_lead", "T-county_lead", "T-principal"]


def test_what_stands_apart(land: Country) -> None:
    away = present_work(land.people["teacher"])
    roster.edit_appointment(
        actor=SYSTEM,
        appointment=away,
        work=WorkEntry(away.joined_on, frozenset({Post.OPERATOR}), frozenset(), MAY, None),
        now=land.now,
    )
    employ(land.body("county"), "新来的老师(演示)", land.now)
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(land.people["principal"]),
        left_on=shanghai_date(land.now), now=land.now,
    )  # fmt: skip
    status(land, "sibling_school", BodyStatus.INVALID)
    path = land.body("county").path
    assert queries.apart(path, YEAR, now=land.now) == queries.Apart(
        on_leave=1, joined_lately=1, left_untrained=1, invalid=1, no_roster=0
    )
    left = queries.persons_where(path, YEAR, PersonList.LEFT_UNTRAINED, now=land.now).rows
    assert [(row.staff_no, row.left_on) for row in left] == [
        ("T-principal", shanghai_date(land.now))
    ]
    (line,) = queries.persons_where(path, YEAR, PersonList.ON_LEAVE, now=land.now).rows
    assert (line.staff_no, line.on_leave) == ("T-teacher", True)
    (gone,) = queries.bodies_where(path, YEAR, BodyList.INVALID, now=land.now).rows
    assert (gone.body.code, gone.standing) == ("3442990002", None)


def status(land: Country, name: str, to: BodyStatus, on: date | None = None) -> None:
    body = land.body(name)
    set_status(
        actor=SYSTEM, body=body, version=body.version, status=to,
        since_on=on or shanghai_date(land.now), reason="核实情况(演示)", now=land.now,
    )  # fmt: skip


def move(land: Country, name: str, to: str, on: date) -> Body:
    body = land.body(name)
    return move_body(
        actor=SYSTEM, body=body, new_parent=land.body(to), version=body.version,
        approval_no="文1号", since_on=on, reason="区划调整(演示)", now=land.now,
    )  # fmt: skip


def belong(land: Country) -> None:
    """The affiliations that bodies get when they are added in life."""
    rows = [
        {"body_id": body.id, "parent_id": body.parent_id, "since_on": date(2020, 1, 1),
         "changed_at": land.now}
        for body in land.bodies.values()
        if body.parent_id is not None
    ]  # fmt: skip
    db.session.execute(insert(Affiliation), rows)


def test_another_day_knows_who_worked_and_what_was_held_then(land: Country) -> None:
    train(land, "teacher")
    train(land, "principal", on=date(2026, 8, 3))
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(land.people["teacher"]),
        left_on=date(2026, 9, 1), now=land.now,
    )  # fmt: skip
    assert at(land, "school", date(2026, 5, 5)).figures.persons == Persons(2, 0)
    assert at(land, "school", MAY).figures.persons == Persons(2, 1)
    assert at(land, "county", date(2026, 8, 31)).figures.persons == Persons(5, 2)
    assert at(land, "county", date(2026, 9, 1)).figures.persons == Persons(4, 1)
    assert at(land, "county").figures.persons == Persons(4, 1)


def test_another_day_has_its_own_tree(land: Country) -> None:
    train(land, "teacher")
    belong(land)
    home = land.body("county")
    school = move(land, "school", "neighbour", date(2026, 9, 10))
    move(land, "neighbour", "other_province", date(2026, 9, 15))
    for day, county, neighbour, city in (
        (date(2026, 9, 9), 5, 1, 11),
        (date(2026, 9, 12), 3, 3, 11),
        (date(2026, 9, 20), 3, 3, 8),
    ):
        active = [at(land, name, day).figures.persons.active for name in ("county", "neighbour")]
        assert [*active, at(land, "city", day).figures.persons.active] == [county, neighbour, city]
    assert at(land, "other_province", date(2026, 9, 20)).figures.persons == Persons(4, 1)
    assert at(land, "other_province").figures.persons == Persons(4, 1)
    assert school.parent_id != home.id
    tiers = at(land, None, date(2026, 9, 9)).splits
    assert tiers["tier:county"].bodies.total == 6


def test_a_school_leaves_the_counts_from_its_day(land: Country) -> None:
    status(land, "sibling_school", BodyStatus.INVALID, on=date(2026, 9, 20))
    assert at(land, "county").figures.bodies.total == 2
    assert at(land, "county").figures.persons.active == 4


@pytest.mark.parametrize(
    ("acts", "counted_on"),
    [
        ([("invalid", 3, 1), ("closed", 8, 1)], {(2, 28): 3, (3, 1): 2, (5, 1): 2, (9, 1): 2}),
        ([("invalid", 3, 1), ("active", 8, 1)], {(2, 28): 3, (3, 1): 2, (7, 31): 2, (8, 1): 3}),
        ([("closed", 8, 1)], {(5, 1): 3, (7, 31): 3, (8, 1): 2, (9, 22): 2}),
        # The second act says that the first was wrong: as it is known now.
        ([("invalid", 6, 1), ("active", 5, 1)], {(4, 30): 3, (6, 1): 3, (9, 22): 3}),
    ],
)
def test_another_day_knows_what_stood_then(
    land: Country, acts: list[tuple[str, int, int]], counted_on: dict[tuple[int, int], int]
) -> None:
    body = land.body("sibling_school")
    body.created_at -= timedelta(days=400)
    for to, month, day in acts:
        status(land, "sibling_school", BodyStatus(to), on=date(2026, month, day))
    found = {
        when: at(land, "county", date(YEAR, *when)).figures.bodies.total for when in counted_on
    }
    assert found == counted_on


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 9, 23), date(2027, 1, 1)])
def test_days_outside_the_year_or_to_come_are_refused(land: Country, day: date) -> None:
    with pytest.raises(DayOutsideYear):
        at(land, "county", day)


def test_what_a_person_did(land: Country) -> None:
    train(land, "teacher")
    teacher, lead = land.people["teacher"], land.people["county_lead"]
    assert queries.is_trained(teacher.id, YEAR)
    assert not queries.is_trained(lead.id, YEAR)
    (one,) = queries.person_years(teacher.id)
    assert (one.label, one.trained_on, one.closed, one.corrected) == (YEAR, MAY, False, False)


def crowd(land: Country, number: int) -> list[Person]:
    return [employ(land.body("school"), f"第{n}位老师(演示)", land.now) for n in range(number)]


def test_reading_needs_the_same_number_of_statements_at_any_size(
    land: Country, queries: Queries
) -> None:
    def count() -> list[int]:
        found = []
        for read in (_figures, _parts, _persons):
            queries.clear()
            read(land)
            found.append(len(queries))
        return found

    crowd(land, 5)
    count()
    few = count()
    crowd(land, 45)
    assert count() == few


def _figures(land: Country) -> None:
    at(land, "city")


def _parts(land: Country) -> None:
    queries.children(land.body("city").path, YEAR, now=land.now)


def _persons(land: Country) -> None:
    queries.persons_where(land.body("city").path, YEAR, PersonList.UNTRAINED, now=land.now)


def test_yesterdays_counters_are_not_read(land: Country) -> None:
    """Without the job of the day a reader takes the rows."""
    train(land, "teacher")
    tomorrow = land.now + timedelta(days=1)
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(land.people["principal"]),
        left_on=shanghai_date(tomorrow), now=tomorrow,
    )  # fmt: skip
    found = coverage(land.body("school").path, YEAR, now=tomorrow)
    assert found.figures.persons == Persons(1, 1)
    county = coverage(land.body("county").path, YEAR, now=tomorrow)
    assert county.figures.persons == Persons(4, 1)
