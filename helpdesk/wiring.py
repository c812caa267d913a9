"""Every consequence of every fact, on one page: event type -> what happens then, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask

from helpdesk.kernel.events import Handler

HANDLERS: Mapping[type, Sequence[Handler]] = {}


def init_app(app: Flask) -> None:
    """Hand to lower floors what only the app can give them (renderer, addresses)."""
