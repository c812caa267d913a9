"""Whether a message about a short check still has its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.training.models.quizzes import QuizAttempt


def still_to_pass(_about: str, params: Mapping[str, Any]) -> bool:
    """The reader has not passed the check since it was asked to."""
    passed = select(QuizAttempt.id).where(
        QuizAttempt.person_id == params["recipient_id"],
        QuizAttempt.pool == params["quiz"],
        QuizAttempt.passed.is_(True),
        QuizAttempt.sent_at >= datetime.fromisoformat(params["offered_at"]),
    )
    return session().scalar(passed.limit(1)) is None
