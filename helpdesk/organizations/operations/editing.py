"""A body changes its name, what it uses, or whether it works at all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select

from helpdesk.kernel import events
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.pinyin import sort_key
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries, rules
from helpdesk.organizations.events import BodyEdited, BodyStatusChanged
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.operations import indexing, record
from helpdesk.organizations.rules import BodyStatus, Change, Kind, Shelf, Subsystem


class NotYourVerdict(RuleBroken):
    """S-2.1.1: the province sets shell schools invalid."""

    sentence = N_("学校设为无效或恢复，由%(office)s办理。请把学籍人数为零等证明材料报该部门。")


class HasActiveChildren(RuleBroken):
    """An office is closed last."""

    sentence = N_("%(name)s下还有%(number)s个正常的下级单位，不能停办。请先调整或停办它们。")


class OnlySchoolsAreInvalid(RuleBroken):
    """无效 is a word for shell schools (S-2.1.1)."""

    sentence = N_("只有学校可以设为无效（空壳学校）。机构撤销请选择“停办”。")


class NationalBodiesStay(RuleBroken):
    """The support tree ends at these; without them nothing can be handed up."""

    sentence = N_("%(name)s是支持体系的顶端，不能停办。如单位更名，请修改名称。")


class SameStatus(RuleBroken):
    """Nothing would change."""

    sentence = N_("%(name)s已经是这个状态，不需要再设。请刷新页面查看最新状态。")


def edit_body(
    *,
    actor: Actor,
    body: Body,
    version: int,
    name: str,
    name_en: str,
    region_code: str,
    subsystems: Collection[Subsystem],
    plan_city: bool = False,
    now: datetime,
) -> Body:
    """Change what a body is called and uses; the code stays for ever (a changed name keeps it).

    `plan_city` counts for city offices only. Raises ChangedMeanwhile when the row is no longer
    `version`, OwnBody for somebody who manages nothing above it.
    """
    record.check_above(actor, body)
    row = record.newest(body, version)
    rules.check_subsystems(row.kind, subsystems)
    before = _properties(row)
    row.name, row.name_en = rules.body_name(name), rules.tidy(name_en)[:160]
    row.region_code = rules.region_code(region_code)
    row.plan_city = plan_city and row.kind is Kind.CITY_AID
    row.sort_key = sort_key(row.name)
    row.find_text = rules.find_text(row.code, row.name, row.name_en)
    _use(row, subsystems)
    after = _properties(row)
    changed = [field for field in after if before[field] != after[field]]
    if changed:
        row.version += 1
        old, new = ({field: side[field] for field in changed} for side in (before, after))
        record.note(row.id, Change.EDITED, actor=actor, now=now, before=old, after=new)
        session().flush()
        indexing.index([indexing.indexed(row)])
        events.publish(BodyEdited(row.id, row.path))
    return row


def _use(row: Body, subsystems: Collection[Subsystem]) -> None:
    wanted = set(subsystems) if row.kind in rules.SCHOOL_KINDS else set()
    kept = {used.subsystem for used in row.used}
    row.used = [used for used in row.used if used.subsystem in wanted] + [
        BodySubsystem(subsystem=subsystem) for subsystem in Subsystem if subsystem in wanted - kept
    ]


def _properties(row: Body) -> dict[str, object]:
    return {
        "name": row.name,
        "name_en": row.name_en,
        "region_code": row.region_code,
        "plan_city": row.plan_city,
        "subsystems": sorted(used.subsystem.value for used in row.used),
    }


def set_status(
    *,
    actor: Actor,
    body: Body,
    version: int,
    status: BodyStatus,
    since_on: date,
    reason: str,
    now: datetime,
) -> Body:
    """Set a body invalid, closed or active again from the day `since_on` (today or earlier).

    无效 and its end are the province's (S-2.1.1). A closed or invalid body stays with its history
    and leaves all counts from that day (semantics 1).
    """
    record.hold_tree()
    record.check_above(actor, body)
    row = record.newest(body, version)
    _check_change(row, status)
    record.check_day(since_on, shanghai_date(now))
    said = record.reason(reason)
    _check_circumstances(actor, row, status)
    before, old = row.status, _standing(row)
    row.status, row.status_since = status, since_on
    row.version += 1
    new = _standing(row)
    record.note(row.id, Change.STATUS, actor=actor, now=now, before=old, after=new, reason=said)
    session().flush()
    indexing.index([indexing.indexed(row)])
    events.publish(BodyStatusChanged(row.id, row.path, row.kind, before, status, since_on))
    return row


def _standing(row: Body) -> dict[str, str]:
    return {"status": row.status.value, "since": row.status_since.isoformat()}


def _check_change(row: Body, status: BodyStatus) -> None:
    """Does such a body change its status like this?"""
    if row.status is status:
        raise SameStatus(name=row)
    if status is BodyStatus.INVALID and row.kind not in rules.SCHOOL_KINDS:
        raise OnlySchoolsAreInvalid()
    if row.kind in rules.NATIONAL_KINDS:
        raise NationalBodiesStay(name=row)


def _check_circumstances(actor: Actor, row: Body, status: BodyStatus) -> None:
    """Does what stands around it allow the change, and is it this actor's to make?"""
    if BodyStatus.INVALID in (row.status, status):
        _check_verdict(actor, row)
    if status is BodyStatus.CLOSED:
        _check_childless(row)
    if status is BodyStatus.ACTIVE:
        _check_may_return(row)


def _check_verdict(actor: Actor, row: Body) -> None:
    line = queries.line_up_at(row.path)
    province = next((b for b in line if b.kind is Kind.PROVINCE_AID), None)
    if not actor.covers(Permission.BODY_MANAGE, province.path if province else ROOT_PATH):
        raise NotYourVerdict(office=province or record.national_centre())


def _check_childless(row: Body) -> None:
    below = select(func.count()).where(Body.parent_id == row.id, Body.status == BodyStatus.ACTIVE)
    number = session().scalar(below) or 0
    if number:
        raise HasActiveChildren(name=row, number=number)


def _check_may_return(row: Body) -> None:
    line = queries.line_up_at(rules.path_above(row.path))
    if line and not line[0].active:
        raise rules.ParentNotActive(parent=line[0])
    if row.shelf is Shelf.BESIDE:
        record.refuse_second_sides([(row.kind, row.parent_id)])
