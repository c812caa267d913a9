"""The filing item that a question is about, with the dates around today, for the ticket page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.rules.dates import Deadline
from helpdesk.filing.rules.mention import mentioned
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.queries import BodyView
from helpdesk.web.filing.shown import Entry
from helpdesk.workdays.rules import Calendar

_BEFORE, _AFTER = timedelta(days=92), timedelta(days=366)


@dataclass(frozen=True)
class Mention:
    """`before` is the last date that has passed, `after` the next one; None: there is none near."""

    id: str
    words: str
    before: Deadline | None
    after: Deadline | None


def mention(text: str, asker: BodyView, calendar: Calendar, now: datetime) -> Mention | None:
    """What the text names among the items of the asking body. Queries only where it names one."""
    place = queries.place_of(asker)
    item = mentioned(text, place.items())
    if item is None:
        return None
    today = shanghai_date(now)
    due = queries.deadlines(place.only((item.subsystem,), place.levels[:1]), today - _BEFORE,
                            today + _AFTER, calendar)  # fmt: skip
    mine = [d for d in due if d.occurrence.item is item]
    past = [d for d in mine if d.due_on < today]
    coming = [d for d in mine if d.due_on >= today]
    words = Entry(tuple(mine[:1]), False).words if mine else item.item.zh
    return Mention(item.id, words, past[-1] if past else None, coming[0] if coming else None)
