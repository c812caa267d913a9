"""What an address says about a list: view, filters, page. Wrong words count as absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from helpdesk.kernel import ids
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.organizations.rules import Subsystem
from helpdesk.tickets.queries.lists import Filters, Order, View, split_words
from helpdesk.tickets.rules import Status
from helpdesk.web.tickets.deadlines import end_of_soon
from helpdesk.web.tickets.rows import cards
from helpdesk.workdays import queries as workdays

ME = "me"
LONGEST_SEARCH = 100


def soon_before(now: datetime) -> datetime:
    """The end of the second working day from today: what is due before it is due soon."""
    last = end_of_soon(workdays.calendar(), shanghai_date(now))
    return at_shanghai(last, time.max)


@dataclass(frozen=True)
class Address:
    """The words of an address that make up a list; kept in it, so that a list can be saved."""

    view: View
    card: str = ""
    status: str = ""
    subsystem: str = ""
    urgent: str = ""
    assignee: str = ""
    q: str = ""
    order: str = ""

    def filters(self, actor: Actor) -> Filters:
        """As filters of the query."""
        return Filters(
            card=self.card,
            status=Status(self.status) if self.status else None,
            subsystem=self.subsystem,
            urgent=bool(self.urgent),
            assignee_person_id=self._assignee(actor),
            words=split_words(self.q),
        )

    def _assignee(self, actor: Actor) -> int | None:
        if self.assignee == ME:
            return actor.person_id
        return int(self.assignee) if self.assignee else None

    def words(self, **over: str) -> dict[str, Any]:
        """What of it must stand in a link; `over` replaces."""
        kept = {**asdict(self), "view": self.view.value, **over}
        return {key: value for key, value in kept.items() if value}

    @property
    def sorting(self) -> Order:
        """By what it is sorted; all that one may read is too much to sort by anything but time."""
        whole = self.view is View.SCOPE
        return Order(self.order) if self.order and not whole else Order.PRESSING

    @property
    def narrowed(self) -> bool:
        """Is any filter set?"""
        words = (self.card, self.status, self.subsystem, self.urgent, self.assignee, self.q)
        return any(words)


def read(args: Mapping[str, str], default: View = View.HELD) -> Address:
    """The address of a list as it was asked for."""
    view = args.get("view", "")
    return Address(
        view=View(view) if view in set(View) else default,
        card=_one_of(args.get("card", ""), cards()),
        status=_one_of(args.get("status", ""), set(Status)),
        subsystem=_one_of(args.get("subsystem", ""), set(Subsystem)),
        urgent="1" if args.get("urgent") else "",
        assignee=_person(args.get("assignee", "")),
        q=args.get("q", "").strip()[:LONGEST_SEARCH],
        order=Order.FILING.value if args.get("order") == Order.FILING else "",
    )


def _one_of(text: str, known: object) -> str:
    return text if text in known else ""  # type: ignore[operator]


def _person(text: str) -> str:
    return text if text == ME or ids.row_number(text) is not None else ""
