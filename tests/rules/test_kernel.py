"""The ground of the product: actors, paths, pages, instants, permissions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.kernel import errors, ids, paging
from helpdesk.kernel.actor import ANONYMOUS, SYSTEM, Actor
from helpdesk.kernel.instants import at_shanghai, in_shanghai, parse_instant, shanghai_date
from helpdesk.kernel.paths import ancestors
from helpdesk.kernel.permissions import Permission

READ, ACT = Permission.TICKET_READ, Permission.TICKET_ACCEPT
COUNTY = Actor(
    person_id=1, name="经办人", grants=frozenset({(READ, "/1/"), (READ, "/1/42/"), (ACT, "/1/42/")})
)


@pytest.mark.parametrize(
    ("permission", "path", "covered", "held"),
    [
        (READ, "/1/", True, True),
        (READ, "/1/42/", True, True),
        (READ, "/1/42/7/", True, False),
        (READ, "/12/", False, False),
        (READ, "/", False, False),
        (ACT, "/1/42/", True, True),
        (ACT, "/1/", False, False),
        (ACT, "/1/42/7/", True, False),
        (ACT, "/1/420/", False, False),
    ],
)
def test_reading_follows_the_range_and_acting_needs_the_node(
    permission: Permission, path: str, covered: bool, held: bool
) -> None:
    assert COUNTY.covers(permission, path) is covered
    assert COUNTY.holds(permission, path) is held


def test_widest_nodes_stand_for_those_below() -> None:
    assert COUNTY.paths(READ) == ("/1/",)
    assert COUNTY.paths(Permission.AUDIT_READ) == ()


def test_system_may_everything_and_a_stranger_nothing() -> None:
    assert SYSTEM.holds(ACT, "/9/")
    assert SYSTEM.paths(READ) == ("/",)
    assert not any(ANONYMOUS.anywhere(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("path", "nodes"),
    [("/", ("/",)), ("/1/", ("/", "/1/")), ("/1/42/7/", ("/", "/1/", "/1/42/", "/1/42/7/"))],
)
def test_every_node_above_counts(path: str, nodes: tuple[str, ...]) -> None:
    assert ancestors(path) == nodes


# What a column can hold: no NUL, no half of a pair, no number beyond eight bytes.
_KEYS = st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
)


@given(st.lists(_KEYS, max_size=4))
def test_cursor_says_what_was_put_into_it(keys: list[int | str]) -> None:
    assert paging.decode(paging.encode(keys), [type(key) for key in keys]) == tuple(keys)


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", paging.encode(["1"]), paging.encode([1, 2]), paging.encode([True])]
)
def test_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(paging.BadCursor):
        paging.decode(cursor, [int])


@pytest.mark.parametrize(
    ("text", "row", "version"),
    [
        ("7", 7, 7),
        ("999999999", 999_999_999, 999_999_999),
        ("2147483648", 2_147_483_648, 0),  # more than a column of versions holds
        ("9" * 18, 10**18 - 1, 0),
        ("9" * 19, None, 0),
        ("-1", None, 0),
        ("1.5", None, 0),
        ("²", None, 0),
        ("７", None, 0),
        ("", None, 0),
        (None, None, 0),
    ],
)
def test_numbers_that_a_form_sends(text: str | None, row: int | None, version: int) -> None:
    assert ids.row_number(text) == row
    assert ids.version_number(text) == version


def test_last_page_has_no_next() -> None:
    rows = [3, 2, 1]
    first = paging.page_of(rows, 2, lambda n: [n], str)
    assert (first.rows, first.next) == (["3", "2"], paging.encode([2]))
    assert paging.page_of(rows[2:], 2, lambda n: [n], str).next is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-09-18 15:00", datetime(2026, 9, 18, 7, tzinfo=UTC)),
        ("2026/09/18 15:00", datetime(2026, 9, 18, 7, tzinfo=UTC)),
        ("2026-09-18T15:00:00+08:00", datetime(2026, 9, 18, 7, tzinfo=UTC)),
        ("2026-09-18T15:00Z", datetime(2026, 9, 18, 15, tzinfo=UTC)),
        ("2026-09-18", datetime(2026, 9, 17, 16, tzinfo=UTC)),
    ],
)
def test_time_without_offset_is_beijing_time(text: str, utc: datetime) -> None:
    assert parse_instant(text) == utc


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-02-30 10:00", "15:00"])
def test_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        parse_instant(text)


def test_beijing_date_begins_at_sixteen_utc() -> None:
    assert shanghai_date(datetime(2026, 9, 17, 15, 59, tzinfo=UTC)) == date(2026, 9, 17)
    assert shanghai_date(datetime(2026, 9, 17, 16, 0, tzinfo=UTC)) == date(2026, 9, 18)
    midday = at_shanghai(date(2026, 9, 18), time(12))
    assert in_shanghai(midday).hour == 12
    assert midday.tzinfo is UTC


def test_typed_codes_survive_the_telephone() -> None:
    codes = {ids.typed_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OIl")


def test_refusal_fills_its_sentence() -> None:
    class TooMany(errors.RuleBroken):
        sentence = "最多%(limit)s个。"

    assert str(TooMany(limit=3)) == "最多3个。"
    assert (errors.NotFound.status, errors.Forbidden.status, errors.Conflict.status) == (
        404, 403, 409,
    )  # fmt: skip


class Elsewhere(errors.RuleBroken):
    sentence = "%(name)s的问题请上报%(parent)s。"


def test_a_refusal_names_a_body_in_the_readers_language() -> None:
    refusal = Elsewhere(name=errors.Named("示范县", "Demo County"), parent=errors.Named("示范市"))
    assert str(refusal) == "示范县的问题请上报示范市。"
    assert {k: str(v) for k, v in refusal.filled("zh").items()} == {
        "name": "示范县",
        "parent": "示范市",
    }
    assert refusal.filled("en") == {"name": "Demo County", "parent": "示范市"}
