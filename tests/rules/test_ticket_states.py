"""semantics 4: which verb may be done in which state, by whom, as one table to read."""

from __future__ import annotations

import pytest

from helpdesk.kernel.permissions import Permission
from helpdesk.tickets.rules import (
    STATUS_NAMES,
    VERB_NAMES,
    VERBS,
    Side,
    Standing,
    Status,
    Verb,
    offered,
    step_id_of,
    step_subject,
    subject,
    ticket_id_of,
    ticket_number,
)

STATES = list(Status)
# One column per state, in this order:
#   待受理 办理中 等待补充 已退回 已反馈 待确认 已办结 已撤回 已并入
TABLE = """
take           ● ● ● ● ● ● · · ·  holder
assign         ● ● ● ● ● ● · · ·  holder
release        ● ● ● ● ● ● · · ·  holder
take-over      ● ● ● ● · · · · ·  parent
accept         ● · · · · · · · ·  holder
reply          ● ● ● ● ● ● · · ·  party
note           ● ● ● ● ● ● ● ● ●  holder
ask            · ● · ● ● · · · ·  holder
supply         · · ● · · · · · ·  waited_for
hand-up        · ● ● ● · · · · ·  holder
recall         ● · · · · · · · ·  reporter
redirect       ● ● ● ● · · · · ·  holder
return         · ● ● ● · · · · ·  holder
resubmit       · · · ● · · · · ·  holder
withdraw       ● ● ● ● · · · · ·  asker
delegate       · ● ● ● ● · · · ·  holder
complete-step  ● ● ● ● ● · · · ·  step
record-step    · ● ● ● ● · · · ·  holder
feedback       · ● ● · ● · · · ·  holder
resolve        · ● ● ● ● · · · ·  holder
confirm        · · · · · ● · · ·  asker
not-solved     · · · · · ● · · ·  asker
reopen         · · · · · · ● · ·  asker
close          · · · · · ● · · ·  holder
merge          · ● ● ● ● · · · ·  holder
urge           ● ● ● ● ● · · · ·  asker
priority       ● ● ● ● ● ● · · ·  holder
pause          · ● · · · · · · ·  holder
resume         · ● · · · · · · ·  holder
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_verb_stands_in_the_table_with_its_states_and_side(row: list[str]) -> None:
    verb, marks, side = Verb(row[0]), row[1:-1], Side(row[-1])
    allowed = {state for state, mark in zip(STATES, marks, strict=True) if mark == "●"}
    assert VERBS[verb].states == allowed
    assert VERBS[verb].side is side


def test_every_verb_but_submitting_has_its_row() -> None:
    assert {Verb(row[0]) for row in ROWS} == set(VERBS) == set(Verb) - {Verb.SUBMIT}


def test_every_state_and_verb_has_a_name() -> None:
    assert set(STATUS_NAMES) == set(Status)
    assert set(VERB_NAMES) == set(Verb)


ALL = frozenset(Permission)


def _verbs(standing: Standing) -> set[str]:
    return {found.verb.value for found in offered(standing) if found.refused is None}


CASES = [
    (
        "县里刚收到",
        Standing(Status.ARRIVED, {Side.HOLDER: ALL, Side.PARTY: ALL}),
        {"take", "assign", "accept", "reply", "note", "redirect", "priority"},
    ),
    (
        "县里在办，有自己的步骤",
        Standing(
            Status.ACCEPTED,
            {Side.HOLDER: ALL, Side.PARTY: ALL},
            mine=True,
            has_assignee=True,
            steps_to_give=True,
            steps_to_record=True,
            running_local_clock=True,
        ),
        {
            "assign",
            "release",
            "reply",
            "note",
            "ask",
            "hand-up",
            "redirect",
            "return",
            "delegate",
            "record-step",
            "resolve",
            "merge",
            "priority",
            "pause",
        },
    ),
    (
        "呼叫中心在办：不能再上报，可以反馈",
        Standing(
            Status.ACCEPTED,
            {Side.HOLDER: ALL, Side.PARTY: ALL},
            mine=True,
            has_assignee=True,
            at_top=True,
            holder_is_call_centre=True,
        ),
        {
            "assign",
            "release",
            "reply",
            "note",
            "ask",
            "redirect",
            "return",
            "feedback",
            "resolve",
            "merge",
            "priority",
        },
    ),
    (
        "退回到县：补充后直接回到退回的单位",
        Standing(
            Status.RETURNED, {Side.HOLDER: ALL, Side.PARTY: ALL}, was_returned=True, mine=True
        ),
        {
            "assign",
            "reply",
            "note",
            "ask",
            "redirect",
            "return",
            "resubmit",
            "resolve",
            "merge",
            "priority",
        },
    ),
    (
        "退回到提问的学校：只能补充、撤回、催办",
        Standing(
            Status.RETURNED,
            {Side.HOLDER: ALL, Side.ASKER: ALL, Side.PARTY: ALL},
            was_returned=True,
            holder_is_asker=True,
        ),
        {"reply", "resubmit", "withdraw", "urge"},
    ),
    (
        "学校等结果",
        Standing(Status.ACCEPTED, {Side.ASKER: ALL, Side.PARTY: ALL}),
        {"reply", "withdraw", "urge"},
    ),
    (
        "学校被追问",
        Standing(Status.WAITING, {Side.ASKER: ALL, Side.WAITED_FOR: ALL, Side.PARTY: ALL}),
        {"reply", "supply", "withdraw", "urge"},
    ),
    (
        "学校看到答复",
        Standing(Status.RESOLVED, {Side.ASKER: ALL, Side.PARTY: ALL}),
        {"reply", "confirm", "not-solved"},
    ),
    ("已办结的学校", Standing(Status.CLOSED, {Side.ASKER: ALL, Side.PARTY: ALL}), {"reopen"}),
    (
        "刚上报的县可以收回",
        Standing(Status.ARRIVED, {Side.REPORTER: ALL, Side.PARTY: ALL}),
        {"reply", "recall"},
    ),
    ("上级受理后县不能收回", Standing(Status.ACCEPTED, {Side.REPORTER: ALL}), set()),
    (
        "学籍部门有一个步骤",
        Standing(Status.ACCEPTED, {Side.STEP: ALL, Side.PARTY: ALL}, own_steps=True),
        {"reply", "complete-step"},
    ),
    ("没有人的县由市接手", Standing(Status.ARRIVED, {Side.PARENT: ALL}), {"take-over"}),
    ("只能看的人", Standing(Status.ACCEPTED, {Side.HOLDER: frozenset()}), set()),
]


@pytest.mark.parametrize(("standing", "verbs"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_verbs_offered(standing: Standing, verbs: set[str]) -> None:
    assert _verbs(standing) == verbs


def _refused(standing: Standing) -> dict[str, str | None]:
    return {found.verb.value: found.refused for found in offered(standing) if found.refused}


def test_resolving_waits_for_required_steps_and_names_them() -> None:
    standing = Standing(
        Status.ACCEPTED, {Side.HOLDER: ALL}, open_required_steps=("核对审核情况", "核对同步")
    )
    shown = next(v for v in offered(standing) if v.verb is Verb.RESOLVE)
    assert shown.refused is not None
    assert shown.refused % dict(shown.params) == "步骤还没有完成：核对审核情况、核对同步。"


def test_urging_twice_a_day_is_refused_with_a_reason() -> None:
    standing = Standing(Status.ACCEPTED, {Side.ASKER: ALL}, urged_today=True)
    assert set(_refused(standing)) == {"urge"}


def test_reopening_after_the_window_is_refused_with_a_way_out() -> None:
    standing = Standing(Status.CLOSED, {Side.ASKER: ALL}, may_reopen=False)
    assert "新问题" in (_refused(standing)["reopen"] or "")


def test_numbers_and_subjects() -> None:
    assert ticket_number(2026, 4711) == "2026-0004711"
    assert ticket_id_of(subject(12)) == 12
    assert ticket_id_of(step_subject(7)) is None
    assert step_id_of(step_subject(7)) == 7
    assert step_id_of(subject(12)) is None
