"""How large a reader of a workbook would make it: the rectangle of every sheet, and the texts that
its cells repeat. Pure.

Readers lay the whole rectangle out in memory and copy a shared text into each of its cells; a file
of two kilobytes can ask for more than any machine has, which ends the process. So every part that
could be read as a sheet is walked here first, by a parser stricter than theirs.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.parsers import expat

from helpdesk.files.rules import refusals

MOST_CELLS: Final = 1_000_000
MOST_TEXT: Final = 60 * 1024 * 1024  # characters in the cells of all sheets together
_STRINGS: Final = "xl/sharedstrings.xml"
_PLACE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW: Final = re.compile(r"[0-9]{1,7}")


class _Strange(Exception):
    """Nothing that a spreadsheet program writes."""


class _TooLarge(Exception):
    """More than is read."""


def check(name: str, data: bytes) -> None:
    """Refuse a workbook that a reader would blow up. Raises FileBroken, Unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check(package)
    except (_Strange, expat.ExpatError):
        raise refusals.FileBroken(name=name) from None
    except _TooLarge:
        raise refusals.Unpacked(name=name) from None


def _check(package: zipfile.ZipFile) -> None:
    lengths: Sequence[int] = ()
    for part in package.namelist():
        if part.replace("\\", "/").lower() == _STRINGS:
            strings = _Strings()
            _parse(package.read(part), strings)
            lengths = strings.lengths
    text = 0
    for part in package.namelist():
        # Whatever its name is: the list of parts says which one is a sheet.
        content = package.read(part)
        if b"sheetData" in content:
            grid = _Grid(lengths, text)
            _parse(content, grid)
            text = grid.text


class _Walk:
    """What happens at the beginning, inside and at the end of an element."""

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        """An element begins."""

    def words(self, text: str) -> None:
        """Text between elements."""

    def end(self, tag: str) -> None:
        """An element ends."""


def _parse(content: bytes, walk: _Walk) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, said: walk.start(_local(tag), said)
    parser.EndElementHandler = lambda tag: walk.end(_local(tag))
    parser.CharacterDataHandler = walk.words
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _refuse_doctype(*_said: object) -> None:
    raise _Strange


class _Strings(_Walk):
    """Lengths of the shared texts, in their order."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._length = 0

    def start(self, tag: str, said: Mapping[str, str]) -> None:  # noqa: ARG002
        if tag == "si":
            self._length = 0

    def words(self, text: str) -> None:
        self._length += len(text)

    def end(self, tag: str) -> None:
        if tag == "si":
            self.lengths.append(self._length)


class _Grid(_Walk):
    """The rectangle of a sheet as readers count it, cells without a place of their own too."""

    def __init__(self, lengths: Sequence[int], text: int) -> None:
        self._lengths = lengths
        self.text = text
        self._row, self._column = 0, 0
        self._rows, self._columns = 1, 1
        self._shared = False
        self._value = ""

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        if tag == "row":
            self._begin_row(said.get("r"))
        elif tag == "c":
            self._place(said.get("r"))
            self._shared, self._value = said.get("t") == "s", ""

    def _begin_row(self, number: str | None) -> None:
        self._column = 0
        if number is None:
            self._row += 1
        elif _ROW.fullmatch(number):
            self._row = int(number)
        else:
            raise _Strange

    def _place(self, place: str | None) -> None:
        if place is None:
            self._column += 1
        else:
            self._row, self._column = _numbers(place)
        self._rows = max(self._rows, self._row)
        self._columns = max(self._columns, self._column)
        if self._rows * self._columns > MOST_CELLS:
            raise _TooLarge

    def words(self, text: str) -> None:
        if self._shared and len(self._value) < 10:
            self._value += text

    def end(self, tag: str) -> None:
        if tag != "c" or not self._shared:
            return
        self._shared = False
        number = self._value.strip()
        if number.isascii() and number.isdigit() and int(number) < len(self._lengths):
            self.text += self._lengths[int(number)]
        if self.text > MOST_TEXT:
            raise _TooLarge


def _numbers(place: str) -> tuple[int, int]:
    """Row and column of `B3`: (3, 2)."""
    match = _PLACE.fullmatch(place)
    if match is None:
        raise _Strange
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
