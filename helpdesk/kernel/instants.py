"""Instants and Chinese calendar dates: pure conversions, Asia/Shanghai on the human side."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def in_shanghai(instant: datetime) -> datetime:
    """The same instant on Beijing clocks."""
    return instant.astimezone(SHANGHAI)


def shanghai_date(instant: datetime) -> date:
    """The date on Beijing calendars at this instant."""
    return in_shanghai(instant).date()


def at_shanghai(day: date, at: time) -> datetime:
    """`day` at Beijing time `at`, as a UTC instant."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def parse_instant(text: str) -> datetime:
    """`2026-09-18 15:00`, ISO with or without offset (without: Asia/Shanghai) -> UTC instant.

    Raises ValueError with the text when it is no time.
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SHANGHAI)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        # Also the first and the last hours of all time, which another zone puts outside it.
        raise ValueError(text) from None
