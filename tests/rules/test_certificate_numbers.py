"""Numbers of certificates: not countable, forgiving to type, and what of a name is shown."""

from __future__ import annotations

import re

import pytest

from helpdesk.training.rules import certificates as rules

PRINTED = re.compile(r"2026-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-..")


def test_numbers_are_random_and_never_in_a_row() -> None:
    found = {rules.new_number(2026) for _ in range(500)}
    assert len(found) == 500
    assert all(PRINTED.fullmatch(number) for number in found)
    # Every place takes every sign sooner or later: 32 signs in 13 places are 65 bits.
    places = [{number.replace("-", "")[i] for number in found} for i in range(4, 17)]
    assert min(len(signs) for signs in places) > 24
    assert len(rules.SIGNS) ** rules.RANDOM_SIGNS >= 2**64


@pytest.mark.parametrize("again", range(20))
def test_every_single_wrong_sign_is_found(again: int) -> None:
    number = rules.new_number(2026).replace("-", "")
    for place in range(4, len(number)):
        for sign in rules.SIGNS:
            wrong = number[:place] + sign + number[place + 1 :]
            assert (rules.number_in(wrong) is None) == (wrong != number)


NUMBER = "2026-7K30-94Q1-2FVE-T"
NUMBER += rules.check_sign(NUMBER.replace("-", ""))


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        NUMBER.lower(),
        NUMBER.replace("-", ""),
        NUMBER.replace("-", " "),
        f"  {NUMBER}\n",
        NUMBER.replace("-", "—"),
        "".join(chr(ord(c) + 0xFEE0) for c in NUMBER),  # full width
        NUMBER.replace("7K30", "7K3O").replace("94Q1", "94QI"),
        NUMBER.replace("94Q1", "94Ql").replace("2FVE", "2FUE"),
        NUMBER.replace("-", "_"),
    ],
)
def test_what_a_person_types_is_understood(typed: str) -> None:
    assert rules.number_in(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", "2026", NUMBER[:-1], f"{NUMBER}0", NUMBER.replace("2026", "1026"), "%", "'; --", "证书",
     "2026-0004711", "\x00", "０" * 500],
)  # fmt: skip
def test_what_is_no_number_is_none(typed: str) -> None:
    assert rules.number_in(typed) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王老师", "王*"), ("欧阳老师", "欧*"), ("𠮷老师", "𠮷*"), ("  Li Lei", "L*"), ("", "*"),
     ("葛\U000e0100老师", "葛*"), ("王*", "王*")],
)  # fmt: skip
def test_a_stranger_sees_the_first_sign_of_a_name(name: str, shown: str) -> None:
    assert rules.masked(name) == shown


@pytest.mark.parametrize(("minutes", "said"), [(120, "2"), (90, "1.5"), (45, "0.8"), (1, "0.0")])
def test_minutes_are_told_in_hours(minutes: int, said: str) -> None:
    assert rules.hours(minutes) == said.removesuffix(".0")
