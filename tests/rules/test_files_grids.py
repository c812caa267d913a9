"""Workbooks that ask a reader for more memory than there is: refused before anybody reads them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from helpdesk.files.rules import grids, packages, tables
from helpdesk.files.rules.refusals import FileBroken, FileRefused, Unpacked
from tests.factories.documents import xlsx

SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<c r="XFD1048576"><v>1</v></c>'
ROWS = [["姓名", "工号"], ["王老师(演示)", "T-1"]]
STRINGS = "<sst><si><t>短</t></si><si><t>{}</t></si></sst>"
Change = Callable[[str, bytes], tuple[str, bytes]]


def changed(change: Change, data: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or xlsx({"表": ROWS}))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(*change(part, old.read(part)))
    return out.getvalue()


def with_cells(cells: bytes, part: str = SHEET, data: bytes | None = None) -> bytes:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "xl/_rels/workbook.xml.rels":
            return name, content.replace(SHEET[3:].encode(), part[3:].encode())
        if name == SHEET:
            end = b"</sheetData>"
            return part, content.replace(end, b"<row>" + cells + b"</row>" + end)
        return name, content

    return changed(change, data)


def read(data: bytes) -> list[tables.Sheet]:
    packages.check("表.xlsx", data)
    return tables.workbook("表.xlsx", data)


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        (FAR, SHEET),
        (FAR.replace(b"r=", b"r = "), SHEET),
        (FAR.replace(b"XFD", b"xfd"), SHEET),
        (FAR.replace(b"X", b"&#88;"), SHEET),
        (FAR.replace(b"D1", b"D0001"), SHEET),
        (FAR.replace(b"D1", b"D$1"), SHEET),
        (FAR.replace(b'"', b"'"), SHEET),
        (b'<c r="A4294967295"><v>1</v></c>', SHEET),
        (b'<c r="A900000"/>' + b"<c><v>1</v></c>" * 3000, SHEET),
        (b'</row><row r="900000">' + b"<c><v>1</v></c>" * 3000, SHEET),
        (b'</row><row r="-1"><c><v>1</v></c>', SHEET),
        (FAR, "xl/elsewhere/sheet.xml"),
        (FAR, "xl/worksheets/sheet1.dat"),
    ],
    ids=lambda said: str(said)[:40],
)
def test_a_rectangle_as_large_as_a_country(cells: bytes, part: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(with_cells(cells, part))
    assert refused.type in (Unpacked, FileBroken)


def test_a_long_text_in_many_cells() -> None:
    data = xlsx({"表": ROWS}, more={"xl/sharedStrings.xml": STRINGS.format("长" * 100_000)})
    with pytest.raises(Unpacked):
        read(with_cells(b'<c t="s"><v>1</v></c>' * 1000, data=data))
    assert len(read(with_cells(b'<c t="s"><v>0</v></c>' * 1000, data=data))) == 1


def test_one_part_listed_as_many_sheets() -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name != "xl/workbook.xml":
            return name, content
        (entry,) = re.findall(rb"<sheet .*?/>", content)
        entries = [entry.replace("表".encode(), b"%d" % number) for number in range(40)]
        return name, content.replace(entry, b"".join(entries))

    large = with_cells(b'<c r="A50000"><v>1</v></c>')
    assert len(read(large)) == 1
    with pytest.raises(Unpacked):
        read(changed(change, large))


@pytest.mark.parametrize(
    "change",
    [
        (b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
        (b"</sheetData>", b"<!-- a -- b --></sheetData>"),
        (b"</worksheet>", b""),
        (b'<row r="1">', b'<row r="1" r="1048576">'),
    ],
    ids=lambda pair: str(pair[1])[:40],
)
def test_what_readers_might_take_otherwise(change: tuple[bytes, bytes]) -> None:
    data = changed(lambda n, c: (n, c.replace(*change) if n == SHEET else c))
    with pytest.raises(FileBroken):
        read(data)


def test_sheets_of_every_day_are_read() -> None:
    (sheet,) = read(with_cells(b'<c r="B7"><v>5</v></c><c><v>6</v></c>'))
    assert (len(sheet.rows), len(sheet.rows[0])) == (7, 3)
    grids.check("表.xlsx", xlsx({"一": ROWS, "二": ROWS}))
