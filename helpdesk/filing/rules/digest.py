"""What a weekly digest of filing dates says, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DigestLine:
    """One date in a digest; `subsystem` to `item` are words in Chinese and English."""

    due_on: date
    subsystem: tuple[str, str]
    module: tuple[str, str]
    item: tuple[str, str]
