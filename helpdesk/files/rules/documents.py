"""PDF and DOCX: everything readable in them is read before they are kept. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
import pypdf
from pypdf.generic import ArrayObject, DictionaryObject

from helpdesk.files.rules import packages, refusals, tables
from helpdesk.kernel.errors import BadData, RuleBroken
from helpdesk.privacy.rules import find

MOST_PAGES = 100
MOST_PAGE_BYTES = 4 * 1024 * 1024


def check_pdf(name: str, data: bytes) -> bool:
    """Read the text of every page; answer whether there are pictures in it.

    Raises FileBroken, FileEncrypted, TooManyPages, WithEmbedded, Unpacked, PersonalDataOnPage,
    ManyPersons.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise refusals.FileEncrypted(name=name)
        if len(reader.pages) > MOST_PAGES:
            raise refusals.TooManyPages(name=name, pages=len(reader.pages), limit=MOST_PAGES)
        _check_passive(name, reader)
        pictures = [_check_page(name, number, page) for number, page in enumerate(reader.pages, 1)]
        _check_fields(name, reader)
    except RuleBroken:
        raise
    except Exception:
        # A parser of a hostile format fails in more ways than it names; none of them is ours.
        raise refusals.FileBroken(name=name) from None
    return any(pictures)


def _check_passive(name: str, reader: pypdf.PdfReader) -> None:
    """No scripts, no programs to start, no files inside."""
    root = reader.trailer["/Root"].get_object()
    assert isinstance(root, DictionaryObject)
    names = root.get("/Names", DictionaryObject()).get_object()
    opening = root.get("/OpenAction")
    action = opening.get_object() if opening is not None else None
    starts = isinstance(action, DictionaryObject) and action.get("/S") in ("/JavaScript", "/Launch")
    hidden = isinstance(names, DictionaryObject) and (
        "/JavaScript" in names or "/EmbeddedFiles" in names
    )
    if starts or hidden or "/AA" in root:
        raise refusals.WithEmbedded(name=name)


def _check_page(name: str, number: int, page: Any) -> bool:
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > MOST_PAGE_BYTES:
        raise refusals.Unpacked(name=name)
    text = page.extract_text()
    for piece in (text, *_annotations(page)):
        findings = find(piece)
        if findings:
            raise refusals.PersonalDataOnPage(name=name, page=number, masked=findings[0].masked)
    tables.check_lines(name, text.splitlines())
    return _has_pictures(page) or not text.strip()


def _annotations(page: Any) -> Iterator[str]:
    notes = page.get("/Annots", ArrayObject()).get_object()
    for note in notes:
        found = note.get_object()
        yield " ".join(str(found[key]) for key in ("/Contents", "/V", "/RC", "/TU") if key in found)


def _check_fields(name: str, reader: pypdf.PdfReader) -> None:
    for field in (reader.get_fields() or {}).values():
        findings = find(str(field.value or ""))
        if findings:
            raise refusals.PersonalDataHidden(name=name, masked=findings[0].masked)


def _has_pictures(page: Any) -> bool:
    resources = page.get("/Resources", DictionaryObject()).get_object()
    objects = resources.get("/XObject", DictionaryObject()).get_object()
    return any(objects[key].get_object().get("/Subtype") == "/Image" for key in objects)


def check_docx(name: str, data: bytes) -> bool:
    """Read paragraphs, tables and all that hides beside them; answer whether there are pictures.

    Raises what packages.check raises, and PersonalDataInParagraph, PersonalDataHidden, StudentList,
    ManyPersons, PersonalDataInTable.
    """
    pictures = packages.check(name, data)
    try:
        document = docx.Document(io.BytesIO(data))
        sheets = [
            tables.Sheet(str(number), [[cell.text for cell in row.cells] for row in table.rows])
            for number, table in enumerate(document.tables, 1)
        ]
        paragraphs = [paragraph.text for paragraph in document.paragraphs]
        hidden = list(packages.texts(data))
    except (BadData, ValueError, KeyError, IndexError, SyntaxError, AttributeError, TypeError):
        raise refusals.FileBroken(name=name) from None
    for sheet in sheets:
        tables.check(name, sheet)
    _check_paragraphs(name, paragraphs)
    check_hidden(name, hidden)
    return pictures


def _check_paragraphs(name: str, paragraphs: list[str]) -> None:
    for number, paragraph in enumerate(paragraphs, 1):
        findings = find(paragraph)
        if findings:
            raise refusals.PersonalDataInParagraph(
                name=name, paragraph=number, masked=findings[0].masked
            )
    tables.check_lines(name, paragraphs)


def check_hidden(name: str, texts: list[str]) -> None:
    """Texts beside the visible ones. Raises PersonalDataHidden."""
    for text in texts:
        findings = find(text)
        if findings:
            raise refusals.PersonalDataHidden(name=name, masked=findings[0].masked)


def check_xlsx(name: str, data: bytes) -> bool:
    """Read every cell of every sheet and all that hangs beside them; answer: pictures in it?"""
    pictures = packages.check(name, data)
    for sheet in tables.workbook(name, data):
        tables.check(name, sheet)
    try:
        hidden = list(packages.texts(data))
    except BadData:
        raise refusals.FileBroken(name=name) from None
    check_hidden(name, hidden)
    return pictures


def check_csv(name: str, data: bytes) -> bool:
    """Read every cell of a CSV; there are never pictures."""
    tables.check(name, tables.csv_table(name, data))
    return False
