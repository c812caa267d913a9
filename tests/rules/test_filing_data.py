"""The six annexes as data: complete, counted, and refused with file and line where wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.filing.queries import tables
from helpdesk.filing.rules.annexes import Cycle, Fidelity, Item, Level, Term
from helpdesk.kernel.errors import BadData
from helpdesk.organizations.rules import Subsystem

# subsystem: items, rows of the annex, school dates, authority dates, shifted, reconstructed
COUNTS = """
postgraduate          30 38 38 15 3 0
undergraduate         30 33 38 15 1 7
secondary_vocational  22 33 22 22 2 0
senior_high           17 34 24 18 4 0
compulsory            15 30 20 16 0 0
preschool             12 24 16 12 0 0
"""
ROWS = [line.split() for line in COUNTS.split("\n") if line]


def printed(subsystem: Subsystem) -> list[Item]:
    return [i for i in tables.tables()[subsystem].items if not i.inferred]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_annex_is_complete(row: list[str]) -> None:
    items = printed(Subsystem(row[0]))
    assert [
        len(items),
        sum(len(i.rows) for i in items),
        sum(len(i.school) for i in items),
        sum(len(i.authority) for i in items),
        sum(i.fidelity is Fidelity.SHIFTED for i in items),
        sum(i.fidelity is Fidelity.RECONSTRUCTED for i in items),
    ] == [int(number) for number in row[1:]]


def test_all_annexes_together() -> None:
    items = [i for subsystem in Subsystem for i in printed(subsystem)]
    assert len(items) == 126
    assert sum(len(i.school) + len(i.authority) for i in items) == 256
    assert [t.annex for t in tables.tables().values()] == [1, 2, 3, 4, 5, 6]


def test_a_year_of_vocational_schools_has_seventy_monthly_dates() -> None:
    monthly = [i for i in printed(Subsystem.SECONDARY_VOCATIONAL) if i.cycle is Cycle.MONTH]
    dates = [12 - len(p.except_months) for i in monthly for p in i.school]
    assert (len(dates), sum(dates)) == (6, 70)


def test_shared_blocks_are_counted_apart() -> None:
    printed_blocks = sum(len({i.module for i in printed(subsystem)}) for subsystem in Subsystem)
    counted = [t.counted_modules() for t in tables.tables().values()]
    assert (printed_blocks, sum(len(labels) for labels in counted)) == (47, 53)
    assert all({"school_aid", "social_aid"} <= {m.code for m in labels} for labels in counted)


def test_inferred_item_is_off_by_default() -> None:
    off = [i for s in Subsystem for i in tables.tables()[s].items if not i.enabled]
    assert [i.id for i in off] == ["SH-X1"]
    assert off[0].inferred
    assert off[0] not in tables.items(Subsystem.SENIOR_HIGH)
    assert off[0] in tables.items(Subsystem.SENIOR_HIGH, inferred=True)


def test_text_of_the_notice_agrees_with_the_annexes() -> None:
    """S-2.4.3: vocational schools monthly but for two months, all others per term."""
    rule = next(r for r in tables.body_rules() if r.clause == "S-2.4.3")
    for subsystem, table in tables.tables().items():
        reports = [i for i in table.items if i.item.code == "unaided_report"]
        free = rule.monthly.get(subsystem)
        assert [i.cycle for i in reports] == [Cycle.TERM if free is None else Cycle.MONTH]
        assert all(p.except_months == (free or frozenset()) for i in reports for p in i.school)


def test_no_date_of_a_term_lies_beyond_its_cap() -> None:
    """S-3.4.1: 31 July for spring, 31 January of the next year for autumn."""
    rule = next(r for r in tables.body_rules() if r.clause == "S-3.4.1")
    caps = {cap.term: cap.on(2026) for cap in rule.caps}
    for subsystem in Subsystem:
        for item in printed(subsystem):
            for point in (*item.school, *item.authority):
                if point.term is not None:
                    assert point.on(2026) <= caps[point.term], item.id
    assert set(caps) == set(Term)


def test_levels_are_named_only_where_the_annex_names_them() -> None:
    named = {
        (i.item.code, p.level)
        for s in Subsystem
        for i in printed(s)
        for p in i.authority
        if p.level is not None
    }
    fiscal = {(f"fiscal_{level}", level) for level in Level if level is not Level.SCHOOL}
    tiers = {("tier_setup", level) for level in (Level.PROVINCE, Level.CITY, Level.COUNTY)}
    assert named == fiscal | tiers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in tables.FOLDER.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('on: "03-31"', 'on: "02-30"', "is no day like"),
        ("monthly: 15", "monthly: 31", "1 to 28"),
        ("monthly: 15", 'on: "03-15"', "`monthly` belongs to the cycle month"),
        ("term: spring", "term: summer", "is none of"),
        ("{term: spring, ", "{", "`term` belongs to the cycle term"),
        ("except_months: [2, 8]", "except_months: [2, 13]", "13 is no month"),
        ("module: fiscal_funds", "module: fiscal", "no module"),
        ("rows: [2]", "rows: [3]", "row 3 of the annex stands where row 2"),
        ("rows: [1]", "rows: []", "stands in rows of the annex"),
        ("id: VO-02", "id: VO-01", "VO-01 stands here twice"),
        ("fidelity: verbatim", "fidelity: columns_shifted", "say under `repair`"),
        ("cycle: month", "cycel: month", "unknown key 'cycel'"),
        ("subsystem: secondary_vocational", "subsystem: preschool", "this is the file of"),
    ],
)
def test_wrong_file_is_refused_with_its_line(
    folder: Path, before: str, after: str, complaint: str
) -> None:
    file = folder / "secondary_vocational.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(BadData) as refused:
        tables.load_tables(folder)
    assert complaint in str(refused.value)
    assert re.search(r"secondary_vocational\.yaml:\d+: ", str(refused.value))


def test_missing_and_unknown_files_are_refused(folder: Path) -> None:
    (folder / "primary.yaml").write_text("a: 1", "utf-8")
    with pytest.raises(BadData, match="no subsystem 'primary'"):
        tables.load_tables(folder)
    (folder / "primary.yaml").unlink()
    (folder / "preschool.yaml").unlink()
    with pytest.raises(BadData, match="this annex is missing"):
        tables.load_tables(folder)
