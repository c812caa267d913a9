"""A person sees its own notices; whoever may read the outbox sees its letters, not their text."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.outbox.models import Message
from helpdesk.outbox.rules import Channel


def notice_about(actor: Actor, notice_id: int) -> str:
    """Subject of a notice of the actor's own; somebody else's is not there (NotFound)."""
    about = session().scalar(
        select(Message.about).where(
            Message.id == notice_id,
            Message.recipient_id == actor.person_id,
            Message.channel == Channel.IN_APP,
        )
    )
    if about is None:
        raise NotFound
    return about


def outbox(actor: Actor, to: Permission = Permission.OUTBOX_READ) -> None:
    """The letters of the whole installation, for its operator. Raises Forbidden."""
    if not actor.holds(to, ROOT_PATH):
        raise Forbidden
