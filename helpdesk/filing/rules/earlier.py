"""Who may ask for a date earlier than the notice, and when that is refused (semantics 8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from helpdesk.filing.rules.annexes import LEVEL_OF, Level
from helpdesk.filing.rules.dates import Occurrence, Overlay, strictest
from helpdesk.kernel.actor import within
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import AID_OFFICES, Kind

_ORDER: Final = tuple(Level)


class NotEarlier(RuleBroken):
    """An overlay must be earlier than the notice (semantics 8)."""

    sentence = N_("只能比通知的%(named)s提前，不能推后。请另选更早的日期。")


class LaterThanAbove(RuleBroken):
    """An office above asks for it earlier already."""

    sentence = N_("%(office)s已要求%(due)s前完成，不能推后。请另选更早的日期。")


class AlreadyPast(RuleBroken):
    """Nobody can keep a day that is over."""

    sentence = N_("%(due)s已过，没有人能按时完成。请选今天或以后的日期。")


class NotYourLevel(RuleBroken):
    """An office orders its own duties and those below it."""

    sentence = N_("只能提前本级和下级的期限。请另选一级。")


class NoSuchDate(RuleBroken):
    """The notice has no such date for this item and level."""

    sentence = N_("通知里没有这个期限。请从日历里重新选择。")


def check_earlier(found: Occurrence, due_on: date, above: Iterable[Overlay], today: date) -> None:
    """May an office ask for `found` on `due_on`? NotEarlier, LaterThanAbove, AlreadyPast."""
    if due_on >= found.named_on:
        raise NotEarlier(named=found.named_on.isoformat())
    if due_on < today:
        raise AlreadyPast(due=due_on.isoformat())
    stricter = strictest(above)
    if stricter and stricter.due_on and due_on >= stricter.due_on:
        raise LaterThanAbove(office=stricter.office, due=stricter.due_on.isoformat())


def may_order(office: Kind, level: Level) -> bool:
    """Does an office of this kind stand at or above those who act at `level`?"""
    return office in AID_OFFICES and _ORDER.index(level) <= _ORDER.index(LEVEL_OF[office])


def on_path(overlays: Iterable[Overlay], path: str) -> tuple[Overlay, ...]:
    """Those of the node at `path` and of the nodes above it."""
    return tuple(o for o in overlays if within(path, o.path))
