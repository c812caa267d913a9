"""Who keeps the replies of an office: those who work there. The only fetch the doors have."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access.cases import own_bodies
from helpdesk.knowledge.models.replies import OwnReply
from helpdesk.organizations.models import Body


def office(actor: Actor) -> Body:
    """The office for whose replies the actor cares: the one at work for, else the first it may.
    Forbidden where there is none."""
    query = select(Body).where(own_bodies(actor, Permission.REPLY_WRITE)).order_by(Body.path)
    found = sorted(session().scalars(query), key=lambda body: body.id != actor.body_id)
    if not found:
        raise Forbidden
    return found[0]


def reply(actor: Actor, reply_id: int) -> OwnReply:
    """A reply of an office for which the actor may write. NotFound for any other."""
    ours = select(Body.id).where(own_bodies(actor, Permission.REPLY_WRITE))
    found = session().scalar(
        select(OwnReply).where(OwnReply.id == reply_id, OwnReply.body_id.in_(ours))
    )
    if found is None:
        raise NotFound
    return found
