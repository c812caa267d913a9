"""Whose row is it? A table an organiser can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.training.rules import matching
from helpdesk.training.rules.attendance import Flag, Presence, Record, Terms, attended, rank
from helpdesk.training.rules.matching import Found, Known, Outcome
from helpdesk.training.rules.sheets import Line

WANG = Known(1, "A-01", "13800000001", "王老师", ("示范县第一中学",), in_range=True)
LI_ONE = Known(2, "A-02", "13800000002", "李老师", ("示范县第一中学",), in_range=True)
LI_TWO = Known(3, "A-03", "13800000003", "李老师", ("示范县第二中学",), in_range=True)
SHARED = Known(4, "A-04", "13800000001", "校长", ("示范县第一中学",), in_range=True)
FAR = Known(9, "B-09", "13900000009", "赵老师", ("邻县中学",), in_range=False)
AMONG = matching.index([WANG, LI_ONE, LI_TWO, SHARED, FAR])

MATCHED, CHECK, AMBIGUOUS, UNKNOWN = (
    Outcome.MATCHED, Outcome.CHECK, Outcome.AMBIGUOUS, Outcome.UNKNOWN,
)  # fmt: skip


def row(**said: str) -> Line:
    return Line((2,), **said)  # type: ignore[arg-type]


TABLE = [
    # by number
    (row(staff_no="A-01"), Found(MATCHED, 1)),
    (row(staff_no="A-01", name="王老师"), Found(MATCHED, 1)),
    (row(staff_no="A-01", name="王老师-示范一中"), Found(MATCHED, 1)),
    (row(staff_no="A-01", name="张老师"), Found(AMBIGUOUS, None, (1,), "number_other_name")),
    # by telephone
    (row(mobile="13800000002"), Found(MATCHED, 2)),
    (row(mobile="13800000001"), Found(AMBIGUOUS, None, (1, 4), "mobile_several")),
    (row(mobile="13800000001", name="校长"), Found(MATCHED, 4)),
    (row(mobile="13800000002", name="孙老师"), Found(AMBIGUOUS, None, (2,), "mobile_other_name")),
    (row(staff_no="X-99", mobile="13800000002"), Found(MATCHED, 2)),
    # by name and body
    (row(name="李老师", body="第二中学"), Found(MATCHED, 3)),
    (row(name="李老师", body="示范县第一中学（本部）"), Found(MATCHED, 2)),
    (row(name="李老师", body="第三中学"), Found(AMBIGUOUS, None, (2, 3), "other_body")),
    (row(name="李老师"), Found(AMBIGUOUS, None, (2, 3), "name_several")),
    (row(name="王老师"), Found(CHECK, 1, reason="name_alone")),
    (row(name="王 老师"), Found(CHECK, 1, reason="name_alone")),
    (row(staff_no="X-99", name="王老师"), Found(AMBIGUOUS, None, (1,), "number_unknown")),
    (row(name="无名氏"), Found(UNKNOWN, reason="unknown")),
    (row(staff_no="X-99"), Found(UNKNOWN, reason="name_needed")),
    # out of range: nobody tries numbers to learn who has them
    (row(staff_no="B-09"), Found(UNKNOWN, reason="name_needed")),
    (row(mobile="13900000009"), Found(UNKNOWN, reason="name_needed")),
    (row(staff_no="B-09", name="无名氏"), Found(UNKNOWN, reason="unknown")),
    (row(mobile="13900000009", name="无名氏"), Found(UNKNOWN, reason="unknown")),
    (row(staff_no="B-09", name="赵老师"), Found(MATCHED, 9)),
    (row(mobile="13900000009", name="赵老师"), Found(MATCHED, 9)),
    (row(mobile="13900000009", name="赵老师-邻县中学"), Found(MATCHED, 9)),
    (row(mobile="13900000009", name="邻县中学 赵老师"), Found(MATCHED, 9)),
    (row(mobile="13900000009", name="钱老师赵老师孙老师"), Found(UNKNOWN, reason="unknown")),
    (row(staff_no="B-09", name="钱老师 赵老师 孙老师"), Found(UNKNOWN, reason="unknown")),
    (row(name="赵老师", body="邻县中学"), Found(UNKNOWN, reason="unknown")),
    # a row that is no row
    (row(bad="nobody"), Found(Outcome.BAD, reason="nobody")),
]


@pytest.mark.parametrize(("line", "found"), TABLE, ids=lambda one: str(one)[:70])
def test_match(line: Line, found: Found) -> None:
    assert matching.match(line, AMONG) == found


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "无名氏"},
        {"name": "王老师"},
        {"name": "李老师"},
        {"name": "李老师", "body": "第二中学"},
        {"name": "钱老师赵老师孙老师"},
        {"body": "邻县中学"},
    ],
)
@pytest.mark.parametrize("also", [{}, {"mobile": "13800000002"}])
def test_nobody_learns_whether_a_number_elsewhere_is_anybodys(
    said: dict[str, str], also: dict[str, str]
) -> None:
    known, unknown = row(staff_no="B-09", **said, **also), row(staff_no="X-99", **said, **also)
    assert matching.match(known, AMONG) == matching.match(unknown, AMONG)
    known, unknown = row(mobile="13900000009", **said), row(mobile="13900000008", **said)
    assert matching.match(known, AMONG) == matching.match(unknown, AMONG)


TERMS = Terms(minutes=120, share_percent=80, online_minutes=96, online_percent=80)
START = datetime(2026, 9, 22, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "online", "made"),
    [
        (Line((2,)), False, (Presence.PRESENT, None, None)),
        (Line((2,), minutes=96), False, (Presence.LEFT_EARLY, 96, None)),
        (Line((2,), minutes=97), False, (Presence.PRESENT, 97, None)),
        (
            Line((2,), joined_at=START + timedelta(minutes=10)),
            False,
            (Presence.PRESENT, None, None),
        ),
        (Line((2,), joined_at=START + timedelta(minutes=11)), False, (Presence.LATE, None, None)),
        (Line((2,), minutes=96), True, (Presence.PRESENT, 96, 80)),
        (Line((2,), minutes=500), True, (Presence.PRESENT, 500, 100)),
        (Line((2,), percent=90), True, (Presence.PRESENT, 108, 90)),
        (Line((2,), minutes=100, percent=70), True, (Presence.PRESENT, 100, 70)),
        (Line((2,)), True, (Presence.PRESENT, None, None)),
    ],
)
def test_presence(line: Line, online: bool, made: tuple[Presence, int | None, int | None]) -> None:
    assert matching.presence_of(line, TERMS, START, online=online) == made


def test_a_meeting_of_enough_minutes_makes_a_training_without_a_column_of_per_cents() -> None:
    presence, minutes, percent = matching.presence_of(
        Line((2,), minutes=96), TERMS, START, online=True
    )
    assert attended(Record(presence, True, minutes, percent), TERMS)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Record(Presence.PRESENT), Record(Presence.ABSENT)),
        (Record(Presence.LATE), Record(Presence.LEFT_EARLY, minutes=30)),
        (Record(Presence.LEFT_EARLY, minutes=30), Record(Presence.EXCUSED)),
        (Record(Presence.PRESENT), Record(Presence.PRESENT, flagged=True)),
        (Record(Presence.PRESENT, True, 100, 90), Record(Presence.PRESENT, True, 30, 20)),
    ],
)
def test_of_two_records_of_one_person_the_better_stays(better: Record, worse: Record) -> None:
    assert rank(better, TERMS) > rank(worse, TERMS)


def test_flags_are_words_of_the_table() -> None:
    assert {flag.value for flag in Flag} == {"same_browser", "walk_in", "again"}
