"""Light, dark, or as the reader's system says."""

from __future__ import annotations

from flask import Flask, has_request_context, request

COOKIE = "theme"
THEMES = ("light", "dark", "auto")


def current() -> str:
    """The theme this browser asked for; nothing asked: as its system says."""
    asked = request.cookies.get(COOKIE) if has_request_context() else None
    return asked if asked in THEMES else "auto"


def init_app(app: Flask) -> None:
    """Make the theme known to the layouts."""
    app.jinja_env.globals["theme"] = current
