"""Dates as the calendar shows them: the same act of several subsystems as one line, day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.filing.rules.annexes import Label, Level, Status, Words
from helpdesk.filing.rules.dates import Deadline, Overlay
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.rules import Subsystem
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import left_text
from helpdesk.workdays.rules import Calendar, UnknownYear, days_left

SOON = 2


def in_words(words: Words | Label) -> str:
    """A text of the data in the language of the page."""
    return words.en if current() == "en" else words.zh


@dataclass(frozen=True)
class Entry:
    """One line: an act that is due on one day for one or several subsystems."""

    deadlines: tuple[Deadline, ...]
    done: bool

    @property
    def _first(self) -> Deadline:
        return self.deadlines[0]

    @property
    def due_on(self) -> date:
        """The day that counts."""
        return self._first.due_on

    @property
    def own(self) -> bool:
        """Of the reader's own office, not of schools."""
        return self._first.occurrence.level is not Level.SCHOOL

    @property
    def keys(self) -> tuple[str, ...]:
        """What a tick stands for."""
        return tuple(d.key for d in self.deadlines)

    @property
    def subsystems(self) -> tuple[Subsystem, ...]:
        """Whose dates these are."""
        return tuple(d.occurrence.item.subsystem for d in self.deadlines)

    @property
    def words(self) -> str:
        """`国家助学金：资助名单审核`."""
        item = self._first.occurrence.item
        labels = item.module.parts or (item.module.label,)
        module = in_words(Words("、".join(m.zh for m in labels), item.module.label.en))
        what = in_words(item.item)
        return f"{module}{_('：')}{what}"

    @property
    def short(self) -> str:
        """For a cell of the month."""
        return in_words(self._first.occurrence.item.short)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What those who act should know."""
        occurrence = self._first.occurrence
        found = {d.occurrence.item.remark(occurrence.level) for d in self.deadlines}
        told = [in_words(remark) for remark in found if remark]
        if any(d.occurrence.item.inferred for d in self.deadlines):
            told.append(str(_("推定事项，附件没有列出")))
        return tuple(told)

    @property
    def overlay(self) -> Overlay | None:
        """The earlier date behind the day."""
        return self._first.overlay

    @property
    def named_on(self) -> date:
        """The day of the notice."""
        return self._first.occurrence.named_on


def entries(found: Iterable[Deadline], done: Collection[str]) -> tuple[Entry, ...]:
    """Deadlines as lines, in their order."""
    lines: dict[tuple[object, ...], list[Deadline]] = {}
    for deadline in found:
        lines.setdefault(_line(deadline, deadline.key in done), []).append(deadline)
    return tuple(Entry(tuple(line), key[0] is True) for key, line in lines.items())


def _line(deadline: Deadline, done: bool) -> tuple[object, ...]:
    occurrence = deadline.occurrence
    item = occurrence.item
    office = deadline.overlay.office_code if deadline.overlay else ""
    what = (item.module.label.zh, item.item.code)
    return done, deadline.due_on, occurrence.level, what, occurrence.named_on, office


@dataclass(frozen=True)
class Day:
    """The lines of one day. `level` and `words`: how urgent; `why`: it is no working day."""

    day: date
    entries: tuple[Entry, ...]
    past: bool
    level: str
    words: str
    why: str
    last_working_day: date | None
    provisional: bool

    @property
    def parts(self) -> tuple[tuple[bool, tuple[Entry, ...]], ...]:
        """(of the own office?, lines): the office's own first."""
        return tuple((own, tuple(part)) for own, part in groupby(self.entries, lambda e: e.own))

    @property
    def open(self) -> int:
        """Lines without a tick."""
        return sum(not e.done for e in self.entries)


def days(
    found: Sequence[Deadline], done: Collection[str], calendar: Calendar, now: datetime
) -> tuple[Day, ...]:
    """The lines by day, in order."""
    return tuple(
        _day(day, tuple(lines), calendar, now)
        for day, lines in groupby(
            sorted(entries(found, done), key=lambda e: (e.due_on, not e.own)), lambda e: e.due_on
        )
    )


def _day(day: date, lines: tuple[Entry, ...], calendar: Calendar, now: datetime) -> Day:
    left, past = _left(calendar, now, day), day < shanghai_date(now)
    waiting = sum(not e.done for e in lines)
    first = lines[0].deadlines[0]
    return Day(
        day=day,
        entries=lines,
        past=past,
        level=_level(left, past, waiting),
        words=_words(left, past, waiting),
        why=_why(first, calendar),
        last_working_day=first.last_working_day,
        provisional=first.status is Status.PROVISIONAL,
    )


def _left(calendar: Calendar, now: datetime, day: date) -> int | None:
    try:
        return days_left(calendar, now, day)
    except UnknownYear:
        return None


def _level(left: int | None, past: bool, waiting: int) -> str:
    if not waiting:
        return "ok"
    if past:
        return "late"
    return "soon" if left is not None and left <= SOON else "ok"


def _words(left: int | None, past: bool, waiting: int) -> str:
    if not waiting:
        return str(_("都已打勾"))
    if not past:
        return "" if left is None else left_text(left)
    if not left:
        return str(ngettext("已过，%(num)s项没打勾", "已过，%(num)s项没打勾", waiting))
    gone = ngettext("已过%(num)s个工作日", "已过%(num)s个工作日", -left)
    return str(
        ngettext("%(gone)s，%(num)s项没打勾", "%(gone)s，%(num)s项没打勾", waiting, gone=gone)
    )


def _why(deadline: Deadline, calendar: Calendar) -> str:
    """Why nobody works on the day; empty where somebody does."""
    if deadline.last_working_day in (None, deadline.due_on):
        return ""
    _code, zh, en = calendar.reason(deadline.due_on)
    return en if current() == "en" else zh
