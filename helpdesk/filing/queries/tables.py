"""The six annexes and the two rules of the text, read once from the data folder and checked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from helpdesk.config import ROOT
from helpdesk.filing.rules.annexes import (
    BodyRule,
    Cycle,
    Fidelity,
    Item,
    Label,
    Level,
    Module,
    Point,
    Table,
    Term,
    Words,
)
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.errors import BadData, NotFound
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Subsystem

FOLDER: Final = ROOT / "knowledge_base" / "filing"
_BODY: Final = "body"


class UnknownItem(NotFound):
    """No filing item has this id."""

    sentence = N_("没有编号为“%(id)s”的填报事项。请从日历里重新选择。")


@cache
def tables() -> Mapping[Subsystem, Table]:
    """The annex of each subsystem, in the order of the notice. BadData: the folder is wrong."""
    return load_tables(FOLDER)


@cache
def body_rules() -> tuple[BodyRule, ...]:
    """What the text of the notice orders beside the annexes. BadData."""
    return load_body_rules(FOLDER / f"{_BODY}.yaml")


def items(subsystem: Subsystem, *, inferred: bool = False) -> tuple[Item, ...]:
    """The items of a subsystem that are in force; with `inferred` those switched off as well."""
    return tuple(i for i in tables()[subsystem].items if i.enabled or inferred)


def item(item_id: str) -> Item:
    """The item with this id. UnknownItem."""
    found = _by_id().get(item_id)
    if found is None:
        raise UnknownItem(id=item_id)
    return found


@cache
def _by_id() -> Mapping[str, Item]:
    return {i.id: i for table in tables().values() for i in table.items}


def load_tables(folder: Path) -> Mapping[Subsystem, Table]:
    """Read `<subsystem>.yaml` of all six; a missing and an unknown file are refused."""
    present = {file.stem: file for file in folder.glob("*.yaml") if file.stem != _BODY}
    for stem, file in sorted(present.items()):
        if stem not in set(Subsystem):
            raise BadData(f"{file}: there is no subsystem {stem!r}")
    for subsystem in Subsystem:
        if subsystem not in present:
            raise BadData(f"{folder / subsystem}.yaml: this annex is missing")
    found = {s: _table(read(present[s]), s) for s in Subsystem}
    ids = Counter(i.id for table in found.values() for i in table.items)
    for doubled in (name for name, times in ids.items() if times > 1):
        raise BadData(f"{folder}: item {doubled} stands in more than one file")
    return found


def _table(root: Node, subsystem: Subsystem) -> Table:
    at = root.mapping(("subsystem", "name", "annex", "modules", "items", "absent"))
    if at["subsystem"].word(Subsystem) is not subsystem:
        at["subsystem"].wrong(f"this is the file of subsystem {subsystem}")
    modules = {m.label.code: m for m in map(_module, at["modules"].items())}
    annex = at["annex"].number()
    nodes = at["items"].items()
    found = tuple(_item(node, subsystem, annex, modules) for node in nodes)
    _refuse_doubles(nodes, [i.id for i in found])
    _check_rows(nodes, found)
    return Table(
        subsystem=subsystem,
        name=_words(at["name"]),
        annex=annex,
        modules=tuple(modules.values()),
        items=found,
        absent=tuple(_words(node) for node in at["absent"].items()),
    )


def _words(node: Node) -> Words:
    return Words(*node.both())


def _module(node: Node) -> Module:
    at = node.mapping(("code", "zh", "en"), ("parts",))
    parts = at["parts"].items() if "parts" in at else []
    if len(parts) == 1:
        at["parts"].wrong("a module of one part is no shared block")
    label = Label(_code(at["code"]), at["zh"].text(), at["en"].text())
    return Module(label, tuple(_label(part) for part in parts))


def _label(node: Node) -> Label:
    at = node.mapping(("code", "zh", "en"))
    return Label(_code(at["code"]), at["zh"].text(), at["en"].text())


def _code(node: Node) -> str:
    text = node.text()
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text):
        node.wrong(f"{text!r} is no code: small letters, digits and underscores only")
    return text


_NEEDED: Final = (
    *("id", "module", "item", "short", "cycle", "school", "authority", "rows", "fidelity"),
)
_OPTIONAL: Final = ("central_only", "enabled", "repair", "school_remark", "authority_remark")


def _item(node: Node, subsystem: Subsystem, annex: int, modules: Mapping[str, Module]) -> Item:
    at = node.mapping(_NEEDED, _OPTIONAL)
    module = modules.get(at["module"].text())
    if module is None:
        at["module"].wrong(f"no module {at['module'].text()!r}; known: {', '.join(modules)}")
    cycle, fidelity = at["cycle"].word(Cycle), at["fidelity"].word(Fidelity)
    found = Item(
        id=_id(at["id"]),
        subsystem=subsystem,
        annex=annex,
        rows=tuple(row.number() for row in at["rows"].items()),
        module=module,
        item=_label(at["item"]),
        short=_words(at["short"]),
        cycle=cycle,
        school=_points(at["school"], cycle, school=True),
        authority=_points(at["authority"], cycle, school=False),
        fidelity=fidelity,
        central_only="central_only" in at and at["central_only"].boolean(),
        enabled="enabled" not in at or at["enabled"].boolean(),
        repair=_words(at["repair"]) if "repair" in at else None,
        school_remark=_words(at["school_remark"]) if "school_remark" in at else None,
        authority_remark=_words(at["authority_remark"]) if "authority_remark" in at else None,
    )
    _check_item(node, found)
    return found


def _check_item(node: Node, found: Item) -> None:
    if not found.school and not found.authority:
        node.wrong("nobody has a date here")
    if found.inferred == bool(found.rows):
        node.wrong("an item stands in rows of the annex, an inferred one in none")
    if found.fidelity is not Fidelity.VERBATIM and found.repair is None:
        node.wrong(f"say under `repair` why this is {found.fidelity}")


def _id(node: Node) -> str:
    text = node.text()
    if not re.fullmatch(r"[A-Z]{2}-X?\d{1,2}", text):
        node.wrong(f"{text!r} is no item like VO-18")
    return text


def _points(node: Node, cycle: Cycle, *, school: bool) -> tuple[Point, ...]:
    entries = node.items()
    found = tuple(_point(entry) for entry in entries)
    for entry, point in zip(entries, found, strict=True):
        _check_point(entry, point, cycle, school=school)
    if cycle is Cycle.TERM:
        for level in {p.level for p in found}:
            if sorted(p.term or "" for p in found if p.level is level) != sorted(Term):
                node.wrong("a term has one day in spring and one in autumn")
    return found


def _check_point(node: Node, point: Point, cycle: Cycle, *, school: bool) -> None:
    if (cycle is Cycle.MONTH) == bool(point.month):
        node.wrong("`monthly` belongs to the cycle month, and only there")
    if (cycle is Cycle.TERM) == (point.term is None):
        node.wrong("`term` belongs to the cycle term, and only there")
    if (school and point.level is not None) or point.level is Level.SCHOOL:
        node.wrong("a level is that of an aid office")
    if point.next_year and (not point.month or point.term is Term.SPRING):
        node.wrong("only a day of autumn or of a year can lie in the next year")


def _point(node: Node) -> Point:
    at = node.mapping((), ("level", "term", "on", "monthly", "next_year", "except_months"))
    if ("on" in at) == ("monthly" in at):
        node.wrong("a day is either `on` or `monthly`")
    month, day = _month_day(at["on"]) if "on" in at else (0, _monthly(at["monthly"]))
    free = at["except_months"].items() if "except_months" in at else []
    return Point(
        day=day,
        month=month,
        term=at["term"].word(Term) if "term" in at else None,
        level=at["level"].word(Level) if "level" in at else None,
        next_year="next_year" in at and at["next_year"].boolean(),
        except_months=frozenset(_month(entry) for entry in free),
    )


def _month_day(node: Node) -> tuple[int, int]:
    text = node.text()
    try:
        day = date.fromisoformat(f"2001-{text}")  # no leap year: 29 February is no yearly day
    except ValueError:
        node.wrong(f'{text!r} is no day like "01-31"')
    return day.month, day.day


def _monthly(node: Node) -> int:
    if node.key() == "last":
        return 0
    day = node.number()
    if not 1 <= day <= 28:
        node.wrong("every month has the days 1 to 28; write `last` for its last")
    return day


def _month(node: Node) -> int:
    month = node.number()
    if not 1 <= month <= 12:
        node.wrong(f"{month} is no month")
    return month


def _check_rows(nodes: Sequence[Node], found: Sequence[Item]) -> None:
    """Every row of the annex belongs to one item: 1, 2, 3 ... without gap."""
    used = [(row, node) for node, i in zip(nodes, found, strict=True) for row in i.rows]
    for number, (row, node) in enumerate(used, 1):
        if row != number:
            node.wrong(f"row {row} of the annex stands where row {number} was expected")


def _refuse_doubles(nodes: Sequence[Node], ids: Sequence[str]) -> None:
    for number, (node, item_id) in enumerate(zip(nodes, ids, strict=True)):
        if item_id in ids[:number]:
            node.wrong(f"{item_id} stands here twice")


def load_body_rules(file: Path) -> tuple[BodyRule, ...]:
    """Read the rules of the notice's text."""
    return tuple(_body_rule(node) for node in read(file).mapping(("rules",))["rules"].items())


def _body_rule(node: Node) -> BodyRule:
    at = node.mapping(("clause", "text", "reading"), ("caps", "monthly"))
    caps = at["caps"].items() if "caps" in at else []
    monthly = at["monthly"].items() if "monthly" in at else []
    return BodyRule(
        clause=at["clause"].text(),
        text=_words(at["text"]),
        reading=_words(at["reading"]),
        caps=tuple(_point(entry) for entry in caps),
        monthly=dict(_free_months(entry) for entry in monthly),
    )


def _free_months(node: Node) -> tuple[Subsystem, frozenset[int]]:
    at = node.mapping(("subsystem", "except_months"))
    months = frozenset(_month(entry) for entry in at["except_months"].items())
    return at["subsystem"].word(Subsystem), months
