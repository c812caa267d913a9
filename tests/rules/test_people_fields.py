"""Names, numbers, passwords, attempts and sessions: what is accepted, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.kernel.errors import RuleBroken
from helpdesk.people import rules
from helpdesk.people.rules import (
    ADDRESS_LIMIT,
    NAME_LIMIT,
    Counter,
    PasswordIsUserName,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    check_password,
)

NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("zhou", True),
        ("zhou.wei", True),
        ("3442990001", True),
        ("a@b", True),
        ("ab", False),
        ("a" * 64, True),
        ("a" * 65, False),
        (".zhou", False),
        ("zhou wei", False),
        ("周老师", False),
        ("zhou'--", False),
        ("", False),
        ("11010119900307001x", False),
        ("110101990030701", False),
    ],
)
def test_user_names(text: str, right: bool) -> None:
    assert rules.is_user_name(rules.user_name_key(text)) is right


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Zhou.Wei", "zhou.wei"), ("  zhou ", "zhou"), ("ｚｈｏｕ１", "zhou1"), ("ZHOU", "zhou")],
)
def test_case_and_width_of_a_user_name_do_not_matter(typed: str, stored: str) -> None:
    assert rules.user_name_key(typed) == stored


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A001", True),
        ("2026-0012", True),
        ("X" * 14, True),
        ("X" * 15, False),
        ("AB", False),
        ("-A01", False),
        ("A01-", False),
        ("a001", False),
        ("13812345678", False),  # a mobile number
        ("110101199003070", False),  # fifteen digits are too long already
        ("工号一", False),
    ],
)
def test_staff_numbers(text: str, right: bool) -> None:
    assert rules.is_staff_no(text) is right


def test_the_numbers_we_give_are_numbers_and_known_as_ours() -> None:
    assert rules.own_staff_no(42) == "P00000042"
    assert rules.is_staff_no(rules.own_staff_no(42))
    assert rules.is_own_number(rules.own_staff_no(42))
    assert not rules.is_own_number("P42")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("13800000000", True),
        ("+86 138 0000 0000", True),
        ("027-87654321", True),
        ("87654321 0012", True),
        ("12345", True),
        ("1234", False),
        ("打不通", False),
        ("138-0000-0000 转 2", False),
        ("110101199003070011", False),
    ],
)
def test_telephone_numbers(text: str, right: bool) -> None:
    assert rules.is_phone(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("zhou@school.example.cn", True),
        ("z@a.cn", True),
        ("zhou", False),
        ("zhou@school", False),
        ("a b@school.cn", False),
        ("zhou@school.cn, li@school.cn", False),
        ("<zhou@school.cn>", False),
        ("zhou@school.cn\nBcc: x@y.cn", False),
        ("11010119900307001X@qq.com", False),
        ("a" * 65 + "@school.cn", False),
    ],
)
def test_mail_addresses(text: str, right: bool) -> None:
    assert rules.is_mail(text) is right


@pytest.mark.parametrize(
    "text",
    [
        "110101199003070011",
        "11010119900307001x",
        "110101 19900307 0011",
        "１１０１０１９９０３０７００１",
        "王110101199003070011",
    ],
)
def test_id_numbers_are_seen_in_any_width_and_grouping(text: str) -> None:
    assert rules.has_id_number(text)


@pytest.mark.parametrize("text", ["王老师(演示)", "3442990001", "13800000000", "2026-0004711"])
def test_other_numbers_are_no_id_numbers(text: str) -> None:
    assert not rules.has_id_number(text)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("short-1", PasswordTooShort),
        ("x" * 65, PasswordTooLong),
        ("3442990001", PasswordIsUserName),
        ("344299000１", PasswordIsUserName),  # full width is the same
        ("3442990001ab", PasswordIsUserName),
        ("password", PasswordTooCommon),
        ("Passw0rd", PasswordTooCommon),
        ("PASSWORD123!", PasswordTooCommon),
        ("12345678", PasswordTooCommon),
        ("87654321", PasswordTooCommon),
        ("11111111", PasswordTooCommon),
        ("abababab", PasswordTooCommon),
        ("abcdefgh", PasswordTooCommon),
        ("qwertyui", PasswordTooCommon),
        ("woaini1314", PasswordTooCommon),
        ("zizhu2026", PasswordTooCommon),
    ],
)
def test_passwords_that_are_refused(password: str, refusal: type[RuleBroken]) -> None:
    with pytest.raises(refusal):
        check_password(password, user_name="3442990001")


@pytest.mark.parametrize(
    "password",
    [
        "three-plain-words",
        "今天天气真好啊好",
        "Rq7#xk2m",
        "3442990001-und-mehr",
        "drei-" * 12 + "vier",
        "blue grey teal",
    ],
)
def test_passwords_that_are_accepted(password: str) -> None:
    check_password(password, user_name="3442990001")


def attempts(number: int, every: timedelta = timedelta(seconds=1)) -> Counter:
    """The counter of a name after so many attempts."""
    counter = Counter(attempts=0, since=NOW)
    for i in range(number):
        counter = rules.counted(counter, NAME_LIMIT, NOW + i * every)
    return counter


@pytest.mark.parametrize(("number", "closed"), [(1, False), (4, False), (5, True), (9, True)])
def test_a_name_is_blocked_after_five_attempts(number: int, closed: bool) -> None:
    assert rules.blocked(attempts(number), NOW + timedelta(seconds=10)) is closed


def test_a_block_ends_and_the_count_starts_anew() -> None:
    counter = attempts(5)
    later = NOW + timedelta(minutes=16)
    assert not rules.blocked(counter, later)
    assert rules.counted(counter, NAME_LIMIT, later) == Counter(attempts=1, since=later)


def test_trying_while_blocked_does_not_move_the_end() -> None:
    counter = attempts(5)
    again = rules.counted(counter, NAME_LIMIT, NOW + timedelta(minutes=10))
    assert again.blocked_until == counter.blocked_until


def test_slow_attempts_never_block() -> None:
    counter = attempts(40, every=timedelta(minutes=5))
    assert counter.attempts < NAME_LIMIT.attempts


@given(st.lists(st.integers(min_value=0, max_value=3600), max_size=80))
def test_no_quarter_of_an_hour_lets_more_than_the_limit_through(seconds: list[int]) -> None:
    counter, let_through = Counter(attempts=0, since=NOW), []
    for second in sorted(seconds):
        at = NOW + timedelta(seconds=second)
        if not rules.blocked(counter, at):
            let_through.append(at)
            counter = rules.counted(counter, NAME_LIMIT, at)
    for start in let_through:
        window = [at for at in let_through if start <= at < start + NAME_LIMIT.window]
        # Two windows of counting may meet in one quarter of an hour.
        assert len(window) <= 2 * NAME_LIMIT.attempts


def test_a_school_behind_one_address_has_room() -> None:
    assert ADDRESS_LIMIT.attempts >= 10 * NAME_LIMIT.attempts


def test_keys_hide_what_was_typed() -> None:
    assert "zhou" not in rules.name_key("zhou")
    assert rules.name_key("ZHOU ") == rules.name_key("zhou")
    assert rules.name_key("zhou") != rules.throttle_key("address", "zhou")


@pytest.mark.parametrize(
    ("issued", "seen", "over"),
    [(0, 0, False), (59, 59, False), (61, 61, True), (700, 1, False), (721, 1, True)],
)
def test_a_session_ends_idle_or_old(issued: int, seen: int, over: bool) -> None:
    ended = rules.session_is_over(
        issued_at=NOW - timedelta(minutes=issued),
        seen_at=NOW - timedelta(minutes=seen),
        now=NOW,
        idle=timedelta(minutes=60),
        absolute=timedelta(hours=12),
    )
    assert ended is over
