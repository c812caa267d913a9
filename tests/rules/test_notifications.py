"""Who hears of a clock, and what of a restricted ticket may be said: tables to be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from helpdesk.notifications import rules
from helpdesk.notifications.rules import BELL_ONLY, NAMES, Circle, Msg, TicketNews

ASSIGNEE, COLLEAGUE, LEAD, RESPONSIBLE, SUPERVISOR = 1, 2, 3, 4, 5
HANDLERS = frozenset({ASSIGNEE, COLLEAGUE})
COUNTY = Circle(
    assignee=ASSIGNEE,
    handlers=HANDLERS,
    leads=frozenset({LEAD}),
    first_responsible=frozenset({RESPONSIBLE}),
    supervisors=frozenset({SUPERVISOR}),
)
UNASSIGNED = replace(COUNTY, assignee=None)
CALL_CENTRE = replace(COUNTY, led_by_lead=True)
HAS_LEFT = replace(COUNTY, assignee=99)

WARNED: list[tuple[str, Circle, int, bool, set[int]]] = [
    # who holds it, working days left (negative: late), breached -> who is told
    ("two left", COUNTY, 2, False, {ASSIGNEE}),
    ("one left", COUNTY, 1, False, {ASSIGNEE, LEAD}),
    ("last day", COUNTY, 0, False, {ASSIGNEE, LEAD}),
    ("breach", COUNTY, 0, True, {ASSIGNEE, LEAD, RESPONSIBLE}),
    ("first late day", COUNTY, -1, True, {ASSIGNEE, LEAD, RESPONSIBLE}),
    ("second late day", COUNTY, -2, True, {ASSIGNEE, LEAD, RESPONSIBLE}),
    ("third late day", COUNTY, -3, True, {ASSIGNEE, LEAD, RESPONSIBLE, SUPERVISOR}),
    ("tenth late day", COUNTY, -10, True, {ASSIGNEE, LEAD, RESPONSIBLE, SUPERVISOR}),
    ("nobody assigned, two left", UNASSIGNED, 2, False, {ASSIGNEE, COLLEAGUE}),
    ("nobody assigned, one left", UNASSIGNED, 1, False, {ASSIGNEE, COLLEAGUE, LEAD}),
    ("the assignee has left", HAS_LEFT, 2, False, {ASSIGNEE, COLLEAGUE}),
    ("call centre, two left", CALL_CENTRE, 2, False, {ASSIGNEE}),
    ("call centre, breach", CALL_CENTRE, 0, True, {ASSIGNEE, LEAD}),
    ("call centre, third late day", CALL_CENTRE, -3, True, {ASSIGNEE, LEAD, SUPERVISOR}),
]


@pytest.mark.parametrize(
    ("name", "circle", "days_left", "breached", "told"), WARNED, ids=[row[0] for row in WARNED]
)
def test_warned(name: str, circle: Circle, days_left: int, breached: bool, told: set[int]) -> None:
    assert rules.warned(circle, days_left, breached=breached) == told


TICKET = TicketNews(
    id=1,
    number="2026-0004711",
    title="登录提示无效学校",
    restricted=False,
    status="arrived",
    asker_body_id=1,
    asker_person_id=None,
    filer_person_id=None,
    holder_body_id=2,
    assignee_person_id=None,
    waiting_on_body_id=None,
    due_at=datetime(2026, 9, 24, 9, 30, tzinfo=UTC),
    due_promise="answer",
)


def test_a_message_holds_number_title_and_what_it_was_given() -> None:
    by = {"zh": "甲县", "en": "A"}
    assert rules.worded(TICKET, Msg.TICKET_REPLIED, {"by": by, "to": None}) == (
        Msg.TICKET_REPLIED,
        {"number": "2026-0004711", "title": "登录提示无效学校", "by": by},
    )


def test_who_has_to_act_hears_until_when() -> None:
    _, params = rules.worded(TICKET, Msg.TICKET_ARRIVED, {})
    assert params["due_at"] == "2026-09-24T09:30:00+00:00"
    assert params["due_promise"] == "answer"


@pytest.mark.parametrize("message", list(Msg))
def test_of_a_restricted_ticket_the_number_alone(message: Msg) -> None:
    given = {"by": {"zh": "甲县"}, "body": {"zh": "乙县"}, "due_at": "2026-09-24T09:30:00+00:00"}
    assert rules.worded(replace(TICKET, restricted=True), message, given) == (
        Msg.RESTRICTED_NEWS,
        {"number": "2026-0004711"},
    )


@pytest.mark.parametrize("message", list(Msg))
def test_channels(message: Msg) -> None:
    expected = ("in_app",) if message in BELL_ONLY else ("in_app", "mail")
    assert rules.channels(message) == expected


def test_every_message_has_a_name_for_the_operator() -> None:
    assert set(NAMES) == set(Msg)
