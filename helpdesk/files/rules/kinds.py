"""What a file is, by its content; what it may be called; how large it may be. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum

import filetype

from helpdesk.files.rules import refusals
from helpdesk.privacy.rules import find, mask

MEGABYTE = 1024 * 1024


class Media(StrEnum):
    """The kinds that are taken."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    PDF = "application/pdf"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    CSV = "text/csv"


EXTENSIONS = {
    Media.PNG: "png",
    Media.JPEG: "jpg",
    Media.PDF: "pdf",
    Media.XLSX: "xlsx",
    Media.DOCX: "docx",
    Media.CSV: "csv",
}
PICTURES = frozenset({Media.PNG, Media.JPEG})
# For the `accept` of a file input; what counts is the content.
ACCEPTED = ",".join((*(f".{e}" for e in EXTENSIONS.values()), ".jpeg"))


@dataclass(frozen=True)
class Limits:
    """Largest sizes in bytes."""

    picture: int = 5 * MEGABYTE
    other: int = 10 * MEGABYTE


def shown_name(name: str) -> str:
    """What the sender called the file, safe to show: no path, no control characters, masked."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        " " if unicodedata.category(c)[0] in "ZC" else "_" if c in '<>:"|?*' else c for c in base
    )
    return mask(" ".join(kept.split()).strip(". ")[:120]) or "file"


def stored_name(name: str, media: Media) -> str:
    """The name under which the file is kept: its own stem, the extension of its content."""
    shown = shown_name(name)
    extension = EXTENSIONS[media]
    stem, dot, last = shown.rpartition(".")
    stem = stem if dot and re.fullmatch("[A-Za-z0-9]{1,5}", last) else shown
    return f"{stem.strip('. ')[:100] or 'file'}.{extension}"


def check_name(name: str) -> None:
    """Refuse a name that names a person. PersonalDataInName shows it masked."""
    if find(name):
        raise refusals.PersonalDataInName(name=shown_name(name))


def recognise(name: str, data: bytes) -> Media:
    """The kind of a file by its content. Raises a FileRefused that says the way out."""
    shown = shown_name(name)
    if not data:
        raise refusals.FileEmpty(name=shown)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if data.lstrip(b"\xef\xbb\xbf\x00\t\n\r ").startswith(b"%PDF-"):
        return Media.PDF
    if data.startswith(b"PK\x03\x04"):
        return _in_zip(shown, data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(shown, data)(name=shown)
    refusal = _other(shown, data)
    if refusal is not None:
        raise refusal(name=shown)
    return Media.CSV


def _in_zip(shown: str, data: bytes) -> Media:
    """An office package, or an archive that is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {n.lower() for n in package.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise refusals.FileBroken(name=shown) from None
    if "[content_types].xml" in names:
        if "word/document.xml" in names:
            return Media.DOCX
        if "xl/workbook.xml" in names:
            return Media.XLSX
        if "xl/workbook.bin" in names:
            raise refusals.OldSpreadsheet(name=shown)
        if any(n.startswith("ppt/") for n in names):
            raise refusals.Presentation(name=shown)
    raise refusals.Archive(name=shown)


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _old_office(shown: str, data: bytes) -> type[refusals.FileRefused]:
    """The container of the nineties; a new office file with a password hides in one too."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return refusals.FileEncrypted
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return refusals.OldSpreadsheet
    if "WordDocument".encode("utf-16-le") in data:
        return refusals.OldDocument
    if "PowerPoint Document".encode("utf-16-le") in data:
        return refusals.Presentation
    return refusals.OldSpreadsheet if _extension(shown) == "xls" else refusals.OldDocument


_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")
_PROGRAM_NAMES = frozenset(
    {"exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "js", "jar", "apk", "lnk", "sh"}
)
_ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "bz2", "xz", "tar", "zst", "lz", "Z", "cab"})
_TEXTS = frozenset({"txt", "log", "md"})
_MARKUP = re.compile(r"<\s*(?:!doctype|\?xml|html|svg|script|body|head|iframe|\w+:\w+)", re.I)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f]")


def _other(shown: str, data: bytes) -> type[refusals.FileRefused] | None:
    """Why everything that is no picture, PDF or package is refused; None for a CSV."""
    if data.startswith(_PROGRAMS) or _extension(shown) in _PROGRAM_NAMES:
        return refusals.Program
    guessed = filetype.guess(data[:8192])
    if guessed is not None:
        picture = guessed.mime.startswith("image/")
        packed = refusals.Archive if guessed.extension in _ARCHIVES else refusals.FileRefused
        return refusals.OtherPicture if picture else packed
    text = decoded(data)
    if text is None:
        return refusals.FileRefused
    if _MARKUP.search(text[:2000]):
        return refusals.Markup
    if _extension(shown) == "csv":
        return None
    return refusals.PlainText if _extension(shown) in _TEXTS else refusals.FileRefused


def decoded(data: bytes) -> str | None:
    """Bytes as text in the encodings that Chinese spreadsheets write; None: this is no text."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _NO_TEXT.search(text) else text
    return None


def check_size(name: str, media: Media, size: int, limits: Limits) -> None:
    """Raises FileTooLarge."""
    limit = limits.picture if media in PICTURES else limits.other
    if size > limit:
        # Rounded up: a file just above the limit never shows the limit itself.
        tenths = -(-size * 10 // MEGABYTE)
        raise refusals.FileTooLarge(
            name=shown_name(name), size=f"{tenths / 10:g}", limit=limit // MEGABYTE
        )
