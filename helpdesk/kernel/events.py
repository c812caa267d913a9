"""Facts travel upward: an operation publishes, `wiring.py` says who is told.

Handlers run at once, in the same transaction, in the order in which wiring lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[Any], None]
_handlers: Mapping[type, Sequence[Handler]] = {}


def connect(handlers: Mapping[type, Sequence[Handler]]) -> None:
    """Replace the table of handlers; `wiring.py` calls it once at start."""
    global _handlers
    _handlers = dict(handlers)


def publish(fact: object) -> None:
    """Tell everybody whom wiring names for this type of fact."""
    for handler in _handlers.get(type(fact), ()):
        handler(fact)
