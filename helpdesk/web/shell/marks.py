"""The three marks that carry facts: stamps of offices, day cells, and the four status meanings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from helpdesk.kernel.text import N_
from helpdesk.web.shell.language import current


class Level(StrEnum):
    """What a colour means, everywhere the same."""

    OK = "ok"  # on time, done: three or more working days left
    SOON = "soon"  # two, one, none left; something missing
    LATE = "late"  # past due; refused
    WAIT = "wait"  # somebody else is to act; paused


@dataclass(frozen=True)
class Stamp:
    """One character for a kind of office; `side` bodies are outlined."""

    zh: str
    en: str
    side: bool = False


STAMPS = {
    "school": Stamp("校", "Sc"),
    "central_hei": Stamp("校", "Un"),
    "county_aid": Stamp("县", "Co"),
    "city_aid": Stamp("市", "Ci"),
    "province_aid": Stamp("省", "Pr"),
    "province_it": Stamp("信", "IT", side=True),
    "enrolment_office": Stamp("籍", "En", side=True),
    "finance_office": Stamp("财", "Fi", side=True),
    "national_aid_centre": Stamp("国", "NA", side=True),
    "moe_it_centre": Stamp("信", "IT", side=True),
    "call_centre": Stamp("呼", "CC"),
}

KINDS = {
    "school": N_("学校"),
    "central_hei": N_("中央部属高校"),
    "county_aid": N_("县级资助部门"),
    "city_aid": N_("市级资助部门"),
    "province_aid": N_("省级资助部门"),
    "province_it": N_("省级教育信息化管理部门"),
    "enrolment_office": N_("学籍管理部门"),
    "finance_office": N_("财务部门"),
    "national_aid_centre": N_("全国学生资助管理中心"),
    "moe_it_centre": N_("教育部教育管理信息中心"),
    "call_centre": N_("呼叫中心"),
}

SUBSYSTEMS = {
    "postgraduate": ("研", "PG", N_("研究生")),
    "undergraduate": ("本", "UG", N_("本专科")),
    "secondary_vocational": ("职", "SV", N_("中职")),
    "senior_high": ("高", "SH", N_("普通高中")),
    "compulsory": ("义", "CE", N_("义务教育")),
    "preschool": ("幼", "PS", N_("学前")),
}


def stamp_of(kind: str) -> Stamp:
    """The stamp of a kind of body (organizations.rules.Kind or its value)."""
    return STAMPS[str(kind)]


def stamp_text(kind: str) -> str:
    """The character of the stamp in the language of the page."""
    found = stamp_of(kind)
    return found.en if current() == "en" else found.zh


def kind_text(kind: str) -> str:
    """`县级资助部门`: the kind of a body in words."""
    return str(_(KINDS[str(kind)]))


def subsystem_mark(subsystem: str) -> str:
    """`高` / `SH`."""
    zh, en, _words = SUBSYSTEMS[str(subsystem)]
    return en if current() == "en" else zh


def subsystem_text(subsystem: str) -> str:
    """`普通高中`."""
    return str(_(SUBSYSTEMS[str(subsystem)][2]))


def level_of(days_left: int | None, *, paused: bool = False) -> Level:
    """The meaning of so many working days left (negative: late); None: nothing runs."""
    if paused or days_left is None:
        return Level.WAIT
    if days_left < 0:
        return Level.LATE
    return Level.SOON if days_left < 3 else Level.OK


def left_text(days_left: int) -> str:
    """`还有2个工作日`, `今天到期`, `已超期1个工作日`."""
    if days_left == 0:
        return str(_("今天到期"))
    if days_left < 0:
        late = -days_left
        return str(ngettext("已超期%(num)s个工作日", "已超期%(num)s个工作日", late))
    return str(ngettext("还有%(num)s个工作日", "还有%(num)s个工作日", days_left))


def days_text(number: int) -> str:
    """`3个工作日`."""
    return str(ngettext("%(num)s个工作日", "%(num)s个工作日", number))


LATE_CELLS_SHOWN = 5  # a row of cells stays a mark; the words beside it carry the number


@dataclass(frozen=True)
class DayCells:
    """One cell per working day of a promise.

    `cells`: u used, t today, "" left, x a day late. `shape`: legal (square) or local (round).
    """

    cells: tuple[str, ...]
    shape: str
    level: Level
    label: str


def running_cells(
    days: int, left: int, *, today_works: bool, legal: bool, late: bool = False
) -> DayCells:
    """Cells of a running clock of `days` working days of which `left` remain after today.

    `late`: the hour has passed, also where no further working day has begun.
    """
    gone = min(max(days - max(left, 0), 0), days)
    today = 1 if today_works and gone and left >= 0 and not late else 0
    over = min(max(-left, 1 if late else 0), LATE_CELLS_SHOWN)
    cells = ("u",) * (gone - today) + ("t",) * today + ("",) * (days - gone) + ("x",) * over
    words = _("已超期") if late and left == 0 else left_text(left)
    label = _("%(all)s：%(left)s", all=days_text(days), left=words)
    level = Level.LATE if late else level_of(left)
    return DayCells(cells, "legal" if legal else "local", level, str(label))


def ended_cells(days: int, used: int, *, legal: bool, late: bool = False) -> DayCells:
    """Cells of a finished stretch: `used` of the promised `days`.

    More days than promised are late only where the clock says so: it may have stood paused.
    """
    over = max(used - days, 1) if late else 0
    cells = ("u",) * min(used, days) + ("",) * max(days - used, 0)
    cells += ("x",) * min(over, LATE_CELLS_SHOWN)
    label = _("承诺%(days)s，用了%(used)s", days=days_text(days), used=days_text(used))
    level = Level.LATE if late else Level.OK
    return DayCells(cells, "legal" if legal else "local", level, str(label))


def zh(text: str) -> Markup:
    """Text that exists in Chinese only: marked as such on an English page."""
    if current() == "en" and any("\u2e80" <= c <= "\uffef" for c in text):
        return Markup('<span lang="zh-CN">{}</span>').format(text)
    return escape(text)


def named(thing: object) -> Markup:
    """The name of a body, card or step: `name_en` on English pages where there is one."""
    return zh(named_text(thing))


def named_text(thing: object) -> str:
    """The same as plain text."""
    own = getattr(thing, "name_en", "")
    if current() == "en" and own:
        return str(own)
    return str(getattr(thing, "name", None) or getattr(thing, "name_zh", ""))


def init_app(app: Flask) -> None:
    """Make the marks known to the templates."""
    app.jinja_env.filters.update(
        zh=zh, named=named, named_text=named_text, left_text=left_text, days_text=days_text,
        stamp_of=stamp_of, stamp_text=stamp_text, kind_text=kind_text, level_of=level_of,
        subsystem_mark=subsystem_mark, subsystem_text=subsystem_text,
    )  # fmt: skip
    app.jinja_env.globals.update(running_cells=running_cells, ended_cells=ended_cells)
