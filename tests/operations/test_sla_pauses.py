"""暂停计时: local promises may stand still, the legal five days never do."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from helpdesk.sla import queries
from helpdesk.sla.events import ClockBreached, ClockMoved
from helpdesk.sla.operations import clocks, sweeping
from helpdesk.sla.operations.clocks import LegalClockNeverPauses, OnlyLocalPromisesPause
from helpdesk.sla.rules import FEEDBACK, LOCAL, Cause, ClockView, Effect, Outcome, Promise
from tests.factories.clocks import Heard, Offices, at, offices, started, written


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-18 08:00"))


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


def pause(when: str, reason: str = "waiting_for_asker", note: str = "") -> ClockView | None:
    return clocks.pause(
        subject="ticket:12", promise=Promise.ANSWER, reason=reason, note=note, now=at(when)
    )


def resume(when: str) -> ClockView | None:
    return clocks.resume(subject="ticket:12", promise=Promise.ANSWER, now=at(when))


def test_the_legal_clock_refuses_with_a_way_out(where: Offices) -> None:
    started(where, "09-18 15:00")
    with pytest.raises(LegalClockNeverPauses, match="不能暂停，也不能延长"):
        clocks.pause(
            subject="ticket:12",
            promise=Promise.LEGAL,
            reason="outside_event",
            now=at("09-21 10:00"),
        )


@pytest.mark.parametrize("promise", sorted(set(Promise) - LOCAL - {Promise.LEGAL}))
def test_other_clocks_refuse_too(where: Offices, promise: Promise) -> None:
    with pytest.raises(OnlyLocalPromisesPause):
        clocks.pause(subject="ticket:12", promise=promise, reason="x", now=at("09-21 10:00"))


@pytest.mark.parametrize("promise", sorted(LOCAL))
def test_every_local_promise_may_pause(where: Offices, promise: Promise) -> None:
    started(where, "09-18 15:00", promise=promise)
    paused = clocks.pause(
        subject="ticket:12", promise=promise, reason="outside_event", now=at("09-21 10:00")
    )
    assert paused is not None
    assert (written(paused.paused_since), paused.next_at) == ("09-21 10:00", None)


def test_an_unlisted_reason_is_refused(where: Offices) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER)
    with pytest.raises(ValueError, match="lunch"):
        pause("09-21 10:00", "lunch")


def test_nothing_warns_while_it_stands_and_the_date_moves_after(
    where: Offices, heard: Heard
) -> None:
    made = started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    assert written(made.due_at) == "09-22 17:30"
    pause("09-21 10:00", "outside_event", "厂商升级接口")
    assert sweeping.sweep(now=at("09-23 09:00")).acted == 0
    gone_on = resume("09-23 09:30")
    assert gone_on is not None
    # 20 Sep counted; 21 and 22 stood paused at close; 23 and 24 are days 2 and 3.
    assert written(gone_on.due_at) == "09-24 17:30"
    assert written(gone_on.next_at) == "09-24 08:30"
    assert gone_on.paused_on == {date(2026, 9, 21), date(2026, 9, 22)}
    (moved,) = heard.of(ClockMoved)
    assert (moved.cause, moved.effect) == (Cause.RESUMED, Effect.LATER)
    assert (written(moved.due_before), written(moved.due_after)) == ("09-22 17:30", "09-24 17:30")
    (told,) = queries.pauses_of([made.id])[made.id]
    assert (written(told.since), written(told.until)) == ("09-21 10:00", "09-23 09:30")
    assert (told.reason.value, told.note) == ("outside_event", "厂商升级接口")


def test_a_pause_within_office_hours_moves_nothing(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    pause("09-21 10:00")
    gone_on = resume("09-21 17:00")
    assert gone_on is not None
    assert written(gone_on.due_at) == "09-22 17:30"
    assert heard.of(ClockMoved) == []


def test_several_pauses_add_up(where: Offices) -> None:
    made = started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    for since, until in (("09-21 10:00", "09-22 09:00"), ("09-22 10:00", "09-23 09:00")):
        pause(since)
        resume(until)
    found = queries.clocks_of(["ticket:12"])["ticket:12"][0]
    assert written(found.due_at) == "09-24 17:30"
    assert len(queries.pauses_of([made.id])[made.id]) == 2


def test_another_reason_takes_over_a_running_pause(where: Offices) -> None:
    made = started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    pause("09-21 10:00", "outside_event", "厂商升级接口")
    pause("09-22 10:00", "waiting_for_asker")
    gone_on = resume("09-23 09:30")
    assert gone_on is not None
    assert written(gone_on.due_at) == "09-24 17:30"
    reasons = [p.reason.value for p in queries.pauses_of([made.id])[made.id]]
    assert reasons == ["outside_event", "waiting_for_asker"]


def test_answered_while_paused_is_judged_with_the_pause(where: Offices) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    pause("09-21 10:00")
    ended = clocks.meet(
        subject="ticket:12", promise=Promise.ANSWER, at=at("09-24 16:00"), how="answered"
    )
    assert ended is not None
    assert (ended.outcome, written(ended.due_at)) == (Outcome.MET, "09-28 17:30")
    assert ended.paused_since is None
    (told,) = queries.pauses_of([ended.id])[ended.id]
    assert written(told.until) == "09-24 16:00"


def test_a_late_clock_may_pause_but_the_breach_stands(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    pause("09-22 18:00")  # half an hour late, the sweep has not looked
    (breach,) = heard.of(ClockBreached)
    assert written(breach.due_at) == "09-22 17:30"
    gone_on = resume("09-28 09:00")
    assert gone_on is not None
    assert (written(gone_on.due_at), written(gone_on.breached_at)) == ("09-22 17:30",) * 2
    # 23 and 24 Sep stood paused: of the working days since only the 28th is a late one.
    ended = clocks.meet(
        subject="ticket:12", promise=Promise.ANSWER, at=at("09-28 12:00"), how=FEEDBACK
    )
    assert ended is not None
    assert (ended.outcome, ended.working_days_late) == (Outcome.LATE, 1)


def test_nothing_to_pause_or_resume_says_so(where: Offices) -> None:
    assert pause("09-21 10:00") is None
    started(where, "09-18 15:00", promise=Promise.ANSWER)
    assert resume("09-21 10:00") is None
