"""Certificates with everything around them: settling, merging, and a closed year."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.kernel.actor import SYSTEM
from helpdesk.people.operations.merging import merge_persons
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.models.closing import ClosedYear
from helpdesk.training.models.offering import QuizOffer
from helpdesk.training.operations import certifying, crediting, offering
from helpdesk.training.operations.certifying import NotTrained
from helpdesk.training.queries import certificates, quizzes
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.certificates import CertificateState
from helpdesk.training.rules.sessions import State
from tests.factories import country
from tests.factories.country import Country
from tests.factories.people import employ
from tests.factories.training import attend, held

DAY = date(2026, 9, 1)


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    return country.build(now)


def given(land: Country, person_id: int, year: int = 2026) -> str:
    return certifying.issue(actor=SYSTEM, person_id=person_id, year=year, now=land.now).number


def settle(land: Country, *person_ids: int) -> None:
    crediting.settle(person_ids, now=land.now)


def state(session: Session, number: str) -> CertificateState:
    session.expire_all()
    return session.scalars(select(Certificate).where(Certificate.number == number)).one().state


def test_a_corrected_attendance_ends_the_certificate(land: Country, session: Session) -> None:
    person_id = land.people["teacher"].id
    record = attend(held(land.body("county"), DAY), land.people["teacher"])
    settle(land, person_id)
    number = given(land, person_id)
    record.presence = Presence.ABSENT
    settle(land, person_id)
    assert state(session, number) is CertificateState.REVOKED
    with pytest.raises(NotTrained):
        given(land, person_id)


def test_an_earlier_training_leaves_the_certificate_alone(land: Country, session: Session) -> None:
    person_id = land.people["teacher"].id
    attend(held(land.body("county"), DAY), land.people["teacher"])
    settle(land, person_id)
    number = given(land, person_id)
    attend(held(land.body("city"), date(2026, 3, 3)), land.people["teacher"])
    settle(land, person_id)
    assert state(session, number) is CertificateState.VALID
    assert given(land, person_id) == number


def test_a_session_that_is_cancelled_takes_its_certificates_along(
    land: Country, session: Session
) -> None:
    person_id = land.people["teacher"].id
    of = held(land.body("county"), DAY)
    attend(of, land.people["teacher"])
    attend(held(land.body("city"), date(2026, 9, 8)), land.people["teacher"])
    settle(land, person_id)
    number = given(land, person_id)
    of.state = State.CANCELLED
    session.flush()
    settle(land, person_id)
    assert state(session, number) is CertificateState.REPLACED
    again = certificates.of_person(person_id, 2026) if given(land, person_id) else None
    assert again is not None
    assert again.trained_on == date(2026, 9, 8)


def test_after_the_closing_it_says_so(land: Country, session: Session) -> None:
    person_id = land.people["teacher"].id
    session.add(
        ClosedYear(
            year=2025, first_on=date(2025, 1, 1), last_on=date(2025, 12, 31), closed_at=land.now
        )
    )
    session.flush()
    record = attend(held(land.body("county"), date(2025, 5, 5)), land.people["teacher"])
    settle(land, person_id)
    number = given(land, person_id, 2025)
    assert certificates.of_person(person_id, 2025).corrected
    record.presence = Presence.ABSENT
    settle(land, person_id)
    assert state(session, number) is CertificateState.REVOKED
    assert certificates.checked(number) is None


def test_merging_two_records_keeps_the_certificate(
    land: Country, session: Session, now: datetime
) -> None:
    twin = employ(land.body("school"), "王老师(重复)", now)
    kept = land.people["teacher"]
    attend(held(land.body("county"), DAY), twin)
    settle(land, twin.id)
    number = given(land, twin.id)
    offering.offer_quiz(
        actor=SYSTEM, person_id=twin.id, pool=quizzes.pools()[0].key,
        ticket_number="2026-0000001", now=now,
    )  # fmt: skip
    merge_persons(actor=SYSTEM, kept=kept, merged=twin, now=now)
    session.flush()
    assert session.scalars(select(Attendance)).one().person_id == kept.id
    assert state(session, number) is CertificateState.VALID
    assert certificates.of_person(kept.id, 2026).number == number
    assert certificates.checked(number) is not None
    assert session.scalars(select(QuizOffer)).one().person_id == kept.id
