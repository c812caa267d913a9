"""Writing the replies of an office, and counting what is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.knowledge.models.replies import OwnReply, ReplyUse
from helpdesk.knowledge.queries import replies as queries
from helpdesk.knowledge.rules import replies as rules


def add(
    *,
    actor: Actor,
    body_id: int,
    title: str,
    text: str,
    cards: Sequence[str],
    once: str,
    now: datetime,
) -> OwnReply:
    """A new reply of the office; a second click finds the first. Raises UnknownVariable,
    PersonalDataInReply, TooManyReplies."""
    found = session().scalar(select(OwnReply).where(OwnReply.once == once))
    if found is not None:
        return found
    rules.check(title, text)
    if queries.how_many(body_id) >= rules.MOST:
        raise rules.TooManyReplies(most=rules.MOST)
    reply = OwnReply(
        body_id=body_id,
        title=title.strip(),
        text=text.strip(),
        cards=list(cards),
        person_id=actor.person_id,
        updated_at=now,
        once=once,
    )
    try:
        with session().begin_nested():
            session().add(reply)
    except IntegrityError:
        # The second of two clicks that came together.
        return session().scalars(select(OwnReply).where(OwnReply.once == once)).one()
    return reply


def edit(
    *,
    actor: Actor,
    reply: OwnReply,
    title: str,
    text: str,
    cards: Sequence[str],
    version: int,
    now: datetime,
) -> None:
    """Change it. Raises ReplyChangedMeanwhile, UnknownVariable, PersonalDataInReply."""
    rules.check(title, text)
    done = changed(
        update(OwnReply)
        .where(OwnReply.id == reply.id, OwnReply.version == version)
        .values(
            title=title.strip(),
            text=text.strip(),
            cards=list(cards),
            person_id=actor.person_id,
            updated_at=now,
            version=version + 1,
        )
    )
    if done == 0:
        raise rules.ReplyChangedMeanwhile


def remove(*, reply: OwnReply) -> None:
    """It is offered no more; what was sent with it stays."""
    key = f"own:{reply.id}"
    session().execute(delete(ReplyUse).where(ReplyUse.reply_key == key))
    session().delete(reply)
    session().flush()


def count_use(*, body_id: int, key: str) -> None:
    """The office has put this reply into an answer."""
    first = insert_once(ReplyUse).values(body_id=body_id, reply_key=key, uses=1)
    if session().scalar(first.returning(ReplyUse.uses)) is None:
        session().execute(
            update(ReplyUse)
            .where(ReplyUse.body_id == body_id, ReplyUse.reply_key == key)
            .values(uses=ReplyUse.uses + 1)
        )
