"""What every act on the tree shares: one at a time, on the newest row, with a row of history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, Named, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations import access, queries, rules
from helpdesk.organizations.models import Body, BodyChange
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Change, Kind

_TREE_LOCK = 7_404_001  # advisory locks share one number space per database


class ChangedMeanwhile(Conflict):
    """Somebody else was faster."""

    sentence = N_("%(name)s的资料刚被别人修改。请刷新页面，看清最新内容后再改。")


class OwnBody(RuleBroken):
    """A node_admin works below its own node."""

    sentence = N_("%(name)s的资料由上级维护。请联系%(office)s。")


class SideTaken(Conflict):
    """Beside an office stands one body of a kind."""

    sentence = N_("这一级已有%(name)s。一个资助部门旁边同类部门只设一个，请先停办原有的。")


class DateInFuture(RuleBroken):
    """Facts are entered once they hold."""

    sentence = N_("%(day)s还没有到，请填写今天或以前的日期。")


class ReasonMissing(RuleBroken):
    """The history says why."""

    sentence = N_("请写明原因（不超过300字），原因会留在单位的变更记录里。")


def hold_tree() -> None:
    """Let one change of the tree happen at a time, until commit.

    A path is computed from the parent's; two moves that cross would leave paths that lie. SQLite
    has one writer anyway.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(select(func.pg_advisory_xact_lock(_TREE_LOCK)))


def newest(body: Body, version: int | None = None) -> Body:
    """The row as it is now. Raises ChangedMeanwhile when it is no longer `version`."""
    statement = select(Body).where(Body.id == body.id).options(selectinload(Body.used))
    row = (
        session()
        .scalars(statement.with_for_update(of=Body).execution_options(populate_existing=True))
        .one()
    )
    if version is not None and row.version != version:
        raise ChangedMeanwhile(name=row)
    return row


def check_above(actor: Actor, body: Body) -> None:
    """The actor must manage bodies on a node strictly above this one."""
    if not access.stands_above(actor, body.path):
        raise OwnBody(name=body, office=office_above(body))


def office_above(body: Body) -> BodyView | Named:
    """The parent; the national centre for a body at the top."""
    line = queries.line_up_at(rules.path_above(body.path))
    return line[0] if line else national_centre()


def national_centre() -> BodyView | Named:
    """The top of the business side, by its name where it does not stand in the tree yet."""
    centre = queries.national(Kind.NATIONAL_AID_CENTRE)
    return centre or Named("全国学生资助管理中心", "the national student aid centre")


def check_day(day: date, today: date) -> None:
    """A change holds from a day that has come."""
    if day > today:
        raise DateInFuture(day=day.isoformat())


def reason(text: str) -> str:
    """A reason somebody can read later."""
    said = rules.tidy(text)
    if not 1 < len(said) <= 300:
        raise ReasonMissing()
    return said


def refuse_second_sides(wanted: list[tuple[Kind, int | None]]) -> None:
    """Beside an office, and at the top, stands one active body of each side kind."""
    sides = queries.sides_of({parent for _kind, parent in wanted if parent is not None})
    seen: set[tuple[Kind, int | None]] = set()
    for kind, parent in wanted:
        beside = sides.get(parent, {}) if parent is not None else {}
        taken = beside.get(kind) if parent is not None else queries.national(kind)
        if taken is not None or (kind, parent) in seen:
            raise SideTaken(name=taken or "")
        seen.add((kind, parent))


def note(
    body_id: int,
    change: Change,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Write the row of history."""
    session().add(
        BodyChange(
            body_id=body_id,
            at=now,
            person_id=actor.person_id,
            change=change,
            before=dict(before),
            after=dict(after),
            reason=reason,
        )
    )
