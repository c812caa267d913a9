"""Two records that were one person: tries go along, and what they complete."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.events import PersonsMerged
from helpdesk.people.operations.merging import merge_persons
from helpdesk.training.models.attendance import Trained
from helpdesk.training.operations import quizzing
from helpdesk.training.queries import quizzes
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.quizzes import passed_on, sent, started
from tests.factories.training import attend, held

KEY = "support"


def test_tries_follow_when_two_records_become_one(
    country: Country, now: datetime, session: Session
) -> None:
    teacher, other = country.actor("teacher"), country.actor("sibling_teacher")
    both_open = started(teacher, KEY, now)
    started(other, KEY, now)
    theirs = sent(other, "preschool", now)
    open_only = started(other, "compulsory", now)
    kept, merged = teacher.person_id or 0, other.person_id or 0
    quizzing.follow_merge(PersonsMerged(kept, merged, now))
    session.expire_all()
    assert quizzes.attempts_of(merged) == ()
    assert [a.id for a in quizzes.attempts_of(kept)] == [theirs.id]
    found = {s.pool.key: s.open_id for s in quizzes.standings(kept, now) if s.open_id}
    assert found == {KEY: both_open.id, "compulsory": open_only.id}


def test_a_check_of_one_record_completes_the_training_of_the_other(
    country: Country, now: datetime, session: Session
) -> None:
    kept, merged = (employ(country.body("school"), "周老师(演示)", now) for _ in range(2))
    of = held(country.body("county"), date(2026, 9, 1), check_required=True, quiz=KEY)
    attend(of, kept)
    passed_on(merged, KEY, now)
    merge_persons(actor=SYSTEM, kept=kept, merged=merged, now=now)
    found = session.execute(select(Trained.person_id, Trained.year)).all()
    assert [tuple(row) for row in found] == [(kept.id, 2026)]
