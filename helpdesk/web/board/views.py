"""The board of the call centre: the legal five days at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.people import queries as people
from helpdesk.sla import queries as sla
from helpdesk.sla.rules import Promise
from helpdesk.tickets.queries import board as tickets
from helpdesk.web.board import columns
from helpdesk.web.board.columns import LATE, BoardColumn
from helpdesk.web.board.provinces import PLACES
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.queue import filters
from helpdesk.web.queue.filters import Address
from helpdesk.web.tickets.rows import cards, names_of
from helpdesk.workdays import queries as workdays

blueprint = Blueprint("board", __name__, url_prefix="/board")
SHOWN = 6  # cards of a column; the rest is a link to the table
KEYS = ("5", "4", "3", "2", "1", "0", LATE)


@dataclass(frozen=True)
class Asked:
    """What the address asks for beside the filters of a list."""

    filters: Address
    place: str
    form: str  # board or table
    left: str  # the column shown alone on a phone, and the one a table is cut to

    def words(self, **over: str) -> dict[str, Any]:
        """What of it must stand in a link."""
        kept = {**self.filters.words(), "place": self.place, "form": self.form, "left": self.left}
        del kept["view"]
        kept |= over
        return {key: value for key, value in kept.items() if value and value != "board"}


def _asked() -> Asked:
    place, left = request.args.get("place", ""), request.args.get("left", "")
    return Asked(
        filters=filters.read(request.args),
        place=place if place in PLACES else "",
        form="table" if request.args.get("form") == "table" else "board",
        left=left if left in KEYS else "",
    )


@blueprint.get("")
@door(Permission.BOARD_READ)
def index() -> str:
    """The whole page, or with `part=1` only what changes (static/js/board.js asks for it)."""
    asked = _asked()
    template = "board/_board.html" if request.args.get("part") else "board/index.html"
    return render_template(template, asked=asked, **_told(asked))


def _told(asked: Asked) -> dict[str, Any]:
    actor, now = current_actor(), request_now()
    centre = organizations.call_centre()
    wanted = asked.filters.filters(actor)
    running = tickets.running(actor, centre.id, wanted)
    fed_back = tickets.promised(actor, centre.id, wanted)
    names = names_of([*running, *fed_back])
    calendar = workdays.calendar()
    clocks = sla.board(Promise.LEGAL, centre.id, now)
    whole = columns.columns(clocks, running, names, calendar, now)
    shown = columns.only(whole, asked.place)
    return {
        "now": now,
        "columns": shown,
        "places": columns.strip(whole),
        "promised": columns.promised(fed_back, names, calendar, now, asked.place),
        "total": sum(len(column.cards) for column in shown),
        "unassigned": _unassigned(shown),
        "alone": asked.left or _first_hot(shown),
        "most": max((len(column.cards) for column in shown), default=0),
        "limit": SHOWN,
        "cards": list(cards().values()),
        "agents": _agents(centre.id),
        "refresh": url_for("board.index", part=1, **asked.words()),
    }


def _unassigned(shown: tuple[BoardColumn, ...]) -> int:
    return sum(card.row.assignee_person_id is None for column in shown for card in column.cards)


def _first_hot(shown: tuple[BoardColumn, ...]) -> str:
    """The most pressing column with anything in it: what a phone shows first."""
    return next((column.key for column in reversed(shown) if column.cards), "0")


def _agents(centre_id: int) -> list[tuple[int, str]]:
    found = people.persons(people.holders_of(Permission.TICKET_ACCEPT, centre_id))
    return sorted((person.id, person.name) for person in found.values())
