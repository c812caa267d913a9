"""What a question must say and what it must not, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Field, FieldKind, Option
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.questions import Answers

NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)
ID = "990101200001010006"


def field(kind: FieldKind, *, required: bool = True) -> Field:
    options = (Option("a", "甲", "A"), Option("b", "乙", "B")) if kind is FieldKind.CHOICE else ()
    return Field("key", "名称", "name", kind, required, options)


T, N, D, C, B = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE, FieldKind.CHOICE, FieldKind.BOOL
ANSWERS = [
    (T, "无提示", ""),
    (T, "", rules.NEEDED),
    (T, "  \n ", rules.NEEDED),
    (T, "长" * 4001, rules.TOO_LONG),
    (N, "0", ""),
    (N, "120", ""),
    (N, "10000000", ""),
    (N, "10000001", rules.NOT_A_COUNT),
    (N, "-1", rules.NOT_A_COUNT),
    (N, "1.5", rules.NOT_A_COUNT),
    (N, "许多", rules.NOT_A_COUNT),
    (N, "٣", rules.NOT_A_COUNT),
    (N, "", rules.NEEDED),
    (D, "2026-09-22", ""),
    (D, "2026-02-30", rules.NOT_A_DAY),
    (D, "22.9.2026", rules.NOT_A_DAY),
    (D, "2026-9-2", rules.NOT_A_DAY),
    (D, "0001-01-01", rules.NOT_A_DAY),
    (C, "a", ""),
    (C, "c", rules.NOT_OFFERED),
    (C, "", rules.NEEDED),
    (B, "yes", ""),
    (B, "no", ""),
    (B, "maybe", rules.NOT_OFFERED),
]


@pytest.mark.parametrize(("kind", "value", "sentence"), ANSWERS)
def test_answers_to_the_questions_of_a_card(kind: FieldKind, value: str, sentence: str) -> None:
    assert rules.problem(field(kind), value) == sentence


@pytest.mark.parametrize("kind", [T, N, D, C, B])
def test_what_is_not_required_may_be_left_out(kind: FieldKind) -> None:
    assert rules.problem(field(kind, required=False), " ") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("120人", "120"), ("１２０", "120"), (" 1,200 名", "1200"), ("约120", "约120")],
)
def test_counts_as_people_write_them(typed: str, kept: str) -> None:
    assert rules.count(typed) == kept


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("13800000000", True),
        ("138 0000 0000", True),
        ("+86 138-0000-0000", True),
        ("１３８００００００００", True),
        ("0571-88880000", True),
        ("057188880000", True),
        ("(0571)88880000", True),
        ("88880000", True),
        ("0571-88880000-8001", True),
        ("0571-88880000 转 8001", True),
        ("400-800-1234", True),
        ("", False),
        ("打我电话", False),
        ("12345", False),
        ("1380000", False),
        (ID, False),
        ("990101000101001", False),
        ("6222020200112230", False),
        ("G" + ID, False),
        ("13800000000，13900000000", False),
        ("2026-0004711", False),
    ],
)
def test_call_back_numbers(number: str, right: bool) -> None:
    assert rules.is_callback(number) is right


def test_personal_numbers_are_found_in_every_text_but_the_call_back_number() -> None:
    clean = Answers(callback_number="13800000000")
    assert rules.findings(clean) == {}
    for name in ("title", "text", "callback_name", "received_how", "previous_number"):
        assert list(rules.findings(Answers.from_json({name: f"见{ID}"}))) == [name]
    assert list(rules.findings(Answers(fields={"exact_message": ID}))) == ["card_exact_message"]


def test_every_text_of_the_answers_is_guarded_or_is_no_text() -> None:
    names = {name for name, _ in rules.guarded(Answers(fields={"x": ""}))}
    others = set(Answers.__dataclass_fields__) - names - {"fields"}
    assert others == {"subsystem", "callback_number", "accused_body_id", "received_at", "read"}


def test_a_masked_copy_has_nothing_left_to_find() -> None:
    answers = Answers(
        title=ID, text=f"给{ID}做", callback_name="13800000000", fields={"a": f"G{ID}"},
        callback_number="13800000000",
    )  # fmt: skip
    masked = rules.masked(answers)
    assert rules.findings(masked) == {}
    assert masked.text == "给990101********0006做"
    assert masked.callback_number == "13800000000"
    assert rules.masked(masked) == masked


def test_doubts_leave_the_caller_s_own_name_alone() -> None:
    assert rules.doubts(Answers(callback_name="李小红同学")) == {}
    assert list(rules.doubts(Answers(text="李小红同学"))) == ["text"]


def test_answers_survive_their_written_form() -> None:
    answers = Answers(
        title="标题", text="说明", fields={"a": "1"}, subsystem="senior_high",
        callback_number="0571-88880000", accused_body_id=7, received_at=NOW, received_how="来电",
    )  # fmt: skip
    assert Answers.from_json(answers.to_json()) == answers
    assert Answers.from_json({"text": "说明", "of another version": 1}) == Answers(text="说明")
    assert Answers().to_json() == {}


@pytest.mark.parametrize(
    ("received", "refusal"),
    [
        (NOW, None),
        (NOW - timedelta(days=300), None),
        (NOW + timedelta(seconds=1), rules.ReportInTheFuture),
        (NOW - timedelta(days=366), rules.ReportTooOld),
    ],
)
def test_the_time_of_a_report(received: datetime, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rules.check_received(received, NOW)
        return
    with pytest.raises(refusal):
        rules.check_received(received, NOW)


def test_a_question_can_always_be_said_in_words() -> None:
    for card in catalog.cards():
        assert rules.title_of(card, Answers()) == card.name_zh
        assert rules.text_of(card, Answers()) == card.name_zh
    card = catalog.card("ACC-4c")
    said = Answers(fields={"exact_message": "用户不存在"})
    assert rules.text_of(card, said) == "提示原文：用户不存在"
    assert rules.text_of(card, Answers(text=" 说明 ")) == "说明"


def test_what_is_missing_is_named() -> None:
    card = catalog.card("SUP")
    assert tuple(map(str, rules.missing(card, Answers(), for_others=True))) == (
        "有异议的数字或事项", "回访电话", "来电人", "被反映的部门",
    )  # fmt: skip
    whole = Answers(
        fields={"disputed": "数字"}, callback_number="13800000000", accused_body_id=1,
        callback_name="王老师", received_at=NOW, received_how="来电",
    )  # fmt: skip
    assert rules.missing(card, whole, for_others=True) == ()
