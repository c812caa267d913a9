"""A ticket in the index of the search: what was said in one part, internal notes in another.

Texts passed the guard before they were stored; they are masked once more, for rows older than a
detector. The call-back number is no text and is not indexed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.privacy import rules as privacy
from helpdesk.search.operations import indexing
from helpdesk.search.rules.analysis import tails
from helpdesk.search.rules.entries import Audience, Entry
from helpdesk.tickets.access import KIND
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.rules import OPEN

NOTES = "notes"


def index_ticket(ticket: Ticket) -> None:
    """Put what the ticket says now into the index."""
    _index((ticket,))


def index_after(ticket_id: int, size: int) -> int | None:
    """Index the next `size` tickets after this id, held until commit; the last id, None: no more.

    Held, so that a word spoken meanwhile is not overwritten by what was read before it.
    """
    following = select(Ticket).where(Ticket.id > ticket_id).order_by(Ticket.id).limit(size)
    found = session().scalars(following.with_for_update()).all()
    _index(found)
    return found[-1].id if found else None


def _index(tickets: Sequence[Ticket]) -> None:
    spoken: defaultdict[tuple[int, bool], list[str]] = defaultdict(list)
    rows = session().execute(
        select(History.ticket_id, History.internal, History.text)
        .where(History.ticket_id.in_([t.id for t in tickets]), History.text.is_not(None))
        .order_by(History.id)
    )
    for ticket_id, internal, text in rows:
        spoken[ticket_id, internal].append(text or "")
    indexing.put(
        entry
        for ticket in tickets
        for entry in _entries(ticket, spoken[ticket.id, False], spoken[ticket.id, True])
    )


def _entries(ticket: Ticket, said: Iterable[str], noted: Sequence[str]) -> Iterable[Entry]:
    title = privacy.mask(ticket.title)
    facets = {"card": ticket.card_code, "state": "open" if ticket.status in OPEN else "done"}
    if ticket.subsystem:
        facets["subsystem"] = ticket.subsystem
    # The question comes back in the history's first row.
    texts = [text for text, _ in groupby((ticket.text, *ticket.fields.values(), *said))]
    year, _, running = ticket.number.partition("-")
    yield Entry(
        KIND,
        ticket.id,
        title,
        privacy.mask("\n".join(text for text in texts if text)),
        key=ticket.number,
        aliases=f"{ticket.number} {year}{running} {tails(running)}",
        facets=facets,
        at=ticket.updated_at,
    )
    if noted:
        yield Entry(
            KIND,
            ticket.id,
            title,
            privacy.mask("\n".join(noted)),
            part=NOTES,
            audience=Audience.NOTES,
            key=ticket.number,
            facets=facets,
            at=ticket.updated_at,
        )
