"""The only place that reads the clock. Doors call it; everything below takes `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)
