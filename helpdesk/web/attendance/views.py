"""Attendance of a session: desk, telephone, file, records and their history."""

from __future__ import annotations

from helpdesk.web.attendance import desk, imports, record, scan, screen
from helpdesk.web.attendance.area import blueprint

__all__ = ["blueprint", "desk", "imports", "record", "scan", "screen"]
