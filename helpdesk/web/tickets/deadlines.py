"""Until when, in working days, and what that means: one reading of a clock for all pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from helpdesk.kernel.instants import shanghai_date
from helpdesk.sla import rules as promises
from helpdesk.sla.rules import ClockView, Promise
from helpdesk.tickets.queries.rows import TicketRow
from helpdesk.tickets.rules import STATUS_NAMES, Status
from helpdesk.web.shell.marks import DayCells, Level, left_text, level_of, running_cells
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as counting
from helpdesk.workdays.rules import NATIONAL, Calendar

# The asker's own time, not the office's: nobody who handles the ticket is late by it.
OF_ASKER = (Promise.CONFIRM, Promise.WAITING)


@dataclass(frozen=True)
class Deadline:
    """A running clock as people read it. `left`: working days after today (negative: late)."""

    clock: ClockView
    promise: str
    due_at: datetime
    left: int
    late: bool
    paused: bool
    level: Level
    words: str
    cells: DayCells | None

    @property
    def provisional(self) -> bool:
        """Does the day rest on a year without a holiday notice?"""
        return self.clock.provisional


@dataclass(frozen=True)
class Timing:
    """What stands beside a ticket in every list: a word, and a deadline where one runs."""

    level: Level
    words: str
    deadline: Deadline | None = None


def calendars_for(clocks: Iterable[ClockView], *regions: str) -> Mapping[str, Calendar]:
    """The calendars of these clocks (and regions), in one query."""
    return workdays.calendars({NATIONAL, *regions, *(clock.region for clock in clocks)})


def read(clock: ClockView, calendars: Mapping[str, Calendar], now: datetime) -> Deadline:
    """A running clock at this moment."""
    calendar = calendars[clock.region]
    left = promises.days_left(calendar, clock, now)
    late, paused = now > clock.due_at, clock.paused_since is not None
    return Deadline(
        clock=clock,
        promise=clock.promise.value,
        due_at=clock.due_at,
        left=left,
        late=late,
        paused=paused,
        level=Level.LATE if late else level_of(left, paused=paused),
        words=_words(left, late=late, paused=paused),
        cells=_cells(clock, left, late, calendar, now),
    )


def _words(left: int, *, late: bool, paused: bool) -> str:
    if paused:
        return str(_("计时已暂停"))
    if late and left == 0:
        return str(_("已超期"))
    return left_text(left)


def _cells(
    clock: ClockView, left: int, late: bool, calendar: Calendar, now: datetime
) -> DayCells | None:
    if not clock.days:
        return None
    return running_cells(
        clock.days,
        left,
        today_works=calendar.works(shanghai_date(now)),
        legal=clock.legal,
        late=late,
    )


def running(clocks: Sequence[ClockView]) -> tuple[ClockView, ...]:
    """Those that have not ended."""
    return tuple(clock for clock in clocks if clock.ended_at is None)


def leading(row: TicketRow, clocks: Sequence[ClockView]) -> ClockView | None:
    """The clock people wait for: the one written on the ticket, else the first that runs."""
    open_ones = running(clocks)
    named = [clock for clock in open_ones if clock.promise.value == row.due_promise]
    return next(iter(named or open_ones), None)


def timing(
    row: TicketRow,
    clocks: Sequence[ClockView],
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> Timing:
    """Word and deadline of a ticket in a list."""
    if row.ended:
        return Timing(Level.OK, str(_(STATUS_NAMES[row.status])))
    clock = leading(row, clocks)
    found = read(clock, calendars, now) if clock else None
    if found is not None and found.clock.promise is Promise.STEP:
        return Timing(found.level, found.words, found)
    if row.status is Status.RESOLVED:
        return Timing(Level.WAIT, str(_("等提问单位确认")), found)
    if found is None:
        return Timing(Level.WAIT, str(_(STATUS_NAMES[row.status])))
    if found.clock.promise in OF_ASKER:
        return Timing(Level.WAIT, str(_("等补充，计时已暂停")), found)
    return Timing(found.level, found.words, found)


def end_of_soon(calendar: Calendar, today: date) -> date:
    """The last day that still counts as soon: the second working day from today."""
    return counting.nth_working_day_after(calendar, today, 2)
