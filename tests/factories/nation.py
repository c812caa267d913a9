"""Every kind of place a question can come from: a province with all tiers, a municipality, the
Corps, a 计划单列市, a prefecture without counties, a province-direct county.

    around("county school")   the surroundings of a body, without a database
    build(now)                the same bodies as rows; gives their ids by name
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from helpdesk.kernel.db import session
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import NATIONAL_KINDS, SIDE_KINDS, Kind, shelf_of
from helpdesk.routing.rules.places import Stop, Surroundings


class Place(NamedTuple):
    """A row of the table: kind, name of the parent, Chinese name, and what is special."""

    kind: Kind
    parent: str | None
    zh: str
    plan_city: bool = False
    bingtuan: bool = False


PLACES: dict[str, Place] = {
    "call centre": Place(Kind.CALL_CENTRE, None, "呼叫中心"),
    "aid centre": Place(Kind.NATIONAL_AID_CENTRE, None, "全国学生资助管理中心"),
    "moe it": Place(Kind.MOE_IT_CENTRE, None, "教育部教育管理信息中心"),
    "university": Place(Kind.CENTRAL_HEI, None, "示范部属大学"),
    # an ordinary province
    "province": Place(Kind.PROVINCE_AID, None, "示范省资助中心"),
    "province it": Place(Kind.PROVINCE_IT, "province", "示范省教育信息化中心"),
    "province enrolment": Place(Kind.ENROLMENT_OFFICE, "province", "示范省学籍办"),
    "province school": Place(Kind.SCHOOL, "province", "示范省直属学校"),
    "city": Place(Kind.CITY_AID, "province", "示范市资助中心"),
    "city enrolment": Place(Kind.ENROLMENT_OFFICE, "city", "示范市学籍办"),
    "city school": Place(Kind.SCHOOL, "city", "示范市实验中学"),
    "county": Place(Kind.COUNTY_AID, "city", "示范县资助中心"),
    "county enrolment": Place(Kind.ENROLMENT_OFFICE, "county", "示范县学籍办"),
    "county finance": Place(Kind.FINANCE_OFFICE, "county", "示范县财务科"),
    "county school": Place(Kind.SCHOOL, "county", "示范县第一中学"),
    # its exceptions
    "direct county": Place(Kind.COUNTY_AID, "province", "示范省直管县资助中心"),
    "direct county school": Place(Kind.SCHOOL, "direct county", "省直管县中学"),
    "flat city": Place(Kind.CITY_AID, "province", "不设县的市资助中心"),
    "flat city enrolment": Place(Kind.ENROLMENT_OFFICE, "flat city", "不设县的市学籍办"),
    "flat city school": Place(Kind.SCHOOL, "flat city", "不设县的市中学"),
    "plan city": Place(Kind.CITY_AID, "province", "计划单列市资助中心", plan_city=True),
    "plan city school": Place(Kind.SCHOOL, "plan city", "计划单列市直属学校"),
    "plan district": Place(Kind.COUNTY_AID, "plan city", "计划单列市区资助中心"),
    "plan district school": Place(Kind.SCHOOL, "plan district", "计划单列市区属学校"),
    # a municipality: districts below the province
    "municipality": Place(Kind.PROVINCE_AID, None, "示范直辖市资助中心"),
    "municipality it": Place(Kind.PROVINCE_IT, "municipality", "示范直辖市教育信息化中心"),
    "district": Place(Kind.COUNTY_AID, "municipality", "示范区资助中心"),
    "district school": Place(Kind.SCHOOL, "district", "示范区属学校"),
    # the Corps: a province, its divisions are cities; no IT department in the system
    "corps": Place(Kind.PROVINCE_AID, None, "兵团资助中心", bingtuan=True),
    "division": Place(Kind.CITY_AID, "corps", "示范师市资助中心", bingtuan=True),
    "division school": Place(Kind.SCHOOL, "division", "示范团场学校", bingtuan=True),
}


def _stops() -> dict[str, Stop]:
    made: dict[str, Stop] = {}
    for number, (name, place) in enumerate(PLACES.items(), start=1):
        parent = made[place.parent] if place.parent else None
        made[name] = Stop(
            id=number,
            code=f"B{number:03d}",
            name=place.zh,
            kind=place.kind,
            path=f"{parent.path if parent else '/'}{number}/",
            parent_id=parent.id if parent else None,
            name_en=name.title(),
            plan_city=place.plan_city,
        )
    return made


STOPS = _stops()
NAMES = {stop.id: name for name, stop in STOPS.items()}
_BY_ID = {stop.id: stop for stop in STOPS.values()}


def around(name: str, without: str = "") -> Surroundings:
    """The surroundings of a body; `without`: as if that body were not in the system."""
    stop: Stop | None = STOPS[name]
    line = []
    while stop is not None:
        line.append(stop)
        stop = _BY_ID.get(stop.parent_id or 0)
    there = [stop for title, stop in STOPS.items() if title != without]
    sides: dict[int, dict[Kind, Stop]] = {}
    for side in there:
        if side.kind in SIDE_KINDS and side.parent_id is not None:
            sides.setdefault(side.parent_id, {})[side.kind] = side
    national = {stop.kind: stop for stop in there if stop.kind in NATIONAL_KINDS}
    return Surroundings(line=tuple(line), national=national, sides=sides)


def name_of(stop: Stop | None) -> str | None:
    """The name in the table."""
    return NAMES[stop.id] if stop else None


def names_of(stops: tuple[Stop, ...]) -> list[str]:
    """The names in the table."""
    return [NAMES[stop.id] for stop in stops]


def build(now: datetime) -> dict[str, int]:
    """Write all bodies into the current session; their ids by name."""
    ids: dict[str, int] = {}
    paths: dict[str, str] = {}
    for name, place in PLACES.items():
        body = Body(
            code=STOPS[name].code, name=place.zh, name_en=name.title(), kind=place.kind,
            shelf=shelf_of(place.kind), parent_id=ids[place.parent] if place.parent else None,
            path=f"new:{name}", level=STOPS[name].path.count("/") - 1,
            plan_city=place.plan_city, bingtuan=place.bingtuan, status_since=date(2020, 1, 1),
            sort_key=name, find_text=name, created_at=now,
        )  # fmt: skip
        session().add(body)
        session().flush()
        ids[name] = body.id
        paths[name] = body.path = f"{paths[place.parent] if place.parent else '/'}{body.id}/"
    session().flush()
    return ids
