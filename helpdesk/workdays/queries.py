"""Reads of the calendar: from the day table, from notice files, and as it is shipped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import select

from helpdesk import config
from helpdesk.kernel import datafiles
from helpdesk.kernel.datafiles import Node
from helpdesk.kernel.db import session
from helpdesk.workdays import rules
from helpdesk.workdays.models import Day, Year
from helpdesk.workdays.rules import (
    NATIONAL,
    Calendar,
    ChangedDay,
    NamedDay,
    Notice,
    YearStatus,
)

FOLDER: Final = config.ROOT / "knowledge_base" / "workdays"
_KEPT: Final = 64  # calendars in memory: one per region and a few versions
_calendars: dict[tuple[str, str], Calendar] = {}


# ------------------------------------------------------------------ the day table


def calendar(region: str = NATIONAL) -> Calendar:
    """The calendar in force: `CN`, or a province's two digits (with its own days, if it has any).

    One query as long as nothing changed. An empty day table knows no year (UnknownYear at use).
    """
    return calendars((region,))[region]


def calendars(regions: Iterable[str]) -> dict[str, Calendar]:
    """The calendars of several regions, by region; one query as long as nothing changed."""
    wanted = set(regions)
    stamps = _stamps(wanted | {NATIONAL})
    return {region: _calendar(region, stamps) for region in wanted}


def _stamps(regions: set[str]) -> list[tuple[str, int, str]]:
    found = session().execute(
        select(Year.region, Year.year, Year.digest).where(Year.region.in_(regions))
    )
    return [(region, year, digest) for region, year, digest in found]


def _calendar(region: str, stamps: list[tuple[str, int, str]]) -> Calendar:
    version = rules.version_of(s for s in stamps if s[0] in (NATIONAL, region))
    kept = _calendars.get((region, version))
    if kept is None:
        if len(_calendars) >= _KEPT:
            _calendars.clear()
        kept = _calendars[region, version] = rules.build(notices(region), region)
    return kept


def notices(region: str = NATIONAL) -> tuple[Notice, ...]:
    """The notices in force for `region`: the national ones and the province's own."""
    regions = {NATIONAL, region}
    days: dict[tuple[str, int], list[NamedDay]] = {}
    for day in session().scalars(select(Day).where(Day.region.in_(regions)).order_by(Day.day)):
        named = NamedDay(day.day, day.works, day.name_zh, day.name_en)
        days.setdefault((day.region, day.notice_year), []).append(named)
    years = session().scalars(select(Year).where(Year.region.in_(regions)).order_by(Year.year))
    return tuple(
        Notice(y.region, y.year, y.status, y.source, tuple(days.get((y.region, y.year), ())))
        for y in years
    )


def regions() -> tuple[str, ...]:
    """Regions with notices of their own, the national one first."""
    found = session().scalars(select(Year.region).distinct().order_by(Year.region))
    return (NATIONAL, *(region for region in found if region != NATIONAL))


def calendar_with(notice: Notice, region: str) -> Calendar:
    """The calendar of `region` as it would be with `notice` loaded; nothing is stored."""
    others = (n for n in notices(region) if (n.region, n.year) != (notice.region, notice.year))
    return rules.build((*others, notice), region)


@dataclass(frozen=True)
class Preview:
    """What loading a notice would change; `status_before` is None for a year not known before.

    `nothing_new`: the very same notice is in force already.
    """

    notice: Notice
    status_before: YearStatus | None
    nothing_new: bool
    changed: tuple[ChangedDay, ...]


def preview(notice: Notice) -> Preview:
    """Compare a notice with what is in force for its region."""
    row = session().scalar(
        select(Year).where(Year.region == notice.region, Year.year == notice.year)
    )
    before, after = calendar(notice.region), calendar_with(notice, notice.region)
    return Preview(
        notice=notice,
        status_before=row.status if row else None,
        nothing_new=row is not None and row.digest == notice.digest,
        changed=rules.changed_days(before, after),
    )


# ------------------------------------------------------------------ notice files


def read_notice(file: Path) -> Notice:
    """A notice from a YAML file as knowledge_base/workdays/README.md describes it.

    Raises BadData naming file and line.
    """
    return _notice(datafiles.read(file))


def parse_notice(text: str) -> Notice:
    """The same from a text that was typed; BadData names the line."""
    return _notice(datafiles.parse(text, Path("notice")))


def written(notice: Notice) -> str:
    """A notice as such a file; reading it gives the notice again."""
    lines = [
        f"year: {notice.year}",
        f"region: {json.dumps(notice.region)}",
        f"status: {notice.status.value}",
        f"source: {json.dumps(notice.source, ensure_ascii=False)}",
    ]
    for key, works in (("off", False), ("works", True)):
        found = [block for block in blocks(notice.days) if block[0].works is works]
        lines += [f"{key}:", *map(_line, found)] if found else [f"{key}: []"]
    return "\n".join(lines) + "\n"


