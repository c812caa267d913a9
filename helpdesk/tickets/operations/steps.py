"""Steps of the problem card: given to the body that does them, answered, or written down.

semantics 4: a step goes straight to its body, is no hand-up and does not change the holder; two
may run side by side; where the body does not exist or has no account, the holder records its
answer with source and date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from helpdesk.kernel import events
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, NotFound, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import NATIONAL_KINDS, Kind
from helpdesk.people import queries as people
from helpdesk.sla.rules import Outcome
from helpdesk.tickets.events import StepCompleted, StepDelegated
from helpdesk.tickets.models import History, Step, Ticket
from helpdesk.tickets.operations import clocks, parties
from helpdesk.tickets.operations.record import Act, begin, clean, fact, said, write
from helpdesk.tickets.rules import PartyWhy, StepState, Verb

UNFINISHED = (StepState.PLANNED, StepState.OPEN)
# 相关部门 behind the call centre (S-3.5.5): it may give them a step; its clock does not stop.
BEHIND_THE_CALL_CENTRE = (Kind.NATIONAL_AID_CENTRE, Kind.MOE_IT_CENTRE)


class StepNotWaiting(Conflict):
    """The step is already answered, or not given to anybody yet."""

    sentence = N_("这个步骤现在不能这样处理：可能已经完成，或者还没有派出。请刷新页面查看。")


class NobodyDoesIt(RuleBroken):
    """The body of the step does not exist or has no account."""

    sentence = N_(
        "这个步骤的办理单位不存在或还没有账号。请线下联系后用“登记步骤结果”写明答复、来源和日期。"
    )


class OnlyFromTheCallCentre(RuleBroken):
    """A step of a national body asked by a lower office would be a way past S-3.5.4."""

    sentence = N_("这个步骤由%(body)s办理，要先逐级上报到呼叫中心，由呼叫中心派出。请用“上报”。")


class NotInTheFuture(RuleBroken):
    """An answer is dated after today."""

    sentence = N_("答复日期不能晚于今天。")


class NotBehindTheCallCentre(RuleBroken):
    """Only the call centre may add a step, and only for the national centres."""

    sentence = N_("只能由呼叫中心把步骤派给全国学生资助管理中心或教育部教育管理信息中心。")


@dataclass(frozen=True)
class PlannedStep:
    """A step as the plan resolved it on the tree (`body_id` None: no such body)."""

    key: str
    name_zh: str
    name_en: str
    by: str
    body_id: int | None
    required: bool


def plan(ticket: Ticket, planned: Sequence[PlannedStep]) -> None:
    """Write the card's steps onto the ticket; unfinished steps of an earlier card are dropped."""
    last = session().scalar(select(func.max(Step.position)).where(Step.ticket_id == ticket.id))
    for position, step in enumerate(planned, start=(last or 0) + 1):
        session().add(
            Step(
                ticket_id=ticket.id,
                position=position,
                key=step.key,
                name_zh=step.name_zh,
                name_en=step.name_en,
                by=step.by,
                body_id=step.body_id,
                required=step.required,
                state=StepState.PLANNED,
            )
        )
    session().flush()


def drop_unfinished(ticket: Ticket, act: Act) -> None:
    """The card changed or the ticket ended: what was not answered is no longer needed."""
    for step in steps_of(ticket):
        if step.state in UNFINISHED:
            if step.state is StepState.OPEN:
                clocks.end_step(step, Outcome.CANCELLED, how="dropped", at=act.now)
            step.state = StepState.DROPPED


def steps_of(ticket: Ticket) -> list[Step]:
    """All steps, in order."""
    found = session().scalars(
        select(Step).where(Step.ticket_id == ticket.id).order_by(Step.position)
    )
    return list(found)


def unfinished_required(ticket: Ticket) -> list[Step]:
    """Steps that forbid the resolution. What the asker does itself is shown by its confirmation."""
    return [
        step
        for step in steps_of(ticket)
        if step.required and step.state in UNFINISHED and step.by != "asker"
    ]


def _step(ticket: Ticket, step_id: int) -> Step:
    step = session().get(Step, step_id)
    if step is None or step.ticket_id != ticket.id:
        raise NotFound
    return step


