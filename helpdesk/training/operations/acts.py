"""Every act on a session goes through here: the second click, the lock, the state, the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.statements import changed
from helpdesk.kernel.text import N_
from helpdesk.training.models.attendance import Attendance
from helpdesk.training.models.sessions import Session, SessionChange
from helpdesk.training.rules.sessions import ACT_NAMES, FROM, STATE_NAMES, Act

LONGEST_REASON = 300


class SessionChangedMeanwhile(Conflict):
    """Somebody else saved first."""

    sentence = N_("您打开之后有人改过这期培训。下面是您填的内容，请核对后再保存一次。")


class NotNow(Conflict):
    """The act does not fit the state the session is in."""

    sentence = N_("这期培训现在是“%(state)s”，不能%(act)s。请刷新页面查看能做什么。")


class ReasonMissing(RuleBroken):
    """Cancelling and reopening say why."""

    sentence = N_("请填写原因（最多300个字）。")


@dataclass(frozen=True)
class Click:
    """Who acts, when, and under which lock.

    `once`: the token of the form; `version`: that of the session the person saw (None: the act
    fits whatever happened since).
    """

    actor: Actor
    now: datetime
    once: str | None = None
    version: int | None = None


def claim(session: Session, act: Act, click: Click, *, reason: str = "") -> None:
    """Take the session for this act and write it down.

    The conditional UPDATE is the race's judge: of two people at once only one raises `version`.
    Raises AlreadyDone, SessionChangedMeanwhile.
    """
    refuse_second_click(session, click)
    taken = update(Session).where(Session.id == session.id)
    if click.version is not None:
        taken = taken.where(Session.version == click.version)
    if changed(taken.values(version=Session.version + 1)) != 1:
        # The other one may have been the same click, and only now have been committed.
        refuse_second_click(session, click)
        raise SessionChangedMeanwhile
    database().refresh(session)
    write(session, act, click, reason=reason)


def refuse_second_click(session: Session, click: Click) -> None:
    """Raises AlreadyDone where this form was sent before."""
    if click.once is None:
        return
    done = select(SessionChange.id).where(
        SessionChange.session_id == session.id, SessionChange.once == click.once
    )
    if database().scalar(done) is not None:
        raise AlreadyDone


def write(
    session: Session, act: Act, click: Click, *, reason: str = "", number: int | None = None
) -> None:
    """Append the act to the record of the session."""
    database().add(
        SessionChange(
            session_id=session.id,
            at=click.now,
            person_id=click.actor.person_id,
            act=act,
            reason=reason,
            number=number,
            once=click.once,
        )
    )
    database().flush()


def require(session: Session, act: Act) -> None:
    """The state table's word on whether this may be done now. Raises NotNow."""
    if session.state not in FROM[act]:
        raise NotNow(state=STATE_NAMES[session.state], act=ACT_NAMES[act])


def said(reason: str) -> str:
    """A reason that says something. Raises ReasonMissing."""
    trimmed = " ".join(reason.split())
    if not 0 < len(trimmed) <= LONGEST_REASON:
        raise ReasonMissing
    return trimmed


def attended(session_ids: Collection[int]) -> list[int]:
    """Persons with a record of attendance at any of these sessions."""
    rows = select(Attendance.person_id).where(Attendance.session_id.in_(session_ids)).distinct()
    return list(database().scalars(rows.order_by(Attendance.person_id)))
