"""Articles of the filing modules: one for each, and no day in them that the annex does not name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from helpdesk.config import ROOT
from helpdesk.filing.queries import tables
from helpdesk.filing.rules.annexes import Cycle, Item, Label, Level, Point, Term
from helpdesk.organizations.rules import Subsystem

FOLDER = ROOT / "knowledge_base" / "articles" / "modules"
CYCLES = {Cycle.YEAR: "学年", Cycle.TERM: "学期", Cycle.MONTH: "月"}
TERMS = {Term.SPRING: "春季学期", Term.AUTUMN: "秋季学期"}
TIERS = {
    Level.CENTRAL: "中央级",
    Level.PROVINCE: "省级",
    Level.CITY: "市级",
    Level.COUNTY: "县级",
}
MODULES = [
    (subsystem, module.label)
    for subsystem, table in tables.tables().items()
    for module in table.modules
]
IDS = [f"{subsystem}-{label.code}" for subsystem, label in MODULES]
every_module = pytest.mark.parametrize(("subsystem", "label"), MODULES, ids=IDS)

# `| [UG-05](item:UG-05) | 资助名单审核 | 学年 | 12月31日 | 次年1月31日 |`
ROW = re.compile(r"^\| \[(?P<id>[A-Z]{2}-\w\d*)\]\(item:(?P=id)\) \| (?P<cells>.+) \|$", re.M)
DAY = re.compile(r"(?:次年)?\d+月\d+日|每月\d+日|(?<![\d月])\d+日|每月最后一天")


def path_of(subsystem: Subsystem, label: Label) -> Path:
    return FOLDER / f"{subsystem}-{label.code}.md".replace("_", "-")


@cache
def article(path: Path) -> tuple[dict[str, object], str]:
    """Front matter and body."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def items_of(subsystem: Subsystem, label: Label) -> list[Item]:
    table = tables.items(subsystem, inferred=True)
    return [item for item in table if item.module.label == label]


def day_words(point: Point) -> str:
    if point.month:
        return f"{'次年' if point.next_year else ''}{point.month}月{point.day}日"
    return f"每月{point.day}日" if point.day else "每月最后一天"


def point_words(point: Point) -> str:
    """`省级春季学期5月15日`, `秋季学期次年1月31日`, `每月15日（2月、8月除外）`."""
    tier = TIERS[point.level] if point.level else ""
    term = TERMS[point.term] if point.term else ""
    free = "、".join(f"{month}月" for month in sorted(point.except_months))
    return tier + term + day_words(point) + (f"（{free}除外）" if free else "")


def cell(points: tuple[Point, ...]) -> str:
    return "，".join(point_words(point) for point in points) or "——"


def allowed_days(items: list[Item]) -> set[str]:
    """Days of the module, and the caps of the notice's text (S-3.4.1)."""
    named = {day_words(p) for item in items for p in (*item.school, *item.authority)}
    named |= {day_words(p) for rule in tables.body_rules() for p in rule.caps}
    return named | {words.removeprefix("每月") for words in named}


def test_each_module_has_its_article_and_no_other_is_there() -> None:
    expected = {path_of(subsystem, label).name for subsystem, label in MODULES}
    assert {path.name for path in FOLDER.iterdir()} == expected


@every_module
def test_front_matter_names_subsystem_and_items(subsystem: Subsystem, label: Label) -> None:
    front, body = article(path_of(subsystem, label))
    assert front["subsystems"] == [subsystem.value]
    assert front["items"] == [item.id for item in items_of(subsystem, label)]
    assert set(front["clauses"]) == set(re.findall(r"(?<![A-Z])S-\d+(?:\.\d+)*", body))  # type: ignore[call-overload]


@every_module
def test_table_says_what_the_annex_says(subsystem: Subsystem, label: Label) -> None:
    _, body = article(path_of(subsystem, label))
    told = {found["id"]: found["cells"].split(" | ") for found in ROW.finditer(body)}
    assert told == {
        item.id: [item.item.zh, CYCLES[item.cycle], cell(item.school), cell(item.authority)]
        for item in items_of(subsystem, label)
    }


@every_module
def test_no_other_day_is_named(subsystem: Subsystem, label: Label) -> None:
    path = path_of(subsystem, label)
    assert set(DAY.findall(path.read_text(encoding="utf-8"))) <= allowed_days(
        items_of(subsystem, label)
    )


@every_module
def test_what_was_repaired_is_said(subsystem: Subsystem, label: Label) -> None:
    _, body = article(path_of(subsystem, label))
    repaired = [item for item in items_of(subsystem, label) if item.repair]
    assert body.count("本系统按") >= len(repaired)


@every_module
def test_weekends_are_left_to_the_calendar(subsystem: Subsystem, label: Label) -> None:
    """A date is never moved; the last working day is shown beside it, which is ours."""
    _, body = article(path_of(subsystem, label))
    told = [line for line in body.split("\n") if "日历" in line and "工作日" in line]
    assert told
    assert all("本系统约定" in line for line in told)


def test_inferred_item_is_called_inferred() -> None:
    for path in FOLDER.glob("*.md"):
        front, body = article(path)
        if "SH-X1" in str(front["items"]):
            assert "推断" in body
            assert "默认不启用" in body
