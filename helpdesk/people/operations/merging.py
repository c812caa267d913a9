"""Two records that turn out to be one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from helpdesk.kernel import events
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.people.events import PersonsMerged, StaffChanged
from helpdesk.people.models import (
    Account,
    Appointment,
    AppointmentPost,
    AppointmentSubsystem,
    Person,
    RoleGrant,
)
from helpdesk.people.operations import records, roles
from helpdesk.people.operations.records import NotYourself
from helpdesk.people.rules import Act, clashing_role


class SameRecord(RuleBroken):
    """One record cannot be merged with itself."""

    sentence = N_("两个工号是同一条记录，不用合并。请核对两个工号。")


class AlreadyMerged(Conflict):
    """One of them was merged already."""

    sentence = N_("%(name)s（%(staff_no)s）已经合并到别的记录。请刷新后查看。")


class MergedDutiesClash(RuleBroken):
    """Together they would hold roles that must be apart."""

    sentence = N_(
        "两条记录的角色互斥（单位管理员、系统运维、审计员不能是同一人），不能合并。请先撤销其中一方的角色。"
    )


def merge_persons(*, actor: Actor, kept: Person, merged: Person, now: datetime) -> None:
    """Everything that hangs on `merged` moves to `kept`; `merged` stays as an empty, named row.

    The actor stands above both (access with ACCOUNT_MANAGE). Where both have an account, that of
    `merged` is closed. Raises SameRecord, AlreadyMerged, NotYourself, MergedDutiesClash.
    """
    _check(actor, kept, merged)
    detail = {
        "merged_staff_no": merged.staff_no,
        "merged_name": merged.name,
        "bodies": _move_appointments(kept, merged),
        "account": _move_account(kept, merged, now),
    }
    _move_grants(actor, kept, merged, now)
    kept.mobile = kept.mobile or merged.mobile
    kept.mail = kept.mail or merged.mail
    kept.version += 1
    merged.merged_into_id = kept.id
    merged.version += 1
    records.about_person(
        Act.PERSONS_MERGED, actor=actor, person_id=kept.id, now=now, details=detail
    )
    records.about_person(
        Act.PERSONS_MERGED,
        actor=actor,
        person_id=merged.id,
        now=now,
        details={"into": kept.staff_no},
    )
    events.publish(PersonsMerged(kept.id, merged.id, now))
    events.publish(StaffChanged((kept.id, merged.id), (), now))


def _check(actor: Actor, kept: Person, merged: Person) -> None:
    if kept.id == merged.id:
        raise SameRecord
    for person in sorted((kept, merged), key=lambda one: one.id):
        records.lock(person)
    for person in (kept, merged):
        if person.merged_into_id is not None:
            raise AlreadyMerged(name=person.name, staff_no=person.staff_no)
    if actor.person_id in (kept.id, merged.id):
        raise NotYourself
    held = {grant.role for p in (kept, merged) for grant, _ in roles.live_grants(p.id)}
    if any(clashing_role(held, role) for role in held):
        raise MergedDutiesClash


def _move_appointments(kept: Person, merged: Person) -> list[int]:
    present = {a.body_id: a for a in _appointments(kept.id) if a.left_on is None}
    moved = _appointments(merged.id)
    for work in moved:
        twin = present.get(work.body_id) if work.left_on is None else None
        if twin is None:
            work.person_id = kept.id
        else:
            _fold(twin, work)
    session().flush()
    return sorted({work.body_id for work in moved})


def _fold(twin: Appointment, work: Appointment) -> None:
    # One person stands once on a roster: the two rows become one, nothing of either is lost.
    have = {p.post for p in twin.posts}
    twin.posts += [AppointmentPost(post=p.post) for p in work.posts if p.post not in have]
    known = {s.subsystem for s in twin.subsystems}
    twin.subsystems += [
        AppointmentSubsystem(subsystem=s.subsystem)
        for s in work.subsystems
        if s.subsystem not in known
    ]
    twin.joined_on = min(twin.joined_on, work.joined_on)
    session().execute(
        update(Appointment)
        .where(Appointment.transferred_from_id == work.id)
        .values(transferred_from_id=twin.id)
    )
    session().delete(work)


def _appointments(person_id: int) -> list[Appointment]:
    return list(
        session().scalars(
            select(Appointment)
            .where(Appointment.person_id == person_id)
            .options(selectinload(Appointment.posts), selectinload(Appointment.subsystems))
        )
    )


def _move_account(kept: Person, merged: Person, now: datetime) -> str:
    theirs = session().scalar(select(Account).where(Account.person_id == merged.id))
    if theirs is None:
        return "none"
    theirs.session_epoch += 1
    if session().scalar(select(Account.id).where(Account.person_id == kept.id)) is None:
        theirs.person_id = kept.id
        session().flush()
        return "moved"
    theirs.disabled_at = theirs.disabled_at or now
    return "closed"


def _move_grants(actor: Actor, kept: Person, merged: Person, now: datetime) -> None:
    held = {(grant.role, grant.body_id) for grant, _ in roles.live_grants(kept.id)}
    for grant, _ in roles.live_grants(merged.id):
        if (grant.role, grant.body_id) in held:
            roles.end(grant, actor=actor, now=now, why=Act.PERSONS_MERGED)
        else:
            grant.person_id = kept.id
    session().execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == merged.id, RoleGrant.revoked_at.is_not(None))
        .values(person_id=kept.id)
    )
    session().flush()
