"""Text as a machine should compare it: width, case, digits and dashes folded, places kept.

Callers search in the folded text and report spans of the original.
"""

from __future__ import annotations

import re
import unicodedata

# Signs without a shape: of direction and joining, marks over and under the sign before, fillers.
_SHAPELESS = frozenset({"Cf", "Mn", "Me"})
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
_LOOKALIKES = {
    "×": "X", "Х": "X", "х": "X", "Χ": "X", "−": "-", "‧": "·", "・": "·", "•": "·", "、": ",",
    "\u0085": "\n", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip


def _fold(char: str) -> str:
    """NFKC, upper case, plain digits, plain dash; invisible characters become one of them."""
    if unicodedata.category(char) in _SHAPELESS or char in _FILLERS:
        return "\u200b"
    if unicodedata.category(char) == "Pd":
        return "-"
    if char.isdigit():
        return str(unicodedata.digit(char))  # ③ and ❸ too
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
        range(0xE0000, 0xE01F0),
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


_NUMERALS = {
    ord(sign): str(i % 10) for i, sign in enumerate("〇一二三四五六七八九零壹贰叁肆伍陆柒捌玖")
}
_SPELT = re.compile(
    "(?:[0-9{0}][ \\-\u200b]{{0,2}}){{10,}}[0-9{0}]".format("".join(map(chr, _NUMERALS)))
)
_NUMERAL = re.compile("[{}]".format("".join(map(chr, _NUMERALS))))
_FEW = 4


def spelt_out(flat: str) -> str:
    """A folded text in which long rows of Chinese numerals are digits: 一三八… for 138…

    A few among many digits are words beside a number, not part of it. Places stay as they are.
    """
    return _SPELT.sub(_as_digits, flat) if len(_NUMERAL.findall(flat)) >= _FEW else flat


def _as_digits(match: re.Match[str]) -> str:
    row = match.group()
    digits = row.translate(_NUMERALS)
    changed = sum(a != b for a, b in zip(row, digits, strict=True))
    return digits if changed >= _FEW else row
