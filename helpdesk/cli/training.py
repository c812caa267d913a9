"""`helpdesk training`: who is trained in the range of a body; are the counters right."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from helpdesk.cli import documents
from helpdesk.cli.bodies import body
from helpdesk.cli.refusing import refuse
from helpdesk.kernel import clock
from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import reading
from helpdesk.kernel.errors import Refusal, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.training.operations import recounting
from helpdesk.training.operations.recounting import Drift
from helpdesk.training.queries import coverage as queries
from helpdesk.training.queries.coverage import Bodies, Child, Coverage, Figures, Persons

EVERYTHING = "ALL"
FIRST_YEAR, LAST_YEAR = 2000, 2999
_PARTS = {
    "own_staff": N_("本级人员"),
    "direct_schools": N_("直属学校"),
    "central_heis": N_("中央部属高校"),
}


class NoSuchDay(RuleBroken):
    """The day cannot be read."""

    sentence = N_("“%(text)s”不是日期。请写成 2026-09-30。")


class NoSuchYear(RuleBroken):
    """The year cannot be read."""

    sentence = N_("“%(text)s”不是年度。请写四位数字，例如 2026。")


@click.group("training")
def training() -> None:
    """培训 / Training."""


@training.command("coverage")
@click.option("--org", "code", required=True, help="单位代码，ALL为全国 / Code, ALL: the country.")
@click.option("--year", required=True, help="培训年度 / Training year.")
@click.option("--as-of", "day", help="截至日期 2026-09-30 / As of a day.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / Language.")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def coverage(code: str, year: str, day: str | None, lang: str, as_json: bool) -> None:
    """一个单位及其下级的培训覆盖 / How many are trained in the range of a body.

    退出码 0 完成，2 输入有误，3 没有找到。
    """
    with reading(), force_locale(lang):
        try:
            label, as_of = _year(year), _day(day)
            path = ROOT_PATH if code.strip().upper() == EVERYTHING else body(code).path
            now = clock.now()
            found = queries.coverage(path, label, now=now, as_of=as_of)
            parts = queries.children(path, label, now=now, as_of=as_of)
        except Refusal as refusal:
            refuse(refusal)
        if as_json:
            documents.show(_document(code, found, parts, lang))
        else:
            click.echo(_table(found, parts, lang))


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise NoSuchYear(text=text)
    return int(text)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError:
        raise NoSuchDay(text=text) from None


def _document(code: str, found: Coverage, parts: tuple[Child, ...], lang: str) -> dict[str, Any]:
    return {
        "org": code.strip().upper(),
        "year": found.label,
        "as_of": found.as_of.isoformat(),
        "closed": found.closed,
        **_figures(found.figures),
        "side": _count(found.side),
        "children": [
            {
                "org": part.body.code if part.body else None,
                "name": _name(part, lang),
                "part": part.label_kind,
                **_figures(part.figures),
            }
            for part in parts
        ],
    }


def _figures(of: Figures) -> dict[str, Any]:
    return {
        "persons": {**_count(of.persons), "rate": of.persons.rate},
        "bodies": {name: getattr(of.bodies, name) for name in Bodies.__dataclass_fields__},
    }


def _count(of: Persons) -> dict[str, int]:
    return {"active": of.active, "trained": of.trained}


def _name(part: Child, lang: str) -> str:
    if part.body is None:
        return str(gettext(_PARTS[part.label_kind]))
    return (part.body.name_en or part.body.name) if lang == "en" else part.body.name


def _table(found: Coverage, parts: tuple[Child, ...], lang: str) -> str:
    said = {"year": found.label, "day": found.as_of.isoformat()}
    closed = str(gettext("已结转")) if found.closed else ""
    head = f"{gettext('%(year)s年度，截至%(day)s', **said)} {closed}".rstrip()
    rows = [_row(str(gettext("合计")), found.figures)]
    rows += [_row(_name(part, lang), part.figures) for part in parts]
    side = f"{gettext('另列')} {found.side.trained}/{found.side.active}"
    return "\n".join((head, *rows, side))


def _row(name: str, of: Figures) -> str:
    rate = "-" if of.persons.rate is None else f"{of.persons.rate:.1%}"
    persons = f"{of.persons.trained}/{of.persons.active}"
    return f"{rate:>7} {persons:>15} {of.bodies.reached:>8}/{of.bodies.total:<8} {name}"


@training.command("recount")
@with_appcontext
def recount() -> None:
    """按原始记录重新统计，列出偏差 / Count anew from the rows and list what was wrong."""
    with unit_of_work():
        found = recounting.recount(clock.now())
    for one in found:
        click.echo(_drift(one))
    click.echo(gettext("重新统计完成，偏差%(number)s处。", number=len(found)))


def _drift(one: Drift) -> str:
    return f"{one.node_id} {one.facet}: {list(one.stored)} -> {list(one.true)}"


commands = (training,)
