"""Where bodies may stand, what their codes look like, in which order they are listed."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.pinyin import folded, initials, sort_key
from helpdesk.organizations import rules
from helpdesk.organizations.rules import BodyStatus, Kind, Shelf

PLACES = [
    # kind, parent, allowed
    (Kind.SCHOOL, Kind.COUNTY_AID, True),
    (Kind.SCHOOL, Kind.CITY_AID, True),
    (Kind.SCHOOL, Kind.PROVINCE_AID, True),
    (Kind.SCHOOL, Kind.SCHOOL, False),
    (Kind.SCHOOL, Kind.CALL_CENTRE, False),
    (Kind.SCHOOL, None, False),
    (Kind.COUNTY_AID, Kind.CITY_AID, True),
    (Kind.COUNTY_AID, Kind.PROVINCE_AID, True),  # 省直管县, districts of a municipality
    (Kind.COUNTY_AID, Kind.COUNTY_AID, False),
    (Kind.COUNTY_AID, None, False),
    (Kind.CITY_AID, Kind.PROVINCE_AID, True),  # also 计划单列市 and 师市
    (Kind.CITY_AID, Kind.CITY_AID, False),
    (Kind.CITY_AID, None, False),
    (Kind.PROVINCE_AID, None, True),
    (Kind.PROVINCE_AID, Kind.NATIONAL_AID_CENTRE, False),
    (Kind.PROVINCE_IT, Kind.PROVINCE_AID, True),
    (Kind.PROVINCE_IT, Kind.CITY_AID, False),
    (Kind.ENROLMENT_OFFICE, Kind.COUNTY_AID, True),
    (Kind.ENROLMENT_OFFICE, Kind.CITY_AID, True),
    (Kind.ENROLMENT_OFFICE, Kind.PROVINCE_AID, True),
    (Kind.ENROLMENT_OFFICE, Kind.SCHOOL, False),
    (Kind.FINANCE_OFFICE, Kind.COUNTY_AID, True),
    (Kind.FINANCE_OFFICE, None, False),
    (Kind.CENTRAL_HEI, None, True),  # R5: no provincial tier
    (Kind.CENTRAL_HEI, Kind.PROVINCE_AID, False),
    (Kind.CALL_CENTRE, None, True),
    (Kind.NATIONAL_AID_CENTRE, None, True),
    (Kind.MOE_IT_CENTRE, None, True),
]


@dataclass(frozen=True)
class Some:
    """A body as these rules see it."""

    kind: Kind
    status: BodyStatus = BodyStatus.ACTIVE
    path: str = "/1/"
    name: str = "示范县"
    name_en: str = "Demonstration County"


@pytest.mark.parametrize(("kind", "parent", "allowed"), PLACES)
def test_place_of_a_kind(kind: Kind, parent: Kind | None, allowed: bool) -> None:
    if allowed:
        rules.check_place(kind, Some(parent) if parent else None)
    else:
        with pytest.raises(rules.WrongParent):
            rules.check_place(kind, Some(parent) if parent else None)
    assert (kind in rules.kinds_below(parent)) is allowed


@pytest.mark.parametrize("status", [BodyStatus.CLOSED, BodyStatus.INVALID])
def test_nothing_goes_below_a_body_that_does_not_work(status: BodyStatus) -> None:
    with pytest.raises(rules.ParentNotActive, match="示范县"):
        rules.check_place(Kind.SCHOOL, Some(Kind.COUNTY_AID, status=status))


MOVES = [
    # kind, status, body, new parent (an office of a city or province), refusal
    (Kind.SCHOOL, "active", "/1/2/9/", "/1/3/", None),
    (Kind.SCHOOL, "invalid", "/1/2/9/", "/1/3/", None),
    (Kind.SCHOOL, "closed", "/1/2/9/", "/1/3/", rules.ClosedStaysWhereItIs),
    (Kind.SCHOOL, "active", "/1/2/9/", "/1/2/", rules.AlreadyThere),
    (Kind.COUNTY_AID, "active", "/1/2/", "/1/3/", None),
    (Kind.COUNTY_AID, "active", "/1/2/", "/1/2/", rules.BelowItself),
    (Kind.COUNTY_AID, "active", "/1/2/", "/1/2/5/", rules.BelowItself),
    (Kind.CITY_AID, "active", "/1/2/", "/3/", rules.NotMovable),
    (Kind.PROVINCE_AID, "active", "/1/", "/3/", rules.NotMovable),
    (Kind.ENROLMENT_OFFICE, "active", "/1/2/", "/3/", rules.NotMovable),
    (Kind.CENTRAL_HEI, "active", "/1/", "/3/", rules.NotMovable),
]


@pytest.mark.parametrize(("kind", "status", "path", "new_parent", "refusal"), MOVES)
def test_what_may_move(
    kind: Kind, status: str, path: str, new_parent: str, refusal: type[RuleBroken] | None
) -> None:
    def check() -> None:
        body = Some(kind, status=BodyStatus(status), path=path)
        rules.check_movable(body, Some(Kind.CITY_AID, path=new_parent))

    if refusal is None:
        check()
    else:
        with pytest.raises(refusal):
            check()


CODES = [
    # written, province of the office, code or refusal
    ("2142000123", "42", "2142000123"),
    ("２１４２０００１２３", "42", "2142000123"),  # full-width digits
    (" 21 42 000123 ", "42", "2142000123"),
    ("21-42-000123", "42", "2142000123"),
    ("4142010486", "42", "4142010486"),
    ("4142010486", "", "4142010486"),  # a central university stands below no province
    ("2165000123", "66", "2165000123"),  # the Corps
    ("2166000123", "66", "2166000123"),
    ("214200012", "42", rules.CodeNotTenDigits),
    ("21420001234", "42", rules.CodeNotTenDigits),
    ("21420O0123", "42", rules.CodeNotTenDigits),  # a letter O
    ("", "42", rules.CodeNotTenDigits),
    ("0142000123", "42", rules.CodeKindUnknown),
    ("2199000123", "42", rules.CodeProvinceUnknown),
    ("2171000123", "42", rules.CodeProvinceUnknown),
    ("2143000123", "42", rules.CodeOfOtherProvince),
    ("2166000123", "65", rules.CodeOfOtherProvince),
    ("4142110486", "42", rules.CodeNotHigherEducation),
    ("2142000000", "42", rules.CodeWithoutSequence),
]


@pytest.mark.parametrize(("written", "province", "expected"), CODES)
def test_school_code(written: str, province: str, expected: str | type[RuleBroken]) -> None:
    if isinstance(expected, str):
        assert rules.school_code(written, province) == expected
    else:
        with pytest.raises(expected) as refused:
            rules.school_code(written, province)
        assert "请" in str(refused.value)  # every refusal says what to do


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("420000", "420000"),
        ("420000-it", "420000-IT"),
        (" 420 000 ", "420000"),
        ("CALL", "CALL"),
        ("4", None),
        ("2142000123", None),  # ten digits belong to schools
        ("四二", None),
        ("A" * 21, None),
        ("-42", None),
    ],
)
def test_office_code(written: str, expected: str | None) -> None:
    if expected is not None:
        assert rules.office_code(written) == expected
    else:
        with pytest.raises(rules.OfficeCodeWrong):
            rules.office_code(written)


@pytest.mark.parametrize(
    ("one", "other", "top"),
    [
        ("/1/2/3/", "/1/2/4/", "/1/2/"),
        ("/1/2/", "/1/2/", "/1/2/"),
        ("/1/2/", "/1/", "/1/"),
        ("/1/2/", "/3/2/", "/"),
        ("/1/", "/12/", "/"),
        ("/", "/1/", "/"),
    ],
)
def test_common_top(one: str, other: str, top: str) -> None:
    assert rules.common_top(one, other) == top
    assert rules.common_top(other, one) == top


def test_path_words() -> None:
    assert rules.path_above("/1/42/") == "/1/"
    assert rules.path_above("/1/") == "/"
    assert rules.ids_in("/1/42/") == (1, 42)
    assert rules.ids_in("/") == ()


def test_every_kind_has_a_shelf_and_offices_stand_before_schools() -> None:
    shelves = {kind: rules.shelf_of(kind) for kind in Kind}
    assert {k for k, s in shelves.items() if s is Shelf.OFFICE} == rules.AID_OFFICES
    assert {k for k, s in shelves.items() if s is Shelf.SCHOOL} == rules.SCHOOL_KINDS
    assert sorted(Shelf) == [Shelf.BESIDE, Shelf.OFFICE, Shelf.SCHOOL]


@pytest.mark.parametrize(
    "in_order",
    [
        ["长沙市", "石家庄市", "郑州市"],
        [
            "第一小学",
            "第二小学",
            "第九小学",
            "第十小学",
            "第十一小学",
            "第二十小学",
            "第九十九小学",
        ],
        ["示范第2小学", "示范第9小学", "示范第12小学"],
        ["示范第九小学", "示范第10小学", "示范第十一小学"],
    ],
)
def test_order_of_names(in_order: list[str]) -> None:
    shuffled = random.Random(7).sample(in_order, len(in_order))
    assert sorted(shuffled, key=sort_key) == in_order


def test_what_is_compared_when_somebody_looks_for_a_name() -> None:
    assert folded("示范 小学（演示）") == "示范小学演示"
    assert initials("武汉一中") == "whyz"
    assert rules.find_text("420100-XJ", "武汉一中", "Wuhan") == "420100xj 武汉一中 whyz wuhan"
