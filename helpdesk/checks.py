"""What a setting may be: from the text of a variable to a value, or a sentence saying why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"", "0", "false", "no", "off"})
# TrueType, OpenType with PostScript outlines, a collection of either.
_FONTS: Final = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")


class Wrong(ValueError):
    """A value that a check refused; `args` are the Chinese and the English half of the sentence."""


def like(pattern: str, zh: str, en: str) -> Callable[[str], None]:
    """The whole text matches."""

    def check(value: str) -> None:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise Wrong(zh, en)

    return check


def between(low: int, high: int) -> Callable[[int], None]:
    """A number from `low` to `high`."""

    def check(value: int) -> None:
        if not low <= value <= high:
            zh, en = "请填写 {} 到 {} 之间的整数", "must be a whole number from {} to {}"
            raise Wrong(zh.format(low, high), en.format(low, high))

    return check


def font(path: str) -> None:
    """Empty, or a font file that can be read."""
    try:
        with Path(path or "/").open("rb") as opened:
            known = opened.read(4) in _FONTS
    except OSError:
        known = False
    if path and not known:
        raise Wrong(
            "请填写一个能读取的字体文件（.ttc、.ttf 或 .otf）",
            "must be a readable font file (.ttc, .ttf or .otf)",
        )


def boolean(text: str) -> bool:
    """`1`, `0` and their like."""
    if text.lower() not in _YES | _NO:
        raise Wrong("请填写 1 或 0", "must be 1 or 0")
    return text.lower() in _YES


def whole_number(text: str) -> int:
    """At most nine digits."""
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise Wrong("请填写整数", "must be a whole number")
    return int(text)
