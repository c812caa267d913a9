"""Lists of sessions, series and plans: who sees what, in which order, in how many statements."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import session as database
from helpdesk.kernel.paging import BadCursor, encode
from helpdesk.organizations.rules import Kind
from helpdesk.people.rules import Role
from helpdesk.training.models.sessions import Plan
from helpdesk.training.operations import cascade, enrolling, planning
from helpdesk.training.operations.cascade import PlanEntry
from helpdesk.training.queries import participants, plans, series, sessions
from helpdesk.training.queries.plans import Office
from helpdesk.training.queries.sessions import Filters, When, Whose
from helpdesk.training.rules.plans import Progress, progress
from helpdesk.training.rules.sessions import Act, Mode, Place, State
from tests.factories.country import Country
from tests.factories.people import employ, holder
from tests.factories.sessions import click, entry, opened, planned
from tests.factories.training import add_session
from tests.support.queries import Queries

TODAY = date(2026, 9, 22)


def _cascade(country: Country, owner: str = "province") -> plans.PlanView:
    kinds = (Kind.PROVINCE_AID, Kind.CITY_AID, Kind.COUNTY_AID)
    days = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    made = cascade.make_plan(
        actor=SYSTEM,
        owner=country.body(owner),
        entry=PlanEntry("级联培训(演示)", 2026, stages=dict(zip(kinds, days, strict=True))),
        once=f"plan-{owner}",
        now=country.now,
    )
    return plans.view(made)


class TestLists:
    def test_a_whole_session(self, country: Country, queries: Queries) -> None:
        made = opened(country, capacity=1, cards=("AID-1",))
        enrolling.enrol(actor=country.actor("teacher"), session=made, now=country.now)
        queries.clear()
        found = sessions.view(made.id)
        assert len(queries) <= 11
        assert (found.organizer.code, found.cards, found.capacity) == ("420101", ("AID-1",), 1)
        assert (found.counts.enrolled, found.counts.invited, found.counts.all) == (1, 4, 5)

    def test_who_finds_what(self, country: Country) -> None:
        titles = {
            name: opened(country, name, title=name).title for name in ("county", "city", "school")
        }
        planned(country, title="geheim")

        def seen(who: str, whose: Whose) -> set[str]:
            page = sessions.page(country.actor(who), When.COMING, Filters(whose=whose))
            return {line.title for line in page.rows}

        assert seen("county_lead", Whose.ALL) == {*titles, "geheim"}
        assert seen("county_lead", Whose.MINE) == {"county", "geheim"}
        assert seen("county_lead", Whose.OFFERED) == {"county", "city"}
        assert seen("teacher", Whose.ALL) == {"county", "city", "school"}
        assert seen("teacher", Whose.MINE) == {"school"}
        assert seen("sibling_teacher", Whose.ALL) == {"county", "city"}
        assert seen("other_province_officer", Whose.ALL) == set()
        assert seen("hei_staff", Whose.ALL) == set()

    def test_filters_and_order(self, country: Country) -> None:
        near, far = (
            add_session(country.body("county"), country.now + timedelta(days=days))
            for days in (3, 40)
        )
        online = add_session(
            country.body("county"), country.now, mode=Mode.ONLINE, state=State.RUNNING
        )
        over = [
            add_session(country.body("county"), country.now - timedelta(days=d), state=state)
            for d, state in ((9, State.CLOSED), (5, State.CANCELLED))
        ]
        lead = country.actor("county_lead")

        def ids(when: When, **filters: object) -> list[int]:
            return [r.id for r in sessions.page(lead, when, Filters(**filters)).rows]  # type: ignore[arg-type]

        assert ids(When.COMING) == [near.id, far.id]
        assert ids(When.RUNNING) == [online.id]
        assert ids(When.PAST) == [over[1].id, over[0].id]
        assert ids(When.PAST, state=State.CANCELLED) == [over[1].id]
        assert ids(When.COMING, until=country.now + timedelta(days=9)) == [near.id]
        assert ids(When.COMING, since=country.now + timedelta(days=9)) == [far.id]
        assert ids(When.RUNNING, mode=Mode.OFFLINE) == []
        assert ids(When.COMING, organizer_id=country.body("city").id) == []

    @pytest.mark.parametrize("when", [When.COMING, When.PAST])
    def test_pages_follow_each_other_in_a_constant_number_of_statements(
        self, country: Country, queries: Queries, when: When
    ) -> None:
        state = State.OPEN if when is When.COMING else State.CLOSED
        for day in range(7):
            add_session(country.body("county"), country.now + timedelta(days=day // 2), state=state)
        lead, found, after = country.actor("county_lead"), [], None
        numbers = set()
        while True:
            queries.clear()
            page = sessions.page(lead, when, after=after, size=3)
            numbers.add(len(queries))
            found += [line.id for line in page.rows]
            after = page.next
            if after is None:
                break
        assert len(found) == len(set(found)) == 7
        assert numbers == {5}

    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            encode([1]),
            encode(["now", 1]),
            encode(["2026-09-01", 1]),
            encode(["0001-01-01T00:00:00+14:00", 1]),
            encode(["9999-12-31T23:59:59-01:00", 1]),
        ],
    )
    def test_a_cursor_that_is_none_of_ours(self, country: Country, cursor: str) -> None:
        with pytest.raises(BadCursor):
            sessions.page(country.actor("county_lead"), When.COMING, after=cursor)

    def test_for_whom_one_may_plan(self, country: Country, now: datetime) -> None:
        coordinator = holder(country.body("city"), Role.TRAINING_COORDINATOR, now)
        assert [body.code for body in sessions.organizers(coordinator)] == ["420100"]
        assert [b.code for b in sessions.organizers(country.actor("teacher"))] == ["3442990001"]
        assert sessions.organizers(country.actor("county_officer")) == ()


class TestParticipants:
    def test_by_name_by_turn_and_found(self, country: Country, queries: Queries) -> None:
        made = opened(country, capacity=1)
        for minute, name in enumerate(("county_lead", "teacher", "principal")):
            at = country.now + timedelta(minutes=minute)
            enrolling.enrol(actor=country.actor(name), session=made, now=at)
        queries.clear()
        everybody = participants.participants(made.id, size=3)
        assert len(queries) == 3
        rest = participants.participants(made.id, size=3, after=everybody.next)
        assert len({row.person_id for row in (*everybody.rows, *rest.rows)}) == 5
        waiting = participants.participants(made.id, place=Place.WAITING, size=1)
        more = participants.participants(made.id, place=Place.WAITING, size=1, after=waiting.next)
        assert [row.name for row in (*waiting.rows, *more.rows)] == ["王老师", "校长"]
        for text, number in (("王", 1), ("没有", 0), ("%", 0)):
            assert len(participants.participants(made.id, text=text).rows) == number
        staff_no = country.people["teacher"].staff_no
        assert len(participants.participants(made.id, text=staff_no).rows) == 1
        printed = [row.name for row in participants.sheet(made.id)]
        assert printed == ["县主任", "县经办", "李老师"]  # enrolled and invited, nobody who waits

    def test_the_record(self, country: Country) -> None:
        made = opened(country, actor=country.actor("county_lead"))
        planning.cancel(session=made, reason="停电(演示)", click=click(country))
        found = participants.history(made.id)
        assert [(row.act, row.who, row.reason, row.number) for row in found] == [
            (Act.CANCELLED, "", "停电(演示)", None), (Act.INVITED, "", "", 5),
            (Act.OPENED, "", "", None), (Act.PLANNED, "县主任", "", None),
        ]  # fmt: skip


def test_series_with_their_sessions(country: Country) -> None:
    made = cascade.make_series(
        organizer=country.body("county"), title="两日班(演示)", needed=2, once="s", now=country.now
    )
    cascade.add_session(series=made, session=planned(country), click=click(country))
    (found,) = series.of_organizer(country.body("county").id)
    assert (found.title, found.needed, dict(found.states)) == (
        "两日班(演示)", 2, {State.PLANNED: 1},
    )  # fmt: skip
    assert series.one(made.id) == found
    for wrong in (0, 31):
        with pytest.raises(cascade.NeededWrong):
            cascade.edit_series(series=made, title="两日班(演示)", needed=wrong, now=country.now)


class TestPlans:
    @pytest.mark.parametrize(
        ("states", "today", "found"),
        [
            ([], "2026-10-01", Progress.NONE),
            ([], "2026-10-02", Progress.LATE),
            ([State.OPEN], "2026-10-01", Progress.PLANNED),
            ([State.OPEN], "2026-10-02", Progress.LATE),
            ([State.CANCELLED], "2026-10-01", Progress.NONE),
            ([State.RUNNING], "2026-10-02", Progress.HELD),
            ([State.PLANNED, State.CLOSED], "2026-12-02", Progress.HELD),
        ],
    )
    def test_progress(self, states: list[State], today: str, found: Progress) -> None:
        assert progress(states, date(2026, 10, 1), date.fromisoformat(today)) is found

    @pytest.mark.parametrize(
        ("stages", "refusal"),
        [
            ({}, cascade.StageMissing),
            ({Kind.PROVINCE_AID: TODAY}, cascade.StageNotYours),
            (
                {Kind.CITY_AID: TODAY, Kind.COUNTY_AID: date(2026, 9, 1)},
                cascade.StagesOutOfOrder,
            ),
        ],
    )
    def test_what_is_refused(
        self, country: Country, stages: dict[Kind, date], refusal: type
    ) -> None:
        with pytest.raises(refusal):
            cascade.make_plan(
                actor=SYSTEM, owner=country.body("city"),
                entry=PlanEntry("级联(演示)", 2026, stages=stages), once="p", now=country.now,
            )  # fmt: skip

    def test_the_tree_with_its_state(self, country: Country, queries: Queries) -> None:
        plan = _cascade(country)
        held = planned(country, "city", plan_id=plan.id)
        held.state = State.CLOSED
        planned(country, plan_id=plan.id)
        database().flush()
        queries.clear()
        (province,) = plans.tree(plan, today=TODAY)
        assert len(queries) == 3
        assert (province.code, province.progress) == ("420000", Progress.LATE)
        (city,) = province.below
        assert (city.progress, city.sessions) == (Progress.HELD, 1)
        assert {office.code: office.progress for office in city.below} == {
            "420101": Progress.PLANNED, "420102": Progress.NONE, "420103": Progress.NONE,
        }  # fmt: skip
        assert province.counted() == {
            Progress.NONE: 2, Progress.PLANNED: 1, Progress.HELD: 1, Progress.LATE: 0,
        }  # fmt: skip

    def test_schools_with_a_stage_of_their_own(self, country: Country, queries: Queries) -> None:
        stages = {Kind.COUNTY_AID: date(2026, 10, 1), Kind.SCHOOL: date(2026, 11, 1)}
        plan = plans.view(
            cascade.make_plan(
                actor=SYSTEM, owner=country.body("city"), once="schools", now=country.now,
                entry=PlanEntry("级联培训(演示)", 2026, stages=stages),
            )
        )  # fmt: skip
        for _ in range(2):
            held = planned(country, "school", plan_id=plan.id)
            held.state = State.CLOSED
        planned(country, "sibling_school", plan_id=plan.id)
        database().flush()
        queries.clear()
        (city,) = plans.tree(plan, today=TODAY)
        assert len(queries) == 4
        assert city.schools == plans.Schools(total=1, held=0)
        assert {o.code: o.schools for o in city.below} == {
            "420101": plans.Schools(2, 1), "420102": None, "420103": plans.Schools(1, 0),
        }  # fmt: skip

    def test_a_national_plan_reaches_every_province(self, country: Country) -> None:
        plan = _cascade(country, "national_aid")
        found = plans.tree(plan, today=TODAY)
        assert {office.code for office in found} == {"420000", "430000"}
        below = plans.tree(plan, today=TODAY, top=country.body("county").path)
        assert [office.code for office in below] == ["420101"]
        assert isinstance(below[0], Office)

    def test_sessions_belong_to_plans_of_their_own_or_an_upper_office(
        self, country: Country
    ) -> None:
        upper = _cascade(country)
        assert planned(country, plan_id=upper.id).plan_id == upper.id
        assert [p.id for p in plans.for_organizer(country.body("school"))] == [upper.id]
        assert plans.for_organizer(country.body("other_province")) == ()

    def test_who_sees_plans(self, country: Country) -> None:
        plan = _cascade(country)
        for who, sees in (
            ("county_lead", True), ("province_lead", True), ("teacher", True),
            ("other_province_officer", False), ("hei_staff", False),
        ):  # fmt: skip
            found = plans.page(country.actor(who)).rows
            assert [p.id for p in found] == ([plan.id] if sees else []), who

    def test_another_day_and_somebody_who_was_faster(self, country: Country) -> None:
        seen = _cascade(country)
        made = database().get_one(Plan, seen.id)
        later = PlanEntry("级联二(演示)", 2026, stages={Kind.CITY_AID: date(2026, 12, 1)})
        cascade.edit_plan(plan=made, entry=later, version=seen.version)
        assert plans.view(made).stages == {Kind.CITY_AID: date(2026, 12, 1)}
        with pytest.raises(cascade.PlanChangedMeanwhile):
            cascade.edit_plan(plan=made, entry=later, version=seen.version)

    def test_a_plan_in_use_stays(self, country: Country) -> None:
        seen = _cascade(country)
        made = database().get_one(Plan, seen.id)
        held = planned(country, plan_id=seen.id)
        with pytest.raises(cascade.PlanInUse):
            cascade.drop_plan(plan=made)
        planning.edit(session=held, entry=entry(country.now), click=click(country))
        cascade.drop_plan(plan=made)
        assert plans.page(country.actor("province_lead")).rows == []


def test_the_tree_needs_as_many_statements_for_a_thousand(
    country: Country, queries: Queries
) -> None:
    employ(country.body("county"), "新人(演示)", country.now)
    plan = _cascade(country)
    for name in ("province", "city", "county", "neighbour"):
        planned(country, name, plan_id=plan.id)
    queries.clear()
    plans.tree(plan, today=TODAY)
    assert len(queries) == 3
