"""A change of affiliation (S-2.1.2): the body and all below it go to another office."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, literal, select, update

from helpdesk.kernel import events
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.paths import below
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import access, queries, rules
from helpdesk.organizations.events import BodyMoved
from helpdesk.organizations.models import Affiliation, Body
from helpdesk.organizations.operations import record
from helpdesk.organizations.rules import Change
from helpdesk.search.operations import indexing


class NotYourMove(RuleBroken):
    """S-2.1.2: affiliations are changed by city and province, never by a county."""

    sentence = N_(
        "%(name)s改隶%(parent)s由%(office)s办理：隶属关系由省、市两级资助部门调整，"
        "跨市的由省级调整。请联系该部门。"
    )


class BeforeLastMove(RuleBroken):
    """Affiliations follow each other."""

    sentence = N_("现在的隶属关系自%(day)s起，新的隶属关系不能更早。请核对批准日期。")


class ApprovalMissing(RuleBroken):
    """An affiliation rests on an approval (ACC-2)."""

    sentence = N_("请填写批准隶属关系调整的文号（不超过80字）。")


def check_move(*, actor: Actor, body: Body, new_parent: Body) -> None:
    """Would this move be allowed for this actor? Raises the refusal; changes nothing."""
    rules.check_movable(body, new_parent)
    common = rules.common_top(rules.path_above(body.path), new_parent.path)
    office = queries.moving_office(common)
    if not actor.covers(Permission.BODY_MANAGE, office.path if office else ROOT_PATH):
        raise NotYourMove(name=body, parent=new_parent, office=office or record.national_centre())


def move_body(
    *,
    actor: Actor,
    body: Body,
    new_parent: Body,
    version: int,
    approval_no: str,
    since_on: date,
    reason: str,
    now: datetime,
) -> Body:
    """Give a school or county office to another office, with its subtree, in one UPDATE.

    Needs the approval's number and its day (today or earlier, not before the last change) and a
    reason. Raises NotYourMove with the name of the right office. Publishes BodyMoved.
    """
    record.hold_tree()
    row, parent = record.newest(body, version), record.newest(new_parent)
    check_move(actor=actor, body=row, new_parent=parent)
    record.check_day(since_on, shanghai_date(now))
    approved, said = _approval(approval_no), record.reason(reason)
    old_parent_id = row.parent_id
    assert old_parent_id is not None  # nothing at the top is movable
    _pass_affiliation(row, parent, since_on, approved, said, actor, now)
    old_path, new_path = row.path, f"{parent.path}{row.id}/"
    row.parent_id = parent.id
    row.version += 1
    session().flush()
    _move_subtree(row, parent, old_path, new_path)
    _note(row, old_parent_id, parent, approved, said, actor, now)
    session().flush()
    events.publish(BodyMoved(row.id, old_path, new_path, old_parent_id, parent.id, now))
    return record.newest(row)


def _pass_affiliation(
    row: Body,
    parent: Body,
    since_on: date,
    approval_no: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    open_one = select(Affiliation).where(
        Affiliation.body_id == row.id, Affiliation.until_on.is_(None)
    )
    present = session().scalars(open_one).one_or_none()
    if present is not None:
        if since_on < present.since_on:
            raise BeforeLastMove(day=present.since_on.isoformat())
        present.until_on = max(present.since_on, since_on - timedelta(days=1))
        session().flush()  # the open one is unique: first close, then open
    session().add(
        Affiliation(
            body_id=row.id,
            parent_id=parent.id,
            since_on=since_on,
            approval_no=approval_no,
            reason=reason,
            changed_by=actor.person_id,
            changed_at=now,
        )
    )


def _move_subtree(row: Body, parent: Body, old_path: str, new_path: str) -> None:
    session().execute(
        update(Body)
        .where(below(Body.path, old_path))
        .values(
            path=literal(new_path).concat(func.substr(Body.path, len(old_path) + 1)),
            level=Body.level + (parent.level + 1 - row.level),
            province_code=parent.province_code,
            bingtuan=parent.bingtuan,
        )
        .execution_options(synchronize_session=False)
    )
    indexing.move(access.KIND, old_path, new_path)
    session().expire(row)


def _note(
    row: Body,
    old_parent_id: int,
    parent: Body,
    approval_no: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    old = queries.body(old_parent_id)
    record.note(
        row.id,
        Change.MOVED,
        actor=actor,
        now=now,
        before={"parent": old.code, "parent_name": old.name},
        after={"parent": parent.code, "parent_name": parent.name, "approval_no": approval_no},
        reason=reason,
    )


def _approval(text: str) -> str:
    """The number of the approval."""
    number = rules.tidy(text)
    if not 1 < len(number) <= 80:
        raise ApprovalMissing()
    return number
