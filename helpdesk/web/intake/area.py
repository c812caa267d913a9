"""The blueprint of the area."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("intake", __name__, url_prefix="/ask")
Page = str | Response | tuple[str, int]
