"""Start, meet, end, pause and pass on clocks.

Which settings a clock gets is its caller's business: they are copied into it and stay.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.sla import rules
from helpdesk.sla.models import Clock, Pause
from helpdesk.sla.operations import changes
from helpdesk.sla.queries import view
from helpdesk.sla.rules import Cause, ClockView, Effect, Outcome, PauseReason, Promise, Reckoning
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as counting
from helpdesk.workdays.rules import Calendar


class ReceivedInFuture(RuleBroken):
    """Nothing arrives before it has arrived."""

    sentence = N_("收到时间不能晚于现在。请改为实际收到的时间。")


class ClockAlreadyRuns(Conflict):
    """One open clock per subject and promise."""

    sentence = N_("这项期限已经在计时，没有重复开始。请刷新页面查看。")


class PromisedDayOff(RuleBroken):
    """A promised date must be a day on which somebody works."""

    sentence = N_("%(day)s不上班。请另选一个工作日，之后最近的是%(next)s。")


class PromisedTooEarly(RuleBroken):
    """A promised date whose close of business is over."""

    sentence = N_("%(day)s已经下班或已过去。请另选一个工作日，最近的是%(next)s。")


class LegalClockNeverPauses(RuleBroken):
    """S-3.5.5 knows no pause and no extension."""

    sentence = N_("法定时限从收到起连续计算，不能暂停，也不能延长。请按期反馈，或说明理由退回。")


class OnlyLocalPromisesPause(RuleBroken):
    """A promised date and the asker's own time run on."""

    sentence = N_("只有本地承诺可以暂停计时。承诺的日期有变时，请另定日期并写明原因。")


class NothingPromised(RuleBroken):
    """There is no promised date that could be moved."""

    sentence = N_("现在没有承诺的解决日期，请先反馈并给出日期。")


def start(
    *,
    subject: str,
    promise: Promise,
    body_id: int,
    region: str,
    days: int | None,
    close_of_business: time,
    opening: time,
    received_at: datetime,
    now: datetime,
    due_on: date | None = None,
    reason: str = "",
) -> ClockView:
    """Start a clock: `days` working days after the day of receipt, or the promised day `due_on`.

    One of the two is None. Levels that lay behind at `received_at` are skipped. Raises
    ReceivedInFuture, ClockAlreadyRuns, PromisedDayOff, PromisedTooEarly, UnknownYear, BadTerm.
    """
    if received_at > now:
        raise ReceivedInFuture
    calendar = workdays.calendar(region)
    due = rules.reckon(calendar, received_at, days, close_of_business, due_on)
    if due_on:
        _check_promised(calendar, due, now)
    clock = Clock(
        subject=subject,
        promise=promise,
        body_id=body_id,
        region=region,
        started_at=now,
        received_at=received_at,
        days=days,
        close_of_business=close_of_business,
        opening=opening,
        paused_on=[],
        reason=reason,
    )
    changes.set_due(clock, due, calendar)
    return _begin(clock, calendar, received_at)


def _check_promised(calendar: Calendar, due: Reckoning, now: datetime) -> None:
    after = max(due.due_on, shanghai_date(now))
    told = {
        "day": due.due_on.isoformat(),
        "next": counting.nth_working_day_after(calendar, after, 1).isoformat(),
    }
    if due.due_at <= now:
        raise PromisedTooEarly(**told)
    if not calendar.works(due.due_on):
        raise PromisedDayOff(**told)


def _begin(clock: Clock, calendar: Calendar, since: datetime) -> ClockView:
    clock.next_at = rules.next_moment(calendar, view(clock), since)
    if _open(clock.subject, clock.promise):
        raise ClockAlreadyRuns
    try:
        # Two acts may start the same clock at once: the index says who was first.
        with session().begin_nested():
            session().add(clock)
    except IntegrityError as error:
        if _open(clock.subject, clock.promise):
            raise ClockAlreadyRuns from error
        raise
    return view(clock)


