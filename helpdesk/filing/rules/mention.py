"""Which filing item somebody writes about: by its id, or by its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

from helpdesk.filing.rules.annexes import Item
from helpdesk.filing.rules.dates import Deadline
from helpdesk.organizations.rules import Subsystem

# After a date has passed the questions about late entry come for about a month.
LATE: Final = timedelta(days=31)

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


def touched(
    text: str, items: Iterable[Item], acts: Collection[str], subsystem: Subsystem | None
) -> tuple[Item, ...]:
    """The items a question is about: the one it names, else those of its card's acts.

    `acts`: codes such as `list_entry`; `subsystem`: the one it was filed for, None for any.
    """
    known = tuple(items)
    named = mentioned(text, known)
    if named is not None:
        return (named,)
    return tuple(
        item for item in known if item.item.code in acts and subsystem in (None, item.subsystem)
    )


def pressing(found: Iterable[Deadline], today: date, *, late: bool) -> Deadline | None:
    """The deadline that makes a question urgent: the next one, today included.

    `late`: of a question about time limits, a date that has just passed comes first.
    """
    known = sorted(found, key=lambda d: (d.due_on, d.occurrence.item.id))
    passed = [d for d in known if today - LATE <= d.due_on < today]
    if late and passed:
        return passed[-1]
    return next((d for d in known if d.due_on >= today), None)
