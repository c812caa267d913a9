"""The list of a session: people enrol, wait, decline; the organiser adds and removes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.people.models import Person
from helpdesk.people.rules import plain
from helpdesk.training.events import PersonsInvited
from helpdesk.training.models.sessions import Enrolment, Session
from helpdesk.training.operations import seats
from helpdesk.training.queries import audience
from helpdesk.training.rules.sessions import HELD, Place, Source, State, takes_enrolments

_ON = frozenset({Place.ENROLLED, Place.WAITING})


class EnrolmentOver(Conflict):
    """The session does not take anybody any more, or not yet."""

    sentence = N_("这期培训现在不能报名。已经开始的，请到现场登记；已结束的，请选下一期。")


class NotForYou(RuleBroken):
    """The person does not belong to the audience."""

    sentence = N_("这期培训的对象不包括您的岗位或单位。确实需要参加的，请联系举办单位加入名单。")


class NotOnList(Conflict):
    """Nothing to decline or to remove."""

    sentence = N_("此人不在这期培训的名单里。请刷新页面。")


class UnknownStaff(RuleBroken):
    """No such number with such a name. One sentence for both: nobody learns whose a number is."""

    sentence = N_(
        "没有找到工号%(staff_no)s、姓名%(name)s的在册人员。请核对工号和姓名；名册里没有的，请所在单位先登记。"
    )


class NobodyToAdd(RuleBroken):
    """The organiser chose nobody."""

    sentence = N_("请先选择要加入的人。")


def enrol(*, actor: Actor, session: Session, now: datetime) -> Enrolment:
    """The person at the screen takes a place, or waits for one. Doing it twice does it once.

    Raises EnrolmentOver, NotForYou.
    """
    seats.lock(session)
    if actor.person_id is None or not takes_enrolments(session.state, session.mode):
        raise EnrolmentOver
    if session.ends_at <= now:
        raise EnrolmentOver
    row = _row(session, actor.person_id)
    if row is None:
        circle = audience.circle_of(session)
        body_id = audience.body_in(circle, actor.person_id, shanghai_date(now))
        if body_id is None:
            raise NotForYou
        row = _new(session, actor.person_id, body_id, Source.SELF, actor, now)
    _seat(session, row, now)
    return row


def decline(*, actor: Actor, session: Session, now: datetime) -> Enrolment:
    """The person at the screen will not come; a freed place goes to the first who waits.

    Raises NotOnList, EnrolmentOver.
    """
    if actor.person_id is None:
        raise NotOnList
    return _leave(session, actor.person_id, now)


def take_off(*, session: Session, person_id: int, now: datetime) -> Enrolment:
    """The organiser takes somebody off the list. Raises NotOnList, EnrolmentOver."""
    return _leave(session, person_id, now)


def _leave(session: Session, person_id: int, now: datetime) -> Enrolment:
    seats.lock(session)
    row = _row(session, person_id)
    if row is None:
        raise NotOnList
    if session.state not in (State.OPEN, State.RUNNING):
        raise EnrolmentOver
    row.place = Place.DECLINED
    if takes_enrolments(session.state, session.mode):
        seats.fill(session, now)
    database().flush()
    return row


def put_on_list(
    *, actor: Actor, session: Session, person_ids: tuple[int, ...], now: datetime
) -> tuple[Enrolment, ...]:
    """The organiser enrols persons whom the door has fetched, in this order: a place each while
    there are places, then the waiting list. Raises NobodyToAdd, EnrolmentOver.
    """
    seats.lock(session)
    if not person_ids:
        raise NobodyToAdd
    if session.state not in (State.OPEN, State.RUNNING):
        raise EnrolmentOver
    bodies = audience.bodies_of(person_ids, shanghai_date(now))
    rows = []
    for person_id in dict.fromkeys(person_ids):
        row = _row(session, person_id) or _new(
            session, person_id, bodies.get(person_id), Source.COORDINATOR, actor, now
        )
        _seat(session, row, now)
        rows.append(row)
    events.publish(PersonsInvited(session.id, tuple(row.person_id for row in rows), now))
    return tuple(rows)


def _row(session: Session, person_id: int) -> Enrolment | None:
    own = select(Enrolment).where(
        Enrolment.session_id == session.id, Enrolment.person_id == person_id
    )
    return database().scalar(own)


def _new(
    session: Session,
    person_id: int,
    body_id: int | None,
    source: Source,
    actor: Actor,
    now: datetime,
) -> Enrolment:
    made = Enrolment(
        session_id=session.id,
        person_id=person_id,
        body_id=body_id,
        place=Place.INVITED,
        source=source,
        queued_at=now,
        by_person_id=actor.person_id,
    )
    database().add(made)
    database().flush()
    return made


def _seat(session: Session, row: Enrolment, now: datetime) -> None:
    if row.place in _ON:
        return
    row.place, row.queued_at = seats.next_place(session), now
    database().flush()


def add_walk_in(
    *, actor: Actor, session: Session, staff_no: str, name: str, now: datetime
) -> Enrolment:
    """Somebody who stands in the room: enrolled, whatever the capacity, wherever from.

    Number and name must belong together. Doing it twice does it once.
    Raises UnknownStaff, EnrolmentOver.
    """
    seats.lock(session)
    if session.state is not State.OPEN and session.state not in HELD:
        raise EnrolmentOver
    person = by_number(staff_no, name)
    row = _row(session, person.id)
    if row is None:
        bodies = audience.bodies_of((person.id,), session.held_on)
        row = _new(session, person.id, bodies.get(person.id), Source.WALK_IN, actor, now)
    row.place = Place.ENROLLED
    database().flush()
    return row


def by_number(staff_no: str, name: str) -> Person:
    """The person of this number and this name. Raises UnknownStaff."""
    wanted, called = plain(staff_no), plain(name)
    numbers = {wanted, wanted.upper()}
    found = database().scalar(
        select(Person).where(Person.staff_no.in_(numbers), Person.merged_into_id.is_(None))
    )
    if found is None or _folded(found.name) != _folded(called):
        raise UnknownStaff(staff_no=wanted[:40], name=called[:80])
    return found


def _folded(name: str) -> str:
    return "".join(plain(name).split()).casefold()
