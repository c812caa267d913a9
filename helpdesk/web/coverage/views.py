"""Coverage of the roster: the year view, its lists, and reminders by hand."""

from __future__ import annotations

from helpdesk.web.coverage import lists, remind, yearly
from helpdesk.web.coverage.area import blueprint

__all__ = ["blueprint", "lists", "remind", "yearly"]
