"""The desk of an office: drafts, what waits for its lead, what differs, what to look at again."""

from __future__ import annotations

from flask import render_template

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.queries import articledesk as queries
from helpdesk.knowledge.queries import wishes
from helpdesk.knowledge.queries.wishes import WishLine
from helpdesk.tickets.queries import solved
from helpdesk.web.articles.area import Answer, blueprint, desk_opens
from helpdesk.web.doors import current_actor, door, request_now


@blueprint.get("/desk")
@door(Permission.SIGNED_IN)
def desk() -> Answer:
    """What there is to do; for writers and reviewers."""
    if not desk_opens():
        raise Forbidden
    today = shanghai_date(request_now())
    return render_template(
        "articles/desk.html",
        desk=queries.desk(current_actor(), today),
        today=today,
        wishes=_wishes(current_actor()),
        writes=current_actor().anywhere(Permission.ARTICLE_WRITE),
    )


def _wishes(actor: Actor) -> list[WishLine]:
    """A question that became restricted after it was marked shows its title to nobody here."""
    waiting = wishes.waiting(actor)
    seen = solved.open_to(actor, [wish.ticket_number for wish in waiting])
    return [wish for wish in waiting if wish.ticket_number in seen]
