"""Which messages there are, over which channels they go, and what a restricted ticket may say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from helpdesk.kernel.text import N_


class Msg(StrEnum):
    """Every message; its words stand in `templates/mail/<value>/`."""

    TICKET_ARRIVED = "ticket_arrived"
    TICKET_HANDED_UP = "ticket_handed_up"
    TICKET_RECALLED = "ticket_recalled"
    TICKET_REDIRECTED = "ticket_redirected"
    TICKET_RETURNED = "ticket_returned"
    TICKET_RETURNED_TWICE = "ticket_returned_twice"
    TICKET_ASSIGNED = "ticket_assigned"
    TICKET_REPLIED = "ticket_replied"
    TICKET_NOTED = "ticket_noted"
    INFORMATION_ASKED = "information_asked"
    INFORMATION_SUPPLIED = "information_supplied"
    STEP_DELEGATED = "step_delegated"
    STEP_COMPLETED = "step_completed"
    FEEDBACK_GIVEN = "feedback_given"
    TICKET_RESOLVED = "ticket_resolved"
    PLEASE_CONFIRM = "please_confirm"
    TICKET_CLOSED = "ticket_closed"
    TICKET_NOT_SOLVED = "ticket_not_solved"
    TICKET_REOPENED = "ticket_reopened"
    TICKET_MERGED = "ticket_merged"
    TICKET_WITHDRAWN = "ticket_withdrawn"
    TICKET_URGED = "ticket_urged"
    CLOCK_WARNING = "clock_warning"
    CLOCK_BREACH = "clock_breach"
    WAITING_REMINDER = "waiting_reminder"
    CONFIRM_REMINDER = "confirm_reminder"
    BODY_WITHOUT_HANDLER = "body_without_handler"
    CALENDAR_CHANGED = "calendar_changed"
    RESTRICTED_NEWS = "restricted_news"
    CASE_SUBMITTED = "case_submitted"
    CASE_RETURNED = "case_returned"
    CASE_PUBLISHED = "case_published"
    CASE_TAKEN_DOWN = "case_taken_down"
    ARTICLE_SUBMITTED = "article_submitted"
    ARTICLE_RETURNED = "article_returned"
    ARTICLE_PUBLISHED = "article_published"
    ARTICLE_REVIEW_DUE = "article_review_due"
    TRAINING_REMINDER = "training_reminder"
    TRAINING_REMINDER_BODY = "training_reminder_body"
    TRAINING_REMINDER_OFFICE = "training_reminder_office"
    FILING_DIGEST = "filing_digest"
    SESSION_INVITED = "session_invited"
    SESSION_NEAR = "session_near"
    SESSION_CHANGED = "session_changed"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_PLACE_FREED = "session_place_freed"
    QUIZ_OFFERED = "quiz_offered"


# What the operator's list calls them.
NAMES: Mapping[str, str] = {
    Msg.TICKET_ARRIVED: N_("新问题"),
    Msg.TICKET_HANDED_UP: N_("上报到本单位"),
    Msg.TICKET_RECALLED: N_("已收回"),
    Msg.TICKET_REDIRECTED: N_("转到本单位"),
    Msg.TICKET_RETURNED: N_("已退回"),
    Msg.TICKET_RETURNED_TWICE: N_("多次退回"),
    Msg.TICKET_ASSIGNED: N_("已指派"),
    Msg.TICKET_REPLIED: N_("新回复"),
    Msg.TICKET_NOTED: N_("内部备注"),
    Msg.INFORMATION_ASKED: N_("请补充情况"),
    Msg.INFORMATION_SUPPLIED: N_("已补充情况"),
    Msg.STEP_DELEGATED: N_("请办理步骤"),
    Msg.STEP_COMPLETED: N_("步骤已有结果"),
    Msg.FEEDBACK_GIVEN: N_("呼叫中心已反馈"),
    Msg.TICKET_RESOLVED: N_("已有答复"),
    Msg.PLEASE_CONFIRM: N_("请确认是否解决"),
    Msg.TICKET_CLOSED: N_("已办结"),
    Msg.TICKET_NOT_SOLVED: N_("没有解决"),
    Msg.TICKET_REOPENED: N_("已重新打开"),
    Msg.TICKET_MERGED: N_("已并入"),
    Msg.TICKET_WITHDRAWN: N_("已撤回"),
    Msg.TICKET_URGED: N_("收到催办"),
    Msg.CLOCK_WARNING: N_("快到期"),
    Msg.CLOCK_BREACH: N_("已超期"),
    Msg.WAITING_REMINDER: N_("催补充情况"),
    Msg.CONFIRM_REMINDER: N_("催确认"),
    Msg.BODY_WITHOUT_HANDLER: N_("没有经办人"),
    Msg.CALENDAR_CHANGED: N_("办理期限有变"),
    Msg.RESTRICTED_NEWS: N_("限制查看的问题"),
    Msg.SESSION_INVITED: N_("培训邀请"),
    Msg.SESSION_NEAR: N_("培训提醒"),
    Msg.SESSION_CHANGED: N_("培训安排有变"),
    Msg.SESSION_CANCELLED: N_("培训已取消"),
    Msg.SESSION_PLACE_FREED: N_("候补转为报名"),
    Msg.QUIZ_OFFERED: N_("测验邀请"),
    Msg.CASE_SUBMITTED: N_("案例待审核"),
    Msg.CASE_RETURNED: N_("案例已退回"),
    Msg.CASE_PUBLISHED: N_("案例已发布"),
    Msg.CASE_TAKEN_DOWN: N_("案例停止发布"),
    Msg.ARTICLE_SUBMITTED: N_("文章待审核"),
    Msg.ARTICLE_RETURNED: N_("文章已退回"),
    Msg.ARTICLE_PUBLISHED: N_("文章已发布"),
    Msg.ARTICLE_REVIEW_DUE: N_("文章该复核了"),
    Msg.TRAINING_REMINDER: N_("请参加培训"),
    Msg.TRAINING_REMINDER_BODY: N_("本单位有人未培训"),
    Msg.TRAINING_REMINDER_OFFICE: N_("范围内有人未培训"),
    Msg.FILING_DIGEST: N_("填报期限"),
}

# Somebody has to act, so the letter says until when.
WITH_DUE_DATE = frozenset(
    {
        Msg.TICKET_ARRIVED,
        Msg.TICKET_HANDED_UP,
        Msg.TICKET_REDIRECTED,
        Msg.TICKET_RETURNED,
        Msg.TICKET_ASSIGNED,
        Msg.INFORMATION_SUPPLIED,
        Msg.TICKET_NOT_SOLVED,
        Msg.TICKET_REOPENED,
        Msg.TICKET_URGED,
    }
)
# News that asks for nothing: the bell is enough, no mailbox is filled with it.
BELL_ONLY = frozenset({Msg.TICKET_NOTED, Msg.TICKET_RECALLED})


@dataclass(frozen=True)
class TicketNews:
    """What a message may need to know about a ticket."""

    id: int
    number: str
    title: str
    restricted: bool
    status: str
    asker_body_id: int
    asker_person_id: int | None
    filer_person_id: int | None
    holder_body_id: int
    assignee_person_id: int | None
    waiting_on_body_id: int | None
    due_at: datetime | None
    due_promise: str | None


@dataclass(frozen=True)
class StepNews:
    """What a message may need to know about a step."""

    ticket_id: int
    name: Mapping[str, str]


def channels(message: Msg) -> tuple[str, ...]:
    """Names of the channels over which a message goes."""
    return ("in_app",) if message in BELL_ONLY else ("in_app", "mail")


def worded(
    ticket: TicketNews, message: Msg, params: Mapping[str, Any]
) -> tuple[Msg, dict[str, Any]]:
    """Message and parameters to write down; of a restricted ticket the number alone."""
    if ticket.restricted:
        return Msg.RESTRICTED_NEWS, {"number": ticket.number}
    about = {"number": ticket.number, "title": ticket.title}
    if message in WITH_DUE_DATE and ticket.due_at is not None:
        about |= {"due_at": ticket.due_at.isoformat(), "due_promise": ticket.due_promise or ""}
    return message, about | {key: value for key, value in params.items() if value is not None}


def answerable(assignee: int | None, workers: Collection[int]) -> frozenset[int]:
    """Who is told on the holder's side: the assignee while still at work there, or everybody."""
    if assignee is not None and assignee in workers:
        return frozenset({assignee})
    return frozenset(workers)


@dataclass(frozen=True)
class Circle:
    """Persons around one clock, by what they are for the body that must keep it."""

    assignee: int | None = None
    handlers: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    first_responsible: frozenset[int] = frozenset()
    supervisors: frozenset[int] = frozenset()
    # The call centre and side bodies answer by their lead, not by a first responsible person.
    led_by_lead: bool = False


SUPERVISOR_FROM_LATE_DAY = 3
RETURNS_THAT_ALERT = 2


def warned(circle: Circle, days_left: int, *, breached: bool) -> frozenset[int]:
    """Whom a warning or a breach reaches (semantics 5).

    The assignee, none: all handlers. From one working day left also the lead. From the breach
    also the first responsible person (S-3.2.2), at the call centre and side bodies the lead. From
    the third late working day the supervisor of the node above. `days_left` negative: late.
    """
    told = set(answerable(circle.assignee, circle.handlers))
    if days_left <= 1 or breached:
        told |= circle.leads
    if breached and not circle.led_by_lead:
        told |= circle.first_responsible
    if breached and -days_left >= SUPERVISOR_FROM_LATE_DAY:
        told |= circle.supervisors
    return frozenset(told)
