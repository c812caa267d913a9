"""The 28 problem cards against the text of the notice and our reading of it."""

from __future__ import annotations

import re

import pytest

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.queries import UnknownCard
from helpdesk.catalog.rules import (
    BODY_NAMES,
    CODES,
    Card,
    CardPromise,
    Door,
    FieldKind,
    FirstHolderRule,
    StepBody,
    citation_en,
    citation_zh,
)

# code: clause of the notice ("" = our own), door, who can close it
CARDS: dict[str, tuple[str, str, str]] = {
    "ACC-1": ("S-2.1.1", "login", "province_aid"),
    "ACC-2": ("S-2.1.2", "login", "city_aid province_aid"),
    "ACC-3": ("S-2.1.3", "login", "moe_it_centre"),
    "ACC-4a": ("S-2.1.4A", "login", "direct_aid city_aid province_aid"),
    "ACC-4b": ("S-2.1.4B", "login", "direct_aid province_it"),
    "ACC-4c": ("S-2.1.4C", "login", "province_aid province_it"),
    "ACC-4x": ("", "login", "direct_aid"),
    "ENR-1": ("S-2.2.1", "enrolment", "direct_aid"),
    "ENR-2": ("S-2.2.2", "enrolment", "enrolment_same_level"),
    "ENR-3": ("S-2.2.3", "enrolment", "enrolment_same_level"),
    "ENR-4": ("S-2.2.4", "enrolment", "sync_owner"),
    "DIF-1": ("S-2.3.1", "business", "asker"),
    "DIF-2": ("S-2.3.2", "business", "asker"),
    "DIF-3": ("S-2.3.3", "business", "asker"),
    "AID-1": ("S-2.4.1", "business", "asker direct_aid city_aid province_aid"),
    "AID-2": ("S-2.4.2", "business", "asker"),
    "AID-3": ("S-2.4.3", "business", "asker"),
    "AID-4": ("S-2.4.4", "business", "asker"),
    "AID-5": ("S-2.4.5", "business", "asker direct_aid city_aid province_aid"),
    "AID-6": ("S-2.4.6", "business", "asker"),
    "OPS": ("S-3.5.2", "business", "direct_aid"),
    "BIZ": ("S-3.5.2", "business", "direct_aid"),
    "ENV": ("S-3.5.3", "environment", "province_it"),
    "TIME": ("S-3.4", "business", "direct_aid city_aid province_aid"),
    "SEC": ("", "other", "province_aid"),
    "SUP": ("S-3.7", "other", "first_holder"),
    "TRN": ("S-3.3", "other", "direct_aid"),
    "OUT": ("", "other", "direct_aid"),
}


def test_there_are_28_cards_in_the_order_of_the_notice() -> None:
    assert len(CODES) == 28
    assert tuple(card.code for card in catalog.cards()) == CODES == tuple(CARDS)


@pytest.mark.parametrize("code", CARDS)
def test_clause_door_and_closing_tier(code: str) -> None:
    card = catalog.card(code)
    tiers = " ".join(card.closing_tier)
    assert (card.clause, card.door.value, tiers) == CARDS[code]


@pytest.mark.parametrize("card", catalog.cards(), ids=CODES)
def test_every_text_stands_in_both_languages(card: Card) -> None:
    pairs = [
        (card.name_zh, card.name_en),
        (card.summary_zh, card.summary_en),
        (card.proof_zh, card.proof_en),
        (card.likely_answer_zh, card.likely_answer_en),
        *((step.name_zh, step.name_en) for step in card.steps),
        *((step.when_zh, step.when_en) for step in card.steps if step.when_zh),
        *((field.label_zh, field.label_en) for field in card.fields),
        *((field.help_zh, field.help_en) for field in card.fields if field.help_zh),
        *((o.label_zh, o.label_en) for field in card.fields for o in field.options),
    ]
    for zh, en in pairs:
        assert re.search(r"[\u4e00-\u9fff]", zh), zh
        assert re.search(r"[A-Za-z]", en), en


@pytest.mark.parametrize("card", catalog.cards(), ids=CODES)
def test_no_field_asks_for_what_a_ticket_must_not_contain(card: Card) -> None:
    labels = " ".join(field.label_zh for field in card.fields)
    assert not re.search(r"姓名|身份证号|学籍号|电话号码|住址|出生", labels)


def test_only_incidents_and_appeals_are_restricted() -> None:
    assert {card.code for card in catalog.cards() if card.restricted} == {"SEC", "SUP"}


def test_only_the_appeal_names_an_office_complained_of() -> None:
    assert [card.code for card in catalog.cards() if card.needs_accused] == ["SUP"]


