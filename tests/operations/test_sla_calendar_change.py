"""放假安排变了: running clocks follow a new notice, ended ones keep what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.sla import queries
from helpdesk.sla.events import ClockBreached, ClockMoved, ClockWarned
from helpdesk.sla.operations import clocks, moves, sweeping
from helpdesk.sla.rules import FEEDBACK, Cause, ClockView, Effect, Outcome, Promise
from helpdesk.workdays import operations, rules
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.events import WorkdaysChanged
from helpdesk.workdays.rules import NamedDay, Notice, YearStatus
from tests.factories.clocks import Heard, Offices, at, offices, started, written


@pytest.fixture
def where(session: Session) -> Offices:
    return offices(at("09-01 08:00"))


class Wired(Heard):
    """Loading a notice leads the clocks, as wiring has it."""

    def _hear(self, fact: object) -> None:
        super()._hear(fact)
        if isinstance(fact, WorkdaysChanged):
            moves.follow_calendar(fact)


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Wired(monkeypatch)


def changed(off: str = "", works: str = "", year: int = 2026, region: str = "CN") -> Notice:
    """The notice in force with one day off or one day worked more."""
    found = [n for n in workdays.notices(region) if (n.region, n.year) == (region, year)]
    old = found[0] if found else Notice(region, year, YearStatus.CONFIRMED, "试验", ())
    days = {day.day: day for day in old.days}
    for text, is_worked in ((off, False), (works, True)):
        if text:
            day = date.fromisoformat(text)
            days[day] = NamedDay(day, is_worked, "试验日", "Trial Day")
    return replace(old, days=tuple(sorted(days.values())))


def load(notice: Notice, when: str) -> None:
    operations.load_year(notice=notice, actor=SYSTEM, now=at(when))


def clock(subject: str = "ticket:12") -> ClockView:
    return queries.clocks_of([subject])[subject][-1]


MOVES = [
    # 收到, 载入时刻, 多放的假, 多上的班, 新截止, 结果
    pytest.param("09-18 15:00", "09-21 10:00", "2026-09-24", "", "09-28 17:30", Effect.LATER,
                 id="9月24日改为放假：推后到28日"),
    pytest.param("09-18 15:00", "09-18 16:00", "", "2026-09-19", "09-23 17:30", Effect.EARLIER,
                 id="9月19日周六改为上班：提前到23日"),
    pytest.param("09-18 15:00", "09-24 12:00", "", "2026-09-19", "09-23 17:30", Effect.BREACHED,
                 id="提前到已过去的23日：因日历变更而超期"),
]  # fmt: skip


@pytest.mark.parametrize(("received", "when", "off", "works", "due", "effect"), MOVES)
def test_running_clocks_follow(
    where: Offices,
    heard: Heard,
    received: str,
    when: str,
    off: str,
    works: str,
    due: str,
    effect: Effect,
) -> None:
    before = started(where, received)
    load(changed(off, works), when)
    after = clock()
    assert written(after.due_at) == due
    assert after.calendar_version == workdays.calendar().version != before.calendar_version
    (moved,) = heard.of(ClockMoved)
    assert (moved.cause, moved.effect) == (Cause.CALENDAR, effect)
    assert (moved.due_before, moved.due_after) == (before.due_at, after.due_at)
    (row,) = queries.moves_of([after.id])[after.id]
    assert (row.effect, row.due_before, row.due_after) == (effect, before.due_at, after.due_at)


def test_before_and_after_are_listed_first_and_nothing_changes(where: Offices) -> None:
    before = started(where, "09-18 15:00")
    started(where, "09-24 15:00", subject="ticket:13")
    notice, now = changed(off="2026-09-24"), at("09-21 10:00")
    (move,) = queries.foresee("CN", lambda region: workdays.calendar_with(notice, region), now)
    assert (written(move.clock.due_at), written(move.after.due_at)) == (
        "09-24 17:30",
        "09-28 17:30",
    )
    assert move.effect is Effect.LATER
    assert clock() == before
    assert workdays.calendar().works(date(2026, 9, 24))


def test_a_dry_run_of_the_recount_changes_nothing(where: Offices, heard: Heard) -> None:
    before = started(where, "09-18 15:00")
    operations._forget("CN", 2026)
    operations._store(changed(off="2026-09-24"), None, at("09-21 10:00"))
    (move,) = moves.recompute(region="CN", now=at("09-21 10:00"), confirm=False)
    assert (clock(), heard) == (before, [])
    assert moves.recompute(region="CN", now=at("09-21 10:00"), confirm=True) == (move,)
    assert written(clock().due_at) == "09-28 17:30"
    assert moves.recompute(region="CN", now=at("09-21 10:00"), confirm=True) == ()


def test_a_breach_that_lies_ahead_again_is_struck_and_levels_arm_anew(
    where: Offices, heard: Heard
) -> None:
    started(where, "09-18 15:00")
    sweeping.sweep(now=at("09-24 17:30"))
    load(changed(off="2026-09-24"), "09-24 19:00")
    struck = clock()
    assert (struck.breached_at, written(struck.due_at)) == (None, "09-28 17:30")
    (row,) = queries.moves_of([struck.id])[struck.id]
    assert (row.effect, written(row.struck_breach_at)) == (Effect.STRUCK, "09-24 17:30")
    heard.clear()
    for when in ("09-25 09:00", "09-28 08:30", "09-28 17:30"):
        sweeping.sweep(now=at(when))
    assert [w.level.value for w in heard.of(ClockWarned)] == ["last_day"]
    assert [written(b.due_at) for b in heard.of(ClockBreached)] == ["09-28 17:30"]


def test_a_due_time_that_now_lies_behind_is_a_breach_by_calendar_change(
    where: Offices, heard: Heard
) -> None:
    started(where, "09-18 15:00")
    load(changed(works="2026-09-19"), "09-24 12:00")
    after = clock()
    assert written(after.breached_at) == "09-23 17:30"
    (breach,) = heard.of(ClockBreached)
    assert (breach.cause, breach.newest, breach.days_left) == (Cause.CALENDAR, True, -1)
    heard.clear()
    assert sweeping.sweep(now=at("09-24 17:30")).acted == 0
    sweeping.sweep(now=at("09-28 08:30"))
    assert [w.days_left for w in heard.of(ClockWarned)] == [-2]


def test_moved_earlier_the_level_already_passed_is_told_at_once(
    where: Offices, heard: Heard
) -> None:
    started(where, "09-18 15:00")
    load(changed(works="2026-09-19"), "09-22 12:00")
    sweeping.sweep(now=at("09-22 12:01"))
    assert [(w.level.value, w.days_left) for w in heard.of(ClockWarned)] == [("one_left", 1)]


def test_no_level_is_told_twice_for_the_same_due_day(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    first = changed()
    sweeping.sweep(now=at("09-24 17:30"))
    load(changed(off="2026-09-24"), "09-24 18:00")
    load(first, "09-24 19:00")
    again = clock()
    assert (written(again.due_at), written(again.breached_at)) == ("09-24 17:30",) * 2
    by_sweep, by_calendar = heard.of(ClockBreached)
    assert (by_sweep.newest, by_calendar.newest) == (True, False)
    assert by_calendar.cause is Cause.CALENDAR


def test_ended_clocks_keep_due_date_verdict_and_version(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    clocks.meet(subject="ticket:12", promise=Promise.LEGAL, at=at("09-24 18:00"), how=FEEDBACK)
    before = clock()
    assert before.outcome is Outcome.LATE
    load(changed(off="2026-09-24"), "09-24 19:00")
    assert clock() == before
    assert heard.of(ClockMoved) == []


def test_a_paused_clock_follows_and_stays_paused(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00", promise=Promise.ANSWER)
    clocks.pause(
        subject="ticket:12",
        promise=Promise.ANSWER,
        reason="waiting_for_asker",
        now=at("09-21 10:00"),
    )
    load(changed(off="2026-09-24"), "09-21 12:00")
    after = clock()
    assert (written(after.due_at), after.next_at) == ("09-28 17:30", None)
    resumed = clocks.resume(subject="ticket:12", promise=Promise.ANSWER, now=at("09-22 09:00"))
    assert resumed is not None
    assert written(resumed.due_at) == "09-29 17:30"


def test_a_promised_date_stays_a_date(where: Offices, heard: Heard) -> None:
    before = started(where, "09-18 15:00", promise=Promise.PROMISED, due_on=date(2026, 9, 24))
    load(changed(off="2026-09-24"), "09-21 12:00")
    assert clock().due_at == before.due_at
    assert heard.of(ClockMoved) == []


def test_the_notice_of_the_new_year_confirms(where: Offices, heard: Heard) -> None:
    started(where, "12-28 10:00", subject="ticket:1")
    started(where, "12-28 10:00", subject="ticket:2", days=4, promise=Promise.ANSWER)
    notice = replace(changed(year=2027, works="2027-01-03"), status=YearStatus.CONFIRMED)
    load(notice, "12-29 10:00")
    one, two = clock("ticket:1"), clock("ticket:2")
    assert (written(one.due_at), one.provisional) == ("01-04 17:30", False)
    assert (written(two.due_at), two.provisional) == ("01-03 17:30", False)
    assert [m.subject for m in heard.of(ClockMoved)] == ["ticket:2", "ticket:1"]


def test_a_notice_that_moves_nothing_still_confirms(where: Offices, heard: Heard) -> None:
    started(where, "12-25 10:00")
    load(replace(changed(year=2027), status=YearStatus.CONFIRMED), "12-26 10:00")
    assert (written(clock().due_at), clock().provisional) == ("01-04 17:30", False)
    assert heard.of(ClockMoved) == []


def test_the_same_notice_again_changes_nothing(where: Offices, heard: Heard) -> None:
    started(where, "09-18 15:00")
    load(changed(), "09-21 10:00")
    assert heard == []


def test_a_province_moves_its_own_clocks_only(where: Offices) -> None:
    started(where, "09-18 15:00")
    started(where, "09-18 15:00", subject="ticket:45", region="45", promise=Promise.ANSWER)
    load(changed(off="2026-09-23", region="45"), "09-21 10:00")
    assert written(clock().due_at) == "09-24 17:30"
    assert written(clock("ticket:45").due_at) == "09-28 17:30"


def test_a_national_notice_moves_the_clocks_of_provinces_too(where: Offices) -> None:
    started(where, "09-18 15:00", subject="ticket:45", region="45", promise=Promise.ANSWER)
    load(changed(off="2026-09-23"), "09-21 10:00")
    assert written(clock("ticket:45").due_at) == "09-28 17:30"


def test_what_is_loaded_is_heard_by_the_wiring_of_the_product() -> None:
    from helpdesk import wiring

    assert moves.follow_calendar in wiring.HANDLERS[WorkdaysChanged]


def test_versions_tell_calendars_apart(where: Offices) -> None:
    national, guangxi = workdays.calendar(), workdays.calendar("45")
    # Without days of its own a province has the national ones.
    assert guangxi.version == national.version
    load(changed(off="2026-09-23", region="45"), "09-21 10:00")
    assert workdays.calendar().version == national.version
    assert workdays.calendar("45").version != national.version
    assert rules.changed_days(national, workdays.calendar("45"))[0].date == date(2026, 9, 23)
