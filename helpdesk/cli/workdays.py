"""`helpdesk due` and `helpdesk workdays`: due dates explained, holiday notices loaded."""

from __future__ import annotations

import sys
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy import inspect, make_url

from helpdesk.cli import documents
from helpdesk.cli.database import NOT_READY
from helpdesk.cli.refusing import BAD_INPUT, refuse
from helpdesk.kernel import clock
from helpdesk.kernel.actor import SYSTEM
from helpdesk.kernel.db import db, reading
from helpdesk.kernel.errors import BadData, Refusal, RuleBroken
from helpdesk.kernel.instants import in_shanghai, parse_instant
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.sla import queries as sla
from helpdesk.sla.queries import ClockMove
from helpdesk.sla.rules import EFFECTS, PROMISES
from helpdesk.workdays import operations, queries, rules
from helpdesk.workdays.queries import Preview
from helpdesk.workdays.rules import NATIONAL, STATUSES, Calendar, ChangedDay, Due, YearStatus

_ZH_DAYS = "一二三四五六日"


class NoSuchTime(RuleBroken):
    """The time of receipt cannot be read."""

    sentence = N_("“%(text)s”不是时间。请写成 2026-09-18 15:00，不写时区即北京时间。")


class NoSuchHour(RuleBroken):
    """The close of business cannot be read."""

    sentence = N_("“%(text)s”不是下班时间。请写成 17:30。")


class DatabaseNotReady(RuleBroken):
    """There is no day table to load a notice into; nothing is created by looking."""

    sentence = NOT_READY


class NoSuchRegion(RuleBroken):
    """The region is neither CN nor a province code."""

    sentence = N_("“%(text)s”不是地区。请写 CN，或省份的两位代码，如 45。")


@click.command("due")
@click.argument("received", nargs=-1, required=True)
@click.option("--days", type=int, required=True, help="工作日数 / Working days.")
@click.option("--close", default="17:30", help="下班时间 / Close of business, 17:30.")
@click.option("--region", default=NATIONAL, help='CN 或省份代码 / CN or a province, "45".')
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def due(
    received: tuple[str, ...], days: int, close: str, region: str, lang: str, as_json: bool
) -> None:
    """RECEIVED 收到，第几个工作日到期，逐日说明 / When a term ends, day by day.

    RECEIVED 如 "2026-09-18 15:00"，不写时区即北京时间。退出码 0 完成，2 输入有误。
    """
    with reading(), force_locale(lang):
        try:
            found = rules.due(
                calendar_at_hand(region), _instant(" ".join(received)), days, _hour(close)
            )
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show(_document(found, lang))
        else:
            click.echo(_told(found, lang))


def calendar_at_hand(region: str) -> Calendar:
    """The calendar in force, or the shipped one where there is no database yet."""
    if not (region == NATIONAL or (len(region) == 2 and region.isascii() and region.isdigit())):
        raise NoSuchRegion(text=region)
    found = queries.calendar(region) if has_day_table() else None
    return found if found and found.years else queries.shipped_calendar(region)


