"""Granting and revoking roles: the range, the fit, separation of duties, no lifting oneself."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.errors import Forbidden, NotFound, RuleBroken
from helpdesk.people.access import fetch, lists
from helpdesk.people.models import Audit, Person, RoleGrant
from helpdesk.people.operations import roles, roster
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import Act, Role
from tests.factories.country import Country
from tests.factories.people import admin_of, employ, holder, present_work, root_admin


def grant(land: Country, who: Actor, person: Person, role: Role, body: str | None) -> RoleGrant:
    return roles.grant_role(
        actor=who,
        person=person,
        role=role,
        body_id=land.body(body).id if body else None,
        now=land.now,
    )


@pytest.fixture
def clerk(land: Country, now: datetime) -> Person:
    """Somebody on the roster of the county."""
    return employ(land.body("county"), "县新人(演示)", now)


# Who grants what where to a clerk of the county: yes, or the refusal.
CASES: list[tuple[str, Role, str | None, type[Exception] | None]] = [
    ("county", Role.OFFICE_HANDLER, "county", None),
    ("county", Role.OFFICE_LEAD, "county", None),
    ("county", Role.NODE_ADMIN, "county", None),
    ("county", Role.SUPERVISOR, "county", None),
    ("county", Role.NODE_ADMIN, "school", None),
    ("city", Role.OFFICE_HANDLER, "county", None),
    ("province", Role.SUPERVISOR, "province", None),
    ("root", Role.SUPERVISOR, None, None),
    ("root", Role.AUDITOR, None, None),
    ("root", Role.AUDITOR, "province", None),
    ("root", Role.SYSTEM_OPERATOR, None, None),
    ("root", Role.NODE_ADMIN, None, None),
    # out of one's range
    ("county", Role.SUPERVISOR, "city", Forbidden),
    ("county", Role.NODE_ADMIN, "province", Forbidden),
    ("county", Role.NODE_ADMIN, None, Forbidden),
    ("province", Role.SUPERVISOR, None, Forbidden),
    ("neighbour", Role.OFFICE_HANDLER, "county", Forbidden),
    # audit and operation come from the root alone
    ("province", Role.AUDITOR, "province", Forbidden),
    ("province", Role.SYSTEM_OPERATOR, None, Forbidden),
    # what the body does not have
    ("county", Role.CALL_CENTRE_AGENT, "county", roles.RoleDoesNotFit),
    ("county", Role.IT_ENGINEER, "county", roles.RoleDoesNotFit),
    ("county", Role.SCHOOL_STAFF, "county", roles.RoleDoesNotFit),
    ("county", Role.SUPERVISOR, "school", roles.RoleDoesNotFit),
    ("root", Role.OFFICE_HANDLER, None, roles.RoleDoesNotFit),
    ("root", Role.SYSTEM_OPERATOR, "province", roles.RoleDoesNotFit),
    # work for a body goes to its staff
    ("city", Role.OFFICE_HANDLER, "city", roles.NotOnTheRoster),
    ("county", Role.SCHOOL_STAFF, "school", roles.NotOnTheRoster),
]


@pytest.mark.parametrize(("who", "role", "body", "refusal"), CASES)
def test_who_grants_what_where(
    land: Country,
    clerk: Person,
    now: datetime,
    who: str,
    role: Role,
    body: str | None,
    refusal: type[Exception] | None,
) -> None:
    actor = root_admin(now) if who == "root" else admin_of(land.body(who), now)
    if refusal is None:
        grant(land, actor, clerk, role, body)
        assert [g.role for g in lists.grants_of(clerk.id)] == [role]
    else:
        with pytest.raises(refusal):
            grant(land, actor, clerk, role, body)
        assert lists.grants_of(clerk.id) == ()


@pytest.mark.parametrize("who", ["teacher", "county_officer", "county_lead", "city_supervisor"])
def test_only_administrators_grant(land: Country, clerk: Person, who: str) -> None:
    with pytest.raises(Forbidden):
        grant(land, land.actor(who), clerk, Role.OFFICE_HANDLER, "county")


def test_nobody_grants_or_revokes_for_themselves(land: Country, now: datetime) -> None:
    admin = admin_of(land.body("county"), now)
    own = fetch.person(SYSTEM, admin.person_id or 0)
    with pytest.raises(NotYourself):
        grant(land, admin, own, Role.OFFICE_LEAD, "county")
    held = fetch.grant(admin, lists.grants_of(own.id)[0].id)
    with pytest.raises(NotYourself):
        roles.revoke_role(actor=admin, grant=held, now=now)


@pytest.mark.parametrize("first", [Role.NODE_ADMIN, Role.AUDITOR, Role.SYSTEM_OPERATOR])
@pytest.mark.parametrize("second", [Role.NODE_ADMIN, Role.AUDITOR, Role.SYSTEM_OPERATOR])
def test_duties_stay_apart(
    land: Country, clerk: Person, now: datetime, first: Role, second: Role
) -> None:
    root = root_admin(now)
    grant(land, root, clerk, first, None)
    refusal: type[RuleBroken] = roles.AlreadyGranted if first == second else roles.DutiesApart
    with pytest.raises(refusal):
        grant(land, root, clerk, second, None)


def test_duties_stay_apart_across_nodes(land: Country, clerk: Person, now: datetime) -> None:
    grant(land, SYSTEM, clerk, Role.NODE_ADMIN, "school")
    with pytest.raises(roles.DutiesApart):
        grant(land, root_admin(now), clerk, Role.AUDITOR, None)


def test_a_revoked_role_can_be_granted_again(
    land: Country, clerk: Person, session: Session
) -> None:
    made = grant(land, SYSTEM, clerk, Role.OFFICE_HANDLER, "county")
    roles.revoke_role(actor=SYSTEM, grant=made, now=land.now)
    again = grant(land, SYSTEM, clerk, Role.OFFICE_HANDLER, "county")
    assert (made.revoked_at, again.revoked_at) == (land.now, None)
    acts = session.scalars(
        select(Audit.act).where(Audit.person_id == clerk.id).order_by(Audit.id.desc()).limit(3)
    )
    assert list(acts) == [Act.ROLE_GRANTED, Act.ROLE_REVOKED, Act.ROLE_GRANTED]


def test_revoking_twice_is_said(land: Country, clerk: Person) -> None:
    made = grant(land, SYSTEM, clerk, Role.OFFICE_HANDLER, "county")
    roles.revoke_role(actor=SYSTEM, grant=made, now=land.now)
    with pytest.raises(roles.AlreadyRevoked):
        roles.revoke_role(actor=SYSTEM, grant=made, now=land.now)


def test_who_has_left_gets_no_role(land: Country, clerk: Person, now: datetime) -> None:
    roster.end_appointment(
        actor=SYSTEM, appointment=present_work(clerk), left_on=date(2026, 9, 22), now=now
    )
    with pytest.raises(roles.NotInService):
        grant(land, SYSTEM, clerk, Role.SUPERVISOR, "county")


def test_a_body_that_is_not_there(land: Country, clerk: Person, now: datetime) -> None:
    with pytest.raises(NotFound):
        roles.grant_role(actor=SYSTEM, person=clerk, role=Role.NODE_ADMIN, body_id=999_999, now=now)


def test_fetching_a_grant(land: Country, clerk: Person, now: datetime) -> None:
    below = grant(land, SYSTEM, clerk, Role.OFFICE_HANDLER, "county")
    above = grant(land, SYSTEM, clerk, Role.SUPERVISOR, "city")
    county = admin_of(land.body("county"), now)
    assert fetch.grant(county, below.id).id == below.id
    with pytest.raises(Forbidden):
        fetch.grant(county, above.id)
    with pytest.raises(NotFound):
        fetch.grant(admin_of(land.body("neighbour"), now), below.id)
    with pytest.raises(NotFound):
        fetch.grant(county, 999_999)


def test_the_province_does_not_touch_its_auditor(land: Country, now: datetime) -> None:
    auditor = holder(land.body("province"), Role.AUDITOR, now)
    held = lists.grants_of(auditor.person_id or 0)[0]
    with pytest.raises(Forbidden):
        fetch.grant(admin_of(land.body("province"), now), held.id)


@pytest.mark.parametrize("body", ["county", None])
def test_the_database_keeps_one_live_grant(
    land: Country, clerk: Person, session: Session, body: str | None
) -> None:
    body_id = land.body(body).id if body else None
    for _ in range(2):
        session.add(
            RoleGrant(
                person_id=clerk.id, role=Role.NODE_ADMIN, body_id=body_id, granted_at=land.now
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_root_has_its_list(land: Country, now: datetime) -> None:
    root = root_admin(now)
    assert [(name, g.role) for name, g, _ in lists.root_holders(root)] == [
        ("首位管理员", Role.NODE_ADMIN)
    ]
    assert lists.root_holders(admin_of(land.body("province"), now)) == ()
