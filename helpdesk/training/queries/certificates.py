"""Reads about certificates: one's own, those of a session, and what a stranger may know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, select

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.organizations.rules import Kind
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.models.sessions import Session
from helpdesk.training.rules.attendance import Record, Terms, attended
from helpdesk.training.rules.certificates import CertificateState, masked, number_in
from helpdesk.training.rules.sessions import HELD, Mode


@dataclass(frozen=True)
class Paper:
    """A certificate as it is printed; names were copied when it was given."""

    person_id: int
    year: int
    number: str
    person_name: str
    body_name: str
    body_name_en: str
    organizer_name: str
    organizer_name_en: str
    session_title: str
    trained_on: date
    mode: Mode
    minutes: int
    corrected: bool


@dataclass(frozen=True)
class Proof:
    """All that somebody with the number learns: no whole name, no body, no session."""

    number: str
    name: str
    year: int
    trained_on: date
    organizer_kind: Kind
    corrected: bool


def checked(text: str) -> Proof | None:
    """What a typed or scanned number proves; None for every other number, whatever the reason.

    One query of the same shape for all, also for what can be no number.
    """
    number = number_in(text) or ""
    row = session().scalar(
        select(Certificate)
        .join(
            Trained,
            and_(Trained.person_id == Certificate.person_id, Trained.year == Certificate.year),
        )
        .where(
            Certificate.number == number,
            Certificate.state == CertificateState.VALID,
            Trained.void.is_(False),
        )
    )
    if row is None:
        return None
    return Proof(
        row.number,
        masked(row.person_name),
        row.year,
        row.trained_on,
        row.organizer_kind,
        row.corrected,
    )


def of_person(person_id: int, year: int) -> Paper:
    """The certificate that counts. Raises NotFound where none was given."""
    row = session().scalar(_valid(year).where(Certificate.person_id == person_id))
    if row is None:
        raise NotFound
    return _paper(row)


def of_people(person_ids: Collection[int], year: int) -> tuple[Paper, ...]:
    """The certificates of that year that these people were given, by name."""
    rows = session().scalars(
        _valid(year)
        .where(Certificate.person_id.in_(person_ids))
        .order_by(Certificate.person_name, Certificate.id)
    )
    return tuple(_paper(row) for row in rows)


def people_there(of: Session) -> tuple[int, ...]:
    """Ids of the people whose presence at this session counts."""
    rows = session().scalars(select(Attendance).where(Attendance.session_id == of.id))
    return tuple(sorted(row.person_id for row in rows if counts(row, of)))


def counts(row: Attendance, of: Session) -> bool:
    """Was the session held, and does this record meet its terms?"""
    record = Record(row.presence, row.online, row.minutes, row.percent, row.flag is not None)
    terms = Terms(of.minutes, of.share_percent, of.online_minutes, of.online_percent)
    return of.state in HELD and attended(record, terms)


def numbers(person_ids: Collection[int], year: int) -> dict[int, str]:
    """Person -> number of the certificate that counts."""
    rows = session().execute(
        select(Certificate.person_id, Certificate.number).where(
            Certificate.person_id.in_(person_ids),
            Certificate.year == year,
            Certificate.state == CertificateState.VALID,
        )
    )
    return dict(iter(rows))


def _valid(year: int) -> Select[Certificate]:
    return select(Certificate).where(
        Certificate.year == year, Certificate.state == CertificateState.VALID
    )


def _paper(row: Certificate) -> Paper:
    return Paper(**{name: getattr(row, name) for name in Paper.__dataclass_fields__})
