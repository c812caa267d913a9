"""Small files of every kind, good and bad: by hand, or with the libraries that read them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import docx
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>{more}</Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Value = str | int | float


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Value]]],
    *,
    hidden: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
    sheet_end: str = "",
    formula: str = "",
) -> bytes:
    """A workbook of these sheets; `more` are further parts of the package."""
    entries, relations, parts = "", "", dict[str, str | bytes]()
    for number, (title, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if title in hidden else ""
        entries += f'<sheet name="{escape(title)}" sheetId="{number}"{state} r:id="rId{number}"/>'
        relations += (
            f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
        )
        cells = _rows(rows) + (
            f"<row><c><f>{escape(formula)}</f><v>1</v></c></row>" * bool(formula)
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData>{sheet_end}</worksheet>'
        )
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES.format(more=""),
            "_rels/.rels": RELATIONS.format(
                f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": RELATIONS.format(relations),
            **parts,
            **(more or {}),
        }
    )


def _rows(rows: Sequence[Sequence[Value]]) -> str:
    text = ""
    for r, row in enumerate(rows, 1):
        cells = ""
        for c, value in enumerate(row):
            at = f"{chr(65 + c)}{r}"
            if isinstance(value, str):
                cells += f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            else:
                cells += f'<c r="{at}"><v>{value!r}</v></c>'
        text += f'<row r="{r}">{cells}</row>'
    return text


def document(
    paragraphs: Sequence[str] = (),
    *,
    table: Sequence[Sequence[str]] = (),
    header: str = "",
    picture: bytes = b"",
) -> bytes:
    """A DOCX."""
    made = docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    if table:
        grid = made.add_table(len(table), len(table[0]))
        for r, row in enumerate(table):
            for c, value in enumerate(row):
                grid.cell(r, c).text = value
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if picture:
        made.add_picture(io.BytesIO(picture))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf(pages: Sequence[str], *, root: str = "", more: Sequence[str] = ()) -> bytes:
    """A PDF with a line of Latin text on each page; `root` is added to the catalogue."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        "<< /Type /Pages /Kids [{}] /Count {} >>".format(
            " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages))), len(pages)
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        lines = " T* ".join(f"({line}) Tj" for line in text.split("\n"))
        stream = f"BT /F1 12 Tf 14 TL 20 700 Td {lines} ET" if text else ""
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.extend(more)
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: object
) -> bytes:
    """A picture, its left half darker; `how` goes to Pillow's save."""
    made = Image.new(mode, size, 200 if mode in ("L", "P", "1") else "#c8d2d8")
    if mode == "RGB":
        made.paste("#0b5c73", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG as a telephone makes it: lying on its side, with place and maker in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to see it upright
    exif[0x010F] = "Maker of telephones"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    return picture("JPEG", (40, 30), exif=exif.tobytes(), comment=b"990101200001010006")


def vast_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG whose heading promises billions of pixels."""
    return _png(width, height, zlib.compress(b"\0" * 1000))


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    heading = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", heading) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def old_office(inside: str) -> bytes:
    """The head of a compound file with a stream of this name."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + inside.encode("utf-16-le") + b"\0" * 64
    )
