"""Chinese names in the order of their sounds, and what is compared when somebody looks for one.

The same on every database: collations of PostgreSQL put 长沙 under Z.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NUMERALS = {character: number for number, character in enumerate("零一二三四五六七八九")}
_ORDINAL = re.compile(
    "第(?=[一二三四五六七八九十])([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)"
)


@lru_cache(maxsize=4096)  # people's names come again and again
def sort_key(name: str) -> str:
    """Pinyin, lower case: 长沙 is `chang sha`. 第二 comes after 第一, and 12 after 9."""
    from pypinyin import lazy_pinyin  # a fifth of a second and 20 MB: only who names things pays

    counted = _ORDINAL.sub(_in_digits, unicodedata.normalize("NFKC", name))
    padded = re.sub(r"\d+", lambda number: number.group().zfill(3), counted)
    return " ".join(lazy_pinyin(padded)).lower()[:200]


def folded(text: str) -> str:
    """NFKC, lower case, no spaces, brackets or dashes: `示范小学（演示）` -> `示范小学演示`."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def initials(name: str) -> str:
    """`武汉一中` -> `whyz`."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(folded(name), style=Style.FIRST_LETTER))


def _in_digits(match: re.Match[str]) -> str:
    tens, ten, ones = match.groups()
    number = (_NUMERALS[tens] if tens else 1) * 10 if ten else _NUMERALS.get(tens, 0)
    return f"第{number + _NUMERALS.get(ones, 0)}"
