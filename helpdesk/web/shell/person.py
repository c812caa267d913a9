"""Who is at the screen, for which body, and how many notices wait."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType
from typing import Any

from flask import Flask, g

from helpdesk.web.doors import current_actor


@cache
def _queries(package: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"helpdesk.{package}.queries")
    except ModuleNotFoundError:
        return None


def own_body() -> Any:
    """The body for which the person acts (organizations BodyView), or None."""
    actor = current_actor()
    if actor.body_id is None:
        return None
    if "own_body" not in g:
        found = _queries("organizations")
        g.own_body = found.body(actor.body_id) if found else None
    return g.own_body


def unread_count() -> int:
    """Notices this person has not opened."""
    actor = current_actor()
    found = _queries("outbox")
    if actor.person_id is None or found is None:
        return 0
    return int(found.unread_count(actor.person_id))


def init_app(app: Flask) -> None:
    """Make them known to the layouts."""
    app.jinja_env.globals.update(own_body=own_body, unread_count=unread_count)