def delegate(*, ticket: Ticket, act: Act, step_id: int, question: str) -> History:
    """派步骤: give a planned step to its body."""
    begin(ticket, Verb.DELEGATE, act)
    step = _step(ticket, step_id)
    if step.state is not StepState.PLANNED:
        raise StepNotWaiting
    if step.body_id is None:
        raise NobodyDoesIt
    body = organizations.body(step.body_id)
    if body.kind in NATIONAL_KINDS and _holder_kind(ticket) is not Kind.CALL_CENTRE:
        raise OnlyFromTheCallCentre(body=body)
    if not people.has_active_handler(body.id):
        raise NobodyDoesIt
    step.question = clean(N_("需要对方做什么"), question.strip()) or None
    return _open(ticket, step, body, act)


def _holder_kind(ticket: Ticket) -> Kind:
    return organizations.body(ticket.holder_body_id).kind


def add(*, ticket: Ticket, act: Act, body_id: int, name: str, question: str) -> History:
    """The call centre gives a step of its own making to a department behind it (S-3.5.5)."""
    begin(ticket, Verb.DELEGATE, act)
    body = organizations.body(body_id)
    if _holder_kind(ticket) is not Kind.CALL_CENTRE or body.kind not in BEHIND_THE_CALL_CENTRE:
        raise NotBehindTheCallCentre
    title = said(N_("步骤名称"), name)
    existing = steps_of(ticket)
    step = Step(
        ticket_id=ticket.id,
        position=existing[-1].position + 1 if existing else 1,
        key=f"added_{len(existing) + 1}",
        name_zh=title,
        name_en=title,
        by=body.kind.value,
        body_id=body.id,
        required=False,
        state=StepState.PLANNED,
        question=clean(N_("需要对方做什么"), question.strip()) or None,
    )
    session().add(step)
    session().flush()
    return _open(ticket, step, body, act)


def _open(ticket: Ticket, step: Step, body: BodyView, act: Act) -> History:
    step.state = StepState.OPEN
    step.asked_at = act.now
    parties.join(ticket, body, PartyWhy.STEP, at=act.now)
    clocks.start_step(step, body, now=act.now)
    row = write(
        ticket,
        Verb.DELEGATE,
        act,
        body_id=ticket.holder_body_id,
        before=ticket.status,
        text=step.question,
        to_body_id=body.id,
        step_id=step.id,
    )
    events.publish(StepDelegated(**fact(ticket, row), step_id=step.id, step_body_id=body.id))
    return row


def complete(*, ticket: Ticket, act: Act, step_id: int, answer: str) -> History:
    """The body of an open step answers."""
    begin(ticket, Verb.COMPLETE_STEP, act)
    step = _step(ticket, step_id)
    if step.state is not StepState.OPEN:
        raise StepNotWaiting
    return _finish(ticket, step, act, Verb.COMPLETE_STEP, StepState.DONE, step.body_id, answer)


def record(
    *,
    ticket: Ticket,
    act: Act,
    step_id: int,
    answer: str,
    source: str = "",
    source_on: date | None = None,
) -> History:
    """登记步骤结果: the holder's own step, or the answer of a body that is not in the system."""
    begin(ticket, Verb.RECORD_STEP, act)
    step = _step(ticket, step_id)
    if step.state not in UNFINISHED:
        raise StepNotWaiting
    today = shanghai_date(act.now)
    if source_on is not None and source_on > today:
        raise NotInTheFuture
    if step.body_id != ticket.holder_body_id:
        step.source = said(N_("答复来源"), source)
    step.source_on = source_on or today
    holder = ticket.holder_body_id
    return _finish(ticket, step, act, Verb.RECORD_STEP, StepState.RECORDED, holder, answer)


def _finish(
    ticket: Ticket,
    step: Step,
    act: Act,
    verb: Verb,
    state: StepState,
    body_id: int | None,
    answer: str,
) -> History:
    step.answer = said(N_("步骤结果"), answer)
    if step.state is StepState.OPEN:
        clocks.end_step(step, Outcome.MET, how=state.value, at=act.now)
    step.state = state
    step.done_at = act.now
    step.done_by_person_id = act.actor.person_id
    step.done_by_body_id = body_id
    row = write(
        ticket,
        verb,
        act,
        body_id=body_id,
        before=ticket.status,
        text=step.answer,
        step_id=step.id,
        details={"source": step.source} if step.source else None,
    )
    events.publish(
        StepCompleted(**fact(ticket, row), step_id=step.id, holder_body_id=ticket.holder_body_id)
    )
    return row
