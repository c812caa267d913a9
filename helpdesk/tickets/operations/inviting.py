"""Inviting the asker to a session or a check: a reply everybody sees, and the invitation itself."""

from __future__ import annotations

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.tickets.models import History, Ticket
from helpdesk.tickets.operations import conversation
from helpdesk.tickets.operations.record import Act
from helpdesk.tickets.queries import asker as askers
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import inviting, offering
from helpdesk.training.operations.acts import Click
from helpdesk.training.rules.sessions import Source


class AskerOutOfReach(RuleBroken):
    """Nobody would read the invitation."""

    sentence = N_(
        "提问人没有可用的账号，收不到邀请。请回访时告知时间地点，或请提问单位先开通账号。"
    )


class NotForAsker(RuleBroken):
    """The session is not open, not for the asker, or has the asker on its list already."""

    sentence = N_("这期培训不能邀请提问人：不在报名、不面向对方，或对方已在名单上。请另选。")


def to_session(*, ticket: Ticket, act: Act, body_id: int, session_id: int, text: str) -> History:
    """Say it in the conversation and put the asker on the list as invited, for `body_id`.

    The second click is refused by the reply. Raises AskerOutOfReach, NotForAsker.
    """
    row = conversation.reply(ticket=ticket, act=act, body_id=body_id, text=text)
    person_id = _asker_id(ticket)
    offered = askers.offers(ticket, person_id, act.now).sessions
    if session_id not in {one.session_id for one in offered}:
        raise NotForAsker
    invited = inviting.invite_persons(
        session=session().get_one(Session, session_id),
        person_ids=[person_id],
        source=Source.TICKET,
        click=Click(act.actor, act.now),
    )
    if not invited:
        raise NotForAsker
    return row


def to_check(*, ticket: Ticket, act: Act, body_id: int, pool: str, text: str) -> History:
    """Say it in the conversation and ask the asker to take a check, once for each question.

    The second click is refused by the reply. Raises AskerOutOfReach, AlreadyOffered, UnknownPool.
    """
    row = conversation.reply(ticket=ticket, act=act, body_id=body_id, text=text)
    offering.offer_quiz(
        actor=act.actor,
        person_id=_asker_id(ticket),
        pool=pool,
        ticket_number=ticket.number,
        now=act.now,
    )
    return row


def _asker_id(ticket: Ticket) -> int:
    found = askers.asker(ticket)
    if found is None:
        raise AskerOutOfReach
    return found.id
