"""Submitting, reviewing, publishing and recommending a case (S-3.3.4)."""

from __future__ import annotations

from sqlalchemy import update

from helpdesk.kernel import events
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Named, RuleBroken, in_a_row
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.knowledge.access import cases as access
from helpdesk.knowledge.access.cases import Reach
from helpdesk.knowledge.events import CasePublished, CaseReturned, CaseSubmitted, CaseTakenDown
from helpdesk.knowledge.models.cases import Case, History, Recommendation
from helpdesk.knowledge.operations.record import (
    Act,
    PersonalDataInCase,
    begin,
    check_length,
    fact,
    write,
)
from helpdesk.knowledge.queries import cases as queries
from helpdesk.knowledge.rules import cases as rules
from helpdesk.knowledge.rules.cases import VERBS, Side, State, Verb
from helpdesk.organizations.events import BodyMoved
from helpdesk.organizations.queries import TreeWithoutTop
from helpdesk.privacy import rules as privacy

WORDS = Named("说明", "remark")


class CaseIncomplete(RuleBroken):
    """A reviewer needs the whole of it."""

    sentence = N_("还没有写完：%(labels)s。请补充后再提交审核。")


class ReasonMissing(RuleBroken):
    """What goes back or away carries its reason."""

    sentence = N_("请写明原因，对方才知道怎样修改。")


def submit(*, reach: Reach, act: Act) -> None:
    """Send a case to the body above. Raises CaseIncomplete, and as edit."""
    case = reach.case
    labels = rules.missing(queries.entry_of(case))
    if labels:
        raise CaseIncomplete(labels=in_a_row(labels))
    reviewer = access.body_above(case.body_id)
    if reviewer is None:
        raise TreeWithoutTop
    before = begin(case, Verb.SUBMIT, act)
    case.reviewer_id = reviewer
    row = write(case, Verb.SUBMIT, act, case.body_id, before)
    events.publish(CaseSubmitted(**fact(row), reviewer_id=reviewer))


def recall(*, reach: Reach, act: Act) -> None:
    """Back to the author's desk before anybody has reviewed it."""
    before = begin(reach.case, Verb.RECALL, act)
    reach.case.reviewer_id = None
    write(reach.case, Verb.RECALL, act, reach.case.body_id, before)


def return_back(*, reach: Reach, act: Act, words: str) -> None:
    """To the author, with what is to be changed. Raises ReasonMissing."""
    row = _spoken(reach, Verb.RETURN, act, words)
    events.publish(CaseReturned(**fact(row)))


def publish(*, reach: Reach, act: Act, words: str = "") -> None:
    """Show the case to everybody below the reviewing body."""
    said = _said(Verb.PUBLISH, words)
    before = begin(reach.case, Verb.PUBLISH, act)
    reach.case.publisher_id = reviewer = reach.bodies[Side.REVIEWER]
    reach.case.published_at = act.now
    row = write(reach.case, Verb.PUBLISH, act, reviewer, before, said)
    events.publish(CasePublished(**fact(row), lifted=False))


def lift(*, reach: Reach, act: Act, words: str = "") -> None:
    """推荐: show it to everybody below the body above its publisher, one step at a time."""
    case, upper = reach.case, reach.bodies[Side.ABOVE]
    row = _spoken(reach, Verb.LIFT, act, words)
    case.publisher_id = upper
    session().flush()
    session().execute(
        insert_once(Recommendation).values(
            case_id=case.id,
            body_id=upper,
            at=act.now,
            person_id=act.actor.person_id,
            words=row.words[:300],
        )
    )
    events.publish(CasePublished(**fact(row), lifted=True))


def take_down(*, reach: Reach, act: Act, words: str) -> None:
    """The publisher shows it no longer. Raises ReasonMissing."""
    row = _spoken(reach, Verb.TAKE_DOWN, act, words)
    events.publish(CaseTakenDown(**fact(row)))


def withdraw(*, reach: Reach, act: Act, words: str = "") -> None:
    """The author takes the case away; its history stays."""
    _spoken(reach, Verb.WITHDRAW, act, words)


def _spoken(reach: Reach, verb: Verb, act: Act, words: str) -> History:
    said = _said(verb, words)
    before = begin(reach.case, verb, act)
    return write(reach.case, verb, act, reach.bodies[VERBS[verb].side], before, said)


def _said(verb: Verb, words: str) -> str:
    said = words.strip()
    if not said and verb in rules.WITH_REASON:
        raise ReasonMissing
    check_length(WORDS, said, rules.LONGEST)
    if privacy.find(said):
        raise PersonalDataInCase(labels=WORDS)
    return said


def follow_body(fact: BodyMoved) -> None:
    """An affiliation changed: what waits for review waits at the new office."""
    session().execute(
        update(Case)
        .where(
            Case.body_id == fact.body_id,
            Case.reviewer_id == fact.old_parent_id,
            Case.state.in_((State.SUBMITTED, State.RETURNED)),
        )
        .values(reviewer_id=fact.new_parent_id)
        .execution_options(synchronize_session=False)
    )
