"""Who sees what is worth an article: whoever writes articles for that very body."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access.cases import own_bodies
from helpdesk.knowledge.models.wishes import Wish
from helpdesk.organizations.models import Body


def ours(actor: Actor) -> ColumnElement[bool]:
    """Condition on Wish: those of the bodies for which the actor writes."""
    if actor.everything:
        return true()
    return Wish.body_id.in_(select(Body.id).where(own_bodies(actor, Permission.ARTICLE_WRITE)))


def wish(actor: Actor, wish_id: int) -> Wish:
    """One that the actor may write about. NotFound."""
    found = session().scalar(select(Wish).where(Wish.id == wish_id, ours(actor)))
    if found is None:
        raise NotFound
    return found
