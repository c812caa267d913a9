"""Offices ask for a date earlier in their subtree, and take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update

from helpdesk.filing.models import EarlierDate, EarlierDateChange
from helpdesk.filing.queries import calendar as queries
from helpdesk.filing.rules import earlier
from helpdesk.filing.rules.dates import Occurrence
from helpdesk.filing.rules.earlier import NotYourLevel
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Body


class ChangedMeanwhile(Conflict):
    """Somebody else of the office was faster."""

    sentence = N_("这个期限刚被别人改过。请看清现在的日期再操作。")


class NothingToTakeBack(Conflict):
    """The earlier date was taken back already."""

    sentence = N_("这个提前的期限已经取消。")


def set_earlier(
    *,
    actor: Actor,
    office: Body,
    found: Iterable[Occurrence],
    due_on: date,
    reason: str,
    now: datetime,
) -> int:
    """The office wants these dates kept by `due_on` at and below its node; returns how many rows.

    A date that is asked for already with the same day stays as it is: a second click does nothing.
    Raises NotYourLevel, NotEarlier, AlreadyPast, LaterThanAbove, ChangedMeanwhile.
    """
    wanted = tuple(found)
    named = [o.named_on for o in wanted]
    overlays = queries.overlays_on(office.path, min(named), max(named)) if named else ()
    above = [o for o in overlays if o.path != office.path]
    for occurrence in wanted:
        if not earlier.may_order(office.kind, occurrence.level):
            raise NotYourLevel
        here = [o for o in above if o.key == occurrence.key]
        earlier.check_earlier(occurrence, due_on, here, shanghai_date(now))
    return sum(_keep(actor, office, occurrence, due_on, reason, now) for occurrence in wanted)


def _keep(
    actor: Actor, office: Body, found: Occurrence, due_on: date, reason: str, now: datetime
) -> bool:
    row = _row(office, found)
    if row is None:
        row = _added(office, found, due_on, reason)
        _write_down(actor, row, None, reason, now)
        return True
    if row.due_on == due_on:
        return False
    _change(actor, row, due_on, reason, now)
    return True


def _row(office: Body, found: Occurrence) -> EarlierDate | None:
    return session().scalar(
        select(EarlierDate).where(
            EarlierDate.body_id == office.id,
            EarlierDate.item_id == found.item.id,
            EarlierDate.level == found.level,
            EarlierDate.named_on == found.named_on,
        )
    )


def _added(office: Body, found: Occurrence, due_on: date, reason: str) -> EarlierDate:
    # Two of an office at the same moment: the unique key lets one in, the other looks again.
    added = session().scalar(
        insert_once(EarlierDate)
        .values(
            body_id=office.id,
            item_id=found.item.id,
            level=found.level,
            named_on=found.named_on,
            due_on=due_on,
            reason=reason,
            version=1,
        )
        .returning(EarlierDate.id)
    )
    row = session().get(EarlierDate, added) if added is not None else None
    if row is None:
        raise ChangedMeanwhile
    return row


def take_back(
    *, actor: Actor, overlay: EarlierDate, version: int, reason: str, now: datetime
) -> None:
    """The date of the notice counts again below the office. NothingToTakeBack, ChangedMeanwhile."""
    if overlay.due_on is None:
        raise NothingToTakeBack
    if overlay.version != version:
        raise ChangedMeanwhile
    _change(actor, overlay, None, reason, now)


def _change(
    actor: Actor, row: EarlierDate, due_on: date | None, reason: str, now: datetime
) -> None:
    before, version = row.due_on, row.version
    done = changed(
        update(EarlierDate)
        .where(EarlierDate.id == row.id, EarlierDate.version == version)
        .values(due_on=due_on, reason=reason, version=version + 1)
    )
    if done == 0:
        raise ChangedMeanwhile
    session().refresh(row)
    _write_down(actor, row, before, reason, now)


def _write_down(
    actor: Actor, row: EarlierDate, before: date | None, reason: str, now: datetime
) -> None:
    session().add(
        EarlierDateChange(
            overlay_id=row.id,
            version=row.version,
            at=now,
            person_id=actor.person_id,
            due_before=before,
            due_after=row.due_on,
            reason=reason,
        )
    )
    session().flush()
