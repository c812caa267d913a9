"""The area of the tree: browse, add, edit, close, move, settings of a node."""

from __future__ import annotations

from helpdesk.web.bodies import browse, change, move, setting
from helpdesk.web.bodies.area import blueprint

__all__ = ["blueprint", "browse", "change", "move", "setting"]
