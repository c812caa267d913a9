"""Tables as files that other programs open: CSV and XLSX whose cells are text and nothing else."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any, Final, cast
from urllib.parse import quote

from werkzeug.wrappers import Response

CSV: Final = "csv"
XLSX: Final = "xlsx"
FORMATS: Final = (CSV, XLSX)
MEDIA: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Spreadsheets take a cell that begins so for a formula, also behind blanks and in full width.
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\s]+')
_LINES: Final = 200  # lines that leave together
_BLOCK: Final = 64 * 1024
_WIDEST: Final = 40

Row = Sequence[str]


def harmless(text: str) -> str:
    """A text that no spreadsheet computes: an apostrophe before what looks like a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_parts(head: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in parts, as rows come; with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    buffer.write("\ufeff")
    writer.writerow([harmless(cell) for cell in head])
    for number, row in enumerate(rows, start=1):
        writer.writerow([harmless(cell) for cell in row])
        if number % _LINES == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def workbook(head: Row, rows: Iterable[Row], title: str) -> IO[bytes]:
    """The file, in a temporary file that is gone when it is closed; rows pass through memory one
    by one. Every cell is a string: codes keep their leading zeros."""
    # Imported here: only who exports needs it.
    import xlsxwriter

    target = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115  # closed by its reader
    book: Any = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31])
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, cell in enumerate(head):
        sheet.set_column(column, column, min(_WIDEST, max(12, 2 * len(cell))))
    for number, row in enumerate(_with(head, rows)):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell, None if number else bold)
    book.close()
    target.seek(0)
    return target


def _with(head: Row, rows: Iterable[Row]) -> Iterator[Row]:
    yield head
    yield from rows


def file_name(what: str, where: str, year: int, on: date, form: str) -> str:
    """`未培训人员-示范县资助中心-2026-20260922.csv`; nothing in it that a disk refuses."""
    parts = [_UNFIT.sub("_", part).strip("._") for part in (what, where)]
    return f"{'-'.join(parts)}-{year}-{on:%Y%m%d}.{form}"


def answer(form: str, name: str, head: Row, rows: Iterable[Row], title: str) -> Response:
    """The download. A CSV leaves while its rows are still being read (the caller keeps the
    context); a workbook is complete before it leaves."""
    if form == CSV:
        response = Response(csv_parts(head, rows), content_type=MEDIA[CSV])
    else:
        book = workbook(head, rows, title)
        response = Response(iter(lambda: book.read(_BLOCK), b""), content_type=MEDIA[XLSX])
        response.call_on_close(book.close)
    response.headers["Content-Disposition"] = _as_file(name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_file(name: str) -> str:
    # Old programs read the plain name, all others the one in UTF-8 (RFC 6266).
    plain = name.encode("ascii", "ignore").decode().lstrip("-_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
