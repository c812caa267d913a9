"""What a page about effects is asked for in its address, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import request

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.queries import BodyView
from helpdesk.reports import access, rules
from helpdesk.reports.queries.rates import By
from helpdesk.reports.rules import Period, Rate
from helpdesk.training.queries import years
from helpdesk.web.doors import current_actor, request_now

WIDTH: Final = 300
_YEARS_BACK: Final = 2


@dataclass(frozen=True)
class Asked:
    """Node, period and form of the tables. `body` None: the whole country."""

    body: BodyView | None
    period: Period
    labels: tuple[int, ...]
    by: By
    card: Card | None
    narrowed: bool  # the period is not the whole year so far

    @property
    def path(self) -> str:
        """The range."""
        return self.body.path if self.body else ROOT_PATH

    def words(self, **over: Any) -> dict[str, Any]:
        """The address again, with something changed."""
        here: dict[str, Any] = {
            "node": self.body.code if self.body else None,
            "year": self.period.label,
            "by": self.by.value,
            "card": self.card.code if self.card else None,
        }
        if self.narrowed:
            here |= {"first": self.period.first, "last": self.period.last}
        return here | over


def asked() -> Asked:
    """What the address says; what it says wrongly is left out. NotFound for another's node."""
    now = request_now()
    today = shanghai_date(now)
    present = years.current(now).label
    labels = tuple(present - back for back in range(_YEARS_BACK + 1))
    word = request.args.get("year", "")
    year = years.of_label(int(word) if word in {str(one) for one in labels} else present)
    first, last = _day("first"), _day("last")
    period = rules.period(year, today, first, last)
    return Asked(
        body=access.node(current_actor(), request.args.get("node")),
        period=period,
        labels=labels,
        by=By.OFFICES if request.args.get("by") == By.OFFICES else By.CHILDREN,
        card=_card(request.args.get("card", "")),
        narrowed=period != rules.period(year, today),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _card(code: str) -> Card | None:
    try:
        found = catalog.card(code) if code else None
    except NotFound:
        return None
    return None if found is None or found.restricted else found


def rate_text(rate: Rate) -> str:
    """`12.5` for every 100 staff; a dash where there was nobody."""
    return "—" if rate.per_hundred is None else f"{rate.per_hundred:.1f}"


def mean_text(staff: float) -> str:
    """`1,204` persons on an average day; small groups with one decimal."""
    return f"{staff:,.0f}" if staff >= rules.FEW_STAFF or staff == 0 else f"{staff:.1f}"


def bar_width(rate: Rate, most: float) -> float:
    """Length of a bar where `most` is the whole width."""
    return round(WIDTH * (rate.per_hundred or 0) / most, 1) if most else 0.0
