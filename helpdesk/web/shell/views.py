"""The two switches in the bar: language and light or dark. Both are cookies of the browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from helpdesk.kernel.permissions import Permission
from helpdesk.web.doors import door
from helpdesk.web.shell.language import COOKIE as LANGUAGE_COOKIE
from helpdesk.web.shell.language import LANGUAGES
from helpdesk.web.shell.theme import COOKIE as THEME_COOKIE
from helpdesk.web.shell.theme import THEMES

blueprint = Blueprint("shell", __name__)
_YEAR = 365 * 24 * 3600


def safe_back(address: str | None) -> str:
    """A path of ours to go back to; anything else leads home."""
    wanted = address or ""
    parts = urlsplit(wanted)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    # A browser reads every row of strokes and backslashes at the beginning as the name of a host.
    if not inside or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return url_for("home.index")
    return wanted


def _remember(name: str, allowed: tuple[str, ...]) -> Response:
    value = request.form.get("value", "")
    if value not in allowed:
        abort(400)
    response = redirect(safe_back(request.form.get("back")), code=303)
    response.set_cookie(
        name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


@blueprint.post("/language")
@door(Permission.PUBLIC)
def switch_language() -> Response:
    """Speak Chinese or English from now on, on this browser."""
    return _remember(LANGUAGE_COOKIE, LANGUAGES)


@blueprint.post("/theme")
@door(Permission.PUBLIC)
def switch_theme() -> Response:
    """Light, dark, or as the system says, on this browser."""
    return _remember(THEME_COOKIE, THEMES)
