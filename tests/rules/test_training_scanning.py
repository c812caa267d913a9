"""The code on the screen, slot by slot, and how a number and a name are compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.training.rules import scanning
from helpdesk.training.rules.scanning import Ticket

SHOWN = datetime(2026, 9, 22, 1, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "good"),
    [(-1, False), (0, True), (19, True), (20, True), (39, True), (40, False), (3600, False)],
)
def test_a_code_lives_for_its_slot_and_the_next(seconds: int, good: bool) -> None:
    code = scanning.code("seed", 7, scanning.slot_of(SHOWN))
    later = SHOWN + timedelta(seconds=seconds)
    assert scanning.is_current("seed", 7, code, later) is good


@pytest.mark.parametrize("given", ["", "x", "中", "a" * 5000])
def test_what_was_never_a_code(given: str) -> None:
    assert not scanning.is_current("seed", 7, given, SHOWN)


def test_a_code_belongs_to_one_session_and_one_seed() -> None:
    slot = scanning.slot_of(SHOWN)
    assert not scanning.is_current("seed", 8, scanning.code("seed", 7, slot), SHOWN)
    assert not scanning.is_current("other", 7, scanning.code("seed", 7, slot), SHOWN)


def test_codes_do_not_repeat() -> None:
    slot = scanning.slot_of(SHOWN)
    assert len({scanning.code("seed", 7, slot + i) for i in range(4320)}) == 4320


@pytest.mark.parametrize(("second", "left"), [(0, 20), (1, 19), (19, 1), (20, 20)])
def test_time_left(second: int, left: int) -> None:
    assert scanning.seconds_left(SHOWN + timedelta(seconds=second)) == left


@pytest.mark.parametrize(
    ("minutes", "expired"), [(-1, True), (0, False), (9, False), (10, True), (60, True)]
)
def test_a_ticket_is_good_for_ten_minutes(minutes: int, expired: bool) -> None:
    ticket = Ticket(7, "token", "browser", SHOWN)
    assert ticket.expired(SHOWN + timedelta(minutes=minutes)) is expired


@pytest.mark.parametrize(
    ("typed", "key"), [("z-00001", "Z-00001"), (" Ｚ－０００１ ", "Z-0001"), ("Z 0001", "Z0001")]
)
def test_staff_number_however_it_is_typed(typed: str, key: str) -> None:
    assert scanning.staff_no_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "same"),
    [("王老师(演示)", True), ("王老师（演示）", True), (" 王 老师 演示 ", True), ("王老", False),
     ("李老师(演示)", False), ("", False)],
)  # fmt: skip
def test_names_are_compared_without_width_and_spaces(typed: str, same: bool) -> None:
    assert scanning.same_name("王老师(演示)", typed) is same
