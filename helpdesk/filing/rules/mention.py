"""Which filing item somebody writes about: by its id, or by its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from helpdesk.filing.rules.annexes import Item

_ID = re.compile(r"(?<![A-Z0-9])([A-Z]{2}-X?\d{1,2})(?!\d)")


def mentioned(text: str, items: Iterable[Item]) -> Item | None:
    """The one item of `items` that a text names; None where it names none, or several.

    An id (`sh-6` is not one, `SH-06` is) decides; without it the words of the item, with those of
    its module where several items are called the same.
    """
    known = tuple(items)
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    ids = {found[1] for found in _ID.finditer(plain)}
    named = [item for item in known if item.id in ids]
    if not named:
        named = [item for item in known if item.item.zh.upper() in plain]
        if len(named) > 1:
            named = [item for item in named if _module_in(item, plain)]
    return named[0] if len(named) == 1 else None


def _module_in(item: Item, plain: str) -> bool:
    labels = (item.module.label, *item.module.parts)
    return any(label.zh.replace(" ", "").upper() in plain for label in labels)
