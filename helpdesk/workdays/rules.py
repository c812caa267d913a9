"""China's working days: which day works and why, and how a term of working days is counted.

A calendar is built from notices. A notice names days that are off or worked against the weekday;
every other day of its year follows the weekday. A year without a notice is no year: asking for it
raises UnknownYear, it never falls back to Monday-Friday.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.kernel.text import N_

NATIONAL: Final = "CN"
LONGEST_TERM: Final = 250
SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_BY_LAW: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))  # the others follow the moon


class UnknownYear(RuleBroken):
    """A day lies in a year for which no notice was loaded. `params["year"]` names it."""

    sentence = N_("还没有%(year)s年的工作日历，无法计算期限。请系统运维载入该年的放假安排后再试。")


class BadTerm(RuleBroken):
    """A number of working days that nobody can have meant."""

    sentence = N_("工作日数应是1到%(longest)s之间的整数，收到的是%(days)s。")


class YearStatus(StrEnum):
    """Has the holiday notice of the year been issued?"""

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"


STATUSES: Final = {YearStatus.CONFIRMED: N_("已确认"), YearStatus.PROVISIONAL: N_("暂定")}


class Reason(StrEnum):
    """Why a day counts or does not."""

    WORKING = "working"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    DAY_OF_RECEIPT = "day_of_receipt"
    PROVISIONAL = "provisional"
    PAUSED = "paused"


@dataclass(frozen=True, order=True)
class NamedDay:
    """A day that a notice names: off with the name of its holiday, or worked to make up for it."""

    day: date
    works: bool
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Notice:
    """What was ordered for one year: nationally (`CN`) or by a province (two digits) on top."""

    region: str
    year: int
    status: YearStatus
    source: str
    days: tuple[NamedDay, ...]

    @cached_property
    def digest(self) -> str:
        """Equal for equal content: 16 hexadecimal digits."""
        told = (self.region, self.year, self.status.value, self.source, sorted(self.days))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def forgotten(self) -> tuple[date, ...]:
        """Weekdays that are holidays by law every year, but work in a confirmed national notice."""
        if self.region != NATIONAL or self.status is YearStatus.PROVISIONAL:
            return ()
        off = {named.day for named in self.days if not named.works}
        fixed = (date(self.year, month, day) for month, day in _BY_LAW)
        return tuple(day for day in fixed if day.weekday() < SATURDAY and day not in off)


@dataclass(frozen=True)
class YearInfo:
    """A known year: may it still change, and on whose word does it stand?"""

    status: YearStatus
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """The working days of a region. Built by `build`; equal versions hold equal days."""

    region: str
    version: str
    years: Mapping[int, YearInfo] = field(repr=False, compare=False)
    named: Mapping[date, NamedDay] = field(repr=False, compare=False)

    def works(self, day: date) -> bool:
        """Is `day` a working day? UnknownYear when its year is not loaded."""
        self.require(day.year)
        found = self.named.get(day)
        return found.works if found else day.weekday() < SATURDAY

    def reason(self, day: date) -> tuple[Reason, str, str]:
        """(code, text_zh, text_en). A day that no notice names is provisional in such a year."""
        self.require(day.year)
        found = self.named.get(day)
        if found:
            return _named_reason(found)
        if not self.confirmed(day.year):
            return _provisional_reason(day)
        return _WEEKEND if day.weekday() >= SATURDAY else _WORKING

    def confirmed(self, year: int) -> bool:
        """Has the notice of `year` been issued? UnknownYear when nothing is known of it."""
        return self.info(year).status is YearStatus.CONFIRMED

    def info(self, year: int) -> YearInfo:
        """Status and sources of a year; UnknownYear."""
        self.require(year)
        return self.years[year]

    def require(self, *years: int) -> None:
        """UnknownYear for the first of `years` that is not loaded."""
        for year in years:
            if year not in self.years:
                raise UnknownYear(year=year)

    @cached_property
    def working_days(self) -> tuple[date, ...]:
        """Every working day of the known years, ascending."""
        found: list[date] = []
        for year in sorted(self.years):
            day = date(year, 1, 1)
            while day.year == year:
                if self.works(day):
                    found.append(day)
                day += _DAY
        return tuple(found)


_WORKING: Final = (Reason.WORKING, "工作日", "Working day")
_WEEKEND: Final = (Reason.WEEKEND, "周末", "Weekend")
_RECEIPT: Final = (Reason.DAY_OF_RECEIPT, "收到当日不计", "Day of receipt, not counted")
_PAUSED: Final = (
    Reason.PAUSED,
    "下班时暂停计时，不计",
    "On hold at close, not counted",
)


def _named_reason(named: NamedDay) -> tuple[Reason, str, str]:
    zh, en = named.name_zh, named.name_en
    if named.works:
        return Reason.MAKEUP, f"{zh}调休上班", f"Make-up working day ({en})"
    return Reason.HOLIDAY, f"{zh}放假", f"Holiday: {en}"


def _provisional_reason(day: date) -> tuple[Reason, str, str]:
    waiting = "放假安排未公布，暂按"
    if day.weekday() < SATURDAY:
        return Reason.PROVISIONAL, f"{waiting}工作日计", "No holiday notice yet: taken as working"
    return Reason.PROVISIONAL, f"{waiting}周末计", "No holiday notice yet: taken as weekend"


def build(notices: Iterable[Notice], region: str = NATIONAL) -> Calendar:
    """The calendar of `region` from national notices and those of the province itself.

    The later notice decides about a day that two of them name (a notice of January may order a
    Saturday of December), a province's own decides over both. A province that had days of its own
    in earlier years and has not ordered this year's yet is provisional in it.
    """
    mine = sorted(
        (n for n in notices if n.region in (NATIONAL, region)),
        key=lambda n: (n.region != NATIONAL, n.year),
    )
    return Calendar(
        region=region,
        version=version_of((n.region, n.year, n.digest) for n in mine),
        years=_years(mine),
        named={named.day: named for n in mine for named in n.days},
    )


def version_of(stamps: Iterable[tuple[str, int, str]]) -> str:
    """The version of a calendar made of notices with these (region, year, digest)."""
    return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest()[:12]


def _years(notices: list[Notice]) -> dict[int, YearInfo]:
    own = {n.year: n for n in notices if n.region != NATIONAL}
    found = {}
    for national in (n for n in notices if n.region == NATIONAL):
        overlay = own.get(national.year)
        waits = overlay is None and bool(own) and national.year > min(own)
        told = [national] + ([overlay] if overlay else [])
        sure = not waits and all(n.status is YearStatus.CONFIRMED for n in told)
        status = YearStatus.CONFIRMED if sure else YearStatus.PROVISIONAL
        found[national.year] = YearInfo(status, tuple(n.source for n in told))
    return found


@dataclass(frozen=True)
class DayCount:
    """One calendar day of a term: was it counted, and why (not)?"""

    date: date
    counted: bool
    reason: Reason
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Due:
    """The end of a term. `days` runs from the day of receipt (day 0) to the due day."""

    received_at: datetime
    working_days: int
    due_at: datetime
    due_on: date
    provisional: bool
    days: tuple[DayCount, ...]


def due(
    calendar: Calendar,
    received_at: datetime,
    days: int,
    close_of_business: time,
    paused_on: frozenset[date] = frozenset(),
) -> Due:
    """Close of business of the `days`-th working day after the day of receipt (S-3.5.5).

    Day 0 is the Shanghai date of `received_at` at any hour, working day or not. Days in
    `paused_on` are not counted. Provisional: some day after day 0 lies in a year without a
    confirmed notice. Raises BadTerm, UnknownYear.
    """
    check_term(days)
    day = shanghai_date(received_at)
    calendar.require(day.year)
    left = days
    while left:
        day += _DAY
        left -= calendar.works(day) and day not in paused_on
    told = tell(calendar, received_at, day, paused_on)
    return Due(
        received_at=received_at,
        working_days=days,
        due_at=at_shanghai(day, close_of_business),
        due_on=day,
        provisional=any(not calendar.confirmed(d.date.year) for d in told[1:]),
        days=told,
    )


def tell(
    calendar: Calendar, received_at: datetime, until: date, paused_on: frozenset[date] = frozenset()
) -> tuple[DayCount, ...]:
    """Every calendar day from the day of receipt to `until`: counted or not, and why."""
    first = shanghai_date(received_at)
    later = (first + n * _DAY for n in range(1, (until - first).days + 1))
    return (
        DayCount(first, False, *_RECEIPT),
        *(_count(calendar, day, paused_on) for day in later),
    )


def _count(calendar: Calendar, day: date, paused_on: frozenset[date]) -> DayCount:
    if day in paused_on and calendar.works(day):
        return DayCount(day, False, *_PAUSED)
    return DayCount(day, calendar.works(day), *calendar.reason(day))


def check_term(days: int) -> None:
    """BadTerm unless `days` is a number of working days that can be meant."""
    if not 1 <= days <= LONGEST_TERM:
        raise BadTerm(days=days, longest=LONGEST_TERM)


def _known(calendar: Calendar, start: date, end: date) -> None:
    calendar.require(*range(start.year, end.year + 1))


def _day(when: date) -> date:
    return shanghai_date(when) if isinstance(when, datetime) else when


def _between(calendar: Calendar, start: date, end: date) -> int:
    _known(calendar, start, end)
    days = calendar.working_days
    return bisect_right(days, end) - bisect_right(days, start)


def days_used(calendar: Calendar, start: date, end: date) -> int:
    """Working days after the day `start` up to and including the day `end`.

    Both are days or instants (then their Shanghai dates). Adjoining stretches add up to the whole.
    0 when `end` is not after `start`.
    """
    first, last = _day(start), _day(end)
    return 0 if last <= first else _between(calendar, first, last)


def days_left(calendar: Calendar, now: datetime, due_on: date) -> int:
    """Working days after today up to and including the due day; 0 is the last day.

    Negative after it: -n when n working days passed since (0 until the first of them begins).
    """
    today = shanghai_date(now)
    if today > due_on:
        return -_between(calendar, due_on, today)
    return _between(calendar, today, due_on)


def last_working_day_on_or_before(calendar: Calendar, day: date) -> date:
    """`day` itself where it works, else the nearest working day before it."""
    calendar.require(day.year)
    found = bisect_right(calendar.working_days, day)
    if not found:
        raise UnknownYear(year=day.year - 1)
    worked = calendar.working_days[found - 1]
    _known(calendar, worked, day)
    return worked


def nth_working_day_after(calendar: Calendar, day: date, n: int) -> date:
    """The n-th working day after `day`, n >= 1. UnknownYear where the calendar ends before it."""
    check_term(n)
    calendar.require(day.year)
    place = bisect_right(calendar.working_days, day) + n - 1
    if place >= len(calendar.working_days):
        raise UnknownYear(year=max(calendar.years) + 1)
    found = calendar.working_days[place]
    _known(calendar, day, found)
    return found


def nth_working_day_before(calendar: Calendar, day: date, n: int) -> date:
    """The n-th working day before `day`, n >= 1. UnknownYear where the calendar begins after it."""
    check_term(n)
    calendar.require(day.year)
    place = bisect_left(calendar.working_days, day) - n
    if place < 0:
        raise UnknownYear(year=min(calendar.years) - 1)
    found = calendar.working_days[place]
    _known(calendar, found, day)
    return found


@dataclass(frozen=True)
class ChangedDay:
    """A day that another calendar judges otherwise. `worked` is None in a year not known before."""

    date: date
    worked: bool | None
    works: bool
    was_zh: str
    was_en: str
    text_zh: str
    text_en: str


def changed_days(before: Calendar, after: Calendar) -> tuple[ChangedDay, ...]:
    """Days that turn from off to worked or back, and every named day of a year new to us."""
    touched = sorted(set(before.named) | set(after.named))
    return tuple(
        _changed(before, after, day)
        for day in touched
        if day.year in after.years
        and (day.year not in before.years or before.works(day) != after.works(day))
    )


def _changed(before: Calendar, after: Calendar, day: date) -> ChangedDay:
    _code, text_zh, text_en = after.reason(day)
    worked, was_zh, was_en = None, "未知", "Not known"
    if day.year in before.years:
        worked = before.works(day)
        _code, was_zh, was_en = before.reason(day)
    return ChangedDay(day, worked, after.works(day), was_zh, was_en, text_zh, text_en)
