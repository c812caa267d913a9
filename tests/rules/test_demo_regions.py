"""The seed file of regions: how many there are, and the exceptions the tree rests on."""

from __future__ import annotations

from collections import Counter

import pytest

from helpdesk.cli.demo.regions import below, english, provinces, regions
from helpdesk.organizations.rules import CORPS, PROVINCE_CODES


def test_counts() -> None:
    kinds = Counter(region.kind for region in regions().values())
    assert kinds == {
        "province": 22,
        "autonomous_region": 5,
        "municipality": 4,
        "outside": 3,  # 台湾省, 香港, 澳门: no offices in the aid system
        "prefecture": 333,
        "county": 2845,
    }
    assert len(provinces()) == 31


def test_codes_and_parents_fit() -> None:
    for region in regions().values():
        assert region.code.isdigit()
        assert "暂缺" not in region.name + region.code
        if region.parent:
            assert regions()[region.parent].code[:2] == region.code[:2]
    assert {region.code[:2] for region in provinces()} == PROVINCE_CODES - {CORPS}


@pytest.mark.parametrize("code", ["110000", "120000", "310000", "500000"])
def test_municipalities_have_no_cities(code: str) -> None:
    assert regions()[code].kind == "municipality"
    assert below(code, "prefecture") == ()
    assert len(below(code, "county")) > 10


@pytest.mark.parametrize(
    ("code", "name"), [("441900", "东莞市"), ("442000", "中山市"), ("460400", "儋州市"),
                       ("620200", "嘉峪关市")],
)  # fmt: skip
def test_prefectures_without_counties(code: str, name: str) -> None:
    assert regions()[code].name == name
    assert below(code, "county") == ()


def test_every_other_prefecture_has_counties() -> None:
    empty = {
        region.code
        for region in regions().values()
        if region.kind == "prefecture" and not below(region.code, "county")
    }
    assert empty == {"441900", "442000", "460400", "620200"}


def test_directly_governed_counties_of_hubei() -> None:
    names = [region.name for region in below("420000", "county")]
    assert names == ["仙桃市", "潜江市", "天门市", "神农架林区"]


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("江岸区", "Jiang'an District"),
        ("红安县", "Hong'an County"),
        ("武汉市", "Wuhan City"),
        ("随县", "Suixian County"),
        ("神农架林区", "Shennongjia Forestry District"),
    ],
)
def test_english_names(name: str, spelt: str) -> None:
    assert english(name) == spelt
