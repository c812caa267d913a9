"""What a person sees of its own training. A constant number of queries for a life of any length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Named
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.people.models import Appointment, AppointmentPost
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.models.offering import QuizOffer
from helpdesk.training.models.quizzes import QuizAttempt
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.queries import near, years
from helpdesk.training.queries import quizzes as pools
from helpdesk.training.queries.audience import at_work
from helpdesk.training.queries.certificates import counts
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.audience import KINDS, POSTS
from helpdesk.training.rules.certificates import CertificateState
from helpdesk.training.rules.mine import Left, left_of
from helpdesk.training.rules.quizzes import Pool
from helpdesk.training.rules.sessions import HELD, Mode, Place, State
from helpdesk.training.rules.years import TrainingYear

_LISTED: Final = (Place.INVITED, Place.ENROLLED, Place.WAITING)
_COMING: Final = (State.OPEN, State.RUNNING)


@dataclass(frozen=True)
class Standing:
    """One sentence about this year. `asked`: every member of staff is, side bodies are not.

    `office`: who organises for the person's body; None where nobody stands above.
    """

    year: TrainingYear
    left: Left
    asked: bool
    trained_on: date | None = None
    title: str = ""
    office: BodyView | None = None


@dataclass(frozen=True)
class YearLine:
    """A year with a training, newest first. `certificate`: the number, empty until it is given.

    `corrected`: 已结年度后更正; `void`: it fell away after the year was closed.
    """

    label: int
    trained_on: date
    mode: Mode
    session_id: int
    title: str
    organizer: Named
    corrected: bool
    void: bool
    certificate: str


@dataclass(frozen=True)
class Visit:
    """A session the person was on record at; `where`: the body it worked in then, if noted."""

    session_id: int
    title: str
    held_on: date
    mode: Mode
    organizer: Named
    presence: Presence
    counted: bool
    flagged: bool
    where: Named | None


@dataclass(frozen=True)
class Date:
    """A session to come at which the person stands on the list."""

    session_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    mode: Mode
    spot: str
    place: Place
    organizer: Named


@dataclass(frozen=True)
class Asked:
    """A check that is still to be passed: from a question of one's own, or of a session."""

    pool: Pool
    ticket_number: str
    session_id: int | None
    session_title: str


@dataclass(frozen=True)
class Mine:
    """The whole page."""

    standing: Standing
    years: tuple[YearLine, ...]
    visits: tuple[Visit, ...]
    dates: tuple[Date, ...]
    asked: tuple[Asked, ...]
    near: tuple[near.Near, ...]


def standing(person_id: int, path: str | None, now: datetime) -> Standing:
    """The sentence alone, for the first page. `path`: of the body the person works for here."""
    today = shanghai_date(now)
    year = years.current(now)
    row = _training(person_id, year)
    line = organizations.line_up_at(path) if path is not None and row is None else ()
    return Standing(
        year=year,
        left=left_of(year, today),
        asked=row is not None or _is_asked(person_id, today),
        trained_on=row.trained_on if row else None,
        title=row.title if row else "",
        office=line[1] if len(line) > 1 else None,
    )


def mine(person_id: int, path: str | None, now: datetime) -> Mine:
    """Everything."""
    members = near.members(person_id, shanghai_date(now))
    state = standing(person_id, path, now)
    dates = _dates(person_id, now)
    return Mine(
        standing=state,
        years=_years(person_id),
        visits=_visits(person_id),
        dates=dates,
        asked=_asked(person_id, state.year),
        near=near.sessions(members, now, without=[one.session_id for one in dates]),
    )


def _training(person_id: int, year: TrainingYear) -> Any:
    return (
        session()
        .execute(
            select(Trained.trained_on, Session.title)
            .join(Session, Session.id == Trained.session_id)
            .where(
                Trained.person_id == person_id,
                Trained.year == year.label,
                Trained.void.is_(False),
            )
        )
        .one_or_none()
    )


def _is_asked(person_id: int, today: date) -> bool:
    found = (
        select(Appointment.id)
        .join(Body, Body.id == Appointment.body_id)
        .join(AppointmentPost, AppointmentPost.appointment_id == Appointment.id)
        .where(
            Appointment.person_id == person_id,
            at_work(today),
            Body.kind.in_(KINDS),
            AppointmentPost.post.in_(POSTS),
        )
    )
    return session().scalar(found.limit(1)) is not None


