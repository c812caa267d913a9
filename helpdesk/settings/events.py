"""What happened to the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SettingChanged:
    """A node at `path` set `key`, or takes it from above again (`after` None); written forms.

    Running clocks keep what was copied into them (semantics 5).
    """

    key: str
    path: str
    before: str | None
    after: str | None
