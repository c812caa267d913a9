"""While somebody types: when several report the same, and when a question was asked already."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from helpdesk.intake.rules.asking import (
    ALIKE,
    MOST_READ,
    SAME,
    Report,
    Wave,
    likeness,
    read_before,
    wave,
)
from helpdesk.kernel.instants import parse_instant
from helpdesk.search.queries.lexicon import lexicon

NOW = parse_instant("2026-11-24T11:00+08:00")


def at(clock: str) -> datetime:
    return parse_instant(f"2026-11-24T{clock}+08:00")


def reports(*seen: tuple[str, int]) -> list[Report]:
    return [Report(at(clock), body) for clock, body in seen]


WAVES = [
    ("three in two hours", reports(("10:50", 1), ("10:10", 2), ("09:10", 3)), (3, "09:10")),
    ("two are not enough", reports(("10:50", 1), ("10:10", 2)), None),
    ("one school three times is one", reports(("10:50", 1), ("10:40", 1), ("10:10", 1)), None),
    ("the third is too long ago", reports(("10:50", 1), ("10:10", 2), ("08:59", 3)), None),
    (
        "it began before the last two hours",
        reports(("10:50", 1), ("10:10", 2), ("09:30", 3), ("08:00", 4), ("07:15", 5)),
        (5, "07:15"),
    ),
    (
        "what was before a pause is another matter",
        reports(("10:50", 1), ("10:10", 2), ("09:30", 3), ("07:00", 4)),
        (3, "09:30"),
    ),
    ("it is over", reports(("08:30", 1), ("08:20", 2), ("08:10", 3)), None),
    ("nothing", [], None),
]


@pytest.mark.parametrize(("seen", "told"), [w[1:] for w in WAVES], ids=[w[0] for w in WAVES])
def test_a_wave(seen: list[Report], told: tuple[int, str] | None) -> None:
    found = wave(seen, now=NOW, bodies=3, within=timedelta(hours=2))
    assert found == (Wave(told[0], at(told[1])) if told else None)


def test_how_many_and_how_long_are_settings() -> None:
    seen = reports(("10:50", 1), ("07:10", 2))
    assert wave(seen, now=NOW, bodies=2, within=timedelta(hours=2)) is None
    assert wave(seen, now=NOW, bodies=2, within=timedelta(hours=4)) == Wave(2, at("07:10"))


LIKE = [
    ("登录提示密码错误", "操作账号登录时提示密码错误", True, SAME),
    ("登录提示密码错误", "登录提示密码错误，审核账号", False, SAME),
    ("账号登不上去 密码不对", "登录提示密码错误", True, ALIKE),
    ("资助名单被锁定了怎么退回", "名单锁定，请退回修改", False, ALIKE),
]
UNLIKE = [
    ("登录提示密码错误", "免学费名单审核后锁定，要退回修改", False),
    ("登录提示密码错误", "学籍重复的学生怎么处理", True),
    ("系统打不开", "培训证书怎么打印", False),
]


@pytest.mark.parametrize(("asked", "said", "same_card", "least"), LIKE)
def test_asked_already(asked: str, said: str, same_card: bool, least: float) -> None:
    assert least <= near(asked, said, same_card) <= 1


@pytest.mark.parametrize(("asked", "said", "same_card"), UNLIKE)
def test_another_matter(asked: str, said: str, same_card: bool) -> None:
    assert near(asked, said, same_card) < ALIKE


def test_a_word_is_not_a_question() -> None:
    assert near("密码", "登录提示密码错误", same_card=True) == ALIKE


def near(asked: str, said: str, same_card: bool) -> float:
    words = lexicon()
    return likeness(words.query(asked), words.analysis.fold(said), same_card=same_card)


def test_articles_are_remembered_once_and_the_newest_ten() -> None:
    assert read_before((3, 1), (1, 2)) == (3, 1, 2)
    assert read_before((), range(20)) == tuple(range(20 - MOST_READ, 20))