def has_day_table() -> bool:
    """Is there a database with a day table? Asking makes no empty SQLite file."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    return inspect(db.engine).has_table("workdays_year")


def _instant(text: str) -> Any:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        raise NoSuchTime(text=text) from None


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise NoSuchHour(text=text) from None


def _document(found: Due, lang: str) -> dict[str, Any]:
    return {
        "received_at": in_shanghai(found.received_at).isoformat(),
        "working_days": found.working_days,
        "due_at": in_shanghai(found.due_at).isoformat(),
        "status": _status(found).value,
        "days": [
            {
                "date": day.date.isoformat(),
                "counted": day.counted,
                "reason": day.reason.value,
                "text": day.text_en if lang == "en" else day.text_zh,
            }
            for day in found.days
        ],
    }


def _status(found: Due) -> YearStatus:
    return YearStatus.PROVISIONAL if found.provisional else YearStatus.CONFIRMED


def _told(found: Due, lang: str) -> str:
    lines, number = [], 0
    for day in found.days:
        number += day.counted
        place = str(number) if day.counted else "-"
        text = day.text_en if lang == "en" else day.text_zh
        lines.append(f"{_day(day.date, lang)}  {place:>3}  {text}")
    until = f"{_day(found.due_on, lang)} {in_shanghai(found.due_at):%H:%M}"
    ends = gettext("截止：%(until)s（%(status)s）", until=until, status=gettext(
        STATUSES[_status(found)]
    ))  # fmt: skip
    return "\n".join((*lines, ends))


def _day(day: date, lang: str) -> str:
    return f"{day} {day:%a}" if lang == "en" else f"{day}(周{_ZH_DAYS[day.weekday()]})"


@click.group("workdays")
def workdays() -> None:
    """工作日历 / Working days."""


@workdays.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--confirm", is_flag=True, help="真正载入 / Do it; without it nothing changes.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def load(file: Path, confirm: bool, lang: str, as_json: bool) -> None:
    """载入放假安排 FILE：先列出变化的日期和移动的时限，--confirm 才生效 / Load a notice.

    退出码 0 完成，2 文件有误。
    """
    with force_locale(lang):
        try:
            seen, moves = _load(file, confirm)
        except BadData as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(BAD_INPUT)
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show(_report(seen, moves, confirm))
        else:
            click.echo(_report_text(seen, moves, confirm, lang))


def _load(file: Path, confirm: bool) -> tuple[Preview, tuple[ClockMove, ...]]:
    notice = queries.read_notice(file)
    if not has_day_table():
        raise DatabaseNotReady
    now = clock.now()
    with unit_of_work():
        seen = queries.preview(notice)
        moves = sla.foresee(notice.region, partial(queries.calendar_with, notice), now)
        if confirm:
            operations.load_year(notice=notice, actor=SYSTEM, now=now)
    return seen, moves


def _report(seen: Preview, moves: tuple[ClockMove, ...], confirm: bool) -> dict[str, Any]:
    before = seen.status_before
    return {
        "region": seen.notice.region,
        "year": seen.notice.year,
        "status_before": before.value if before else None,
        "status": seen.notice.status.value,
        "loaded": confirm,
        "forgotten": [day.isoformat() for day in seen.notice.forgotten],
        "days": [_changed(day) for day in seen.changed],
        "clocks": [_moved(move) for move in moves],
    }


def _changed(day: ChangedDay) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "worked": day.worked,
        "works": day.works,
        "before": {"zh": day.was_zh, "en": day.was_en},
        "after": {"zh": day.text_zh, "en": day.text_en},
    }


def _moved(move: ClockMove) -> dict[str, Any]:
    return {
        "clock": move.clock.id,
        "subject": move.clock.subject,
        "promise": move.clock.promise.value,
        "due_before": in_shanghai(move.clock.due_at).isoformat(),
        "due_after": in_shanghai(move.after.due_at).isoformat(),
        "effect": move.effect.value,
    }


def _report_text(seen: Preview, moves: tuple[ClockMove, ...], confirm: bool, lang: str) -> str:
    notice, before = seen.notice, seen.status_before
    status = gettext(STATUSES[notice.status])
    was = gettext(STATUSES[before]) if before else gettext("未知")
    days = [
        f"  {_day(d.date, lang)}  "
        + (f"{d.was_en} -> {d.text_en}" if lang == "en" else f"{d.was_zh} -> {d.text_zh}")
        for d in seen.changed
    ]
    clocks = [
        f"  {move.clock.subject}  {gettext(PROMISES[move.clock.promise])}  "
        f"{in_shanghai(move.clock.due_at):%Y-%m-%d %H:%M} -> "
        f"{in_shanghai(move.after.due_at):%Y-%m-%d %H:%M}  {gettext(EFFECTS[move.effect])}"
        for move in moves
    ]
    if seen.nothing_new:
        done = gettext("与现行的完全相同，没有要改的。")
    elif confirm:
        done = gettext("已载入。")
    else:
        done = gettext("没有改动任何数据。确认无误后加上 --confirm 载入。")
    return "\n".join(
        (
            f"{notice.region} {notice.year}: {was} -> {status}",
            *(
                gettext("请核对：%(day)s是法定节假日，通知里没有放假。", day=_day(day, lang))
                for day in notice.forgotten
            ),
            gettext("变化的日期：%(number)s", number=len(days)),
            *days,
            gettext("移动的时限：%(number)s", number=len(clocks)),
            *clocks,
            done,
        )
    )


@workdays.command("list")
@click.option("--region", default=NATIONAL, help='CN 或省份代码 / CN or a province, "45".')
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def list_years(region: str, as_json: bool) -> None:
    """已有的年份及其依据 / The years that are known, and on whose word."""
    try:
        with reading():
            known = calendar_at_hand(region).years
    except Refusal as refusal:
        refuse(refusal)
    rows: list[dict[str, Any]] = [
        {"year": year, "status": info.status.value, "sources": list(info.sources)}
        for year, info in sorted(known.items())
    ]
    if as_json:
        documents.show({"region": region, "years": rows})
        return
    for row in rows:
        status = gettext(STATUSES[YearStatus(row["status"])])
        click.echo(f"{row['year']}  {status}  {'；'.join(row['sources'])}")


commands = (due, workdays)