def _open(subject: str, promise: Promise) -> Clock | None:
    """The running clock, locked until the end of the transaction: the sweep waits or passes by."""
    return session().scalar(
        select(Clock)
        .where(Clock.subject == subject, Clock.promise == promise, Clock.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


# ------------------------------------------------------------------ ending


def meet(*, subject: str, promise: Promise, at: datetime, how: str) -> ClockView | None:
    """What was promised was done at `at`: met at or before due_at, else late by so many days.

    `how` is kept apart for feedback and resolution. None: no such clock runs.
    """
    clock = _open(subject, promise)
    return _finish(clock, Outcome.MET, at, how) if clock else None


def end(*, subject: str, promise: Promise, outcome: Outcome, at: datetime) -> ClockView | None:
    """The clock is over as `outcome`; after due_at the breach stands. None: no such clock runs."""
    clock = _open(subject, promise)
    return _finish(clock, outcome, at) if clock else None


def end_all(*, subject: str, outcome: Outcome, at: datetime) -> tuple[ClockView, ...]:
    """End every running clock of a subject."""
    running = (_open(subject, promise) for promise in Promise)
    return tuple(_finish(clock, outcome, at) for clock in running if clock)


def _finish(clock: Clock, outcome: Outcome, at: datetime, how: str | None = None) -> ClockView:
    calendar = workdays.calendar(clock.region)
    if clock.paused_since is not None:
        _go_on(clock, calendar, at)
    seen = view(clock)
    late = None if seen.lapses else rules.working_days_late(calendar, seen, at)
    clock.working_days_late = late
    # The sweep may not have looked since due_at, or have looked in the very instant of it.
    clock.breached_at = None if late is None else clock.due_at
    clock.outcome = Outcome.LATE if outcome is Outcome.MET and late is not None else outcome
    clock.met_by, clock.ended_at, clock.next_at = how, at, None
    session().flush()
    return view(clock)


def move_promised(*, subject: str, due_on: date, reason: str, now: datetime) -> ClockView:
    """Another promised date: the old clock ends as moved (its breach stands), a new one starts.

    Raises NothingPromised and what `start` raises.
    """
    old = _open(subject, Promise.PROMISED)
    if old is None:
        raise NothingPromised
    _finish(old, Outcome.MOVED, now)
    return start(
        subject=subject,
        promise=Promise.PROMISED,
        body_id=old.body_id,
        region=old.region,
        days=None,
        close_of_business=old.close_of_business,
        opening=old.opening,
        received_at=now,
        now=now,
        due_on=due_on,
        reason=reason,
    )


# ------------------------------------------------------------------ pausing


def pause(
    *, subject: str, promise: Promise, reason: str, now: datetime, note: str = ""
) -> ClockView | None:
    """A local promise stands still from now on; None: no such clock runs.

    `reason` is one of PauseReason. A clock paused already goes on under the new reason. Raises
    LegalClockNeverPauses, OnlyLocalPromisesPause.
    """
    if promise not in rules.LOCAL:
        raise LegalClockNeverPauses if promise is Promise.LEGAL else OnlyLocalPromisesPause
    clock = _open(subject, promise)
    if clock is None:
        return None
    calendar = workdays.calendar(clock.region)
    if clock.paused_since is not None:
        _go_on(clock, calendar, now)
    elif clock.breached_at is None and now > clock.due_at:
        changes.breach(clock, calendar, now)
    clock.paused_since, clock.next_at = now, None
    session().add(Pause(clock_id=clock.id, since=now, reason=PauseReason(reason), note=note))
    session().flush()
    return view(clock)


def resume(*, subject: str, promise: Promise, now: datetime) -> ClockView | None:
    """Count again; the due date moves by the days not counted. None: nothing stood paused."""
    clock = _open(subject, promise)
    if clock is None or clock.paused_since is None:
        return None
    calendar, before = workdays.calendar(clock.region), view(clock)
    _go_on(clock, calendar, now)
    clock.next_at = rules.next_moment(calendar, view(clock), now)
    session().flush()
    if clock.due_at != before.due_at:
        changes.record(clock, before, Cause.RESUMED, Effect.LATER, now)
    return view(clock)


def _go_on(clock: Clock, calendar: Calendar, now: datetime) -> None:
    seen = rules.resumed(calendar, view(clock), now)
    under_way = Pause.clock_id == clock.id, Pause.until.is_(None)
    session().execute(update(Pause).where(*under_way).values(until=now))
    clock.paused_since = None
    clock.paused_on = sorted(day.isoformat() for day in seen.paused_on)
    clock.due_at, clock.due_on, clock.provisional = seen.due_at, seen.due_on, seen.provisional


# ------------------------------------------------------------------ duplicates


def pass_to(
    *, subject_from: str, subject_to: str, promise: Promise, now: datetime
) -> ClockView | None:
    """A duplicate closes: its clock ends as merged, `subject_to` keeps the earlier due date.

    Returns the clock that runs on, None where the duplicate had none.
    """
    old = _open(subject_from, promise)
    if old is None:
        return None
    kept = _open(subject_to, promise)
    calendar = workdays.calendar(old.region)
    if kept is None:
        heir = Clock(**_terms(old), subject=subject_to, promise=promise, started_at=now)
        _finish(old, Outcome.MERGED, now)
        return _begin(heir, calendar, now)
    if old.due_at < kept.due_at:
        before = view(kept)
        for name, value in _terms(old).items():
            setattr(kept, name, value)
        changes.follow(kept, before, calendar, Cause.DUPLICATE, now, note=subject_from)
    _finish(old, Outcome.MERGED, now)
    return view(kept)


_TERMS = (
    "body_id", "region", "received_at", "days", "close_of_business", "opening", "due_at", "due_on",
    "provisional", "calendar_version", "paused_on", "breached_at",
)  # fmt: skip


def _terms(clock: Clock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in _TERMS}
