"""Exported tables: opened again as other programs open them, with names meant to do harm."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from helpdesk.web.coverage import sheets

HEAD = ("姓名", "工号", "代码")
HOSTILE = [
    "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1+1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1",
    "=HYPERLINK(\"http://x\")", "http://example.org", "mailto:x@example.org", "0012", "1e5",
    "王老师(演示)", 'a"b', "a,b", "a\nb", "", "TRUE", "2026-09-22", "{=1}", "internal:x!A1",
]  # fmt: skip


def rows() -> Iterator[tuple[str, str, str]]:
    for name in HOSTILE:
        yield name, "007", "3442990001"


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_holds_every_cell_and_no_formula() -> None:
    table = read_csv(b"".join(sheets.csv_parts(HEAD, rows())))
    assert table[0] == list(HEAD)
    assert [line[0].removeprefix("'") for line in table[1:]] == HOSTILE
    assert {line[1] for line in table[1:]} == {"007"}
    for line in table:
        for cell in line:
            assert cell.strip()[:1] not in tuple("=+-@＝＋－＠") or cell == ""
            assert cell[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize("name", HOSTILE[:10])
def test_what_looks_like_a_formula_is_marked(name: str) -> None:
    assert sheets.harmless(name) == f"'{name}"


@pytest.mark.parametrize("name", ["王老师(演示)", "0012", "P00000012", "a=b", "3-4", ""])
def test_what_does_not_stays_as_it_is(name: str) -> None:
    assert sheets.harmless(name) == name


def test_a_workbook_holds_strings_only() -> None:
    with sheets.workbook(HEAD, rows(), "未培训人员") as file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    sheet = book.get_sheet_by_name("未培训人员")
    table = sheet.to_python(skip_empty_area=False)
    assert table[0] == list(HEAD)
    assert [line[0] for line in table[1:]] == HOSTILE
    assert all(isinstance(cell, str) for line in table for cell in line)


def test_a_workbook_has_no_formula_and_no_link() -> None:
    with sheets.workbook(HEAD, rows(), "x") as file, zipfile.ZipFile(file) as parts:
        text = parts.read("xl/worksheets/sheet1.xml").decode()
        names = parts.namelist()
    assert "<f>" not in text
    assert "hyperlink" not in text
    assert not [name for name in names if "_rels/sheet" in name]


@pytest.mark.parametrize("title", ["未培训[人员]:*?/\\'", "x" * 60])
def test_a_title_fits_a_sheet(title: str) -> None:
    with sheets.workbook(HEAD, (), title) as file:
        assert len(file.read()) > 1000


def test_csv_leaves_in_parts() -> None:
    seen = []

    def many() -> Iterator[tuple[str, ...]]:
        for number in range(1000):
            seen.append(number)
            yield (str(number),)

    parts = sheets.csv_parts(("n",), many())
    next(parts)
    assert len(seen) < 1000
    assert sum(part.count(b"\n") for part in parts) == 1000 - 200


@pytest.mark.parametrize("form", sheets.FORMATS)
def test_the_name_of_a_file(form: str) -> None:
    name = sheets.file_name("未培训人员", "示范/县 资助:中心", 2026, date(2026, 9, 22), form)
    assert name == f"未培训人员-示范_县_资助_中心-2026-20260922.{form}"


@pytest.mark.parametrize("form", sheets.FORMATS)
def test_the_download(form: str) -> None:
    response = sheets.answer(form, f"名单.{form}", HEAD, rows(), "名单")
    assert response.content_type == sheets.MEDIA[form]
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    assert len(b"".join(response.response)) > 500  # type: ignore[arg-type]
    response.close()
