"""`helpdesk filing next`: which filing dates come, and the last working day before each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from helpdesk.cli import documents
from helpdesk.cli.bodies import body
from helpdesk.cli.refusing import refuse
from helpdesk.cli.workdays import DatabaseNotReady, calendar_at_hand, has_day_table
from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.queries.calendar import Place
from helpdesk.filing.rules.annexes import TERMS, Cycle, Level, Status
from helpdesk.filing.rules.dates import Deadline, Occurrence
from helpdesk.kernel import clock
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import Refusal, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import SCHOOL_KINDS, Kind, Subsystem
from helpdesk.workdays.rules import NATIONAL, Calendar

LONGEST = 732
YEARS = range(2000, 2100)
SUBSYSTEMS = click.Choice([s.value for s in Subsystem])
_STATUSES = {Status.CONFIRMED: N_("已确认"), Status.PROVISIONAL: N_("暂定")}


class NoSuchDay(RuleBroken):
    """The day cannot be read."""

    sentence = N_("“%(text)s”不是日期。请写成 2026-01-20。")


@click.group("filing")
def filing() -> None:
    """填报期限 / Filing dates."""


@filing.command("next")
@click.option("--subsystem", type=SUBSYSTEMS, required=True, help="子系统 / Subsystem.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    required=True,
    help="谁办 / Who acts.",
)
@click.option("--on", "first", help="从哪天起，默认今天 / From this day, 2026-01-20.")
@click.option("--days", type=click.IntRange(0, LONGEST), default=30, help="往后几天 / Days ahead.")
@click.option("--org", "code", help="单位代码 / Code of a body: earlier dates on its path count.")
@click.option("--inferred", is_flag=True, help="含推定事项 SH-X1 / With the inferred item SH-X1.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def next_dates(
    subsystem: str,
    level: str,
    first: str | None,
    days: int,
    code: str | None,
    inferred: bool,
    lang: str,
    as_json: bool,
) -> None:
    """今后几天内到期的填报事项，当天计入 / Filing dates of the next days, the day itself included.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading(), force_locale(lang):
        try:
            place = _place(Subsystem(subsystem), Level(level), code, inferred)
            found = _found(place, _day(first), days)
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show([_row(deadline) for deadline in found])
        else:
            click.echo(_told(found, lang) or gettext("这些天没有要填报的。"))


def _day(text: str | None) -> date:
    if text is None:
        return shanghai_date(clock.now())
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NoSuchDay(text=text) from None
    if found.year not in YEARS:
        raise NoSuchDay(text=text)
    return found


def _place(subsystem: Subsystem, level: Level, code: str | None, inferred: bool) -> Place:
    """A node where one level of one subsystem is looked at; without a code no office's."""
    if code is None:
        return Place("", (level,), (subsystem,), inferred=inferred)
    if not has_day_table():
        raise DatabaseNotReady
    at = body(code)
    known = queries.place_of(at)
    return Place(
        path=at.path,
        levels=(level,),
        subsystems=(subsystem,) if subsystem in _used(at, known) else (),
        region=at.region,
        central=at.kind is Kind.CENTRAL_HEI,
        inferred=inferred or known.inferred,
    )


def _used(at: BodyView, known: Place) -> tuple[Subsystem, ...]:
    return at.subsystems if at.kind in SCHOOL_KINDS else known.subsystems


def _found(place: Place, first: date, days: int) -> tuple[Deadline, ...]:
    last = first + timedelta(days=days)
    calendar: Calendar = calendar_at_hand(place.region or NATIONAL)
    overlays = queries.overlays_on(place.path, first, last) if place.path else ()
    found = queries.with_overlays(place, overlays, first, last, calendar)
    # A year that nobody loaded is an error here, never a gap in the answer.
    calendar.require(*sorted({d.due_on.year for d in found if d.status is Status.UNKNOWN}))
    return found


def _row(deadline: Deadline) -> dict[str, Any]:
    occurrence, item = deadline.occurrence, deadline.occurrence.item
    worked = deadline.last_working_day
    return {
        "item_id": item.id,
        "subsystem": item.subsystem.value,
        "module": item.module.label.code,
        "item": item.item.code,
        "term": occurrence.term.value if occurrence.term else None,
        "term_year": occurrence.term_year,
        "due_on": deadline.due_on.isoformat(),
        "last_working_day": worked.isoformat() if worked else None,
        "status": deadline.status.value,
        "inferred": item.inferred,
        "overlay": _overlay(deadline),
    }


def _overlay(deadline: Deadline) -> dict[str, str] | None:
    """The office whose earlier date stands in `due_on`, and the date of the notice."""
    if deadline.overlay is None:
        return None
    return {
        "code": deadline.overlay.office_code,
        "name": deadline.overlay.office.name,
        "notice_due_on": deadline.occurrence.named_on.isoformat(),
    }


def _told(found: tuple[Deadline, ...], lang: str) -> str:
    return "\n".join(line for deadline in found for line in _lines(deadline, lang))


def _lines(deadline: Deadline, lang: str) -> tuple[str, ...]:
    occurrence, english = deadline.occurrence, lang == "en"
    item = occurrence.item
    module, label = item.module.label, item.item
    what = f"{module.en}: {label.en}" if english else f"{module.zh}：{label.zh}"
    worked = gettext(
        "最后工作日 %(day)s（%(status)s）",
        day=deadline.last_working_day,
        status=gettext(_STATUSES[deadline.status]),
    )
    remarks = [r.en if english else r.zh for r in (item.remark(occurrence.level),) if r]
    if item.inferred:
        remarks.append(gettext("推定事项，附件没有列出"))
    if deadline.overlay:
        office = deadline.overlay.office
        name = (office.name_en or office.name) if english else office.name
        named = occurrence.named_on
        remarks.append(gettext("%(office)s提前；通知为%(day)s", office=name, day=named))
    head = f"{deadline.due_on}  {item.id}  {what}  {_cycle(occurrence)}  {worked}"
    return (head, *(f"            {remark}" for remark in remarks))


def _cycle(occurrence: Occurrence) -> str:
    if occurrence.term:
        term = gettext(TERMS[occurrence.term])
        return str(gettext("%(year)s年%(term)s", year=occurrence.term_year, term=term))
    if occurrence.item.cycle is Cycle.YEAR:
        return str(gettext("%(year)s年", year=occurrence.term_year))
    return str(gettext("%(month)s月", month=occurrence.named_on.month))


commands = (filing,)
