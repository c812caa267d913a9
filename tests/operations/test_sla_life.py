"""时限从开始到结束: start, meet, return, end; what is refused; what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import RuleBroken
from helpdesk.sla import queries, rules
from helpdesk.sla.models import Clock
from helpdesk.sla.operations import clocks
from helpdesk.sla.operations.clocks import (
    ClockAlreadyRuns,
    NothingPromised,
    PromisedDayOff,
    PromisedTooEarly,
    ReceivedInFuture,
)
from helpdesk.sla.rules import FEEDBACK, RESOLUTION, Outcome, Promise
from helpdesk.workdays.rules import BadTerm, UnknownYear
from tests.factories.clocks import Heard, Offices, at, offices, started, written


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-18 08:00"))


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


def test_a_clock_copies_its_settings_at_its_start(where: Offices) -> None:
    made = started(where, "09-18 15:00", close=time(18, 0))
    kept = queries.clocks_of(["ticket:12"])["ticket:12"]
    assert kept == (made,)
    assert (made.close_of_business, made.opening, made.days) == (time(18), time(8, 30), 5)
    assert (written(made.due_at), made.due_on) == ("09-24 18:00", date(2026, 9, 24))
    assert made.day_zero == date(2026, 9, 18)
    assert written(made.next_at) == "09-22 08:30"
    assert not made.provisional
    assert made.ended_at is None


def test_arrival_is_when_it_arrived_not_when_it_was_entered(where: Offices) -> None:
    made = started(where, "09-18 15:00", entered="09-21 09:00")
    assert (written(made.received_at), written(made.started_at)) == ("09-18 15:00", "09-21 09:00")
    assert written(made.due_at) == "09-24 17:30"


REFUSED = [
    pytest.param("09-18 15:01", {"entered": "09-18 15:00"}, ReceivedInFuture, id="收到时间在将来"),
    pytest.param("09-18 15:00", {"days": 0}, BadTerm, id="0个工作日"),
    pytest.param("2028-01-04 10:00", {}, UnknownYear, id="没有日历的年份"),
    pytest.param("2027-12-30 10:00", {}, UnknownYear, id="数到没有日历的年份"),
    pytest.param("09-22 10:00", {"due_on": date(2026, 9, 25)}, PromisedDayOff, id="承诺在中秋"),
    pytest.param("09-22 10:00", {"due_on": date(2026, 9, 27)}, PromisedDayOff, id="承诺在周日"),
    pytest.param("09-22 10:00", {"due_on": date(2026, 9, 21)}, PromisedTooEarly, id="承诺在过去"),
    pytest.param("09-22 18:00", {"due_on": date(2026, 9, 22)}, PromisedTooEarly, id="今天已下班"),
]


@pytest.mark.parametrize(("received", "over", "refusal"), REFUSED)
def test_refused(
    where: Offices, received: str, over: dict[str, object], refusal: type[RuleBroken]
) -> None:
    with pytest.raises(refusal):
        started(where, received, **over)  # type: ignore[arg-type]
    assert queries.clocks_of(["ticket:12"]) == {}


def test_a_refused_date_names_the_next_working_day(where: Offices) -> None:
    with pytest.raises(PromisedDayOff, match="2026-09-28"):
        started(where, "09-22 10:00", promise=Promise.PROMISED, due_on=date(2026, 9, 26))


def test_a_make_up_sunday_may_be_promised(where: Offices) -> None:
    made = started(where, "09-18 10:00", promise=Promise.PROMISED, due_on=date(2026, 9, 20))
    assert (written(made.due_at), made.days) == ("09-20 17:30", None)


def test_one_open_clock_per_subject_and_promise(where: Offices) -> None:
    started(where, "09-18 15:00")
    with pytest.raises(ClockAlreadyRuns):
        started(where, "09-19 15:00")
    started(where, "09-19 15:00", promise=Promise.ACCEPT, days=1)
    started(where, "09-19 15:00", subject="step:12")
    clocks.end(subject="ticket:12", promise=Promise.LEGAL, outcome=Outcome.RETURNED, at=at("09-21"))
    again = started(where, "09-22 15:00")
    assert written(again.due_at) == "09-30 17:30"
    assert len(queries.clocks_of(["ticket:12"])["ticket:12"]) == 3


def test_the_database_itself_refuses_a_second_open_clock(where: Offices, session: Session) -> None:
    started(where, "09-18 15:00")
    row = session.execute(text("SELECT * FROM sla_clock")).mappings().one()
    copy = {name: value for name, value in row.items() if name != "id"}
    names = ", ".join(copy)
    with pytest.raises(IntegrityError, match=r"uq_sla_clock_open|sla_clock\.subject"):
        session.execute(text(f"INSERT INTO sla_clock ({names}) SELECT {names} FROM sla_clock"))


IMPOSSIBLE = [
    pytest.param({"outcome": Outcome.MET}, "ended_has_outcome", id="没有结束却有结果"),
    pytest.param(
        {"paused_since": at("09-21 10:00"), "next_at": None},
        "legal_never_pauses",
        id="法定时限暂停",
    ),
    pytest.param({"next_at": None}, "running_is_armed", id="在计时却没有下一时刻"),
    pytest.param({"days": 0}, "days_positive", id="0个工作日"),
    pytest.param(
        {
            "ended_at": at("09-25"),
            "outcome": Outcome.MET,
            "breached_at": at("09-24"),
            "next_at": None,
        },
        "met_is_no_breach",
        id="按期却超期",
    ),
]


@pytest.mark.parametrize(("values", "constraint"), IMPOSSIBLE)
def test_what_must_never_be_false(
    where: Offices, session: Session, values: dict[str, object], constraint: str
) -> None:
    started(where, "09-18 15:00")
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(update(Clock).values(**values))


UNDER_A_DAY = "超期办理，不足1个工作日"
ENDS = [
    # 行为, 时刻, 结果, 超期工作日, 记为
    pytest.param(FEEDBACK, "09-21 10:00", Outcome.MET, None, "按期反馈", id="反馈"),
    pytest.param(RESOLUTION, "09-21 10:00", Outcome.MET, None, "按期解决", id="解决"),
    pytest.param(FEEDBACK, "09-24 17:30", Outcome.MET, None, "按期反馈", id="恰在截止时刻"),
    pytest.param(
        FEEDBACK, "09-24 17:31", Outcome.LATE, 0, "超期办理，不足1个工作日", id="晚一分钟"
    ),
    pytest.param(RESOLUTION, "09-30 09:00", Outcome.LATE, 3, "超期3个工作日办理", id="晚三天"),
]


@pytest.mark.parametrize(("how", "when", "outcome", "late", "told"), ENDS)
def test_met_or_late(
    where: Offices, how: str, when: str, outcome: Outcome, late: int | None, told: str
) -> None:
    started(where, "09-18 15:00")
    ended = clocks.meet(subject="ticket:12", promise=Promise.LEGAL, at=at(when), how=how)
    assert ended is not None
    assert (ended.outcome, ended.working_days_late, ended.met_by) == (outcome, late, how)
    assert (written(ended.ended_at), ended.next_at) == (when, None)
    assert written(ended.breached_at) == ("" if late is None else "09-24 17:30")
    sentence, params = rules.verdict(ended)
    assert sentence % params == told


RETURNS = [
    pytest.param("09-22 10:00", "", None, id="期内退回：单独计，不是按期也不是超期"),
    pytest.param("09-28 10:00", "09-24 17:30", 1, id="期后退回：超期保留"),
]


@pytest.mark.parametrize(("when", "breach", "late"), RETURNS)
def test_a_return_ends_the_legal_clock(
    where: Offices, when: str, breach: str, late: int | None
) -> None:
    started(where, "09-18 15:00")
    ended = clocks.end(
        subject="ticket:12", promise=Promise.LEGAL, outcome=Outcome.RETURNED, at=at(when)
    )
    assert ended is not None
    assert (ended.outcome, ended.working_days_late) == (Outcome.RETURNED, late)
    assert written(ended.breached_at) == breach


def test_a_hand_up_meets_the_local_promise_in_time_and_not_after(where: Offices) -> None:
    for subject, when in (("ticket:1", "09-23 17:30"), ("ticket:2", "09-24 09:00")):
        started(where, "09-18 15:00", subject=subject, promise=Promise.ANSWER, days=4)
        clocks.end(subject=subject, promise=Promise.ANSWER, outcome=Outcome.MET, at=at(when))
    found = queries.clocks_of(["ticket:1", "ticket:2"])
    assert [c.outcome for cs in found.values() for c in cs] == [Outcome.MET, Outcome.LATE]


def test_the_asker_is_never_late(where: Offices) -> None:
    started(where, "09-18 15:00", promise=Promise.WAITING, days=2)
    ended = clocks.end(
        subject="ticket:12", promise=Promise.WAITING, outcome=Outcome.MET, at=at("09-30 10:00")
    )
    assert ended is not None
    assert (ended.outcome, ended.breached_at) == (Outcome.MET, None)


def test_ending_what_does_not_run_says_so(where: Offices) -> None:
    now = at("09-21 10:00")
    assert clocks.meet(subject="ticket:9", promise=Promise.LEGAL, at=now, how=FEEDBACK) is None
    assert (
        clocks.end(subject="ticket:9", promise=Promise.LEGAL, outcome=Outcome.MET, at=now) is None
    )


def test_everything_ends_with_the_ticket(where: Offices) -> None:
    started(where, "09-18 15:00", promise=Promise.ACCEPT, days=1)
    started(where, "09-18 15:00", promise=Promise.ANSWER, days=3)
    started(where, "09-18 15:00", subject="ticket:13")
    ended = clocks.end_all(subject="ticket:12", outcome=Outcome.WITHDRAWN, at=at("09-18 16:00"))
    assert [c.promise for c in ended] == [Promise.ACCEPT, Promise.ANSWER]
    assert {c.outcome for c in ended} == {Outcome.WITHDRAWN}
    assert queries.clocks_of(["ticket:13"])["ticket:13"][0].ended_at is None


def test_another_promised_date_is_a_new_clock_with_its_reason(where: Offices) -> None:
    started(where, "09-21 10:00", promise=Promise.PROMISED, due_on=date(2026, 9, 23))
    moved = clocks.move_promised(
        subject="ticket:12", due_on=date(2026, 9, 29), reason="厂商延期", now=at("09-24 09:00")
    )
    old, new = queries.clocks_of(["ticket:12"])["ticket:12"]
    assert (old.outcome, written(old.breached_at)) == (Outcome.MOVED, "09-23 17:30")
    assert new == moved
    assert (written(new.due_at), new.ended_at) == ("09-29 17:30", None)


def test_there_must_be_a_promised_date_to_move(where: Offices) -> None:
    with pytest.raises(NothingPromised):
        clocks.move_promised(
            subject="ticket:12", due_on=date(2026, 9, 29), reason="x", now=at("09-24 09:00")
        )


def test_a_refused_move_leaves_the_promised_date_as_it_was(
    where: Offices, session: Session
) -> None:
    before = started(where, "09-21 10:00", promise=Promise.PROMISED, due_on=date(2026, 9, 23))
    with pytest.raises(PromisedDayOff), session.begin_nested():
        clocks.move_promised(
            subject="ticket:12", due_on=date(2026, 9, 26), reason="x", now=at("09-22 09:00")
        )
    assert queries.clocks_of(["ticket:12"])["ticket:12"] == (before,)


PROVISIONAL = [
    pytest.param("12-24 10:00", False, "12-31 17:30", id="12月24日收到：已确认"),
    pytest.param("12-25 10:00", True, "01-04 17:30", id="12月25日收到：暂定"),
]


@pytest.mark.parametrize(("received", "provisional", "due"), PROVISIONAL)
def test_provisional(where: Offices, received: str, provisional: bool, due: str) -> None:
    made = started(where, received)
    assert (made.provisional, written(made.due_at)) == (provisional, due)


def test_a_clock_needs_a_body(where: Offices) -> None:
    with pytest.raises(IntegrityError):
        started(replace(where, call_centre=999_999), "09-18 15:00")
