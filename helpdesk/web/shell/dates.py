"""Instants and days in words, on Beijing clocks: 2026年9月24日(周四) 17:30.

Every function ending in `_text` gives plain text (for labels and attributes); its sister without
the ending gives a `<time>` element. The year is left out where it is this year, except in `full_`.
"""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup

from helpdesk.kernel.instants import in_shanghai, shanghai_date
from helpdesk.web.doors import request_now
from helpdesk.web.shell.language import current

_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def on_day(when: date | datetime) -> date:
    """The Beijing date of an instant; a date stays what it is."""
    return shanghai_date(when) if isinstance(when, datetime) else when


def weekday_text(when: date | datetime) -> str:
    """`周四` / `Thu`."""
    number = on_day(when).weekday()
    return _EN_DAYS[number] if current() == "en" else "周" + _ZH_DAYS[number]


def bare_day_text(when: date | datetime, *, year: bool = False) -> str:
    """`9月24日` / `24 Sep`, with the year where it is asked for or not this year's."""
    day = on_day(when)
    year = year or day.year != shanghai_date(request_now()).year
    if current() == "en":
        return f"{day.day} {_EN_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
    return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日"


def day_text(when: date | datetime, *, year: bool = False) -> str:
    """`9月24日(周四)` / `Thu 24 Sep`."""
    bare = bare_day_text(when, year=year)
    weekday = weekday_text(when)
    return f"{weekday} {bare}" if current() == "en" else f"{bare}({weekday})"


def clock_text(when: datetime) -> str:
    """`17:30`."""
    return f"{in_shanghai(when):%H:%M}"


def moment_text(when: datetime, *, year: bool = False) -> str:
    """`9月24日(周四) 17:30` / `Thu 24 Sep, 17:30`."""
    comma = "," if current() == "en" else ""
    return f"{day_text(when, year=year)}{comma} {clock_text(when)}"


def full_day_text(when: date | datetime) -> str:
    """`2026年9月24日(周四)` / `Thu 24 Sep 2026`."""
    return day_text(when, year=True)


def full_moment_text(when: datetime) -> str:
    """`2026年9月24日(周四) 17:30` / `Thu 24 Sep 2026, 17:30`."""
    return moment_text(when, year=True)


def slash_day_text(when: date | datetime) -> str:
    """`9/24`, for the dense strips of the board alone."""
    day = on_day(when)
    return f"{day.month}/{day.day}"


def span_text(start: date | datetime, end: date | datetime) -> str:
    """`9月10日至9月14日` / `10 Sep to 14 Sep`; one day: that day."""
    first, last = bare_day_text(start), bare_day_text(end)
    if first == last:
        return first
    return f"{first} to {last}" if current() == "en" else f"{first}至{last}"


def _element(when: date | datetime, text: str) -> Markup:
    if isinstance(when, datetime):
        stamp = in_shanghai(when).strftime("%Y-%m-%dT%H:%M+08:00")
    else:
        stamp = when.isoformat()
    return Markup('<time datetime="{}">{}</time>').format(stamp, text)


def bare_day(when: date | datetime) -> Markup:
    """`<time>9月24日</time>`."""
    return _element(when, bare_day_text(when))


def day(when: date | datetime) -> Markup:
    """`<time>9月24日(周四)</time>`."""
    return _element(when, day_text(when))


def moment(when: datetime) -> Markup:
    """`<time>9月24日(周四) 17:30</time>`."""
    return _element(when, moment_text(when))


def full_day(when: date | datetime) -> Markup:
    """`<time>2026年9月24日(周四)</time>`."""
    return _element(when, full_day_text(when))


def full_moment(when: datetime) -> Markup:
    """`<time>2026年9月24日(周四) 17:30</time>`."""
    return _element(when, full_moment_text(when))


def slash_day(when: date | datetime) -> Markup:
    """`<time>9/24</time>`."""
    return _element(when, slash_day_text(when))


def init_app(app: Flask) -> None:
    """Make all of them Jinja filters; `span_text` and the words for today are globals."""
    for form in (
        weekday_text, bare_day_text, day_text, moment_text, full_day_text, full_moment_text,
        slash_day_text, clock_text, bare_day, day, moment, full_day, full_moment, slash_day, on_day,
    ):  # fmt: skip
        app.jinja_env.filters[form.__name__] = form
    app.jinja_env.globals["span_text"] = span_text
    app.jinja_env.globals["request_now"] = request_now
