"""The area of administrators: rosters, persons, accounts, roles."""

from __future__ import annotations

from helpdesk.web.people import account, granting, person, roster, work
from helpdesk.web.people.area import blueprint

__all__ = ["account", "blueprint", "granting", "person", "roster", "work"]
