"""Findings as a page shows them: the line, with what was found masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.privacy.rules import Finding
from helpdesk.web.shell.language import current


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; `found`: it stands for something that was masked."""

    text: str
    found: bool


@dataclass(frozen=True)
class MarkedLine:
    """A line in which something was found. `number` counts from 1."""

    number: int
    reasons: tuple[str, ...]
    pieces: tuple[Piece, ...]


def marked_lines(text: str, findings: Sequence[Finding]) -> tuple[MarkedLine, ...]:
    """The lines of `text` in which findings begin, masked."""
    lines: dict[int, list[Finding]] = {}
    for finding in findings:
        lines.setdefault(text.count("\n", 0, finding.start), []).append(finding)
    return tuple(_marked(text, number, found) for number, found in sorted(lines.items()))


def _marked(text: str, number: int, found: Sequence[Finding]) -> MarkedLine:
    start = text.rfind("\n", 0, found[0].start) + 1
    end = text.find("\n", found[-1].end)
    pieces = []
    for finding in found:
        pieces += [Piece(text[start : finding.start], False), Piece(finding.masked, True)]
        start = finding.end
    pieces.append(Piece(text[start : end if end >= 0 else len(text)], False))
    return MarkedLine(
        number=number + 1,
        reasons=tuple(dict.fromkeys(map(reason, found))),
        pieces=tuple(piece for piece in pieces if piece.text.strip() or piece.found),
    )


def reason(finding: Finding) -> str:
    """Why it was found, in the language of the page."""
    return finding.reason_en if current() == "en" else finding.reason_zh
