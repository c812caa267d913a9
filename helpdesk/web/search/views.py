"""One search for everything: the page, and what the box in the bar shows while somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpdesk.catalog import queries as catalog
from helpdesk.filing.queries import tables
from helpdesk.kernel import ids
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_, printable
from helpdesk.organizations.rules import Subsystem
from helpdesk.privacy import rules as privacy
from helpdesk.reports.queries.searching import KINDS, sights
from helpdesk.search.queries import finding
from helpdesk.search.queries.finding import Hit, Order
from helpdesk.search.rules.marking import Pieces
from helpdesk.tickets.queries import lists
from helpdesk.web.doors import current_actor, door
from helpdesk.web.shell.language import current

blueprint = Blueprint("search", __name__, url_prefix="/search")

LONGEST = 100
NAMES: Mapping[str, str] = {
    "article": N_("知识库"),
    "card": N_("问题卡片"),
    "item": N_("填报事项"),
    "ticket": N_("问题"),
    "case": N_("典型案例"),
    "body": N_("单位"),
}
E = TypeVar("E", bound=StrEnum)


class TicketState(StrEnum):
    """A filter of tickets."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class Asked:
    """What the address says. `masked`: personal data was taken out before anything was done."""

    q: str
    masked: bool
    kind: str | None
    subsystem: Subsystem | None
    state: TicketState | None
    order: Order
    page: int

    def facets(self) -> tuple[tuple[str, str], ...]:
        """As the index knows them."""
        found = (("subsystem", self.subsystem), ("state", self.state))
        return tuple((name, str(value)) for name, value in found if value)

    def words(self, **others: Any) -> dict[str, Any]:
        """The address again, with changes; what is empty is left out."""
        whole: dict[str, Any] = {
            "q": self.q,
            "kind": self.kind,
            "subsystem": self.subsystem,
            "state": self.state,
            "order": self.order if self.order is Order.DATE else None,
            **others,
        }
        return {name: value for name, value in whole.items() if value}


@dataclass(frozen=True)
class Line:
    """A hit as the page shows it."""

    hit: Hit
    href: str
    title: Pieces


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str | Response:
    """A ticket's whole number leads straight to it; everything else to what was found."""
    actor, asked = current_actor(), _asked()
    if asked.masked:
        # The address itself must not go into a history or into the forms of the page.
        return redirect(_address(asked, masked="1"))
    number = lists.by_number(actor, asked.q) if asked.q else None
    if number is not None and asked.kind is None:
        return redirect(url_for("tickets.show", number=number))
    after = request.args.get("after")
    found = finding.find(
        asked.q,
        sights(actor) if asked.q else (),
        kinds=(asked.kind,) if asked.kind else None,
        facets=asked.facets(),
        order=asked.order,
        page=asked.page,
        after=after,
    )
    step = "after" if asked.order is Order.DATE else "page"
    return render_template(
        "search/index.html",
        asked=asked,
        masked="masked" in request.args,
        found=found,
        lines=_lines(found.hits),
        names=NAMES,
        kinds=KINDS,
        most=finding.MOST,
        subsystems=tuple(Subsystem),
        states={TicketState.OPEN: N_("未办结"), TicketState.DONE: N_("已办结")},
        orders={Order.RANK: N_("按相关程度"), Order.DATE: N_("按时间")},
        next_href=_address(asked, **{step: found.next}) if found.next else None,
        first_href=_address(asked) if after or asked.page > 1 else None,
    )


@blueprint.get("/suggest")
@door(Permission.SIGNED_IN)
def suggest() -> str:
    """A part of a page: a few hits for what was typed so far."""
    asked = _asked()
    hits = finding.suggest(asked.q, sights(current_actor())) if len(asked.q) > 1 else ()
    return render_template("search/_suggest.html", asked=asked, lines=_lines(hits), names=NAMES)


def _asked() -> Asked:
    typed = printable(request.args.get("q", "")).strip()[: 10 * LONGEST]
    # semantics 6: a number of a student is not looked for, and not shown again.
    masked = privacy.mask(typed)
    return Asked(
        q=masked[:LONGEST],
        masked=masked != typed,
        kind=request.args.get("kind") if request.args.get("kind") in KINDS else None,
        subsystem=_word(Subsystem, request.args.get("subsystem")),
        state=_word(TicketState, request.args.get("state")),
        order=_word(Order, request.args.get("order")) or Order.RANK,
        page=min(ids.row_number(request.args.get("page")) or 1, finding.PAGES),
    )


def _word(kind: type[E], text: str | None) -> E | None:
    """A word of ours; anything else is none."""
    return kind(text) if text in {word.value for word in kind} else None


def _address(asked: Asked, **others: Any) -> str:
    return url_for("search.index", **asked.words(**others))


def _lines(hits: Sequence[Hit]) -> list[Line]:
    return [Line(hit, _href(hit), _title(hit)) for hit in hits]


def _href(hit: Hit) -> str:
    match hit.kind:
        case "article":
            return url_for("articles.show", key=hit.key)
        case "card":
            return url_for("cards.show", code=hit.key)
        case "item":
            subsystem = tables.item(hit.key).subsystem
            return url_for("filing.annexes", subsystem=subsystem, _anchor=hit.key)
        case "ticket":
            return url_for("tickets.show", number=hit.key)
        case "case":
            return url_for("cases.show", case_id=hit.owner_id)
        case _:
            return url_for("organizations.show", code=hit.key)


def _title(hit: Hit) -> Pieces:
    """With marks; what is named in English is so on an English page."""
    if current() != "en" or hit.kind not in ("card", "item"):
        return hit.title_marks
    if hit.kind == "card":
        return ((catalog.card(hit.key).name_en, False),)
    item = tables.item(hit.key)
    name = tables.tables()[item.subsystem].name.en
    return ((f"{name}: {item.module.label.en}, {item.item.en}", False),)
