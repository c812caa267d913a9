"""Who is at the screen, who holds, leads, answers and supervises: and in how many queries."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.rules import BodyStatus
from helpdesk.people import queries
from helpdesk.people.access import fetch
from helpdesk.people.models import Account
from helpdesk.people.operations import accounts, roles, roster
from helpdesk.people.rules import Role
from tests.factories.country import Country, actor_behind
from tests.factories.people import (
    actor_of,
    employ,
    give_account,
    holder,
    present_work,
    root_admin,
    work,
)

TODAY = date(2026, 9, 22)


class TestActor:
    def test_two_queries(self, land: Country, queries: list[str]) -> None:
        queries.clear()
        actor = land.actor("county_officer")
        assert len(queries) == 2
        assert actor.name == "县经办"

    def test_grants_are_pairs_of_permission_and_path(self, land: Country) -> None:
        actor = land.actor("county_officer")
        county, school = land.body("county"), land.body("school")
        assert actor.holds(Permission.TICKET_ACCEPT, county.path)
        assert not actor.holds(Permission.TICKET_ACCEPT, school.path)
        assert actor.covers(Permission.TICKET_READ, school.path)
        assert not actor.covers(Permission.TICKET_READ, land.body("city").path)
        assert (actor.body_id, actor.body_path) == (county.id, county.path)

    def test_several_hats_choose_one_body(self, land: Country, now: datetime) -> None:
        person = employ(land.body("county"), "几顶帽子(演示)", now)
        other = land.body("neighbour")
        roster.add_appointment(actor=SYSTEM, person=person, body_id=other.id, work=work(), now=now)
        roles.grant_role(
            actor=SYSTEM,
            person=person,
            role=Role.SUPERVISOR,
            body_id=land.body("city").id,
            now=now,
        )
        account = give_account(person, now)
        first = queries.session_of(account.id, now)
        assert first is not None
        assert first.actor.body_id == land.body("county").id
        assert first.bodies == (land.body("county").id, other.id, land.body("city").id)
        chosen = actor_behind(account.id, now, other.id)
        assert chosen is not None
        assert chosen.body_path == other.path
        strange = actor_behind(account.id, now, land.body("province").id)
        assert strange is not None
        assert strange.body_id == land.body("county").id

    def test_the_root_acts_for_no_body(self, session: Session, now: datetime) -> None:
        actor = root_admin(now)
        assert (actor.body_id, actor.body_path) == (None, None)
        assert actor.paths(Permission.ROSTER_MANAGE) == ("/",)

    @pytest.mark.parametrize("end", ["closed", "left", "merged", "revoked"])
    def test_what_has_ended_does_not_count(self, land: Country, now: datetime, end: str) -> None:
        actor = holder(land.body("county"), Role.OFFICE_HANDLER, now)
        person = fetch.person(SYSTEM, actor.person_id or 0)
        county = land.body("county").id
        assert person.id in queries.holders_of(Permission.TICKET_ACCEPT, county)
        if end == "closed":
            accounts.disable_account(actor=SYSTEM, person=person, now=now)
        elif end == "left":
            roster.end_appointment(
                actor=SYSTEM, appointment=present_work(person), left_on=TODAY, now=now
            )
        elif end == "merged":
            person.merged_into_id = land.people["county_officer"].id
        else:
            ((held, _path),) = roles.live_grants(person.id)
            roles.revoke_role(actor=SYSTEM, grant=held, now=now)
        assert person.id not in queries.holders_of(Permission.TICKET_ACCEPT, county)
        now_is = actor_behind(actor.account_id or 0, now)
        assert now_is is None or not now_is.anywhere(Permission.TICKET_ACCEPT)

    def test_who_stands_on_a_roster_again_gets_nothing_back(
        self, land: Country, session: Session, now: datetime
    ) -> None:
        actor = holder(land.body("county"), Role.OFFICE_HANDLER, now)
        person = fetch.person(SYSTEM, actor.person_id or 0)
        roles.grant_role(actor=SYSTEM, person=person, role=Role.NODE_ADMIN, body_id=None, now=now)
        roster.end_appointment(
            actor=SYSTEM, appointment=present_work(person), left_on=TODAY, now=now
        )
        roster.add_appointment(
            actor=SYSTEM, person=person, body_id=land.body("school").id, work=work(), now=now
        )
        again = actor_of(session.get_one(Account, actor.account_id), now)
        assert again.grants == frozenset()

    def test_no_such_account(self, session: Session, now: datetime) -> None:
        assert actor_behind(999_999, now) is None


class TestWho:
    def test_persons(self, land: Country, queries: list[str]) -> None:
        from helpdesk.people import queries as people

        teacher = land.people["teacher"]
        assert people.person(teacher.id).mail == "teacher@example.org"
        with pytest.raises(NotFound):
            people.person(999_999)
        queries.clear()
        ids = [person.id for person in land.people.values()]
        assert len(people.persons([*ids, 999_999])) == len(ids)
        assert people.persons([]) == {}
        assert len(queries) == 1

    # Who is asked for about which body, and who it is.
    @pytest.mark.parametrize(
        ("body", "handlers", "lead", "responsible"),
        [
            ("county", ["county_officer", "county_lead"], ["county_lead"], ["county_lead"]),
            ("school", [], [], ["principal"]),
            ("province_it", ["it_engineer"], [], []),
            ("enrolment", ["enrolment_officer"], [], []),
            ("call_centre", ["agent", "agent_lead"], ["agent_lead"], []),
            ("empty_county", [], [], []),
        ],
    )
    def test_of_one_body(
        self,
        land: Country,
        body: str,
        handlers: list[str],
        lead: list[str],
        responsible: list[str],
    ) -> None:
        found = land.body(body).id
        assert queries.holders_of(Permission.TICKET_ACCEPT, found) == ids(land, handlers)
        assert queries.leads_of(found) == ids(land, lead)
        assert queries.first_responsible_of(found) == ids(land, responsible)
        assert queries.has_active_handler(found) is bool(handlers)

    def test_of_many_bodies_in_one_query_each(self, land: Country, queries: list[str]) -> None:
        from helpdesk.people import queries as people

        bodies = [body.id for body in land.bodies.values()]
        for ask in (
            lambda: people.holders(Permission.TICKET_ACCEPT, bodies),
            lambda: people.leads(bodies),
            lambda: people.first_responsible(bodies),
            lambda: people.with_active_handler(bodies),
            lambda: people.supervisors_above(land.body("school").path),
            lambda: people.bodies_without_handler(("/",)),
        ):
            queries.clear()
            ask()
            assert len(queries) == 1
        county = land.body("county").id
        assert people.leads(bodies)[county] == ids(land, ["county_lead"])
        assert land.body("empty_county").id not in people.with_active_handler(bodies)

    @pytest.mark.parametrize(
        ("body", "who"),
        [
            ("school", ["city_supervisor"]),
            ("county", ["city_supervisor"]),
            ("enrolment", ["city_supervisor"]),
            ("city", []),
            ("province", []),
        ],
    )
    def test_supervisors_stand_above(self, land: Country, body: str, who: list[str]) -> None:
        assert queries.supervisors_above(land.body(body).path) == ids(land, who)

    def test_the_nearest_supervisors_are_asked(self, land: Country, now: datetime) -> None:
        top = holder(land.body("province"), Role.SUPERVISOR, now)
        person = fetch.person(SYSTEM, top.person_id or 0)
        assert queries.supervisors_above(land.body("city").path) == (person.id,)
        assert queries.supervisors_above(land.body("county").path) == ids(land, ["city_supervisor"])
        roles.grant_role(actor=SYSTEM, person=person, role=Role.SUPERVISOR, body_id=None, now=now)
        assert queries.supervisors_above(land.body("province").path) == (person.id,)
        assert queries.supervisors_above(land.body("call_centre").path) == (person.id,)


class TestGaps:
    def test_offices_without_anybody_are_listed(self, land: Country) -> None:
        found = {gap.name for gap in queries.bodies_without_handler(("/",)).rows}
        assert "无人县资助中心" in found
        assert "示范县资助中心" not in found
        assert not any("中学" in name for name in found)  # schools ask, they do not handle

    def test_in_one_range_only(self, land: Country) -> None:
        found = queries.bodies_without_handler((land.body("county").path,))
        assert found.rows == []
        assert queries.bodies_without_handler(()).rows == []

    def test_closed_offices_are_no_gap(self, land: Country) -> None:
        land.body("empty_county").status = BodyStatus.CLOSED
        assert queries.bodies_without_handler((land.body("city").path,)).rows == []

    def test_in_pages(self, land: Country) -> None:
        whole = [gap.id for gap in queries.bodies_without_handler(("/",)).rows]
        paged, after = [], None
        while True:
            page = queries.bodies_without_handler(("/",), after=after, size=1)
            paged += [gap.id for gap in page.rows]
            after = page.next
            if after is None:
                break
        assert paged == whole


def ids(land: Country, names: list[str]) -> tuple[int, ...]:
    return tuple(sorted(land.people[name].id for name in names))
