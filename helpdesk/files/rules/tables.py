"""Does a table name persons? By its headings, by its rows, by its cells. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from helpdesk.files.rules import grids, refusals
from helpdesk.files.rules.kinds import decoded
from helpdesk.kernel.folding import flatten
from helpdesk.privacy.rules import SURNAMES, find

MANY_PERSONS = 5
_HEADING_ROWS = 15
_NUMBER_HEADING = re.compile(
    "身份证|证件号|学籍号|学籍主号|学籍辅号|银行卡|银行账号|银行帐号|卡号|社保卡|"
    "IDCARD|IDNUMBER|IDENTITY|BANKCARD|STUDENTNO"
)
_NAME_HEADING = re.compile("姓名|^名字$|学生名|^NAME$|STUDENTNAME")
_NAME = re.compile(f"(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|皇甫|尉迟)[\u4e00-\u9fff·]{{1,3}}")
_NOT_NAMES = re.compile(
    "[省市县区镇乡村校院系部处科局级班年月日元款费项目学组名数号]$|^(?:高中|高一|高二|高三)"
)

Cell = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    """A table as text; `numeric` says which cells were numbers (row, column)."""

    name: str
    rows: Sequence[Sequence[str]]
    numeric: frozenset[tuple[int, int]] = frozenset()


def workbook(name: str, data: bytes) -> list[Sheet]:
    """The sheets of an XLSX, hidden ones too. Raises FileBroken, Unpacked."""
    grids.check(name, data)
    sheets: list[Sheet] = []
    cells = text = 0
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for title, kind in _titles(book):
            if kind:
                rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
                sheets.append(_sheet(title, rows))
                # One part can be listed as a hundred sheets.
                cells += sum(map(len, sheets[-1].rows))
                text += sum(len(cell) for row in sheets[-1].rows for cell in row)
            if cells > grids.MOST_CELLS or text > grids.MOST_TEXT:
                raise refusals.Unpacked(name=name)
    except (CalamineError, ValueError, OSError):
        raise refusals.FileBroken(name=name) from None
    return sheets


def _titles(book: CalamineWorkbook) -> Iterator[tuple[str, bool]]:
    for meta in book.sheets_metadata:
        yield meta.name, str(meta.typ).endswith("WorkSheet")


def _sheet(title: str, rows: Sequence[Sequence[Cell]]) -> Sheet:
    numeric = frozenset(
        (r, c)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if isinstance(cell, int | float) and not isinstance(cell, bool)
    )
    return Sheet(title, [[_text(cell) for cell in row] for row in rows], numeric)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def csv_table(name: str, data: bytes) -> Sheet:
    """A CSV file as one sheet. Raises FileBroken."""
    text = decoded(data) or ""
    head = text[:4000]
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise refusals.FileBroken(name=name) from None
    return Sheet("CSV", rows)


def check(name: str, sheet: Sheet) -> None:
    """Refuse a table that names persons: StudentList, ManyPersons, PersonalDataInTable."""
    _check_headings(name, sheet)
    _check_rows(name, sheet)
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            masked = _datum(cell, numeric=(r, c) in sheet.numeric)
            if masked:
                raise refusals.PersonalDataInTable(
                    name=name, sheet=sheet.name, cell=address(r, c), masked=masked
                )


def _datum(cell: str, *, numeric: bool) -> str:
    """The masked personal number of a cell, or ""."""
    findings = find(cell) if len(cell) >= 11 else ()
    if findings:
        return findings[0].masked
    # A spreadsheet keeps 15 digits of a number: a card or identity number kept as a number ends in
    # zeros, and its check digit is gone.
    if numeric and 16 <= len(cell) <= 19 and cell.isdigit():
        return "*" * (len(cell) - 4) + cell[-4:]
    return ""


def _bare(cell: str) -> str:
    return re.sub(r"[\W_]+", "", flatten(cell)[0])


def _column(sheet: Sheet, below: int, column: int) -> list[str]:
    return [
        row[column].strip() for row in sheet.rows[below + 1 :] if column < len(row) and row[column]
    ]


def _check_headings(name: str, sheet: Sheet) -> None:
    for r, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        for c, cell in enumerate(row):
            bare = _bare(cell)
            if len(bare) <= 16 and _NUMBER_HEADING.search(bare) and any(_column(sheet, r, c)):
                raise refusals.StudentList(name=name, sheet=sheet.name, heading=cell.strip()[:30])


def is_name(cell: str) -> bool:
    """Does a cell look like the name of a person?"""
    bare = "".join(cell.split())
    return bool(_NAME.fullmatch(bare)) and not _NOT_NAMES.search(bare)


def _check_rows(name: str, sheet: Sheet) -> None:
    width = max(map(len, sheet.rows), default=0)
    for c in range(width):
        headings = [
            r for r, row in enumerate(sheet.rows[:_HEADING_ROWS])
            if c < len(row) and _NAME_HEADING.search(_bare(row[c]))
        ]  # fmt: skip
        cells = _column(sheet, headings[0] if headings else -1, c)
        names = sum(map(is_name, cells))
        # Under a heading a few names are enough; without one most of the column must be names.
        if names >= MANY_PERSONS and (headings or names * 10 >= len(cells) * 8):
            raise refusals.ManyPersons(name=name, count=names)


def check_lines(name: str, lines: Sequence[str]) -> None:
    """The same for a text laid out as a table: ManyPersons where many lines carry a name."""
    rows = [line.split() for line in lines]
    names = sum(1 for row in rows if len(row) >= 3 and any(map(is_name, row)))
    if names >= MANY_PERSONS * 2:
        raise refusals.ManyPersons(name=name, count=names)


def address(row: int, column: int) -> str:
    """`B3` for row 2, column 1 (both from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
