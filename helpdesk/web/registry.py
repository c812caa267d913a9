"""Which pages there are: every `web/<area>/views.py` offers one `blueprint`."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint, Flask

import helpdesk.web


def blueprints() -> list[Blueprint]:
    """The blueprint of every area, in the order of their names."""
    found = []
    for area in sorted(m.name for m in pkgutil.iter_modules(helpdesk.web.__path__) if m.ispkg):
        parts = {m.name for m in pkgutil.iter_modules([f"{helpdesk.web.__path__[0]}/{area}"])}
        if "views" in parts:
            found.append(importlib.import_module(f"helpdesk.web.{area}.views").blueprint)
    return found


def register(app: Flask) -> None:
    """Hang every area into the app."""
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
