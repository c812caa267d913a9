"""Replies kept ready: variables, blanks, order; the national stock."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.kernel.errors import BadData
from helpdesk.knowledge.queries.replies import load, national
from helpdesk.knowledge.rules.replies import (
    BLANK,
    PersonalDataInReply,
    Reply,
    UnknownVariable,
    Variable,
    check,
    fill,
    ordered,
    variables,
)

VALUES = {Variable.ASKER_NAME: "王老师", Variable.TICKET_NUMBER: "2026-0000001"}
FILLED = [
    ("{asker_name}，您好", "王老师，您好"),
    ("见{ticket_number}。", "见2026-0000001。"),
    ("预计{due_on}前答复", f"预计{BLANK}前答复"),
    ("{asker_name}{asker_name}", "王老师王老师"),
    ("写成 {其他} 的不动", "写成 {其他} 的不动"),
    ("{ asker_name }", "{ asker_name }"),
    ("没有变量", "没有变量"),
]


@pytest.mark.parametrize(("text", "filled"), FILLED)
def test_variables_are_filled_in(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_a_value_is_not_read_again_for_variables() -> None:
    assert fill("{asker_name}", {Variable.ASKER_NAME: "{due_on}"}) == "{due_on}"


@pytest.mark.parametrize("text", ["{name}", "您好{asker}", "{密码}", "{asker_name}和{x}"])
def test_a_variable_that_no_ticket_has_is_refused(text: str) -> None:
    with pytest.raises(UnknownVariable):
        check("标题", text)


@pytest.mark.parametrize(("title", "text"), [("标题", "990101200001010006"), ("13800000000", "好")])
def test_numbers_of_persons_are_refused(title: str, text: str) -> None:
    with pytest.raises(PersonalDataInReply):
        check(title, text)


def made(key: str, *cards: str, uses: int = 0) -> Reply:
    return Reply(key, key, "", "text", "", cards, uses=uses)


def test_those_for_the_card_come_first_then_by_use() -> None:
    found = ordered(
        [
            made("all"),
            made("all, used", uses=9),
            made("mine", "ACC-4a"),
            made("mine, used", "ACC-4a", "ENV", uses=2),
            made("other", "ENV", uses=50),
        ],
        "ACC-4a",
    )
    assert [r.key for r in found] == ["mine, used", "mine", "all, used", "all"]


def test_the_national_stock_can_be_read() -> None:
    stock = national()
    assert len(stock) >= 20
    assert all(r.key.startswith("file:") and r.body_id is None for r in stock)
    assert {v for r in stock for v in variables(r.text_zh)} <= set(Variable)
    assert any(r.fits("ACC-4a") and r.cards for r in stock)


BROKEN = [
    ("- {key: a, title: {zh: 甲, en: A}, cards: [XYZ], body: {zh: 甲, en: A}}", "no such card"),
    ("- {key: a, title: {zh: 甲, en: A}, cards: [], body: {zh: '甲{x}', en: 'A{x}'}}", "x"),
    (
        "- {key: a, title: {zh: 甲, en: A}, cards: [], body: {zh: '甲{due_on}', en: A}}",
        "same variables",
    ),
    (
        "- {key: a, title: {zh: 甲, en: A}, cards: [], body: {zh: 甲, en: A}}\n"
        "- {key: a, title: {zh: 甲, en: A}, cards: [], body: {zh: 甲, en: A}}",
        "twice",
    ),
]


@pytest.mark.parametrize(("items", "complaint"), BROKEN)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, items: str, complaint: str) -> None:
    (tmp_path / "x.yaml").write_text(f"replies:\n{items}\n", "utf-8")
    with pytest.raises(BadData, match=complaint):
        load(tmp_path)
