"""Corrections of attendance: by a coordinator, with a reason, against the version that was seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import insert

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session as database
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.training.models.attendance import Attendance, AttendanceChange
from helpdesk.training.models.sessions import Session
from helpdesk.training.operations import crediting, keeping, marking
from helpdesk.training.queries.attendance import RecordView, bodies_then
from helpdesk.training.rules.attendance import THERE, Presence, Way
from helpdesk.training.rules.sessions import Mode

LONGEST_REASON: Final = 300


class ReasonMissing(RuleBroken):
    """Every correction says why."""

    sentence = N_("请写明更正的理由。")


class MinutesMissing(RuleBroken):
    """Whether a training counts that somebody left early depends on the minutes."""

    sentence = N_("早退或线上完成的，请填写参加了多少分钟。")


class PercentWrong(RuleBroken):
    """Not 0 to 100, or none for an online completion."""

    sentence = N_("线上完成的，请填写完成的百分比（0至100）。")


class MinutesTooMany(RuleBroken):
    """More than a month."""

    sentence = N_("分钟数太大。请填写实际参加的分钟数。")


class OnlineHere(RuleBroken):
    """The session is not held online."""

    sentence = N_("这期培训不在线上举办，不能登记线上完成。")


class RecordChangedMeanwhile(Conflict):
    """A second coordinator was faster: what stands there now has been seen by nobody here."""

    sentence = N_(
        "这条记录刚刚被别人改过，您的更正没有保存。请看清现在的记录；仍要更正的，再提交一次。"
    )


class NothingToJudge(Conflict):
    """The flag is gone: somebody has decided already."""

    sentence = N_("这条记录已经有人核实过了。")


class SameAsBefore(RuleBroken):
    """The correction corrects nothing."""

    sentence = N_("更正后的记录和原来一样，没有改动。")


@dataclass(frozen=True)
class Correction:
    """What the record should say."""

    presence: Presence
    online: bool = False
    minutes: int | None = None
    percent: int | None = None


_MOST_MINUTES: Final = 60 * 24 * 31


def correct(
    *,
    actor: Actor,
    session: Session,
    person_id: int,
    seen: int,
    correction: Correction,
    reason: str,
    once: str,
    now: datetime,
) -> RecordView:
    """Replace the record as it was seen (`seen` 0: there was none), and say why.

    A wrong person is recorded as absent: nothing is deleted. Raises ReasonMissing, MinutesMissing,
    MinutesTooMany, PercentWrong, OnlineHere, SameAsBefore, RecordChangedMeanwhile, and what
    marking.be_running raises.
    """
    why = _reason(reason)
    wanted = _checked(session, correction)
    marking.be_running(actor, session, now)
    before = keeping.locked(session.id, [person_id]).get(person_id)
    token = keeping.token(session.id, person_id, once)
    if before is not None and keeping.is_used(token):
        return before
    if (before.version if before else 0) != seen:
        raise RecordChangedMeanwhile
    after = _after(actor, session, person_id, before, wanted, now)
    if before is not None and _said(before) == wanted and before.flag is None:
        raise SameAsBefore
    _write(actor, session, before, after, why, token, now)
    return after


def judge(
    *,
    actor: Actor,
    session: Session,
    person_id: int,
    seen: int,
    confirmed: bool,
    reason: str,
    once: str,
    now: datetime,
) -> RecordView:
    """Confirm a flagged record, or strike it (recorded as absent).

    Raises ReasonMissing, NothingToJudge, RecordChangedMeanwhile, and what be_running raises.
    """
    why = _reason(reason)
    marking.be_running(actor, session, now)
    before = keeping.locked(session.id, [person_id]).get(person_id)
    token = keeping.token(session.id, person_id, once)
    if before is not None and keeping.is_used(token):
        return before
    if before is None or before.flag is None:
        raise NothingToJudge
    if before.version != seen:
        raise RecordChangedMeanwhile
    after = replace(
        before, flag=None, by_person_id=actor.person_id, version=before.version + 1,
        presence=before.presence if confirmed else Presence.ABSENT,
    )  # fmt: skip
    _write(actor, session, before, after, why, token, now)
    return after


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing
    return text.strip()[:LONGEST_REASON]


def _said(record: RecordView) -> Correction:
    return Correction(record.presence, record.online, record.minutes, record.percent)


def _checked(session: Session, wanted: Correction) -> Correction:
    if wanted.presence not in THERE:
        return Correction(wanted.presence)  # who was not there has no minutes
    if wanted.online and session.mode is Mode.OFFLINE:
        raise OnlineHere
    if wanted.minutes is None and (wanted.online or wanted.presence is Presence.LEFT_EARLY):
        raise MinutesMissing
    if wanted.minutes is not None and not 0 <= wanted.minutes <= _MOST_MINUTES:
        raise MinutesTooMany
    if not wanted.online:
        return replace(wanted, percent=None)
    if wanted.percent is None or not 0 <= wanted.percent <= 100:
        raise PercentWrong
    return wanted


def _after(
    actor: Actor,
    session: Session,
    person_id: int,
    before: RecordView | None,
    wanted: Correction,
    now: datetime,
) -> RecordView:
    return RecordView(
        session_id=session.id,
        person_id=person_id,
        presence=wanted.presence,
        way=Way.ONLINE if wanted.online else before.way if before else Way.DESK,
        online=wanted.online,
        minutes=wanted.minutes,
        percent=wanted.percent,
        flag=None,
        at=before.at if before else now,
        by_person_id=actor.person_id,
        version=before.version + 1 if before else 1,
    )


def _write(
    actor: Actor,
    session: Session,
    before: RecordView | None,
    after: RecordView,
    why: str,
    token: str | None,
    now: datetime,
) -> None:
    done = keeping.replaced(before, after) if before else _added(session, after)
    if not done:
        raise RecordChangedMeanwhile
    row = keeping.line(actor, before, after, now=now, reason=why, once=token)
    database().execute(insert(AttendanceChange), [row])
    crediting.settle([after.person_id], now=now)


def _added(session: Session, after: RecordView) -> bool:
    body_id = bodies_then(session, [after.person_id]).get(after.person_id)
    values = {**asdict(after), "body_id": body_id}
    statement = insert_once(Attendance).values(values).returning(Attendance.person_id)
    return database().scalar(statement) is not None
