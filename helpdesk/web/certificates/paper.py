"""Draws certificates: a page for each, A4 across, with the face for simplified Chinese embedded.

Only the signs that are used are embedded. A sign the font does not have is drawn as 〓 and noted in
the log by its code: a rare character in a name must not cost anybody the certificate.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTCollection, TTFont
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from helpdesk.training.queries.certificates import Paper
from helpdesk.web.certificates import codes, words
from helpdesk.web.certificates.words import Pair

log = logging.getLogger(__name__)

FACE: Final = "cjk"
GETA: Final = "〓"
SIMPLIFIED: Final = (" SC", " GB", " CN")
WIDTH, HEIGHT, EDGE = 297.0, 210.0, 24.0
QR_SIZE: Final = 34.0
INK: Final = (20, 37, 44)
INK_QUIET: Final = (86, 105, 113)
RULE: Final = (12, 66, 82)
LINE: Final = (216, 224, 227)


def draw(papers: Sequence[Paper], *, font: Path, address: Callable[[str], str]) -> bytes:
    """One PDF with a page for each certificate. `address`: number -> where it is checked."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margins(EDGE, EDGE, EDGE)
    pdf.add_font(FACE, fname=font, collection_font_number=face(font))
    pdf.set_title(f"{words.TITLE.zh} {words.TITLE.en}")
    pdf.set_creator(words.SYSTEM.en)
    pdf.set_lang("zh-CN")
    pen = _Pen(pdf, known_signs(font))
    for paper in papers:
        pdf.add_page()
        _page(pen, words.lines(paper), address(paper.number))
    if pen.missing:
        codes = " ".join(f"U+{ord(sign):04X}" for sign in sorted(pen.missing))
        log.warning("the font of certificates lacks %s", codes)
    return bytes(pdf.output())


class _Pen:
    """Writes lines one below the other; signs the font lacks become visible."""

    def __init__(self, pdf: FPDF, known: frozenset[int]) -> None:
        self.pdf = pdf
        self.missing: set[str] = set()
        self._known = known

    def text(self, text: str, size: float, *, quiet: bool = False, wide: float = 0) -> None:
        """A line, or as many as it needs; `wide` 0: to the right edge."""
        self.pdf.set_font(FACE, size=size)
        self.pdf.set_text_color(*(INK_QUIET if quiet else INK))
        self.pdf.multi_cell(
            wide,
            size * 0.52,
            self.drawable(text),
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def pair(self, both: Pair, size: float, *, room: int, wide: float = 0) -> None:
        """The Chinese line, the English one smaller below it unless it is the same."""
        size = fitting(size, both.zh, room)
        self.text(both.zh, size, wide=wide)
        if both.en != both.zh:
            self.text(both.en, size * 0.72, quiet=True, wide=wide)

    def space(self, high: float) -> None:
        """Millimetres of nothing."""
        self.pdf.set_y(self.pdf.get_y() + high)

    def drawable(self, text: str) -> str:
        """The text as the font can draw it."""
        self.missing |= {sign for sign in text if ord(sign) not in self._known}
        instead = GETA if ord(GETA) in self._known else "?"
        return "".join(instead if sign in self.missing else sign for sign in text)


def fitting(size: float, text: str, room: int) -> float:
    """The size for a text that may be longer than the place is made for; at least half."""
    return size * max(0.5, min(1.0, room / max(len(text), 1)))


def _page(pen: _Pen, said: words.Lines, address: str) -> None:
    _frame(pen.pdf)
    pen.pdf.set_y(EDGE + 4)
    pen.text(words.TITLE.zh, 38)
    pen.text(words.TITLE.en, 15, quiet=True)
    pen.space(13)
    pen.text(said.name, fitting(28, said.name, 24))
    if said.body is not None:
        pen.pair(said.body, 13, room=50)
    pen.space(7)
    pen.pair(said.says, 15, room=90)
    if said.corrected is not None:
        pen.space(3)
        pen.text(f"{said.corrected.zh} · {said.corrected.en}", 10)
    _foot(pen, said, address)


def _frame(pdf: FPDF) -> None:
    pdf.set_fill_color(*RULE)
    pdf.rect(EDGE - 10, EDGE - 10, WIDTH - 2 * EDGE + 20, 3, style="F")
    pdf.set_draw_color(*LINE)
    pdf.set_line_width(0.3)
    pdf.rect(EDGE - 10, EDGE - 10, WIDTH - 2 * EDGE + 20, HEIGHT - 2 * EDGE + 20)
    _stairs(pdf, WIDTH - EDGE - 26, EDGE + 30)


def _stairs(pdf: FPDF, x: float, y: float) -> None:
    """The mark of the house: four steps up, a cell above the last."""
    pdf.set_draw_color(*RULE)
    pdf.set_line_width(1.1)
    points = [(x, y)]
    for _ in range(3):
        points.append((points[-1][0] + 6.5, points[-1][1]))
        points.append((points[-1][0], points[-1][1] - 6.5))
    points.append((x + 26, points[-1][1]))
    pdf.polyline(points)
    pdf.rect(x + 13, y - 26, 5.5, 5.5, style="F")


def _foot(pen: _Pen, said: words.Lines, address: str) -> None:
    pdf = pen.pdf
    wide = WIDTH - 2 * EDGE - QR_SIZE - 12
    pdf.set_y(HEIGHT - EDGE - 38)
    pen.text(f"{words.ORGANISER.zh} {words.ORGANISER.en}", 9, quiet=True)
    pen.pair(said.organizer, 14, room=38, wide=wide)
    pen.space(2)
    pen.text(f"{words.NUMBER.zh} {words.NUMBER.en}   {said.number}", 11, wide=wide)
    pen.text(address, 7, quiet=True, wide=wide)
    left, top = WIDTH - EDGE - QR_SIZE, HEIGHT - EDGE - QR_SIZE - 6
    pdf.image(codes.picture(address), x=left, y=top, w=QR_SIZE, h=QR_SIZE)
    pdf.set_xy(left, top + QR_SIZE + 1)
    pdf.set_font(FACE, size=9)
    pdf.set_text_color(*INK_QUIET)
    pdf.cell(QR_SIZE, 5, f"{words.CHECK.zh} {words.CHECK.en}", align=Align.C)
    pdf.link(left, top, QR_SIZE, QR_SIZE, address)


@functools.cache
def face(font: Path) -> int:
    """Place of the face for simplified Chinese in a collection (the first of Noto CJK is Japanese).

    A collection without such a name, or a font that is none: the first.
    """
    if font.suffix.lower() not in (".ttc", ".otc"):
        return 0
    with TTCollection(str(font), lazy=True) as collection:
        names = [str(one["name"].getDebugName(1) or "") for one in collection.fonts]
    simplified = [
        place
        for place, name in enumerate(names)
        if name.endswith(SIMPLIFIED) and " Mono" not in name
    ]
    return simplified[0] if simplified else 0


@functools.cache
def known_signs(font: Path) -> frozenset[int]:
    """Codes of the signs that the chosen face can draw."""
    with TTFont(str(font), fontNumber=face(font), lazy=True) as opened:
        return frozenset(opened.getBestCmap())
