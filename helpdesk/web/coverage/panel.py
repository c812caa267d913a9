"""The three figures on the first page of whoever answers for them."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.kernel.permissions import Permission
from helpdesk.training.queries import coverage
from helpdesk.training.rules.coverage import Figures
from helpdesk.web.coverage import page
from helpdesk.web.coverage.area import Asked, asked_at_home
from helpdesk.web.coverage.page import Three
from helpdesk.web.doors import current_actor, request_now


@dataclass(frozen=True)
class Panel:
    """This year's figures of the node at which the year view opens."""

    of: Asked
    three: Three

    @property
    def figures(self) -> Figures:
        """As numbers."""
        return self.three.figures


def panel() -> Panel | None:
    """None for who may not see coverage, or has nobody to count."""
    if not current_actor().anywhere(Permission.COVERAGE_READ):
        return None
    of = asked_at_home()
    found = coverage.coverage(of.node.path, of.present.label, now=request_now()).figures
    return Panel(of, page.three(found, None)) if found.bodies.total else None
