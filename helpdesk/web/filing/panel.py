"""The panel of the home page: what is due in the next thirty days and not ticked."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.web.doors import request_now
from helpdesk.web.filing import shown
from helpdesk.web.filing.area import view
from helpdesk.web.filing.browse import AHEAD

_FEW = 4


@dataclass(frozen=True)
class Panel:
    """The first days with something to do, and how many more there are.

    `both`: the reader's own office and its schools have dates.
    """

    days: tuple[shown.Day, ...]
    more: int
    both: bool


def panel() -> Panel:
    """For the person who asks."""
    seen = view(chosen=False)
    done = seen.done(seen.today)
    left = [d for d in seen.due(seen.today, seen.today + AHEAD) if d.key not in done]
    days = shown.days(left, done, seen.calendar, request_now())
    return Panel(days[:_FEW], len(days[_FEW:]), len(seen.whole.levels) > 1)
