"""What every answer tells the browser: load from us alone, sit in no frame, keep no copy."""

from __future__ import annotations

from pathlib import Path

import flask_bootstrap
from flask import Flask, Response, request

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
FIXED = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_YEAR = 365 * 24 * 3600


def _write(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    if request.endpoint in ("static", "bootstrap.static"):
        if "v" in request.args:  # the address changes with the content
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _version_of(folder: Path) -> str:
    newest = max((int(f.stat().st_mtime) for f in folder.rglob("*") if f.is_file()), default=0)
    return format(newest, "x")


def init_app(app: Flask) -> None:
    """Headers on every response; a version in every address of a style, script or picture."""
    app.after_request(_write)
    versions = {
        "static": _version_of(Path(app.static_folder or "static")),
        "bootstrap.static": _version_of(Path(flask_bootstrap.__file__)),
    }
    versions["bootstrap.static"] = _version_of(Path(flask_bootstrap.__file__).parent / "templates")

    def add_version(endpoint: str, values: dict[str, str]) -> None:
        if endpoint in versions and not app.debug:
            values.setdefault("v", versions[endpoint])

    app.url_defaults(add_version)
