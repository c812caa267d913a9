"""Certificates: once per person and year, ended with the training, and little for strangers."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.kernel.errors import NotFound
from helpdesk.people.events import PersonsMerged
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.operations import certifying
from helpdesk.training.operations.certifying import NobodyTrained, NotTrained
from helpdesk.training.queries import certificates
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.certificates import CertificateState, new_number, number_in
from helpdesk.training.rules.sessions import Mode, State
from tests.factories import country
from tests.factories.country import Country
from tests.factories.training import attend, held, train
from tests.support.queries import Queries

DAY = date(2026, 9, 1)


@pytest.fixture
def land(session: Session, now: datetime) -> Country:
    return country.build(now)


def given(land: Country, who: str, year: int = 2026) -> Certificate:
    """The certificate that a person of the country asks for."""
    actor = land.actor(who)
    assert actor.person_id is not None
    return certifying.issue(actor=actor, person_id=actor.person_id, year=year, now=land.now)


def trained(land: Country, who: str = "teacher", on: date = DAY, **over: object) -> Trained:
    return train(held(land.body("county"), on), land.people[who], **over)


def strike(session: Session, land: Country, who: str = "teacher") -> None:
    """What settling does when a training falls away."""
    row = session.get_one(Trained, (land.people[who].id, 2026))
    session.delete(row)
    session.flush()
    certifying.follow_training([land.people[who].id], now=land.now)


def test_it_says_what_was_true_on_the_day_it_was_given(land: Country, session: Session) -> None:
    trained(land, body_id=land.body("sibling_school").id)
    paper = given(land, "teacher")
    land.body("county").name = "改了名的中心"
    land.people["teacher"].name = "改了名的老师"
    session.flush()
    shown = certificates.of_person(land.people["teacher"].id, 2026)
    assert (shown.person_name, shown.body_name) == ("王老师", "示范县第二中学")
    assert shown.organizer_name == "示范县资助中心"
    assert (shown.trained_on, shown.mode, shown.minutes) == (DAY, Mode.OFFLINE, 120)
    assert number_in(paper.number) == paper.number


def test_asking_twice_gives_the_same(land: Country, session: Session) -> None:
    trained(land)
    assert given(land, "teacher").number == given(land, "teacher").number
    assert len(session.scalars(select(Certificate)).all()) == 1


def test_the_database_keeps_it_to_one_a_year(land: Country, session: Session) -> None:
    trained(land)
    paper = given(land, "teacher")
    facts = {
        key: getattr(paper, key) for key in Certificate.__table__.columns.keys()  # noqa: SIM118
    }  # fmt: skip
    twin = Certificate(**{**facts, "id": None, "number": new_number(2026)})
    session.add(twin)
    with pytest.raises(IntegrityError):
        session.flush()


def test_where_the_body_was_not_noted_the_present_one_stands(land: Country) -> None:
    trained(land)
    assert given(land, "teacher").body_name == "示范县第一中学"


def test_who_is_not_trained_gets_none(land: Country) -> None:
    with pytest.raises(NotTrained):
        given(land, "teacher")
    trained(land, void=True, corrected_at=land.now)
    with pytest.raises(NotTrained):
        given(land, "teacher")
    with pytest.raises(NotFound):
        certificates.of_person(land.people["teacher"].id, 2026)


def test_a_training_that_came_late_is_marked(land: Country) -> None:
    trained(land, corrected_at=land.now)
    paper = given(land, "teacher")
    assert paper.corrected
    proof = certificates.checked(paper.number)
    assert proof is not None
    assert proof.corrected


def test_a_struck_training_ends_it(land: Country, session: Session) -> None:
    trained(land)
    number = given(land, "teacher").number
    assert certificates.checked(number) is not None
    strike(session, land)
    assert certificates.checked(number) is None
    row = session.scalars(select(Certificate)).one()
    assert row.state is CertificateState.REVOKED
    assert row.ended_at == land.now
    # Trained again: another number; the old one stays worthless.
    train(held(land.body("city"), date(2026, 9, 8)), land.people["teacher"])
    again = given(land, "teacher").number
    assert again != number
    assert certificates.checked(number) is None
    assert certificates.checked(again) is not None


def test_a_training_gone_void_proves_nothing_at_once(land: Country, session: Session) -> None:
    """Even before anybody settles the certificate."""
    row = trained(land)
    number = given(land, "teacher").number
    row.void = True
    row.corrected_at = land.now
    session.flush()
    assert certificates.checked(number) is None


def test_another_training_keeps_it_only_while_the_named_one_counts(
    land: Country, session: Session
) -> None:
    row = trained(land)
    number = given(land, "teacher").number
    # An earlier session became known: the one on the paper took place all the same.
    earlier = held(land.body("city"), date(2026, 3, 3))
    attend(earlier, land.people["teacher"])
    row.session_id, row.trained_on = earlier.id, earlier.held_on
    session.flush()
    certifying.follow_training([land.people["teacher"].id], now=land.now)
    assert certificates.checked(number) is not None
    # Then the named one is struck.
    session.execute(
        update(Attendance)
        .where(Attendance.session_id != earlier.id)
        .values(presence=Presence.ABSENT)
    )
    certifying.follow_training([land.people["teacher"].id], now=land.now)
    assert certificates.checked(number) is None
    assert session.scalars(select(Certificate)).one().state is CertificateState.REPLACED
    assert given(land, "teacher").trained_on == date(2026, 3, 3)


def test_everybody_of_a_session_at_once(land: Country, session: Session) -> None:
    of = held(land.body("county"), DAY)
    for who in ("teacher", "sibling_teacher", "principal"):
        train(of, land.people[who])
    attend(of, land.people["lonely_teacher"], presence=Presence.ABSENT)
    actor = land.actor("county_lead")
    papers = certifying.issue_for(actor=actor, of=of, year=2026, now=land.now)
    names = [paper.person_name for paper in papers]
    assert sorted(names) == ["李老师", "校长", "王老师"]
    again = certifying.issue_for(actor=actor, of=of, year=2026, now=land.now)
    assert {paper.number for paper in again} == {paper.number for paper in papers}
    ids = certificates.people_there(of)
    assert land.people["lonely_teacher"].id not in ids
    assert [p.number for p in certificates.of_people(ids, 2026)] == [p.number for p in papers]


def test_a_session_nobody_attended_has_none(land: Country) -> None:
    of = held(land.body("county"), DAY)
    attend(of, land.people["teacher"], presence=Presence.EXCUSED)
    cancelled = held(land.body("county"), DAY, state=State.CANCELLED)
    attend(cancelled, land.people["teacher"])
    for one in (of, cancelled):
        with pytest.raises(NobodyTrained):
            certifying.issue_for(actor=land.actor("county_lead"), of=one, year=2026, now=land.now)


def test_many_cost_as_many_statements_as_few(
    land: Country, session: Session, queries: Queries
) -> None:
    few, many = held(land.body("county"), DAY), held(land.body("county"), DAY)
    train(few, land.people["teacher"])
    for who in ("sibling_teacher", "principal", "city_teacher", "county_officer"):
        train(many, land.people[who])
    counted = []
    for of in (few, many):
        session.expire_all()
        session.refresh(of)
        actor = land.actor("county_lead")
        queries.clear()
        certifying.issue_for(actor=actor, of=of, year=2026, now=land.now)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_merged_people_keep_one_certificate(land: Country, session: Session) -> None:
    trained(land, "teacher")
    trained(land, "principal", date(2026, 9, 8))
    trained(land, "principal", date(2025, 9, 8))
    mine, double = given(land, "teacher").number, given(land, "principal").number
    other = given(land, "principal", 2025).number
    kept, merged = land.people["teacher"].id, land.people["principal"].id
    session.execute(update(Trained).where(Trained.year == 2025).values(person_id=kept))
    certifying.follow_merge(PersonsMerged(kept, merged, land.now))
    certifying.follow_training([kept, merged], now=land.now)
    assert certificates.checked(mine) is not None
    assert certificates.checked(other) is not None
    assert certificates.checked(double) is None
    assert {row.person_id for row in session.scalars(select(Certificate))} == {kept}


def test_a_stranger_learns_little(land: Country) -> None:
    trained(land)
    number = given(land, "teacher").number
    proof = certificates.checked(f" {number.lower().replace('-', ' ')} ")
    assert proof is not None
    assert (proof.name, proof.year, proof.trained_on) == ("王*", 2026, DAY)
    words = repr(proof)
    assert all(secret not in words for secret in ("王老师", "中学", "示范县", "操作培训"))


def test_every_number_is_looked_up_in_the_same_way(
    land: Country, session: Session, queries: Queries
) -> None:
    trained(land)
    real = given(land, "teacher").number
    shapes = []
    for number in (real, new_number(2026), real[:-1] + "0", "", "no number", "\x00'; --"):
        queries.clear()
        certificates.checked(number)
        shapes.append(tuple(queries))
    assert len(set(shapes)) == 1
