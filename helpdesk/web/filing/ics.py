"""Filing dates as an iCalendar document: whole days, stable names, nobody's personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from helpdesk.filing.queries import tables
from helpdesk.filing.rules.annexes import Status, Words
from helpdesk.filing.rules.dates import Deadline
from helpdesk.web.filing.shown import in_words
from helpdesk.web.shell.dates import full_day_text

_ZONE = "Asia/Shanghai"
_OFFSET = timedelta(hours=8)
_DAY = timedelta(days=1)
# How often a program should look again; Outlook reads one of them, phones the other.
_AGAIN = timedelta(hours=12)


def document(found: Iterable[Deadline], now: datetime) -> bytes:
    """The calendar in the language in use."""
    calendar = Calendar()
    calendar.add("prodid", "-//Aid Helpdesk//Filing dates//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("资助填报期限"))
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add("refresh-interval", _AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    calendar.add_component(_zone())
    for deadline in found:
        calendar.add_component(_event(deadline, now))
    return bytes(calendar.to_ical())


def _zone() -> Timezone:
    """China has kept one time without summer time since 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", _ZONE)
    standard.add("tzname", "CST")
    standard.add("dtstart", datetime(1991, 9, 15))
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    zone.add_component(standard)
    return zone


def _event(deadline: Deadline, now: datetime) -> Event:
    item = deadline.occurrence.item
    event = Event()
    event.add("uid", f"{deadline.key.replace(':', '-')}@filing.aid-helpdesk")
    event.add("dtstamp", now)
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + _DAY)
    event.add("sequence", deadline.revision)
    event.add("transp", "TRANSPARENT")
    subsystem = in_words(tables.tables()[item.subsystem].name)
    module = in_words(item.module.label)
    what = in_words(item.item)
    event.add("summary", f"{subsystem} {module}{_('：')}{what}")
    event.add("description", "\n".join(_lines(deadline)))
    return event


def _lines(deadline: Deadline) -> list[str]:
    occurrence = deadline.occurrence
    told = []
    if deadline.last_working_day and deadline.last_working_day != deadline.due_on:
        worked = full_day_text(deadline.last_working_day)
        told.append(_("时限不顺延；最后工作日是%(day)s", day=worked))
    if deadline.status is Status.PROVISIONAL:
        told.append(_("放假安排未公布，工作日暂定"))
    if deadline.overlay:
        office = deadline.overlay.office
        name = in_words(Words(office.name, office.name_en or office.name))
        named = full_day_text(occurrence.named_on)
        told.append(_("%(office)s提前到这一天；通知为%(day)s", office=name, day=named))
    remark = occurrence.item.remark(occurrence.level)
    if remark:
        told.append(in_words(remark))
    told.append(_("编号%(id)s，附件%(annex)s", id=occurrence.item.id, annex=occurrence.item.annex))
    return [str(line) for line in told]
