"""The check that belongs to a session: who of its people passed. Never an answer of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import ColumnElement, func, select

from helpdesk.kernel import paging
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.paging import Page
from helpdesk.people.models import Person
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.models.sessions import Enrolment
from helpdesk.training.queries import years
from helpdesk.training.queries.quizzes import passed_on
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.sessions import Place

_ABSENT = (Presence.ABSENT, Presence.EXCUSED)


@dataclass(frozen=True)
class Checked:
    """People of a session (on its list or there) and how many of them passed its check."""

    persons: int
    passed: int


@dataclass(frozen=True)
class CheckedRow:
    """One of them; `passed_on` None: not yet."""

    person_id: int
    name: str
    staff_no: str
    passed_on: date | None


def _people(session_id: int) -> ColumnElement[bool]:
    """Condition on Person: on the list of the session, or there."""
    listed = select(Enrolment.person_id).where(
        Enrolment.session_id == session_id, Enrolment.place == Place.ENROLLED
    )
    there = select(Attendance.person_id).where(
        Attendance.session_id == session_id, Attendance.presence.not_in(_ABSENT)
    )
    return Person.id.in_(listed.union(there))


def figures(session_id: int, quiz: str, held_on: date) -> Checked:
    """How many of its people passed the check in the training year of the session."""
    year = years.of_day(held_on)
    everybody = select(func.count()).select_from(Person).where(_people(session_id))
    passing = select(QuizAttempt.person_id).where(
        QuizAttempt.pool == quiz,
        QuizAttempt.passed.is_(True),
        QuizAttempt.sent_at >= at_shanghai(year.first, time()),
        QuizAttempt.sent_at < at_shanghai(year.last + timedelta(days=1), time()),
    )
    return Checked(
        persons=session().scalar(everybody) or 0,
        passed=session().scalar(everybody.where(Person.id.in_(passing))) or 0,
    )


def people(
    session_id: int, quiz: str, held_on: date, *, after: str | None = None, size: int = 100
) -> Page[CheckedRow]:
    """Its people by staff number, a page."""
    chosen = select(Person.id, Person.name, Person.staff_no).where(_people(session_id))
    if after is not None:
        chosen = chosen.where(Person.staff_no > paging.decode(after, (str,))[0])
    found = session().execute(chosen.order_by(Person.staff_no).limit(size + 1)).all()
    year = years.of_day(held_on)
    days = passed_on([person_id for person_id, *_ in found], quiz, year.first, year.last)
    return paging.page_of(
        found,
        size,
        keys=lambda row: (row[2],),
        row=lambda row: CheckedRow(row[0], row[1], row[2], days.get(row[0])),
    )
