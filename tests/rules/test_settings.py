"""How settings are written, and which node's word counts."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from helpdesk.kernel.errors import RuleBroken
from helpdesk.organizations.rules import Kind
from helpdesk.settings import rules
from helpdesk.settings.rules import KEYS, Key, Written

WRITTEN: list[tuple[Key[Any], str, Any]] = [
    (Key.CLOSE_OF_BUSINESS, "19:30", time(19, 30)),
    (Key.CLOSE_OF_BUSINESS, "9:05", time(9, 5)),
    (Key.CLOSE_OF_BUSINESS, "１９：３０", time(19, 30)),  # full width
    (Key.CLOSE_OF_BUSINESS, "24:00", rules.NotATime),
    (Key.CLOSE_OF_BUSINESS, "17.30", rules.NotATime),
    (Key.CLOSE_OF_BUSINESS, "", rules.NotATime),
    (Key.ANSWER_DAYS, "3", 3),
    (Key.ANSWER_DAYS, " 30 ", 30),
    (Key.ANSWER_DAYS, "0", rules.NotADayCount),
    (Key.ANSWER_DAYS, "31", rules.NotADayCount),
    (Key.ANSWER_DAYS, "-1", rules.NotADayCount),
    (Key.ANSWER_DAYS, "三", rules.NotADayCount),
    (Key.REOPEN_DAYS, "60", 60),
    (Key.ENV_FIRST_HOLDER, "direct_aid", "direct_aid"),
    (Key.ENV_FIRST_HOLDER, "county_aid", rules.NotAChoice),
    (Key.PLAN_CITY_DIRECT, "yes", True),
    (Key.PLAN_CITY_DIRECT, "no", False),
    (Key.PLAN_CITY_DIRECT, "maybe", rules.NotAChoice),
]


@pytest.mark.parametrize(("key", "text", "expected"), WRITTEN)
def test_written_values(key: Key[Any], text: str, expected: Any) -> None:
    if isinstance(expected, type) and issubclass(expected, RuleBroken):
        with pytest.raises(expected):
            key.parse(text)
    else:
        assert key.parse(text) == expected


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_defaults_are_written_and_read_alike(key: Key[Any]) -> None:
    assert key.parse(key.text(key.default)) == key.default


PLACES: list[tuple[Key[Any], Kind | None, bool]] = [
    (Key.LEGAL_DAYS, None, False),  # [S]: nobody's to change
    (Key.LEGAL_DAYS, Kind.CALL_CENTRE, False),
    (Key.CLOSE_OF_BUSINESS, None, True),
    (Key.CLOSE_OF_BUSINESS, Kind.COUNTY_AID, True),
    (Key.CLOSE_OF_BUSINESS, Kind.CALL_CENTRE, True),
    (Key.CLOSE_OF_BUSINESS, Kind.SCHOOL, False),
    (Key.ANSWER_DAYS, Kind.CITY_AID, True),
    (Key.ENV_DAYS, Kind.PROVINCE_IT, True),
    (Key.ENV_DAYS, Kind.COUNTY_AID, False),
    (Key.ENV_FIRST_HOLDER, Kind.PROVINCE_AID, True),
    (Key.ENV_FIRST_HOLDER, Kind.CITY_AID, False),
    (Key.PLAN_CITY_DIRECT, Kind.PROVINCE_AID, True),
    (Key.PLAN_CITY_DIRECT, Kind.CITY_AID, False),  # a city does not leave its province by itself
    (Key.RETURN_COUNTS_AS_FEEDBACK, None, True),
    (Key.RETURN_COUNTS_AS_FEEDBACK, Kind.PROVINCE_AID, False),
]


@pytest.mark.parametrize(("key", "kind", "allowed"), PLACES)
def test_where_a_key_may_be_set(key: Key[Any], kind: Kind | None, allowed: bool) -> None:
    assert rules.settable(key, kind) is allowed
    if not allowed:
        with pytest.raises((rules.FixedByNotice, rules.NotSetHere)):
            rules.check_settable(key, kind)


def test_the_lowest_node_has_the_last_word() -> None:
    rows = [
        Written(None, "a", "root"), Written(1, "a", "province"), Written(3, "a", "county"),
        Written(1, "b", "province"), Written(None, "c", "root"), Written(9, "c", "elsewhere"),
    ]  # fmt: skip
    found = rules.nearest(rows, (1, 2, 3))
    assert {key: row.text for key, row in found.items()} == {
        "a": "county", "b": "province", "c": "root",
    }  # fmt: skip
    assert rules.nearest(rows, (1, 2))["a"].text == "province"
    assert rules.nearest(rows, ())["a"].text == "root"


def test_a_day_has_a_length() -> None:
    rules.check_hours(time(10), time(19))
    with pytest.raises(rules.OpensAfterClosing, match=r"17:30.*17:30"):
        rules.check_hours(time(17, 30), time(17, 30))
