"""The page of every verb: its form, what it says before, and the operation behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.text import N_
from helpdesk.routing import operations as routing
from helpdesk.tickets import access
from helpdesk.tickets.access import Reach
from helpdesk.tickets.operations import answers, conversation, steps, work
from helpdesk.tickets.operations.record import Act
from helpdesk.tickets.rules import Side, Status, Verb
from helpdesk.web.shell.marks import named
from helpdesk.web.tickets import choices, forms
from helpdesk.web.tickets.actions import came_from
from helpdesk.web.tickets.forms import VerbForm
from helpdesk.web.tickets.scene import Scene

Run = Callable[[Reach, Act, Any], object]
Prepare = Callable[[Scene, Any], None]


def _nothing(_scene: Scene, _form: Any) -> None:
    """Forms without choices."""


@dataclass(frozen=True)
class VerbPage:
    """`before`: what will happen, shown above the form; may hold %(up)s %(down)s %(holder)s.

    `done`: said after it. `binds`: the act is refused if somebody else acted since the page was
    opened; a word that fits whatever happened (a reply) is not.
    """

    form: type[VerbForm]
    run: Run
    before: str
    done: str
    prepare: Prepare = _nothing
    label: str = ""
    binds: bool = True


def _take(reach: Reach, act: Act, _form: Any) -> object:
    return work.take(ticket=reach.ticket, act=act)


def _assign(reach: Reach, act: Act, form: Any) -> object:
    return work.assign(ticket=reach.ticket, act=act, person_id=form.person_id.data)


def _delegate(reach: Reach, act: Act, form: Any) -> object:
    question = form.question.data or ""
    if form.step_id.data:
        return steps.delegate(
            ticket=reach.ticket, act=act, step_id=form.step_id.data, question=question
        )
    return steps.add(
        ticket=reach.ticket,
        act=act,
        body_id=form.body_id.data,
        name=form.name.data,
        question=question,
    )


def _record_step(reach: Reach, act: Act, form: Any) -> object:
    return steps.record(
        ticket=reach.ticket,
        act=act,
        step_id=form.step_id.data,
        answer=form.answer.data,
        source=form.source.data or "",
        source_on=form.source_on.data,
    )


def _complete_step(reach: Reach, act: Act, form: Any) -> object:
    return steps.complete(
        ticket=reach.ticket, act=act, step_id=form.step_id.data, answer=form.answer.data
    )


def _feedback(reach: Reach, act: Act, form: Any) -> object:
    promised = form.end.data == "promised"
    return answers.feedback(
        ticket=reach.ticket,
        act=act,
        text=form.text.data,
        promised_on=form.promised_on.data if promised else None,
        cannot_because="" if promised else form.because.data or "",
    )


def _merge(reach: Reach, act: Act, form: Any) -> object:
    number = form.number.data.strip()
    try:
        into = access.ticket(act.actor, number)
    except NotFound:  # a slip of the pen keeps the form and the reason that was typed
        raise answers.NotADuplicate(number=number) from None
    return answers.merge(ticket=reach.ticket, act=act, into=into, reason=form.reason.data)


def _reply(reach: Reach, act: Act, form: Any) -> object:
    return conversation.reply(
        ticket=reach.ticket, act=act, body_id=reach.bodies[Side.PARTY], text=form.text.data
    )


PAGES: Mapping[Verb, VerbPage] = {
    Verb.TAKE: VerbPage(
        forms.PlainForm, _take, N_("由您经办，同事在队列里能看到。"), N_("现在由您经办。")
    ),
    Verb.ASSIGN: VerbPage(
        forms.AssignForm,
        _assign,
        N_("被指派的同事会收到通知。"),
        N_("已指派。"),
        choices.colleagues,
    ),
    Verb.RELEASE: VerbPage(
        forms.PlainForm,
        lambda r, act, _form: work.release(ticket=r.ticket, act=act),
        N_("放回未指派后，同事都可以接手。"),
        N_("已放回未指派。"),
    ),
    Verb.TAKE_OVER: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: routing.take_over(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("%(holder)s还没有能办理的人员。接手后由您的单位办理，时限从现在起重新计。"),
        N_("已接手，现在由您的单位办理。"),
        label=N_("接手原因"),
    ),
    Verb.ACCEPT: VerbPage(
        forms.PlainForm,
        lambda r, act, _form: work.accept(ticket=r.ticket, act=act),
        N_("受理后由您经办，提问单位会看到已经开始办理。"),
        N_("已受理，由您经办。"),
    ),
    Verb.REPLY: VerbPage(
        forms.ReplyForm,
        _reply,
        N_("所有参与单位都能看到，包括提问单位。"),
        N_("回复已发出。"),
        binds=False,
    ),
    Verb.NOTE: VerbPage(
        forms.NoteForm,
        lambda r, act, form: conversation.note(ticket=r.ticket, act=act, text=form.text.data),
        N_("只有正在办理和曾经办理的单位能看到，提问单位和步骤单位看不到。"),
        N_("备注已保存。"),
        binds=False,
    ),
    Verb.ASK: VerbPage(
        forms.AskForm,
        lambda r, act, form: conversation.ask(
            ticket=r.ticket, act=act, text=form.text.data, body_id=form.body_id.data
        ),
        N_("等提问单位补充期间，本地承诺暂停计时；法定时限不停。"),
        N_("追问已发出。"),
        choices.askable,
    ),
    Verb.SUPPLY: VerbPage(
        forms.SupplyForm,
        lambda r, act, form: conversation.supply(ticket=r.ticket, act=act, text=form.text.data),
        N_("提交后%(holder)s继续办理，计时继续。"),
        N_("补充已提交，%(holder)s继续办理。"),
    ),
    Verb.HAND_UP: VerbPage(
        forms.HandUpForm,
        lambda r, act, form: routing.hand_up(
            ticket=r.ticket, act=act, reason=form.reason.data, tried=form.tried.data
        ),
        N_("上报后由%(up)s办理，您的单位仍能看到进展和结果。受理前可以收回。"),
        N_("已上报%(up)s。"),
    ),
    Verb.RECALL: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: routing.recall(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("%(holder)s还没有受理。收回后由您的单位继续办理。"),
        N_("已收回，由您的单位继续办理。"),
        label=N_("收回原因"),
    ),
    Verb.REDIRECT: VerbPage(
        forms.RedirectForm,
        lambda r, act, form: routing.redirect(
            ticket=r.ticket, act=act, card_code=form.card_code.data, reason=form.reason.data
        ),
        N_("换成新类型的步骤和时限；还在第一级时，会转给新类型的办理单位。"),
        N_("已改类型。"),
        choices.other_cards,
    ),
    Verb.RETURN: VerbPage(
        forms.ReturnForm,
        lambda r, act, form: routing.return_down(
            ticket=r.ticket, act=act, reason=form.reason.data, missing=form.missing.data
        ),
        N_("退回%(down)s。对方补齐后直接回到这里，时限从重新收到时另计。"),
        N_("已退回%(down)s。"),
    ),
    Verb.RESUBMIT: VerbPage(
        forms.SupplyForm,
        lambda r, act, form: routing.resubmit(ticket=r.ticket, act=act, text=form.text.data),
        N_("补齐后直接回到%(back)s，不用再逐级上报。"),
        N_("已重报%(back)s。"),
    ),
    Verb.WITHDRAW: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: answers.withdraw(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("撤回后不再办理，记录保留。"),
        N_("已撤回。"),
        label=N_("撤回原因"),
    ),
    Verb.DELEGATE: VerbPage(
        forms.DelegateForm,
        _delegate,
        N_("步骤直接派给对方，问题仍由您的单位办理；派步骤不停表。"),
        N_("步骤已派出。"),
        choices.steps_to_give,
    ),
    Verb.COMPLETE_STEP: VerbPage(
        forms.CompleteStepForm,
        _complete_step,
        N_("结果会告诉%(holder)s。"),
        N_("步骤已完成。"),
        choices.own_open_steps,
    ),
    Verb.RECORD_STEP: VerbPage(
        forms.RecordStepForm,
        _record_step,
        N_("对方不在系统里，或者是本单位自己的步骤：把结果登记在这里。"),
        N_("步骤结果已登记。"),
        choices.unfinished_steps,
    ),
    Verb.FEEDBACK: VerbPage(
        forms.FeedbackForm,
        _feedback,
        N_("按通知要求在5个工作日内解决或反馈。反馈后法定时限即告满足，问题继续按承诺日期跟踪。"),
        N_("反馈已发出。"),
        choices.feedback_ends,
    ),
    Verb.RESOLVE: VerbPage(
        forms.ResolveForm,
        lambda r, act, form: answers.resolve(
            ticket=r.ticket, act=act, text=form.text.data, proof=form.proof.data
        ),
        N_("答复发给%(asker)s，请对方确认；到期没有回复的，由系统办结。"),
        N_("答复已发出，等%(asker)s确认。"),
        choices.proof,
    ),
    Verb.CONFIRM: VerbPage(
        forms.ConfirmForm,
        lambda r, act, form: answers.confirm(
            ticket=r.ticket, act=act, call_back=form.call_back.data or ""
        ),
        N_("确认后办结，期限内仍可重新打开。"),
        N_("已办结，谢谢您的确认。"),
    ),
    Verb.NOT_SOLVED: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: routing.not_solved(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("问题会回到答复的单位重新办理，时限重新计。"),
        N_("已告诉%(holder)s：还没有解决。"),
        label=N_("哪里没有解决"),
    ),
    Verb.REOPEN: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: routing.reopen(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("重新打开后回到答复的单位办理，时限重新计。"),
        N_("已重新打开。"),
        label=N_("重新打开的原因"),
    ),
    Verb.CLOSE: VerbPage(
        forms.ReasonForm,
        lambda r, act, form: answers.close(ticket=r.ticket, act=act, reason=form.reason.data),
        N_("提问单位已在别处表示解决时使用；对方仍可重新打开。"),
        N_("已关闭。"),
        label=N_("关闭原因"),
    ),
    Verb.MERGE: VerbPage(
        forms.MergeForm,
        _merge,
        N_("本件就此结束；在走的法定时限转到另一件，按较早的时限算。"),
        N_("已并入。"),
    ),
    Verb.URGE: VerbPage(
        forms.UrgeForm,
        lambda r, act, form: answers.urge(ticket=r.ticket, act=act, text=form.text.data or ""),
        N_("%(holder)s会收到催办通知。每个工作日可以催一次。"),
        N_("已催办%(holder)s。"),
        binds=False,
    ),
    Verb.PRIORITY: VerbPage(
        forms.PriorityForm,
        lambda r, act, form: work.prioritise(
            ticket=r.ticket, act=act, urgent=form.urgency.data == "urgent"
        ),
        N_("缓急只影响队列里的先后，不改变时限。"),
        N_("已调整。"),
        choices.urgency,
    ),
    Verb.PAUSE: VerbPage(
        forms.PauseForm,
        lambda r, act, form: work.pause(ticket=r.ticket, act=act, event_name=form.event_name.data),
        N_("只暂停本地承诺；下班时仍在暂停的工作日不计入。"),
        N_("已暂停计时。"),
    ),
    Verb.RESUME: VerbPage(
        forms.PlainForm,
        lambda r, act, _form: work.resume(ticket=r.ticket, act=act),
        N_("恢复后继续计时。"),
        N_("已恢复计时。"),
    ),
}
# One button does it: no page is needed where there is nothing to write.
DIRECT = (Verb.TAKE, Verb.RELEASE, Verb.ACCEPT, Verb.RESUME)


def told(sentence: str, scene: Scene) -> Markup:
    """A sentence of a page with the offices it names."""
    up = scene.names.body(scene.ahead[0]) if scene.ahead else None
    named_bodies = {
        "up": up,
        "down": scene.names.body(came_from(scene)),
        "back": scene.names.body(scene.row.return_to_body_id),
        "holder": scene.holder,
        "asker": scene.asker,
    }
    values = {key: named(body) if body else "" for key, body in named_bodies.items()}
    return Markup(_(sentence)) % values


def is_moving_a_promise(scene: Scene, verb: Verb) -> bool:
    """Feedback a second time moves the promised date."""
    return verb is Verb.FEEDBACK and scene.row.status is Status.FED_BACK
