"""Good cases: which verb in which state from which side, and what a case must say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.kernel.errors import Named
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.rules.cases import (
    SECTIONS,
    STATE_NAMES,
    TITLE,
    TOPICS,
    VERB_NAMES,
    VERBS,
    Entry,
    Side,
    State,
    Verb,
    case_number,
    missing,
    offered,
    with_personal_data,
)
from helpdesk.organizations.rules import Subsystem

AUTHOR = {Side.AUTHOR: frozenset({Permission.CASE_SUBMIT})}
REVIEWER = {Side.REVIEWER: frozenset({Permission.CASE_REVIEW})}
PUBLISHER = {Side.PUBLISHER: frozenset({Permission.CASE_REVIEW})}
ABOVE = {Side.ABOVE: frozenset({Permission.CASE_REVIEW})}
READER = {Side.AUTHOR: frozenset({Permission.TICKET_READ})}

FULL = Entry("标题", "背景", "做法", "成效", cards=("ACC-1",))


@pytest.mark.parametrize(
    ("state", "sides", "verbs"),
    [
        (State.DRAFT, AUTHOR, (Verb.EDIT, Verb.SUBMIT, Verb.WITHDRAW)),
        (State.SUBMITTED, AUTHOR, (Verb.RECALL,)),
        (State.RETURNED, AUTHOR, (Verb.EDIT, Verb.SUBMIT, Verb.WITHDRAW)),
        (State.PUBLISHED, AUTHOR, (Verb.WITHDRAW,)),
        (State.WITHDRAWN, AUTHOR, ()),
        (State.DRAFT, REVIEWER, ()),
        (State.SUBMITTED, REVIEWER, (Verb.PUBLISH, Verb.RETURN)),
        (State.RETURNED, REVIEWER, ()),
        (State.PUBLISHED, REVIEWER, ()),
        (State.PUBLISHED, PUBLISHER, (Verb.TAKE_DOWN,)),
        (State.SUBMITTED, PUBLISHER, ()),
        (State.PUBLISHED, ABOVE, (Verb.LIFT,)),
        (State.WITHDRAWN, ABOVE, ()),
        *((state, READER, ()) for state in State),
    ],
)
def test_verbs_by_state_and_side(
    state: State, sides: dict[Side, frozenset[Permission]], verbs: tuple[Verb, ...]
) -> None:
    assert offered(state, sides, complete=True) == verbs


def test_what_is_not_complete_is_not_submitted() -> None:
    assert Verb.SUBMIT not in offered(State.DRAFT, AUTHOR, complete=False)


def test_no_verb_leads_out_of_the_end() -> None:
    assert not [rule for rule in VERBS.values() if State.WITHDRAWN in rule.states]


@pytest.mark.parametrize(
    ("entry", "labels"),
    [
        (FULL, ()),
        (replace(FULL, advice=""), ()),
        (replace(FULL, cards=(), subsystems=(Subsystem.PRESCHOOL,)), ()),
        (replace(FULL, cards=()), (TOPICS,)),
        (replace(FULL, title=" "), (TITLE,)),
        (replace(FULL, situation=""), (SECTIONS["situation"],)),
        (replace(FULL, measures=" \n"), (SECTIONS["measures"],)),
        (Entry(""), (TITLE, *(SECTIONS[s] for s in ("situation", "measures", "result")), TOPICS)),
    ],
)
def test_what_is_missing_for_a_review(entry: Entry, labels: tuple[Named, ...]) -> None:
    assert missing(entry) == labels


@pytest.mark.parametrize("field", ["title", *SECTIONS])
def test_numbers_of_persons_are_found_in_every_text(field: str) -> None:
    label = TITLE if field == "title" else SECTIONS[field]
    assert with_personal_data(replace(FULL, **{field: "电话13800138000"})) == (label,)  # type: ignore[arg-type]


def test_numbers_of_ours_are_none_of_a_person() -> None:
    named = replace(FULL, situation=f"见{case_number(2026, 12)}和2026-0004711。")
    assert case_number(2026, 12) == "AL2026-00012"
    assert with_personal_data(named) == ()


def test_every_word_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(VERB_NAMES) == set(Verb)
