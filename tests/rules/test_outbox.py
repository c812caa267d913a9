"""When a failed letter is tried again, what it is called, and what is masked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.outbox import rules
from helpdesk.outbox.rules import Channel, Outcome, State, Verdict

NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

WAITS = [
    # failed attempts so far, wait before the next
    (1, MINUTE),
    (2, 2 * MINUTE),
    (3, 4 * MINUTE),
    (4, 8 * MINUTE),
    (7, HOUR),
    (10, 8 * HOUR),
    (12, DAY),
    (14, DAY),
]


@pytest.mark.parametrize(("attempts", "wait"), WAITS)
def test_wait(attempts: int, wait: timedelta) -> None:
    assert rules.next_try(NOW, attempts) == NOW + wait


def test_it_is_given_up_in_the_end() -> None:
    assert rules.next_try(NOW, len(rules.RETRY_AFTER) + 1) is None


def test_a_server_that_is_away_for_a_weekend_costs_no_letter() -> None:
    assert sum(rules.RETRY_AFTER, timedelta()) > 4 * DAY


def test_the_last_attempt_comes_before_the_letter_is_too_old() -> None:
    assert sum(rules.RETRY_AFTER, timedelta()) < rules.GOOD_FOR


SETTLED = [
    # verdict, failed attempts, state afterwards, wait
    (Verdict.SENT, 1, State.SENT, None),
    (Verdict.NEVER, 1, State.DEAD, None),
    (Verdict.POINTLESS, 1, State.DROPPED, None),
    (Verdict.LATER, 1, State.QUEUED, MINUTE),
    (Verdict.OUTAGE, 2, State.QUEUED, 2 * MINUTE),
    (Verdict.LATER, rules.MOST_ATTEMPTS, State.DEAD, None),
    (Verdict.OUTAGE, rules.MOST_ATTEMPTS, State.DEAD, None),
]


@pytest.mark.parametrize(("verdict", "attempts", "state", "wait"), SETTLED)
def test_settled(verdict: Verdict, attempts: int, state: State, wait: timedelta | None) -> None:
    again = None if wait is None else NOW + wait
    assert rules.settled(Outcome(verdict), NOW, attempts) == (state, again)


def test_identity_is_the_same_each_time_and_differs_by_every_part() -> None:
    parts = ("history:1", 7, "ticket_arrived", Channel.MAIL)
    same = rules.identity(*parts)
    assert same == rules.identity(*parts)
    others = {
        rules.identity("history:2", 7, "ticket_arrived", Channel.MAIL),
        rules.identity("history:1", 8, "ticket_arrived", Channel.MAIL),
        rules.identity("history:1", 7, "ticket_closed", Channel.MAIL),
        rules.identity("history:1", 7, "ticket_arrived", Channel.IN_APP),
    }
    assert len(others | {same}) == 5


def test_personal_data_is_masked_however_deep() -> None:
    masked = rules.masked(
        {"title": "学生手机13812345678", "names": [{"zh": "13812345678"}], "n": 3}
    )
    assert "13812345678" not in str(masked)
    assert masked["n"] == 3


def test_our_own_numbers_and_instants_stay_readable() -> None:
    params = {
        "number": "2026-0004711",
        "due_at": "2026-09-24T09:30:00+00:00",
        "subject": "ticket:4711",
        "before_at": "2026-09-24T09:30:00.123456+00:00",
    }
    assert rules.masked(params) == params
