"""Every act on a case goes through here: the second click, the lock, the state, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone, Conflict, Named, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.knowledge.models.cases import Case, History
from helpdesk.knowledge.operations.case_index import index_case
from helpdesk.knowledge.rules.cases import STATE_NAMES, VERB_NAMES, VERBS, State, Verb
from helpdesk.people import queries as people


class CaseChangedMeanwhile(Conflict):
    """Somebody else acted since the page was opened."""

    sentence = N_(
        "您打开页面以后，%(who)s已经办理（%(verb)s）。内容没有丢，请看过最新情况再提交一次。"
    )


class NotNow(Conflict):
    """The verb does not fit the state of the case."""

    sentence = N_("这个案例现在是“%(state)s”，不能%(verb)s。请刷新页面查看能做什么。")


class PersonalDataInCase(RuleBroken):
    """semantics 6: no student datum is stored, not even in a draft."""

    sentence = N_("“%(labels)s”里有个人信息，没有保存。请遮盖后再提交；涉及学生时只写人数。")


class TextTooLong(RuleBroken):
    """A case is read in ten minutes."""

    sentence = N_("“%(label)s”写得太长，最多%(most)s个字；请精简或放进附件。")


@dataclass(frozen=True)
class Act:
    """One act: who, when, under which lock.

    `version`: the version the person saw; `once`: the token of the form.
    """

    actor: Actor
    now: datetime
    once: str
    version: int


def check_length(label: Named, text: str, most: int) -> None:
    """Raises TextTooLong."""
    if len(text) > most:
        raise TextTooLong(label=label, most=most)


def was_done(case_id: int, once: str) -> bool:
    """Did a form with this token act on the case already?"""
    found = select(History.id).where(History.case_id == case_id, History.once == once)
    return session().scalar(found) is not None


def begin(case: Case, verb: Verb, act: Act) -> State:
    """Second click, lock and state in this order; returns the state before the act.

    The conditional UPDATE is the race's judge: of two people at once only one raises `version`.
    """
    if was_done(case.id, act.once):
        raise AlreadyDone
    with session().no_autoflush:
        before = session().scalar(select(Case.state).where(Case.id == case.id))
        taken = session().execute(
            update(Case)
            .where(Case.id == case.id, Case.version == act.version)
            .values(version=Case.version + 1)
            .execution_options(synchronize_session=False)
            .returning(Case.version)
        )
    version = taken.scalar_one_or_none()
    if version is None:
        # Waited for the very same form, sent twice at once.
        if was_done(case.id, act.once):
            raise AlreadyDone
        raise CaseChangedMeanwhile(**_latest(case))
    assert before is not None
    if before not in VERBS[verb].states:
        raise NotNow(state=STATE_NAMES[before], verb=VERB_NAMES[verb])
    case.version = version
    case.state = VERBS[verb].leads_to or before
    case.updated_at = act.now
    return before


def _latest(case: Case) -> dict[str, str]:
    query = select(History.verb, History.person_id).where(History.case_id == case.id)
    verb, person_id = session().execute(query.order_by(History.id.desc()).limit(1)).one()
    who = people.person(person_id).name if person_id is not None else N_("系统")
    return {"who": who, "verb": VERB_NAMES[verb]}


def write(
    case: Case, verb: Verb, act: Act, body_id: int, before: State | None, words: str = ""
) -> History:
    """Append the history row of an act done for `body_id` and index the case; flushes."""
    row = History(
        case_id=case.id,
        at=act.now,
        verb=verb,
        person_id=act.actor.person_id,
        body_id=body_id,
        from_state=before,
        to_state=case.state,
        words=words,
        once=act.once,
    )
    session().add(row)
    session().flush()
    index_case(case)
    return row


def fact(row: History) -> dict[str, Any]:
    """The fields every event has."""
    return {
        "case_id": row.case_id,
        "history_id": row.id,
        "at": row.at,
        "person_id": row.person_id,
        "body_id": row.body_id,
    }
