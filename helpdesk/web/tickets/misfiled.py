"""For who works on a question: it is filed under one card and speaks of another."""

from __future__ import annotations

from helpdesk.catalog.rules import Card
from helpdesk.intake.queries.classifying import looks_like
from helpdesk.tickets.rules import Verb
from helpdesk.web.tickets.scene import Scene


def hint(seen: Scene) -> Card | None:
    """The card its words are about; None where the reader cannot change it. No query.

    Only the asker makes a complaint of a question, so that card is never hinted at.
    """
    if not any(state.verb is Verb.REDIRECT and not state.refused for state in seen.verbs()):
        return None
    ticket = seen.reach.ticket
    if ticket.accused_body_id is not None:
        return None
    said = f"{ticket.title}\n{ticket.text}"
    found = looks_like(said, card_code=ticket.card_code, kind=seen.asker.kind)
    return None if found is None or found.needs_accused else found
