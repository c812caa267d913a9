"""Office files are zips of XML: what may be in one, how large it may become, all its text. Pure."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, iterparse

from helpdesk.files.rules import refusals
from helpdesk.kernel.errors import BadData

MOST_PARTS = 2_000
MOST_UNPACKED = 60 * 1024 * 1024
_CHUNK = 1024 * 1024
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
            RuntimeError)  # fmt: skip
_MACRO_PARTS = re.compile(r"vbaproject|/macrosheets/|vbadata", re.I)
_EMBEDDED_PARTS = re.compile(r"/embeddings/|/activex/|oleobject|/customui/", re.I)


def check(name: str, data: bytes) -> bool:
    """Refuse what hides or blows up; answer whether the package carries pictures.

    Raises FileBroken, FileEncrypted, Unpacked, WithMacros, WithEmbedded.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise refusals.FileEncrypted(name=name)
            _check_unpacked(name, package, parts)
            types = package.read("[Content_Types].xml")
            names = [part.filename for part in parts]
    except (*_BAD_ZIP, KeyError):
        raise refusals.FileBroken(name=name) from None
    if b"macroenabled" in types.lower() or any(_MACRO_PARTS.search(n) for n in names):
        raise refusals.WithMacros(name=name)
    if any(_EMBEDDED_PARTS.search(n) for n in names):
        raise refusals.WithEmbedded(name=name)
    return any("/media/" in n for n in names)


def _check_unpacked(name: str, package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Count what really comes out, not what the directory claims; checks every CRC on the way."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refusals.Unpacked(name=name)
    left = MOST_UNPACKED
    for part in parts:
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise refusals.Unpacked(name=name)


# Parts that hold no words of the author.
_WORDLESS = re.compile(
    r"(?:styles|theme\d*|settings|websettings|fonttable|numbering|calcchain|"
    r"\[content_types\])\.xml$|/theme/|/_rels/|^_rels/",
    re.I,
)
_BLOCKS = frozenset({"p", "si", "text"})


def texts(data: bytes) -> Iterator[str]:
    """Every text of a package, part by part, as whole paragraphs: comments, headers, boxes,
    deleted text, properties, formulas. Cells of worksheets are read elsewhere.

    Raises BadData when a part is no XML.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            if part.lower().endswith((".xml", ".vml")) and not _WORDLESS.search(part):
                sheet = part.lower().startswith("xl/worksheets/")
                yield from _texts_of(package.read(part), sheet=sheet)


def _texts_of(xml: bytes, *, sheet: bool) -> Iterator[str]:
    try:
        depth = 0
        for what, element in iterparse(io.BytesIO(xml), events=("start", "end")):
            local = element.tag.rpartition("}")[2]
            if local in _BLOCKS:
                depth += 1 if what == "start" else -1
            if what == "end" and depth == 0:
                yield from _words(element, local, sheet=sheet)
                element.clear()
    except ParseError:
        raise BadData("a part is no XML") from None


def _words(element: Element, local: str, *, sheet: bool) -> Iterator[str]:
    if sheet and not (local == "f" or local.endswith(("Header", "Footer"))):
        return
    words = "".join(element.itertext()) if local in _BLOCKS else element.text or ""
    if words.strip():
        yield words
