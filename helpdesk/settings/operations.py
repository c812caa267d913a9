"""A node sets a value of its own, or takes it from above again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel import events
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, Forbidden, RuleBroken
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.settings import queries, rules
from helpdesk.settings.events import SettingChanged
from helpdesk.settings.models import Value, ValueChange
from helpdesk.settings.rules import Key


class SettingChangedMeanwhile(Conflict):
    """Somebody else set it since the page was opened."""

    sentence = N_("这项设置刚被别人改过。请刷新页面，看清现在的值后再改。")


class SettingReasonMissing(RuleBroken):
    """The history says why."""

    sentence = N_("请写明修改原因（不超过300字）。")


def set_value(
    *,
    actor: Actor,
    key: Key[Any],
    body_id: int | None,
    text: str | None,
    seen: str | None,
    reason: str,
    now: datetime,
) -> None:
    """Set `key` on a body (None: the root) to what was written; None: inherit again.

    `seen` is the written value of this node when the page was opened. Setting what is set already
    does nothing. Running clocks keep their values. Raises Forbidden, FixedByNotice, NotSetHere,
    NotATime, NotADayCount, NotAChoice, SettingReasonMissing, OpensAfterClosing,
    SettingChangedMeanwhile.
    """
    path = _node(actor, key, body_id)
    after = key.text(key.parse(text)) if text is not None else None
    row, why = _row(key, body_id), _reason(reason)
    before = row.value if row is not None else None
    if before == after:
        return
    if before != seen:
        raise SettingChangedMeanwhile
    change = ValueChange(
        body_id=body_id,
        key=key.name,
        before=before,
        after=after,
        reason=why,
        at=now,
        person_id=actor.person_id,
    )
    _write(row, change)
    _check_hours(path)
    events.publish(SettingChanged(key.name, path, before, after))


def _node(actor: Actor, key: Key[Any], body_id: int | None) -> str:
    """Path of the node, if this actor may set this key there."""
    body = organizations.body(body_id) if body_id is not None else None
    path = body.path if body else ROOT_PATH
    if not actor.covers(Permission.SETTING_MANAGE, path):
        raise Forbidden
    rules.check_settable(key, body.kind if body else None)
    return path


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not 1 < len(said) <= 300:
        raise SettingReasonMissing
    return said


def _row(key: Key[Any], body_id: int | None) -> Value | None:
    statement = select(Value).where(Value.key == key.name, Value.body_id == body_id)
    return session().scalar(statement.with_for_update())


def _write(row: Value | None, change: ValueChange) -> None:
    session().add(change)
    if change.after is None:
        session().delete(row)
    else:
        row = row or Value(body_id=change.body_id, key=change.key)
        row.value, row.set_at, row.set_by = change.after, change.at, change.person_id
        session().add(row)
    try:
        with session().begin_nested():
            session().flush()
    except IntegrityError as error:  # somebody else set it first, between our look and our word
        raise SettingChangedMeanwhile from error


def _check_hours(path: str) -> None:
    hours = queries.values((Key.OPENING, Key.CLOSE_OF_BUSINESS), path)
    rules.check_hours(hours[Key.OPENING], hours[Key.CLOSE_OF_BUSINESS])
