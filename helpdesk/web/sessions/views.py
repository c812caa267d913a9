"""Training sessions: list, plan, page, people, series."""

from __future__ import annotations

from helpdesk.web.sessions import listing, page, people, planning, series
from helpdesk.web.sessions.area import blueprint

__all__ = ["blueprint", "listing", "page", "people", "planning", "series"]
