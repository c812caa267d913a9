"""Short checks: who is asked to take one hears of it."""

from __future__ import annotations

from helpdesk.notifications import rules
from helpdesk.notifications.rules import Msg
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note
from helpdesk.training.events import QuizOffered
from helpdesk.training.queries import quizzes


def quiz_offered(fact: QuizOffered) -> None:
    """The asker of a question, invited by whoever handles it. Nothing of the question itself."""
    pool = quizzes.pool(fact.quiz)
    outbox.put_all(
        note=Note(
            event_key=f"quiz:{fact.quiz}:{fact.ticket_number}",
            message=Msg.QUIZ_OFFERED,
            about=f"quiz:{fact.quiz}",
            params={
                "quiz": fact.quiz,
                "quiz_title": {"zh": pool.title_zh, "en": pool.title_en},
                "questions": pool.draw,
                "number": fact.ticket_number,
                "offered_at": fact.at.isoformat(),
            },
        ),
        recipients=(fact.person_id,),
        channels=rules.channels(Msg.QUIZ_OFFERED),
        now=fact.at,
    )
