"""Certificates: given when somebody asks, once per person and year, and ended with the training.

What a certificate says is copied when it is given. `follow_training` belongs to every change that
may change who is trained (`crediting.settle` calls it last).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.people.events import PersonsMerged
from helpdesk.people.models import Appointment, Person
from helpdesk.training.models.attendance import Attendance, Trained
from helpdesk.training.models.certificates import Certificate
from helpdesk.training.models.sessions import Session
from helpdesk.training.queries.certificates import counts, people_there
from helpdesk.training.rules.certificates import CertificateState, new_number

CHUNK = 1000


class NotTrained(RuleBroken):
    """There is nothing to certify."""

    sentence = N_(
        "%(year)s年度没有有效的参训记录，不能开具证书。参加过培训的，请联系组织单位补录。"
    )


class NobodyTrained(RuleBroken):
    """Nobody of a session is trained (yet)."""

    sentence = N_("这次培训还没有人算作已参训，没有证书可开。请先登记到场情况。")


def issue(*, actor: Actor, person_id: int, year: int, now: datetime) -> Certificate:
    """The certificate of a person for a year; the one that exists, or a new one.

    Raises NotTrained.
    """
    found = _issued(actor, _trainings(year, [person_id]), now)
    if not found:
        raise NotTrained(year=year)
    return found[0]


def issue_for(*, actor: Actor, of: Session, year: int, now: datetime) -> Sequence[Certificate]:
    """Certificates of everybody whose presence at this session counts, by name.

    Each names the training that made the person's year, which may be an earlier one.
    Raises NobodyTrained.
    """
    found: list[Certificate] = []
    for some in _chunks(people_there(of)):
        found += _issued(actor, _trainings(year, some), now)
    if not found:
        raise NobodyTrained
    return found


def _trainings(year: int, person_ids: Collection[int]) -> Sequence[Trained]:
    # Held until the end: nobody strikes a training while its certificate is written.
    found = (
        select(Trained)
        .where(Trained.year == year, Trained.person_id.in_(person_ids), Trained.void.is_(False))
        .order_by(Trained.person_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return session().scalars(found).all()


def _issued(actor: Actor, trainings: Sequence[Trained], now: datetime) -> Sequence[Certificate]:
    """Those that exist and those made now: the constraint judges a second click."""
    if not trainings:
        return ()
    year, people = trainings[0].year, {row.person_id for row in trainings}
    theirs = select(Certificate).where(
        Certificate.person_id.in_(people),
        Certificate.year == year,
        Certificate.state == CertificateState.VALID,
    )
    have = {row.person_id for row in session().scalars(theirs)}
    new = _facts([row for row in trainings if row.person_id not in have])
    if new:
        given = {"issued_at": now, "issued_by": actor.person_id, "state": CertificateState.VALID}
        session().execute(insert_once(Certificate).values([{**row, **given} for row in new]))
    return session().scalars(theirs.order_by(Certificate.person_name, Certificate.id)).all()


def _facts(trainings: Sequence[Trained]) -> list[dict[str, Any]]:
    """What the certificates of these trainings say. Three queries."""
    ids = [row.person_id for row in trainings]
    names = session().execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    persons = dict(iter(names))
    rows = session().execute(
        select(Session, Body)
        .join(Body, Body.id == Session.organizer_id)
        .where(Session.id.in_({row.session_id for row in trainings}))
    )
    held = {of.id: (of, by) for of, by in rows}
    works = _places(trainings)
    return [
        _fact(row, persons[row.person_id], works.get(row.person_id), *held[row.session_id])
        for row in trainings
    ]


def _fact(training: Trained, name: str, place: Body | None, of: Session, by: Body) -> Any:
    return {
        "person_id": training.person_id,
        "year": training.year,
        "number": new_number(training.year),
        "person_name": name,
        "body_name": place.name if place else "",
        "body_name_en": place.name_en if place else "",
        "organizer_name": by.name,
        "organizer_name_en": by.name_en,
        "organizer_kind": by.kind,
        "session_id": of.id,
        "session_title": of.title,
        "trained_on": training.trained_on,
        "mode": training.mode,
        "minutes": of.minutes,
        "corrected": training.corrected_at is not None,
    }


def _places(trainings: Sequence[Trained]) -> dict[int, Body]:
    """Where each worked at the training; where that was not written down: where it works now."""
    ids = {row.person_id for row in trainings}
    now = session().execute(
        select(Appointment.person_id, Body)
        .join(Body, Body.id == Appointment.body_id)
        .where(Appointment.person_id.in_(ids), Appointment.left_on.is_(None))
        .order_by(Appointment.id.desc())
    )
    then = session().execute(
        select(Attendance.person_id, Body)
        .join(Body, Body.id == Attendance.body_id)
        .where(
            Attendance.person_id.in_(ids),
            Attendance.session_id.in_({row.session_id for row in trainings}),
        )
    )
    return {person_id: body for rows in (now, then) for person_id, body in rows}


def follow_training(person_ids: Iterable[int], *, now: datetime) -> None:
    """End the certificates of these persons whose training was struck (same transaction)."""
    for some in _chunks(sorted(set(person_ids))):
        rows = session().execute(
            select(Certificate, Trained, Attendance, Session)
            .join(Session, Session.id == Certificate.session_id)
            .outerjoin(
                Trained,
                and_(Trained.person_id == Certificate.person_id, Trained.year == Certificate.year),
            )
            .outerjoin(
                Attendance,
                and_(
                    Attendance.person_id == Certificate.person_id,
                    Attendance.session_id == Certificate.session_id,
                ),
            )
            .where(Certificate.person_id.in_(some), Certificate.state == CertificateState.VALID)
        )
        for paper, training, presence, of in rows.all():
            _end(paper, _state(paper, training, presence, of), now)
    session().flush()


def _state(
    paper: Certificate, training: Trained | None, presence: Attendance | None, of: Session
) -> CertificateState:
    if training is None or training.void:
        return CertificateState.REVOKED
    # A training of an earlier day became known: the one on the paper still took place.
    if training.session_id == paper.session_id or (presence and counts(presence, of)):
        return CertificateState.VALID
    return CertificateState.REPLACED


def _end(paper: Certificate, state: CertificateState, now: datetime) -> None:
    if state is not CertificateState.VALID:
        paper.state = state
        paper.ended_at = now


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person: its papers go along; of two for one year the kept one counts.

    Before the trainings are settled anew, which would end the papers of the record merged away.
    """
    kept = aliased(Certificate)
    double = exists().where(
        kept.person_id == fact.kept_id,
        kept.year == Certificate.year,
        kept.state == CertificateState.VALID,
    )
    of_merged = update(Certificate).where(Certificate.person_id == fact.merged_id)
    session().execute(
        of_merged.where(Certificate.state == CertificateState.VALID, double)
        .values(state=CertificateState.REPLACED, ended_at=fact.at)
        .execution_options(synchronize_session=False)
    )
    session().execute(
        of_merged.values(person_id=fact.kept_id).execution_options(synchronize_session=False)
    )
    session().expire_all()


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))
