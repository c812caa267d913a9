"""The clocks of a ticket, each with the answer to "why this day?"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.sla import queries as sla
from helpdesk.sla import rules as promises
from helpdesk.sla.queries import Explanation, MoveView, PauseView, Place, StripDay
from helpdesk.sla.rules import EFFECTS, PAUSE_REASONS, Cause, ClockView, Promise
from helpdesk.web.shell import dates
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import days_text, named, zh
from helpdesk.web.tickets.deadlines import Deadline, read
from helpdesk.web.tickets.scene import Scene
from helpdesk.workdays.rules import Reason


@dataclass(frozen=True)
class Cell:
    """One day of the strip. `cls`: classes of the theme; `mark`: a make-up day."""

    day: date
    cls: str
    words: tuple[str, ...]
    mark: bool
    title: str
    today: bool


@dataclass(frozen=True)
class Running:
    """A clock that runs, its title and its days."""

    deadline: Deadline
    title: Markup
    cells: tuple[Cell, ...]
    reasons: tuple[Markup, ...]
    source: str


@dataclass(frozen=True)
class Ended:
    """A clock that is over, and how it ended."""

    clock: ClockView
    title: Markup
    words: str
    late: bool


TITLES: Mapping[Promise, Callable[[], str]] = {
    Promise.LEGAL: lambda: _("%(body)s解决或反馈，%(days)s"),
    Promise.ACCEPT: lambda: _("%(body)s受理，%(days)s"),
    Promise.ANSWER: lambda: _("%(body)s答复或上报，%(days)s"),
    Promise.ENV: lambda: _("%(body)s处理运行环境问题，%(days)s"),
    Promise.SYNC: lambda: _("%(body)s处理同步问题，%(days)s"),
    Promise.STEP: lambda: _("%(body)s办步骤%(number)s，%(days)s"),
    Promise.PROMISED: lambda: _("%(body)s反馈时承诺解决的日期"),
    Promise.CONFIRM: lambda: _("请%(body)s确认是否解决，%(days)s；不回复将自动办结"),
    Promise.WAITING: lambda: _("等%(body)s补充，%(days)s；不补充将自动关闭"),
}


def panel(scene: Scene) -> tuple[tuple[Running, ...], tuple[Ended, ...]]:
    """Clocks that run (legal first, then by due time) and clocks that are over (latest first)."""
    numbers = {step.subject: n for n, step in enumerate(scene.life.steps, start=1)}
    flat = [clock for found in scene.clocks.values() for clock in found]
    live = [clock for clock in flat if clock.ended_at is None]
    over = [clock for clock in flat if clock.ended_at is not None]
    live.sort(key=lambda clock: (clock.promise is not Promise.LEGAL, clock.due_at))
    over.sort(key=lambda clock: clock.ended_at or clock.due_at, reverse=True)
    ids = [clock.id for clock in live]
    pauses, moves = sla.pauses_of(ids), sla.moves_of(ids)
    past = {i: (*_held(pauses.get(i, ())), *_moved(moves.get(i, ()))) for i in ids}
    return (
        tuple(_running(scene, clock, numbers, past[clock.id]) for clock in live),
        tuple(_ended(scene, clock, numbers) for clock in over),
    )


def _title(scene: Scene, clock: ClockView, numbers: Mapping[str, int]) -> Markup:
    body = scene.names.body(clock.body_id)
    values = {
        "body": named(body) if body else Markup(""),
        "days": days_text(clock.days or 0),
        "number": numbers.get(clock.subject, ""),
    }
    return Markup(TITLES[clock.promise]()) % values


def _running(
    scene: Scene, clock: ClockView, numbers: Mapping[str, int], past: tuple[Markup, ...]
) -> Running:
    told = sla.explain(scene.calendars[clock.region], clock, scene.now) if clock.days else None
    return Running(
        deadline=read(clock, scene.calendars, scene.now),
        title=_title(scene, clock, numbers),
        cells=tuple(_cell(day, clock) for day in told.strip if _is_shown(day)) if told else (),
        reasons=(*_reasons(told), *past) if told else (),
        source=_source(told) if told else "",
    )


def _ended(scene: Scene, clock: ClockView, numbers: Mapping[str, int]) -> Ended:
    sentence, values = promises.verdict(clock)
    late = clock.breached_at is not None
    return Ended(clock, _title(scene, clock, numbers), str(_(sentence, **values)), late)


def _is_shown(day: StripDay) -> bool:
    """The day after the due day is shown where it is off: a count of weekdays might end there."""
    return day.place is not Place.AFTER


LOOKS = {
    Place.RECEIPT: "rec",
    Place.OFF: "off",
    Place.USED: "c used",
    Place.TODAY: "c now",
    Place.AHEAD: "c",
}


def _cell(day: StripDay, clock: ClockView) -> Cell:
    words = [_("第%(number)s天", number=day.ordinal)] if day.ordinal else []
    if day.place is Place.RECEIPT:
        words = [_("收到"), _("不计")]
    elif day.place is Place.OFF:
        words = [_short(day)]
    if day.is_due:
        words.append(dates.clock_text(clock.due_at))
    elif day.is_today:
        words.append(_("今天"))
    return Cell(
        day=day.date,
        cls=LOOKS[day.place] + (" due" if day.is_due else ""),
        words=tuple(str(word) for word in words),
        mark=day.reason is Reason.MAKEUP,
        title=_text(day),
        today=day.is_today,
    )


def _text(day: StripDay) -> str:
    return day.text_en if current() == "en" else day.text_zh


def _short(day: StripDay) -> str:
    """What fits into a cell; the sentence below says it in full."""
    match day.reason:
        case Reason.WEEKEND:
            return str(_("周末"))
        case Reason.HOLIDAY:
            return str(_("放假"))
        case Reason.PAUSED:
            return str(_("暂停"))
        case _:
            return str(_("不计"))


TOLD = (Reason.MAKEUP, Reason.HOLIDAY, Reason.PAUSED, Reason.PROVISIONAL)


def _reasons(told: Explanation) -> tuple[Markup, ...]:
    """Sentences for what is not plain: receipt, make-up days, holidays, pauses, the wrong day."""
    receipt = Markup(_("%(when)s收到，收到当日不计。"))
    found = [receipt % {"when": dates.moment(told.clock.received_at)}]
    for day in told.strip:
        if day.reason in TOLD and _is_shown(day):
            sentence = Markup(_("%(day)s：%(why)s。"))
            found.append(sentence % {"day": dates.day(day.date), "why": _text(day)})
    if told.weekday_only:
        sentence = Markup(_("只数周一到周五会误算到%(day)s。"))
        found.append(sentence % {"day": dates.day(told.weekday_only)})
    return tuple(found)


def _held(pauses: Iterable[PauseView]) -> Iterable[Markup]:
    """When it stood still, and for what."""
    for pause in pauses:
        ended = _("%(since)s至%(until)s暂停计时：%(why)s。")
        sentence = ended if pause.until else _("%(since)s起暂停计时：%(why)s。")
        yield Markup(sentence) % {
            "since": dates.moment(pause.since),
            "until": dates.moment(pause.until) if pause.until else "",
            "why": zh(pause.note) if pause.note else _(PAUSE_REASONS[pause.reason]),
        }


# A resumed clock is told with its pause.
CAUSES: Mapping[Cause, Callable[[], str]] = {
    Cause.CALENDAR: lambda: _("工作日历变更"),
    Cause.SETTINGS: lambda: _("按新的设置重新计算"),
    Cause.DUPLICATE: lambda: _("并入的问题期限更早"),
}


def _moved(moves: Iterable[MoveView]) -> Iterable[Markup]:
    """How the due date moved otherwise; a breach that was struck is told with it."""
    for move in moves:
        if move.cause in CAUSES:
            sentence = _("%(when)s%(cause)s：截止由%(before)s改为%(after)s（%(effect)s）。")
            yield Markup(sentence) % {
                "when": dates.moment(move.at),
                "cause": CAUSES[move.cause](),
                "before": dates.moment(move.due_before),
                "after": dates.moment(move.due_after),
                "effect": _(EFFECTS[move.effect]),
            }


def _source(told: Explanation) -> str:
    state = _("已确认") if told.confirmed else _("暂定")
    words = _("依据：%(source)s（%(state)s）。", source="；".join(told.sources), state=state)
    if told.clock.legal:
        words += _("途中追问、派步骤都不停表。")
    return str(words)