def _years(person_id: int) -> tuple[YearLine, ...]:
    rows = session().execute(
        select(Trained, Session.title, Body.name, Body.name_en, Certificate.number)
        .join(Session, Session.id == Trained.session_id)
        .join(Body, Body.id == Session.organizer_id)
        .outerjoin(
            Certificate,
            and_(
                Certificate.person_id == Trained.person_id,
                Certificate.year == Trained.year,
                Certificate.state == CertificateState.VALID,
            ),
        )
        .where(Trained.person_id == person_id)
        .order_by(Trained.year.desc())
    )
    return tuple(
        YearLine(
            label=row.year,
            trained_on=row.trained_on,
            mode=row.mode,
            session_id=row.session_id,
            title=title,
            organizer=Named(name, name_en),
            corrected=row.corrected_at is not None,
            void=row.void,
            certificate=number or "",
        )
        for row, title, name, name_en, number in rows
    )


def _visits(person_id: int) -> tuple[Visit, ...]:
    place = aliased(Body)
    rows = session().execute(
        select(Attendance, Session, Body.name, Body.name_en, place.name, place.name_en)
        .join(Session, Session.id == Attendance.session_id)
        .join(Body, Body.id == Session.organizer_id)
        .outerjoin(place, place.id == Attendance.body_id)
        .where(Attendance.person_id == person_id)
        .order_by(Session.held_on.desc(), Session.id.desc())
    )
    return tuple(
        Visit(
            session_id=of.id,
            title=of.title,
            held_on=of.held_on,
            mode=Mode.ONLINE if row.online else of.mode,
            organizer=Named(name, name_en),
            presence=row.presence,
            counted=counts(row, of),
            flagged=row.flag is not None,
            where=Named(where, where_en) if where else None,
        )
        for row, of, name, name_en, where, where_en in rows
    )


def _dates(person_id: int, now: datetime) -> tuple[Date, ...]:
    rows = session().execute(
        select(Session, Enrolment.place, Body.name, Body.name_en)
        .join(Enrolment, Enrolment.session_id == Session.id)
        .join(Body, Body.id == Session.organizer_id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.place.in_(_LISTED),
            Session.state.in_(_COMING),
            Session.ends_at > now,
        )
        .order_by(Session.starts_at, Session.id)
    )
    return tuple(
        Date(
            session_id=of.id,
            title=of.title,
            starts_at=of.starts_at,
            ends_at=of.ends_at,
            mode=of.mode,
            spot=of.place,
            place=place,
            organizer=Named(name, name_en),
        )
        for of, place, name, name_en in rows
    )


def _asked(person_id: int, year: TrainingYear) -> tuple[Asked, ...]:
    """Checks somebody asked for, and those of sessions attended this year, until passed."""
    known = {pool.key: pool for pool in pools.pools()}
    passed = _passed(person_id, year)
    found: dict[str, Asked] = {}
    for key, number, at in _offers(person_id):
        if key in known and not (key in passed and passed[key] >= at):
            found[key] = Asked(known[key], number, None, "")
    for of in _with_check(person_id, year):
        if of.quiz in known and of.quiz not in passed:
            found.setdefault(of.quiz, Asked(known[of.quiz], "", of.id, of.title))
    return tuple(found.values())


def _offers(person_id: int) -> Iterable[Any]:
    return session().execute(
        select(QuizOffer.pool, QuizOffer.ticket_number, QuizOffer.offered_at)
        .where(QuizOffer.person_id == person_id)
        .order_by(QuizOffer.id)
    )


def _passed(person_id: int, year: TrainingYear) -> dict[str, datetime]:
    """Pool -> when it was passed last, this year."""
    rows = session().execute(
        select(QuizAttempt.pool, func.max(QuizAttempt.sent_at, type_=QuizAttempt.sent_at.type))
        .where(
            QuizAttempt.person_id == person_id,
            QuizAttempt.passed.is_(True),
            QuizAttempt.sent_at >= at_shanghai(year.first, time()),
        )
        .group_by(QuizAttempt.pool)
    )
    return {pool: at for pool, at in rows if at is not None}


def _with_check(person_id: int, year: TrainingYear) -> Sequence[Session]:
    return (
        session()
        .scalars(
            select(Session)
            .join(Attendance, Attendance.session_id == Session.id)
            .where(
                Attendance.person_id == person_id,
                Attendance.presence.not_in((Presence.ABSENT, Presence.EXCUSED)),
                Session.quiz != "",
                Session.state.in_(HELD),
                Session.held_on.between(year.first, year.last),
            )
            .order_by(Session.held_on, Session.id)
        )
        .all()
    )
