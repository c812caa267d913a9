"""Reads of the tree: lines, lists, search, scope; the same number of queries at any size."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.paging import BadCursor
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import access, queries
from helpdesk.organizations.operations.adding import add_bodies
from helpdesk.organizations.rules import BodyStatus, Kind, Shelf
from tests.factories.organizations import admin, body, new, tree
from tests.support.queries import Queries


@pytest.fixture(autouse=True)
def ids(session: Session, now: datetime) -> dict[str, int]:
    return tree(now)


def test_line_up_and_sides(ids: dict[str, int]) -> None:
    line = queries.line_up(ids["2142900001"])
    assert [b.code for b in line] == ["2142900001", "420102", "420100", "420000"]
    assert queries.line_up_at(line[0].path) == line
    sides = queries.sides_of(b.id for b in line)
    assert {b.code: [s.code for s in sides.get(b.id, {}).values()] for b in line} == {
        "2142900001": [],
        "420102": ["420102-XJ"],
        "420100": ["420100-XJ"],
        "420000": ["420000-IT"],
    }


def test_national_bodies(now: datetime) -> None:
    assert queries.call_centre().code == "CALL"
    assert queries.national_aid_centre().code == "NAC"
    assert queries.moe_it_centre().code == "MOEIT"


def test_unknown_bodies() -> None:
    with pytest.raises(NotFound):
        queries.body(0)
    with pytest.raises(NotFound):
        queries.line_up(0)
    assert queries.body_by_code("nothing") is None
    assert queries.bodies([0]) == {}


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_children_page_by_page(ids: dict[str, int], size: int) -> None:
    seen: list[str] = []
    after: str | None = None
    while True:
        page = queries.children(ids["420102"], after=after, size=size)
        seen += [b.code for b in page.rows]
        after = page.next
        if after is None:
            break
    # side bodies, then schools in the order of their numbers
    assert seen == ["420102-XJ", "2142900001", "2142900002", "2142900010"]


def test_children_of_the_top_and_of_one_shelf(ids: dict[str, int]) -> None:
    top = queries.children(None)
    assert {b.code for b in top.rows} == {
        "CALL", "NAC", "MOEIT", "420000", "440000", "660000", "4142010999",
    }  # fmt: skip
    offices = queries.children(ids["420000"], shelf=Shelf.OFFICE)
    assert [b.code for b in offices.rows] == ["420200", "420100", "429004"]  # huang, wu, xian
    assert queries.children(ids["420000"], status=BodyStatus.CLOSED).rows == []


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "bnVsbA"])
def test_a_foreign_cursor_is_refused(ids: dict[str, int], cursor: str) -> None:
    with pytest.raises(BadCursor):
        queries.children(ids["420102"], after=cursor)


FOUND = [
    # text, scope, codes
    ("第一小学", "420000", ["2142900001"]),
    ("dyxx", "420000", ["2142900001"]),  # pinyin initials
    ("DYXX", "420000", ["2142900001"]),
    ("第一 示范", "420000", ["2142900001"]),  # every word, any order
    ("（第一）", "420000", ["2142900001"]),
    ("21429", None, ["2142900001", "2142900002", "2142900010"]),
    ("429004", None, ["429004"]),
    ("420102", "420100", ["420102", "420102-XJ"]),
    ("江岸", None, ["420102", "420102-XJ"]),  # offices before side bodies
    ("call", None, ["CALL"]),
    ("centre", None, ["CALL"]),  # English names
    ("第一小学", "420103", []),  # outside the range
    ("429004", "420100", []),
    ("没有这样的学校", None, []),
    ("", None, []),
    ("%", None, []),
    ("第_小学", None, []),  # no wildcard of SQL
]


@pytest.mark.parametrize(("text", "scope", "codes"), FOUND)
def test_find(text: str, scope: str | None, codes: list[str]) -> None:
    scopes = (body(scope).path if scope else "/",)
    assert [b.code for b in queries.find(text, scopes)] == codes


def test_find_without_scope_finds_nothing_and_kinds_narrow_it() -> None:
    assert queries.find("示范", ()) == ()
    found = queries.find("示范", ("/",), kinds=(Kind.CENTRAL_HEI,))
    assert [b.code for b in found] == ["4142010999"]
    assert len(queries.find("示范", ("/",), limit=2)) == 2


def test_lists_need_the_same_number_of_queries_at_any_size(
    ids: dict[str, int], now: datetime, queries: Queries
) -> None:
    from helpdesk.organizations import queries as tree_queries

    def read() -> int:
        queries.clear()
        tree_queries.children(ids["420103"], size=100)
        tree_queries.find("示范", ("/",))
        tree_queries.census(body("420000").path)
        return len(queries)

    few = read()
    rows = [new(f"21429{n:05d}", Kind.SCHOOL, "420103", f"示范第{n}小学") for n in range(100, 180)]
    add_bodies(actor=SYSTEM, rows=rows, now=now)
    assert read() <= few + 1  # with schools there, their subsystems are asked for


def test_census_counts_schools_and_offices() -> None:
    counted = queries.census(body("420000").path)
    assert counted.schools == {BodyStatus.ACTIVE: 5, BodyStatus.INVALID: 0, BodyStatus.CLOSED: 0}
    assert counted.offices == 7  # the province itself, 2 cities, 4 counties


ACCESS = [
    # granted on, permissions, code, asked, outcome
    ("420102", (Permission.BODY_READ,), "2142900001", Permission.BODY_READ, None),
    ("420102", (Permission.BODY_READ,), "2142900001", Permission.BODY_MANAGE, Forbidden),
    ("420102", (Permission.BODY_MANAGE,), "2142900001", Permission.BODY_MANAGE, None),
    ("420103", (Permission.BODY_READ,), "2142900001", Permission.BODY_READ, NotFound),
    ("420103", (Permission.BODY_MANAGE,), "2142900001", Permission.BODY_MANAGE, NotFound),
    ("420102", (Permission.BODY_READ,), "420100", Permission.BODY_READ, NotFound),
    (None, (Permission.BODY_READ,), "2142900001", Permission.BODY_READ, None),
    (None, (Permission.BODY_READ,), "0000000000", Permission.BODY_READ, NotFound),
]


@pytest.mark.parametrize(("on", "granted", "code", "asked", "outcome"), ACCESS)
def test_access(
    on: str | None,
    granted: tuple[Permission, ...],
    code: str,
    asked: Permission,
    outcome: type[Exception] | None,
) -> None:
    actor = admin(on, *granted)
    if outcome is None:
        assert access.body(actor, code, to=asked).code == code
    else:
        with pytest.raises(outcome):
            access.body(actor, code, to=asked)


def test_a_destination_may_lie_outside_but_must_be_an_office() -> None:
    assert access.destination(admin("420102"), "420202").code == "420202"
    for code in ("2142900001", "420000-IT", "CALL", "nothing"):
        with pytest.raises(NotFound):
            access.destination(admin("420102"), code)
    with pytest.raises(Forbidden):
        access.destination(Actor(person_id=None, name="无权者"), "420202")


def test_who_stands_above() -> None:
    path = body("420102").path
    assert access.stands_above(admin("420100"), path)
    assert access.stands_above(admin(None), path)
    assert not access.stands_above(admin("420102"), path)
    assert not access.stands_above(admin("420200"), path)
