"""Text as a machine should compare it: width, case, digits and dashes folded, places kept.

Callers search in the folded text and report spans of the original.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\u20e3\ufeff"
_LOOKALIKES = {"×": "X", "Х": "X", "х": "X", "Χ": "X", "−": "-"}


def _fold(char: str) -> str:
    """NFKC, upper case, plain digits, plain dash; invisible characters become one of them."""
    if char in _INVISIBLE:
        return "\u200b"
    if unicodedata.category(char) == "Pd":
        return "-"
    folded = _LOOKALIKES.get(char) or unicodedata.normalize("NFKC", char)
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c.upper() if c.isascii() else c
        for c in folded
    )


def _fold_table() -> tuple[dict[int, str], str]:
    """Characters that fold to one other character, and those that unfold into several."""
    blocks = (
        range(0x20, 0x3400),
        range(0xA600, 0xAC00),
        range(0xF900, 0x10000),
        range(0x10400, 0x11D00),
        range(0x1D7CE, 0x1D800),
        range(0x1F100, 0x1F12D),
    )
    single: dict[int, str] = {}
    several = []
    for block in blocks:
        for code in block:
            folded = _fold(chr(code))
            if len(folded) > 1 and any(c in "0123456789X" for c in folded):
                several.append(chr(code))
            elif len(folded) == 1 and folded != chr(code):
                single[code] = folded
    return single, "".join(several)


_SINGLE, _SEVERAL = _fold_table()
_UNFOLDS = re.compile(f"[{re.escape(_SEVERAL)}]")


def flatten(text: str) -> tuple[str, list[int] | None]:
    """The folded text and, where its length differs, the original index of each character."""
    if not _UNFOLDS.search(text):
        return text.translate(_SINGLE), None
    folded = [_fold(c) if _UNFOLDS.match(c) else c.translate(_SINGLE) for c in text]
    return "".join(folded), [i for i, part in enumerate(folded) for _ in part]


def original_span(index: list[int] | None, start: int, end: int) -> tuple[int, int]:
    """A non-empty span of the folded text as a span of the original."""
    return (start, end) if index is None else (index[start], index[end - 1] + 1)
