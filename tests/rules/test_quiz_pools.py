"""Every question of every pool, read as a machine reads: clauses, dates, doubles, right answers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from helpdesk.organizations.rules import Subsystem
from helpdesk.training.queries.quizzes import pools
from helpdesk.training.rules.quizzes import ANNEXES, Question, QuestionKind

# The clauses of the notice: part, section and, where the section has numbered tasks, the task.
CLAUSES = {
    *("S-1.1", "S-1.2"),
    *(f"S-2.1.{n}" for n in range(1, 5)),
    *(f"S-2.2.{n}" for n in range(1, 5)),
    *(f"S-2.3.{n}" for n in range(1, 4)),
    *(f"S-2.4.{n}" for n in range(1, 7)),
    *("S-3.1", "S-3.2", "S-3.3", "S-3.4", "S-3.5", "S-3.6", "S-3.7"),
    *(f"S-3.2.{n}" for n in range(1, 4)),
    *(f"S-3.3.{n}" for n in range(1, 5)),
    *(f"S-3.4.{n}" for n in range(1, 4)),
    *(f"S-3.5.{n}" for n in range(1, 6)),
}
PREFIXES = {
    Subsystem.POSTGRADUATE: "PG", Subsystem.UNDERGRADUATE: "UG",
    Subsystem.SECONDARY_VOCATIONAL: "VO", Subsystem.SENIOR_HIGH: "SH",
    Subsystem.COMPULSORY: "CE", Subsystem.PRESCHOOL: "PS",
}  # fmt: skip
with (Path(__file__).parents[1] / "data" / "annex_dates.csv").open(encoding="utf-8") as table:
    DATES = list(csv.DictReader(table))
ITEMS = {row["item"] for row in DATES}

# Ordering questions by dates: the annex item, whose date and which term stand behind each step.
ORDERED = {
    "pg-12": ["PG-14 school", "PG-15 school", "PG-15 authority", "PG-16 school", "PG-17 school"],
    "pg-21": ["PG-03 school", "PG-01 school", "PG-08 school", "PG-02 school autumn",
              "PG-04 school"],
    "ug-08": ["UG-06 school autumn", "UG-07 school autumn", "UG-28 school autumn",
              "UG-07 authority autumn"],
    "vo-06": ["VO-05 province", "VO-05 city", "VO-05 county", "VO-12 authority autumn"],
    "vo-10": ["VO-01 school", "VO-06 school", "VO-06 authority", "VO-08 school"],
    "sh-15": ["SH-14 central spring", "SH-15 province spring", "SH-16 city spring",
              "SH-17 county spring"],
    "sh-16": ["SH-11 school autumn", "SH-01 school autumn", "SH-02 school autumn",
              "SH-06 school autumn", "SH-07 school autumn"],
    "ce-15": ["CE-12 central autumn", "CE-13 province autumn", "CE-14 city autumn",
              "CE-15 county autumn"],
    "ce-16": ["CE-02 authority autumn", "CE-01 school autumn", "CE-03 school autumn",
              "CE-04 school autumn", "CE-04 authority autumn"],
    "ps-15": ["PS-02 authority spring", "PS-01 school spring", "PS-03 school spring",
              "PS-04 school spring", "PS-04 authority spring"],
    "ps-16": ["PS-03 school autumn", "PS-06 school autumn", "PS-07 school autumn",
              "PS-08 school autumn", "PS-04 authority autumn"],
}  # fmt: skip
ALL = [question for pool in pools() for question in pool.questions]
QUESTIONS = [pytest.param(question, id=question.id) for question in ALL]
DATED = [pytest.param(question, id=question.id) for question in ALL if question.item]


def in_words(day: str) -> str:
    """A day of the table as the questions write it."""
    if day == "last":
        return "每月最后一天"
    if "-" not in day:
        return f"每月{day}日"
    month, number = day.split("-")
    return f"{int(month)}月{int(number)}日"


def names(text: str, words: str) -> bool:
    """Does the text name this day? `1月5日` does not stand in `11月5日`."""
    return re.search(rf"(?<!\d){words}", text) is not None


def days_of(item: str, by: str, term: str = "") -> list[dict[str, str]]:
    """Rows of the table."""
    return [
        row for row in DATES
        if (row["item"], row["by"]) == (item, by) and term in ("", row["term"])
    ]  # fmt: skip


def right_texts(question: Question) -> Sequence[str]:
    return [question.options[number] for number in question.right]


def wrong_texts(question: Question) -> Sequence[str]:
    return [text for n, text in enumerate(question.options) if n not in question.right]


def test_there_are_pools_for_the_support_process_and_all_six_subsystems() -> None:
    sizes = {pool.subsystem: len(pool.questions) for pool in pools()}
    assert set(sizes) == {None, *Subsystem}
    assert sizes[None] >= 30
    assert min(sizes.values()) >= 16
    assert sum(sizes.values()) >= 140


def test_every_pool_mixes_the_four_kinds() -> None:
    for pool in pools():
        kinds = Counter(question.kind for question in pool.questions)
        assert set(kinds) == set(QuestionKind), pool.key


def test_no_pool_can_be_passed_with_one_answer_to_everything() -> None:
    for pool in pools():
        assert pool.pass_percent > 60
        assert 2 * pool.draw <= len(pool.questions)


def test_ids_and_texts_are_used_once_in_all_pools() -> None:
    assert not [i for i, n in Counter(q.id for q in ALL).items() if n > 1]
    assert not [t for t, n in Counter(q.text for q in ALL).items() if n > 1]


def test_the_table_of_dates_is_whole() -> None:
    assert len(ITEMS) == 126
    assert len(DATES) == 256


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_source_exists(question: Question) -> None:
    assert question.clause in {"", *CLAUSES, *ITEMS}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_right_answer_does_not_stand_out(question: Question) -> None:
    """Neither much longer than every wrong one, nor a copy of one."""
    assert question.right
    assert len({text.rstrip("。") for text in question.options}) == len(question.options)
    if question.kind is QuestionKind.SINGLE:
        longest_wrong = max(map(len, wrong_texts(question)))
        assert len(right_texts(question)[0]) <= 2.2 * longest_wrong


@pytest.mark.parametrize("question", QUESTIONS)
def test_texts_are_written_as_sentences(question: Question) -> None:
    assert question.text.endswith(("？", "。"))
    assert question.explanation.endswith("。")
    assert not re.search(r"[,;?!:]|\s", question.text + question.explanation)


@pytest.mark.parametrize("question", DATED)
def test_a_date_is_the_one_of_the_annex(question: Question) -> None:
    """The right answer names the days of the table, and no wrong answer does."""
    term = {(True, False): "spring", (False, True): "autumn"}.get(
        ("春季" in question.text, "秋季" in question.text), ""
    )
    rows = days_of(question.item, question.by, term)
    assert sorted(question.answer_on) == sorted(row["day"] for row in rows)
    words = [in_words(row["day"]) for row in rows]
    assert all(names(question.explanation, w.removeprefix("每月")) for w in words)
    if question.kind is QuestionKind.TRUE_FALSE:
        assert all(names(question.text, w) for w in words) == (question.right == (0,))
        return
    for word in words:
        assert any(names(text, word) for text in right_texts(question))
        assert not any(names(text, word) for text in wrong_texts(question))
    following = {in_words(row["day"]) for row in rows if row["next_year"] == "1"}
    for text in right_texts(question):
        assert any(word in text for word in following) == ("次年" in text)


@pytest.mark.parametrize("question", DATED)
def test_a_date_is_asked_in_the_pool_of_its_annex(question: Question) -> None:
    pool = next(p for p in pools() if question in p.questions)
    assert pool.subsystem is not None
    assert question.item.startswith(PREFIXES[pool.subsystem])
    assert question.clause == question.item


def test_annex_items_stand_in_the_pool_of_their_subsystem() -> None:
    for pool in pools():
        for question in pool.questions:
            if question.clause[:2] in ANNEXES:
                assert pool.subsystem is not None
                assert question.clause.startswith(PREFIXES[pool.subsystem])


def test_every_order_by_dates_is_in_the_table() -> None:
    asked = {
        question.id: len(question.options)
        for pool in pools()
        for question in pool.questions
        if question.kind is QuestionKind.ORDER and pool.subsystem is not None
    }
    assert asked == {key: len(steps) for key, steps in ORDERED.items()}


@pytest.mark.parametrize("key", ORDERED)
def test_steps_follow_their_dates(key: str) -> None:
    """Strictly: two steps on one day would have two right orders. The explanation gives them."""
    question = next(q for q in ALL if q.id == key)
    found = [days_of(*step.split()) for step in ORDERED[key]]
    assert [len(rows) for rows in found] == [1] * len(question.options)
    days = [(rows[0]["next_year"], rows[0]["day"].replace("last", "99")) for rows in found]
    assert days == sorted(set(days))
    places = [_place(question.explanation, rows[0]["day"]) for rows in found]
    assert places == sorted(set(places))
    assert min(places) >= 0


def _place(explanation: str, day: str) -> int:
    """Where the explanation names the day, in full or (`9月15日`, `15日`) as one of a month."""
    words = {"last": "最后一天"}.get(day, f"{day}日" if "-" not in day else in_words(day))
    found = re.search(rf"(?<!\d){words}", explanation)
    return found.start() if found else -1
