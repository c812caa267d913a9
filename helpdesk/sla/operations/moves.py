"""Running clocks follow a new calendar or new settings; ended ones keep what was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import Select, select

from helpdesk.kernel.actor import SYSTEM, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.sla import queries, rules
from helpdesk.sla.models import Clock
from helpdesk.sla.operations import changes
from helpdesk.sla.queries import ClockMove, view
from helpdesk.sla.rules import Cause, ClockView
from helpdesk.workdays import queries as workdays
from helpdesk.workdays.events import WorkdaysChanged
from helpdesk.workdays.rules import Calendar


class LegalDaysAreFixed(RuleBroken):
    """Five working days stand in the notice (S-3.5.5)."""

    sentence = N_("法定时限是5个工作日，不能修改。")


def recompute(
    *, region: str, now: datetime, confirm: bool, actor: Actor = SYSTEM
) -> tuple[ClockMove, ...]:
    """Lead the running clocks of `region` (CN: of every region) to where they are due now.

    Returns those that move, before and after; without `confirm` nothing changes.
    """
    found = queries.foresee(region, workdays.calendar, now)
    if confirm:
        for each in sorted(queries.affected_regions(region)):
            _follow_calendar(each, workdays.calendar(each), now, actor)
    return found


def follow_calendar(changed: WorkdaysChanged) -> None:
    """A notice was loaded: every running clock follows it."""
    actor = replace(SYSTEM, person_id=changed.person_id)
    recompute(region=changed.region, now=changed.at, confirm=True, actor=actor)


def _follow_calendar(region: str, calendar: Calendar, now: datetime, actor: Actor) -> None:
    rows = select(Clock).where(
        Clock.region == region,
        Clock.ended_at.is_(None),
        Clock.calendar_version != calendar.version,
    )
    for clock in _locked(rows.order_by(Clock.due_at, Clock.id)):
        before = view(clock)
        changes.set_due(clock, rules.reckon_again(calendar, before), calendar)
        changes.follow(clock, before, calendar, Cause.CALENDAR, now, actor=actor)
    session().flush()


def adopt_settings(
    *,
    clock_ids: Collection[int],
    actor: Actor,
    now: datetime,
    confirm: bool,
    close_of_business: time | None = None,
    opening: time | None = None,
    days: int | None = None,
) -> tuple[ClockMove, ...]:
    """Give running clocks other settings than they started with, where somebody chose so.

    Returns those that move, before and after; without `confirm` nothing changes. Ended clocks are
    passed over. Raises LegalDaysAreFixed, BadTerm.
    """
    rows = select(Clock).where(Clock.id.in_(clock_ids), Clock.ended_at.is_(None))
    found = []
    for clock in _locked(rows.order_by(Clock.due_at, Clock.id)):
        before, calendar = view(clock), workdays.calendar(clock.region)
        terms = _with(before, close_of_business, opening, days)
        found.append(queries.move(calendar, before, now, terms))
        if confirm:
            _adopt(clock, before, terms, calendar, now, actor)
    session().flush()
    return tuple(move for move in found if move is not None)


def _adopt(
    clock: Clock,
    before: ClockView,
    terms: ClockView,
    calendar: Calendar,
    now: datetime,
    actor: Actor,
) -> None:
    clock.close_of_business, clock.opening = terms.close_of_business, terms.opening
    clock.days = terms.days
    changes.set_due(clock, rules.reckon_again(calendar, terms), calendar)
    moved = changes.follow(clock, before, calendar, Cause.SETTINGS, now, actor=actor)
    if moved is None and clock.paused_since is None:
        # The hours of the warnings may be others though the due date is the same.
        clock.next_at = rules.next_moment(calendar, view(clock), now)


def _with(
    clock: ClockView, close_of_business: time | None, opening: time | None, days: int | None
) -> ClockView:
    if days is not None and clock.legal:
        raise LegalDaysAreFixed
    return replace(
        clock,
        close_of_business=close_of_business or clock.close_of_business,
        opening=opening or clock.opening,
        days=clock.days if days is None or clock.days is None else days,
    )


def _locked(rows: Select[Clock]) -> Sequence[Clock]:
    # Locked: the sweep must not judge by the old due date meanwhile.
    fresh = rows.with_for_update().execution_options(populate_existing=True)
    return session().scalars(fresh).all()
