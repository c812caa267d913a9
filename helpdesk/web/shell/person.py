"""Who is at the screen, for which body, and how many notices wait."""

from __future__ import annotations

from flask import Flask, g

from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.outbox import queries as outbox
from helpdesk.web.doors import current_actor


def own_body() -> BodyView | None:
    """The body for which the person acts; None for nobody, and for who stands above all bodies."""
    body_id = current_actor().body_id
    if body_id is None:
        return None
    if "own_body" not in g:
        g.own_body = organizations.body(body_id)
    found: BodyView = g.own_body
    return found


def unread_count() -> int:
    """Notices this person has not opened."""
    person_id = current_actor().person_id
    return 0 if person_id is None else outbox.unread_count(person_id)


def init_app(app: Flask) -> None:
    """Make them known to the layouts."""
    app.jinja_env.globals.update(own_body=own_body, unread_count=unread_count)
