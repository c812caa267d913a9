"""Asking somebody to take a short check, from a question they asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.people.events import PersonsMerged
from helpdesk.training.events import QuizOffered
from helpdesk.training.models.offering import QuizOffer
from helpdesk.training.queries import quizzes


class AlreadyOffered(Conflict):
    """The same check from the same question."""

    sentence = N_("已经在这个问题里请对方做过这份测验，不用再邀请。")


def offer_quiz(
    *, actor: Actor, person_id: int, pool: str, ticket_number: str, now: datetime
) -> None:
    """Ask a person to take a check. Raises UnknownPool, AlreadyOffered."""
    key = quizzes.pool(pool).key
    written = session().scalar(
        insert_once(QuizOffer)
        .values(
            person_id=person_id,
            pool=key,
            ticket_number=ticket_number,
            offered_at=now,
            by_person_id=actor.person_id,
        )
        .returning(QuizOffer.id)
    )
    if written is None:
        raise AlreadyOffered
    events.publish(QuizOffered(key, person_id, ticket_number, now))


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person: what one was asked to take, the other finds."""
    kept = aliased(QuizOffer)
    known = exists().where(
        kept.person_id == fact.kept_id,
        kept.pool == QuizOffer.pool,
        kept.ticket_number == QuizOffer.ticket_number,
    )
    session().execute(
        update(QuizOffer)
        .where(QuizOffer.person_id == fact.merged_id, ~known)
        .values(person_id=fact.kept_id)
        .execution_options(synchronize_session=False)
    )
