"""Hangs the shell into the application: languages, dates, marks, menu, headers, error pages."""

from __future__ import annotations

from flask import Flask

from helpdesk.web.shell import (
    dates,
    errors,
    headers,
    language,
    logs,
    marks,
    navigation,
    person,
    requests,
    theme,
)

PARTS = (logs, requests, language, theme, dates, marks, navigation, person, headers, errors)


def init_app(app: Flask) -> None:
    """Called once by app.create_app, before the areas are registered."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for part in PARTS:
        part.init_app(app)
