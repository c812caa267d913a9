"""并入: closed as a duplicate of N, a running legal clock passes to N with the earlier date."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from helpdesk.sla import queries
from helpdesk.sla.events import ClockBreached, ClockMoved, ClockWarned
from helpdesk.sla.operations import clocks, sweeping
from helpdesk.sla.rules import Cause, ClockView, Outcome, Promise
from tests.factories.clocks import Heard, Offices, at, offices, started, written


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-18 08:00"))


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


def merge(when: str) -> ClockView | None:
    """Ticket 12 closes as a duplicate of ticket 3."""
    return clocks.pass_to(
        subject_from="ticket:12", subject_to="ticket:3", promise=Promise.LEGAL, now=at(when)
    )


def both() -> tuple[ClockView, ClockView]:
    found = queries.clocks_of(["ticket:12", "ticket:3"])
    return found["ticket:12"][-1], found["ticket:3"][-1]


def test_the_duplicate_was_earlier(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    started(where, "09-21 09:00", subject="ticket:3")
    merge("09-22 10:00")
    duplicate, kept = both()
    assert duplicate.outcome is Outcome.MERGED
    assert (written(kept.due_at), kept.ended_at) == ("09-24 17:30", None)
    assert written(kept.received_at) == "09-18 15:00"
    (moved,) = heard.of(ClockMoved)
    assert (moved.subject, moved.cause) == ("ticket:3", Cause.DUPLICATE)
    assert queries.moves_of([kept.id])[kept.id][0].note == "ticket:12"


def test_the_duplicate_was_later(where: Offices, heard: Heard) -> None:
    started(where, "09-21 09:00")
    before = started(where, "09-18 15:00", subject="ticket:3")
    merge("09-22 10:00")
    duplicate, kept = both()
    assert (duplicate.outcome, kept) == (Outcome.MERGED, before)
    assert heard.of(ClockMoved) == []


def test_the_other_had_no_legal_clock(where: Offices) -> None:
    started(where, "09-18 15:00")
    merge("09-23 10:00")
    duplicate, heir = both()
    assert duplicate.outcome is Outcome.MERGED
    assert (heir.subject, written(heir.received_at)) == ("ticket:3", "09-18 15:00")
    assert (written(heir.started_at), written(heir.due_at)) == ("09-23 10:00", "09-24 17:30")
    assert written(heir.next_at) == "09-24 08:30"


def test_the_duplicate_had_none(where: Offices) -> None:
    before = started(where, "09-18 15:00", subject="ticket:3")
    assert merge("09-22 10:00") is None
    assert queries.clocks_of(["ticket:3"])["ticket:3"] == (before,)


def test_an_earlier_date_tells_the_level_it_has_passed(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    started(where, "09-21 09:00", subject="ticket:3")
    merge("09-23 10:00")
    sweeping.sweep(now=at("09-23 10:01"))
    (told,) = heard.of(ClockWarned)
    assert (told.subject, told.level.value, told.days_left) == ("ticket:3", "one_left", 1)


def test_a_breach_stands_on_both(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    started(where, "09-22 09:00", subject="ticket:3")
    sweeping.sweep(now=at("09-24 18:00"))
    merge("09-28 10:00")
    duplicate, kept = both()
    assert written(duplicate.breached_at) == written(kept.breached_at) == "09-24 17:30"
    assert [b.subject for b in heard.of(ClockBreached)] == ["ticket:12", "ticket:3"]
    assert written(kept.next_at) == "09-29 08:30"
