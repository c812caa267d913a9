"""Bodies come into the tree: where, under which code, with which marks of their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel import events
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.errors import RuleBroken
from helpdesk.organizations import queries, rules
from helpdesk.organizations.events import BodyAdded
from helpdesk.organizations.models import Affiliation, Body
from helpdesk.organizations.operations.adding import (
    CodeTaken,
    NewBody,
    ParentMissing,
    ProvinceNeedsRegion,
    add_bodies,
    add_body,
)
from helpdesk.organizations.operations.record import SideTaken
from helpdesk.organizations.rules import Kind, Shelf, Subsystem
from tests.factories.organizations import ROWS, body, new, tree
from tests.support.queries import Queries


@pytest.fixture(autouse=True)
def ids(session: Session, now: datetime) -> dict[str, int]:
    return tree(now)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    facts: list[object] = []
    monkeypatch.setattr(events, "publish", facts.append)
    return facts


def test_paths_lead_from_the_top_down(ids: dict[str, int]) -> None:
    school = body("2142900001")
    line = [ids[code] for code in ("420000", "420100", "420102", "2142900001")]
    assert school.path == "/" + "/".join(map(str, line)) + "/"
    assert (school.level, school.parent_id) == (4, ids["420102"])
    assert body("420000").path == f"/{ids['420000']}/"


def test_province_and_corps_are_inherited() -> None:
    assert body("2142900001").province_code == "42"
    assert body("429004").province_code == "42"
    assert (body("660800").province_code, body("660800").bingtuan) == ("66", True)
    assert body("2165900005").bingtuan is True
    assert (body("4142010999").province_code, body("4142010999").bingtuan) == ("", False)
    assert body("440300").plan_city is True


def test_a_school_may_use_several_subsystems() -> None:
    seen = queries.body_by_code("3442900003")
    assert seen is not None
    assert seen.subsystems == (Subsystem.SENIOR_HIGH, Subsystem.COMPULSORY)


def test_one_body_by_hand_is_announced_and_noted(
    session: Session, now: datetime, published: list[object]
) -> None:
    made = add_body(
        actor=SYSTEM, new=new("2142900006", Kind.SCHOOL, "420103", " 示范  第三小学 "), now=now
    )
    assert made.name == "示范 第三小学"
    assert published == [BodyAdded((made.id,))]
    [change] = queries.history(made.id).rows
    assert (change.change.value, change.after["parent"], change.at) == ("added", "420103", now)
    [belongs] = queries.affiliations(made.id)
    assert (belongs.parent.code, belongs.until_on) == ("420103", None)


REFUSED: list[tuple[NewBody, type[RuleBroken]]] = [
    (new("2142900001", Kind.SCHOOL, "420103", "别的小学"), CodeTaken),
    (new("21429", Kind.SCHOOL, "420103", "别的小学"), rules.CodeNotTenDigits),
    (new("2143900009", Kind.SCHOOL, "420103", "别的小学"), rules.CodeOfOtherProvince),
    (new("2142900009", Kind.SCHOOL, None, "别的小学"), rules.SchoolNeedsAidOffice),
    (new("2142900009", Kind.SCHOOL, "2142900001", "别的小学"), rules.SchoolNeedsAidOffice),
    (new("2142900009", Kind.SCHOOL, "999999", "别的小学"), ParentMissing),
    (new("2142900009", Kind.SCHOOL, "420103", "校"), rules.NameMissing),
    (new("2142900009", Kind.SCHOOL, "420103", "校" * 81), rules.NameMissing),
    (new("2142900009", Kind.SCHOOL, "420103", "别的小学", subsystems=()), rules.SubsystemMissing),
    (new("420104", Kind.COUNTY_AID, "420103", "硚口区"), rules.CountyNeedsCityOrProvince),
    (new("420104", Kind.COUNTY_AID, "420100", "硚口区", region_code="42"), rules.RegionCodeWrong),
    (new("420300", Kind.CITY_AID, None, "十堰市"), rules.CityNeedsProvince),
    (new("430000", Kind.PROVINCE_AID, "420000", "湖南省"), rules.StandsAtTop),
    (new("430000", Kind.PROVINCE_AID, None, "湖南省"), ProvinceNeedsRegion),
    (new("430000-IT", Kind.PROVINCE_IT, "420100", "信息中心"), rules.ItStandsBesideProvince),
    (new("IT2", Kind.PROVINCE_IT, "420000", "另一个信息中心"), SideTaken),
    (new("CALL2", Kind.CALL_CENTRE, None, "另一个呼叫中心"), SideTaken),
]


@pytest.mark.parametrize(
    ("row", "refusal"), REFUSED, ids=[f"{r.code}-{c.__name__}" for r, c in REFUSED]
)
def test_refused(session: Session, now: datetime, row: NewBody, refusal: type[RuleBroken]) -> None:
    before = session.scalar(select(func.count()).select_from(Body))
    with pytest.raises(refusal):
        add_body(actor=SYSTEM, new=row, now=now)
    assert session.scalar(select(func.count()).select_from(Body)) == before


def test_one_broken_row_refuses_all(session: Session, now: datetime) -> None:
    good = new("2142900011", Kind.SCHOOL, "420103", "示范甲小学")
    twice = replace(good, name="示范乙小学")
    with pytest.raises(CodeTaken):
        add_bodies(actor=SYSTEM, rows=(good, twice), now=now)
    assert queries.body_by_code("2142900011") is None


def test_parents_may_come_after_their_children(now: datetime) -> None:
    rows = (
        new("2143900001", Kind.SCHOOL, "430100", "示范小学"),
        new("430100", Kind.CITY_AID, "430000", "长沙市资助中心", region_code="430100"),
        new("430000", Kind.PROVINCE_AID, None, "湖南省资助中心", region_code="430000"),
    )
    ids = add_bodies(actor=SYSTEM, rows=rows, now=now)
    assert [b.code for b in queries.line_up(ids["2143900001"])] == [
        "2143900001",
        "430100",
        "430000",
    ]


def test_adding_many_takes_a_constant_number_of_statements(now: datetime, queries: Queries) -> None:
    def rows(start: int, number: int) -> tuple[NewBody, ...]:
        return tuple(
            new(f"21429{n:05d}", Kind.SCHOOL, "420103", f"示范第{n}小学")
            for n in range(start, start + number)
        )

    queries.clear()
    add_bodies(actor=SYSTEM, rows=rows(50_000, 3), now=now)
    few = len(queries)
    queries.clear()
    add_bodies(actor=SYSTEM, rows=rows(60_000, 60), now=now)
    assert len(queries) == few


CONSTRAINTS: list[Callable[[Body, Body], None]] = [
    lambda one, other: setattr(one, "code", other.code),
    lambda one, other: setattr(one, "path", other.path),
    lambda one, other: setattr(one, "parent_id", one.id),
    lambda one, other: setattr(one, "version", 0),
    lambda one, other: setattr(one, "parent_id", 0),
]


@pytest.mark.parametrize("spoil", CONSTRAINTS)
def test_the_database_itself_refuses(session: Session, spoil: Callable[[Body, Body], None]) -> None:
    spoil(body("420102"), body("420103"))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_one_open_affiliation_per_body(
    session: Session, ids: dict[str, int], now: datetime
) -> None:
    session.add(
        Affiliation(
            body_id=ids["2142900001"], parent_id=ids["420103"],
            since_on=now.date(), changed_at=now,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_factory_has_every_exception() -> None:
    kinds = {row.kind for row in ROWS}
    assert kinds == set(Kind) - {Kind.FINANCE_OFFICE}
    assert body("420000-IT").shelf is Shelf.BESIDE