def test_promises_of_provincial_it_differ_from_an_answer() -> None:
    other = {c.code: c.promise for c in catalog.cards() if c.promise is not CardPromise.ANSWER}
    assert other == {"ENV": CardPromise.ENV, "ENR-4": CardPromise.SYNC}


def test_first_holder_rules() -> None:
    special = {
        c.code: c.first_holder_rule
        for c in catalog.cards()
        if c.first_holder_rule is not FirstHolderRule.DIRECT_AID
    }
    assert special == {
        "ENV": FirstHolderRule.ENVIRONMENT,
        "ENR-4": FirstHolderRule.SYNC,
        "SEC": FirstHolderRule.INCIDENT_OWNER,
        "SUP": FirstHolderRule.PARENT_OF_ACCUSED,
    }


# code: key and body of every step that must be done before the ticket is resolved
REQUIRED = {
    "ACC-1": "confirm_empty:direct_aid set_invalid:province_aid",
    "ACC-2": "confirm_approval:direct_aid move:city_aid",
    "ACC-3": "check_quarter:direct_aid hand_down:direct_aid",
    "ACC-4a": "verify:direct_aid reset:password_office",
    "ACC-4b": "B1:enrolment_same_level B2:province_it",
    "ACC-4c": "look_up:direct_aid coordinate:province_aid sync:province_it",
    "ACC-4x": "ask_exact:direct_aid",
    "ENR-1": "compare:direct_aid",
    "ENR-2": "convene:direct_aid settle:enrolment_same_level",
    "ENR-3": "decide:enrolment_same_level",
    "ENR-4": "check_sync:sync_owner",
    "ENV": "repair:province_it",
    "TIME": "check_item:direct_aid",
    "SEC": "report:province_aid",
    "SUP": "check_figures:first_holder",
    "TRN": "record:direct_aid",
}


@pytest.mark.parametrize("code", CODES)
def test_required_steps(code: str) -> None:
    steps = [step for step in catalog.card(code).steps if step.required]
    assert " ".join(f"{s.key}:{s.by}" for s in steps) == REQUIRED.get(code, "")


def test_a_step_with_a_condition_says_when() -> None:
    conditional = {
        f"{card.code}.{step.key}" for card in catalog.cards() for step in card.steps if step.when_zh
    }
    assert {"ACC-2.move_across_cities", "ACC-3.create_account", "ACC-4c.trace", "BIZ.policy"} <= (
        conditional
    )


def test_questions_that_belong_elsewhere_are_sent_there() -> None:
    assert [card.code for card in catalog.cards() if card.redirect_zh] == ["OUT"]
    assert "技工学校" in catalog.card("OUT").redirect_zh


def test_a_card_is_found_in_any_case_of_letters() -> None:
    assert catalog.card(" acc-4B ").code == "ACC-4b"


def test_an_unknown_card_is_refused_by_name() -> None:
    with pytest.raises(UnknownCard, match="ACC-9"):
        catalog.card("ACC-9")


def test_steps_and_fields_are_found_by_key() -> None:
    card = catalog.card("ACC-4b")
    step, field = card.step("B2"), card.field("enrolled_count")
    assert step is not None
    assert step.by is StepBody.PROVINCE_IT
    assert field is not None
    assert field.kind is FieldKind.NUMBER
    assert card.step("B3") is None
    assert card.field("name") is None


def test_every_body_of_a_step_has_a_name() -> None:
    assert set(BODY_NAMES) == set(StepBody)


def test_every_door_but_the_last_has_a_playbook() -> None:
    assert [playbook.door for playbook in catalog.playbooks()] == [
        Door.LOGIN,
        Door.ENROLMENT,
        Door.BUSINESS,
        Door.ENVIRONMENT,
    ]


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        ("", "本系统约定", "our own arrangement"),
        ("S-2.1.4B", "教助中心〔2020〕53号 二（一）四是", "part 2 (1), item 4"),
        ("S-2.4.6", "教助中心〔2020〕53号 二（四）六是", "part 2 (4), item 6"),
        # part three prints no item numbers
        ("S-3.5.2", "教助中心〔2020〕53号 三（五）", "part 3 (5)"),
        ("S-3.4", "教助中心〔2020〕53号 三（四）", "part 3 (4)"),
        ("S-1.1", "教助中心〔2020〕53号 一", "part 1"),
    ],
)
def test_where_a_clause_stands(clause: str, zh: str, en: str) -> None:
    assert citation_zh(clause) == zh
    assert citation_en(clause).endswith(en)


@pytest.mark.parametrize("wrong", ["S-4.1", "2.1.1", "S-2.1.4D", "S-2.1.1.1"])
def test_an_id_that_is_no_clause_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        citation_zh(wrong)
