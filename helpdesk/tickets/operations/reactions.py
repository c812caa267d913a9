"""What tickets do when something below them happened: a clock ran out or moved, a body moved."""

from __future__ import annotations

from helpdesk.organizations import queries as organizations
from helpdesk.organizations.events import BodyMoved
from helpdesk.sla.events import ClockLapsed, ClockMoved
from helpdesk.tickets.operations import answers, clocks, parties
from helpdesk.tickets.rules import ticket_id_of


def close_lapsed(fact: ClockLapsed) -> None:
    """Nobody confirmed, or the asker never answered: the system closes (semantics 4 and 5)."""
    ticket_id = ticket_id_of(fact.subject)
    if ticket_id is not None:
        answers.lapse(answers.by_id(ticket_id), fact.promise, now=fact.at)


def keep_due_date(fact: ClockMoved) -> None:
    """The queue sorts by the due date on the ticket: it follows the clock."""
    ticket_id = ticket_id_of(fact.subject)
    if ticket_id is not None:
        clocks.follow(answers.by_id(ticket_id))


def follow_body(fact: BodyMoved) -> None:
    """An affiliation changed: the new direct office joins, nobody leaves (semantics 1)."""
    parties.follow_move(fact, new_office=organizations.body(fact.new_parent_id))
