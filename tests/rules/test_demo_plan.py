"""The demonstration tree before it is written: plainly invented, and with every exception."""

from __future__ import annotations

from collections import Counter

import pytest

from helpdesk.cli.demo.accounts import demo_accounts
from helpdesk.cli.demo.personas import KEYS, personas
from helpdesk.cli.demo.plan import rows
from helpdesk.organizations.operations.adding import NewBody
from helpdesk.organizations.rules import SCHOOL_KINDS, Kind, Subsystem, school_code
from helpdesk.people.rules import Role, posts_for, role_fits

BY_CODE = {row.code: row for row in rows()}
SCHOOLS = [row for row in rows() if row.kind in SCHOOL_KINDS]


def parent(row: NewBody) -> NewBody:
    assert row.parent_code is not None
    return BY_CODE[row.parent_code]


def test_size_and_kinds() -> None:
    kinds = Counter(row.kind for row in rows())
    assert len(BY_CODE) == len(rows())
    assert kinds[Kind.PROVINCE_AID] == kinds[Kind.PROVINCE_IT] == 32  # 31 and the Corps
    assert 1900 <= kinds[Kind.SCHOOL] <= 2200
    assert kinds[Kind.CENTRAL_HEI] == 3
    assert set(kinds) == set(Kind)
    assert {use for row in SCHOOLS for use in row.subsystems} == set(Subsystem)


def test_every_school_is_plainly_invented() -> None:
    for school in SCHOOLS:
        assert "示范" in school.name
        assert school.name.endswith("(演示)")
        assert school.name_en.endswith("(demo)")
        # a sequence range nobody was given: 9xxxxx, universities 099xxx
        assert school.code[4:].startswith("099" if school.code[:2] == "41" else "9")
        assert school_code(school.code, "") == school.code


def test_the_whole_province_stands() -> None:
    cities = [r for r in rows() if r.parent_code == "420000" and r.kind is Kind.CITY_AID]
    counties = [r for r in rows() if r.kind is Kind.COUNTY_AID and r.code.startswith("42")]
    assert len(cities) == 13
    assert len(counties) == 103 + 1  # and a development zone without a code of the standard
    direct = {r.code for r in counties if r.parent_code == "420000"}
    assert direct == {"429004", "429005", "429006", "429021"}
    for office in (*cities, *counties):
        assert f"{office.code}-XJ" in BY_CODE
        assert any(s.parent_code == office.code for s in SCHOOLS)


def test_some_schools_use_several_subsystems_and_stand_at_every_level() -> None:
    assert any(set(r.subsystems) == {Subsystem.COMPULSORY, Subsystem.SENIOR_HIGH} for r in SCHOOLS)
    levels = {parent(r).kind for r in SCHOOLS if r.parent_code}
    assert levels == {Kind.COUNTY_AID, Kind.CITY_AID, Kind.PROVINCE_AID}


def test_exceptions() -> None:
    plan_cities = {r.code for r in rows() if r.plan_city}
    assert plan_cities == {"210200", "330200", "350200", "370200", "440300"}
    assert [r.code for r in rows() if r.bingtuan] == ["660000"]
    assert not any(r.parent_code == "441900" and r.kind is Kind.COUNTY_AID for r in rows())
    districts = [r for r in rows() if r.parent_code == "110000" and r.kind is Kind.COUNTY_AID]
    assert len(districts) == 16
    assert BY_CODE["420100-KF1"].region_code == ""


NATURES = {
    # persona: kind, kind of the parent, code of an office above
    "school:county_run": (Kind.SCHOOL, Kind.COUNTY_AID, "420000"),
    "school:city_run": (Kind.SCHOOL, Kind.CITY_AID, "420000"),
    "school:province_run": (Kind.SCHOOL, Kind.PROVINCE_AID, "420000"),
    "school:central_hei": (Kind.CENTRAL_HEI, None, None),
    "school:bingtuan": (Kind.SCHOOL, Kind.CITY_AID, "660000"),
    "school:plan_city_run": (Kind.SCHOOL, Kind.CITY_AID, "440300"),
    "school:plan_city_district": (Kind.SCHOOL, Kind.COUNTY_AID, "440300"),
    "school:municipality_district": (Kind.SCHOOL, Kind.COUNTY_AID, "110000"),
    "school:city_without_counties": (Kind.SCHOOL, Kind.CITY_AID, "441900"),
    "school:province_direct_county": (Kind.SCHOOL, Kind.COUNTY_AID, "429004"),
    "office:county_aid": (Kind.COUNTY_AID, Kind.CITY_AID, "420000"),
    "office:city_aid": (Kind.CITY_AID, Kind.PROVINCE_AID, "420000"),
    "office:province_aid": (Kind.PROVINCE_AID, None, None),
    "office:plan_city_aid": (Kind.CITY_AID, Kind.PROVINCE_AID, "440000"),
    "office:province_it": (Kind.PROVINCE_IT, Kind.PROVINCE_AID, "420000"),
    "office:county_enrolment": (Kind.ENROLMENT_OFFICE, Kind.COUNTY_AID, "421100"),
    "office:call_centre": (Kind.CALL_CENTRE, None, None),
}


@pytest.mark.parametrize("persona", KEYS)
def test_personas(persona: str) -> None:
    body = BY_CODE[personas()[persona]]
    kind, kind_above, office = NATURES[persona]
    assert body.kind is kind
    assert (parent(body).kind if body.parent_code else None) is kind_above
    above = []
    while body.parent_code:
        body = parent(body)
        above.append(body.code)
    assert office is None or office in above


def test_personas_are_seventeen_and_different() -> None:
    assert len(set(personas().values())) == len(KEYS) == 17


@pytest.mark.parametrize("account", demo_accounts(), ids=lambda a: a.user_name)
def test_accounts_fit_their_bodies(account: object) -> None:
    one = next(a for a in demo_accounts() if a is account)
    kind = BY_CODE[one.body].kind
    assert one.name.endswith("(演示)")
    assert one.posts <= set(posts_for(kind))
    assert role_fits(one.role, None if one.on_root else kind)
    assert one.try_zh
    assert one.try_en


def test_every_role_can_be_tried() -> None:
    assert {one.role for one in demo_accounts()} == set(Role)
    names = [one.user_name for one in demo_accounts()]
    assert len(set(names)) == len(names)
    bodies = {one.body for one in demo_accounts()}
    assert set(personas().values()) <= bodies
