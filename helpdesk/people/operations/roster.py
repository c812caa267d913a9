"""The roster of a body: who works there, in which posts, since when, on leave, gone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, Forbidden, NotFound, RuleBroken
from helpdesk.kernel.ids import token
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.pinyin import sort_key
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import BodyStatus
from helpdesk.people import rules
from helpdesk.people.access.fetch import BeyondYourRange
from helpdesk.people.access.scope import paths_granted
from helpdesk.people.events import StaffChanged
from helpdesk.people.models import Appointment, AppointmentPost, AppointmentSubsystem, Person
from helpdesk.people.operations import records, roles
from helpdesk.people.operations.entries import (
    JoinedWrong,
    LeftWrong,
    PersonEntry,
    StaffNoTaken,
    WorkEntry,
    check_work,
    checked,
    refuse_taken,
)
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import Act


class BodyClosed(RuleBroken):
    """Nobody joins a closed body."""

    sentence = N_("%(body)s已停办，不能再登记人员。人员去了别处的，请在新单位登记。")


class JustAdded(Conflict):
    """The same form was sent twice at the same moment."""

    sentence = N_("这张表单刚刚已经提交，此人已经登记。请刷新名册查看，不用再填。")


class AlreadyHere(Conflict):
    """The person has a present appointment in this body."""

    sentence = N_("%(name)s已经在%(body)s的名册里，不用再登记。要改岗位请打开此人修改。")


class AlreadyLeft(Conflict):
    """The appointment has ended."""

    sentence = N_("%(name)s在这里的任职已经结束，不用再办。请刷新名册查看。")


class ChangedMeanwhile(Conflict):
    """Somebody else saved first."""

    sentence = N_("您打开之后有人改过这个人的资料。下面是您填的内容，请核对后再保存一次。")


def add_person(
    *, actor: Actor, body_id: int, entry: PersonEntry, work: WorkEntry, once: str, now: datetime
) -> Person:
    """A new person with a first appointment. The same `once` again gives the same person.

    Raises a FieldRefused, BodyClosed or Forbidden.
    """
    done = session().scalar(select(Person).where(Person.once == once))
    if done is not None:
        return done
    body = _body(actor, body_id)
    given = checked(entry)
    if given.staff_no:
        refuse_taken(given)
    person = Person(
        staff_no=given.staff_no or f"?{token()}",
        name=given.name,
        sort_key=sort_key(given.name),
        mobile=given.mobile,
        mail=given.mail,
        created_at=now,
        once=once,
    )
    session().add(person)
    records.flush_or(JustAdded())
    if not given.staff_no:
        person.staff_no = rules.own_staff_no(person.id)
    records.write(Act.PERSON_ADDED, actor=actor, person_id=person.id, body_id=body.id, now=now)
    _appoint(actor, person, body, work, now)
    return person


def add_existing(
    *, actor: Actor, body_id: int, entry: PersonEntry, work: WorkEntry, now: datetime
) -> Person:
    """An appointment for somebody who is already known by number and name (several hats)."""
    given = checked(entry)
    found = session().scalar(
        select(Person).where(
            Person.staff_no == given.staff_no,
            Person.name == given.name,
            Person.merged_into_id.is_(None),
        )
    )
    if found is None:
        raise StaffNoTaken(staff_no=given.staff_no)
    add_appointment(actor=actor, person=found, body_id=body_id, work=work, now=now)
    return found


def edit_person(
    *, actor: Actor, person: Person, entry: PersonEntry, version: int, now: datetime
) -> None:
    """Correct name, number, telephone or mail. Raises ChangedMeanwhile, FieldRefused."""
    records.lock(person)
    if person.version != version:
        raise ChangedMeanwhile
    given = checked(entry, known=person.staff_no)
    staff_no = given.staff_no or person.staff_no
    if staff_no != person.staff_no:
        refuse_taken(given)
    new = {"name": given.name, "staff_no": staff_no, "mobile": given.mobile, "mail": given.mail}
    changed = sorted(key for key, value in new.items() if getattr(person, key) != value)
    if not changed:
        return
    for key, value in new.items():
        setattr(person, key, value)
    person.sort_key = sort_key(given.name)
    person.version += 1
    records.about_person(
        Act.PERSON_EDITED, actor=actor, person_id=person.id, now=now, details={"fields": changed}
    )
    events.publish(StaffChanged((person.id,), (), now))


def add_appointment(
    *, actor: Actor, person: Person, body_id: int, work: WorkEntry, now: datetime
) -> Appointment:
    """One more body for a known person. Raises AlreadyHere, FieldRefused, BodyClosed."""
    body = _body(actor, body_id)
    records.lock(person)
    here = _open_appointments(person.id)
    if any(one.body_id == body.id for one in here):
        raise AlreadyHere(name=person.name, body=body)
    # Who stands on no roster but holds a role must not be drawn into one from below: ending that
    # appointment would end the role.
    if not here and not all(
        actor.covers(Permission.ROSTER_MANAGE, path) for path in paths_granted(person.id)
    ):
        raise BeyondYourRange(name=person.name)
    return _appoint(actor, person, body, work, now)


def edit_appointment(
    *, actor: Actor, appointment: Appointment, work: WorkEntry, now: datetime
) -> None:
    """Change posts, subsystems, date of joining or leave of a present appointment."""
    person, body = _pair(appointment)
    if appointment.left_on is not None:
        raise AlreadyLeft(name=person.name)
    check_work(body, work, now, person_id=person.id)
    before = _described(appointment)
    appointment.joined_on = work.joined_on
    appointment.on_leave_since = work.on_leave_since
    appointment.on_leave_until = work.on_leave_until
    _set_posts(appointment, work)
    _told(Act.APPOINTMENT_EDITED, actor, appointment, now, before=before)


def end_appointment(
    *, actor: Actor, appointment: Appointment, left_on: date, now: datetime
) -> None:
    """The person's work here is over from `left_on`. Roles on this body and below end with it;
    with the last appointment every role ends.

    Raises AlreadyLeft, LeftWrong, NotYourself, BeyondYourRange.
    """
    person, body = _pair(appointment)
    if appointment.left_on is not None:
        raise AlreadyLeft(name=person.name)
    if actor.person_id == person.id:
        raise NotYourself
    if not appointment.joined_on <= left_on <= shanghai_date(now):
        raise LeftWrong(joined=appointment.joined_on.isoformat())
    _end(actor, appointment, person, body, left_on, now)
    _told(Act.APPOINTMENT_ENDED, actor, appointment, now, left_on=left_on.isoformat())


def transfer_appointment(
    *, actor: Actor, appointment: Appointment, body_id: int, work: WorkEntry, now: datetime
) -> Appointment:
    """The person moves to another body on `work.joined_on`; record and account come along.

    Raises AlreadyLeft, AlreadyHere, NotYourself, FieldRefused, Forbidden.
    """
    person, old = _pair(appointment)
    if appointment.left_on is not None:
        raise AlreadyLeft(name=person.name)
    if actor.person_id == person.id:
        raise NotYourself
    if work.joined_on < appointment.joined_on:
        raise JoinedWrong
    new = _body(actor, body_id)
    if any(one.body_id == new.id for one in _open_appointments(person.id)):
        raise AlreadyHere(name=person.name, body=new)
    moved = _appoint(actor, person, new, work, now)
    moved.transferred_from_id = appointment.id
    _end(actor, appointment, person, old, work.joined_on, now)
    _told(Act.APPOINTMENT_TRANSFERRED, actor, appointment, now, to=new.code)
    return moved


def _end(
    actor: Actor, appointment: Appointment, person: Person, body: Body, left_on: date, now: datetime
) -> None:
    appointment.left_on = left_on
    session().flush()
    last = not _open_appointments(person.id)
    ending = roles.live_grants(person.id, below=None if last else body.path)
    for grant, path in ending:
        if not roles.may_end(actor, grant.role, path):
            raise BeyondYourRange(name=person.name)
        roles.end(grant, actor=actor, now=now, why=Act.APPOINTMENT_ENDED)


def _appoint(
    actor: Actor, person: Person, body: Body, work: WorkEntry, now: datetime
) -> Appointment:
    check_work(body, work, now, person_id=person.id)
    made = Appointment(
        person_id=person.id,
        body_id=body.id,
        joined_on=work.joined_on,
        on_leave_since=work.on_leave_since,
        on_leave_until=work.on_leave_until,
    )
    _set_posts(made, work)
    session().add(made)
    records.flush_or(AlreadyHere(name=person.name, body=body))
    _told(Act.APPOINTMENT_ADDED, actor, made, now)
    return made


def _told(act: Act, actor: Actor, work: Appointment, now: datetime, **details: object) -> None:
    records.write(
        act,
        actor=actor,
        person_id=work.person_id,
        body_id=work.body_id,
        now=now,
        details={**_described(work), **details},
    )
    events.publish(StaffChanged((work.person_id,), (work.body_id,), now))


def _described(work: Appointment) -> dict[str, object]:
    return {
        "posts": sorted(p.post for p in work.posts),
        "subsystems": sorted(s.subsystem for s in work.subsystems),
        "joined_on": work.joined_on.isoformat(),
        "leave": [d.isoformat() for d in (work.on_leave_since, work.on_leave_until) if d],
    }


def _set_posts(work: Appointment, entry: WorkEntry) -> None:
    work.posts = [AppointmentPost(post=post) for post in sorted(entry.posts)]
    work.subsystems = [AppointmentSubsystem(subsystem=s) for s in sorted(entry.subsystems)]


def _body(actor: Actor, body_id: int) -> Body:
    body = session().get(Body, body_id)
    if body is None:
        raise NotFound
    if not actor.covers(Permission.ROSTER_MANAGE, body.path):
        raise Forbidden
    if body.status is BodyStatus.CLOSED:
        raise BodyClosed(body=body)
    return body


def _pair(work: Appointment) -> tuple[Person, Body]:
    person, body = session().get(Person, work.person_id), session().get(Body, work.body_id)
    assert person is not None
    assert body is not None
    records.lock(person)
    session().refresh(work, ["left_on"])
    return person, body


def _open_appointments(person_id: int) -> list[Appointment]:
    query = select(Appointment).where(
        Appointment.person_id == person_id, Appointment.left_on.is_(None)
    )
    return list(session().scalars(query))