def blocks(days: Iterable[NamedDay]) -> list[list[NamedDay]]:
    """Days that follow each other under one name, together; the earliest first."""
    found: list[list[NamedDay]] = []
    for day in sorted(days):
        last = found[-1][-1] if found else None
        if last and day == replace(last, day=last.day + timedelta(days=1)):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _line(block: list[NamedDay]) -> str:
    first, last = block[0], block[-1]
    when = f"day: {first.day}" if first is last else f"from: {first.day}, to: {last.day}"
    zh, en = (json.dumps(name, ensure_ascii=False) for name in (first.name_zh, first.name_en))
    return f"  - {{{when}, zh: {zh}, en: {en}}}"


def _notice(root: Node) -> Notice:
    found = root.mapping(("year", "region", "status", "source", "off", "works"))
    year, region = _year(found["year"]), _region(found["region"])
    days: dict[date, NamedDay] = {}
    for key, works in (("off", False), ("works", True)):
        for entry in found[key].items():
            for day in _entry(entry, year, works, national=region == NATIONAL):
                if day.day in days:
                    entry.wrong(f"{day.day} stands in this file twice")
                days[day.day] = day
    if region == NATIONAL and not any(not day.works for day in days.values()):
        found["off"].wrong("a national notice names the holidays of its year")
    status = found["status"].word(YearStatus)
    return Notice(region, year, status, found["source"].text(), tuple(sorted(days.values())))


def _year(node: Node) -> int:
    year = node.number()
    if not 2000 <= year <= 2200:
        node.wrong(f"{year} is no year of this calendar (2000 to 2200)")
    return year


def _region(node: Node) -> str:
    region = node.text()
    if region != NATIONAL and not (len(region) == 2 and region.isascii() and region.isdigit()):
        node.wrong(f'{region!r} is neither CN nor a province code in quotes, like "45"')
    return region


def _entry(node: Node, year: int, works: bool, national: bool) -> Iterator[NamedDay]:
    keys = node.mapping(("zh", "en"), ("day", "from", "to"))
    zh, en = keys["zh"].text(), keys["en"].text()
    if set(keys) == {"zh", "en", "day"}:
        first = last = keys["day"]
    elif set(keys) == {"zh", "en", "from", "to"}:
        first, last = keys["from"], keys["to"]
    else:
        node.wrong("an entry has either `day` or both `from` and `to`")
    day, end = _day(first, year), _day(last, year)
    if day > end:
        last.wrong(f"`to` {end} lies before `from` {day}")
    while day <= end:
        if works and national and day.weekday() < rules.SATURDAY:
            first.wrong(f"{day} is no Saturday or Sunday: `works` holds weekends that are worked")
        yield NamedDay(day, works, zh, en)
        day += timedelta(days=1)


def _day(node: Node, year: int) -> date:
    day = node.day()
    if not (day.year == year or (day.year == year - 1 and day.month == 12)):
        node.wrong(f"{day} lies neither in {year} nor in the December before")
    return day


# ------------------------------------------------------------------ as shipped


@cache
def shipped() -> tuple[Notice, ...]:
    """The notices that come with the product: chinesecalendar's years and our own files.

    A file decides over chinesecalendar for its year.
    """
    own = tuple(read_notice(file) for file in sorted(FOLDER.glob("*.yaml")))
    taken = {(n.region, n.year) for n in own}
    seeds = (n for n in _chinesecalendar() if (n.region, n.year) not in taken)
    return tuple(sorted((*own, *seeds), key=lambda n: (n.region != NATIONAL, n.region, n.year)))


@cache
def shipped_calendar(region: str = NATIONAL) -> Calendar:
    """The calendar as shipped, without a database."""
    return rules.build(shipped(), region)


# Short names as people say them; the package has some without 节.
_NAMES_ZH: Final = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
# A Saturday worked for New Year 2006; chinesecalendar 1.11 has it off.
_CORRECTED: Final = NamedDay(date(2005, 12, 31), True, "元旦", "New Year's Day")


def _chinesecalendar() -> tuple[Notice, ...]:
    # Imported here: a running service reads its day table and never needs the package.
    from chinese_calendar import constants

    days = [_named(day, False, name, constants.Holiday) for day, name in constants.holidays.items()]
    days += [_named(day, True, name, constants.Holiday) for day, name in constants.workdays.items()]
    by_year: dict[int, list[NamedDay]] = {}
    for day in (*days, _CORRECTED):
        by_year.setdefault(_notice_year(day), []).append(day)
    return tuple(
        Notice(NATIONAL, year, YearStatus.CONFIRMED, _source(year), tuple(sorted(named)))
        for year, named in sorted(by_year.items())
    )


def _named(day: date, works: bool, name: str, holiday: type[Enum]) -> NamedDay:
    chinese: str = holiday(name).chinese  # type: ignore[attr-defined]
    return NamedDay(day, works, _NAMES_ZH.get(chinese, chinese), name)


def _notice_year(named: NamedDay) -> int:
    # December days around New Year stand in the notice of the year that begins.
    return named.day.year + (named.day.month == 12)


def _source(year: int) -> str:
    return f"国务院办公厅{year}年节假日安排(据chinesecalendar整理)"
