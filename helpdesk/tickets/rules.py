"""The life of a ticket: states, verbs, who may do what when. One table, read by all.

semantics: a verb has a permission, the side from which it is done, the states in which it may be
done, and the state it leads to. Everything else that can forbid it is a fact of `Standing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.workdays.rules import Calendar, days_used


class Status(StrEnum):
    """Where a ticket stands with the body that holds it."""

    ARRIVED = "arrived"  # 待受理
    ACCEPTED = "accepted"  # 办理中
    WAITING = "waiting"  # 等待补充
    RETURNED = "returned"  # 已退回
    FED_BACK = "fed_back"  # 已反馈待解决
    RESOLVED = "resolved"  # 待确认
    CLOSED = "closed"  # 已办结
    WITHDRAWN = "withdrawn"  # 已撤回
    MERGED = "merged"  # 已并入


ENDED = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.MERGED})
IN_WORK = frozenset({Status.ARRIVED, Status.ACCEPTED, Status.WAITING, Status.RETURNED})
OPEN = IN_WORK | {Status.FED_BACK, Status.RESOLVED}


class StepState(StrEnum):
    """A step of the problem card on this ticket."""

    PLANNED = "planned"  # not yet asked of its body
    OPEN = "open"  # with its body
    DONE = "done"  # answered by its body
    RECORDED = "recorded"  # answered elsewhere; the holder wrote it down with source and date
    DROPPED = "dropped"  # the card changed, or it was not needed


class Verb(StrEnum):
    """What can be done to a ticket; the word of history, address and test."""

    SUBMIT = "submit"
    TAKE = "take"
    ASSIGN = "assign"
    RELEASE = "release"
    TAKE_OVER = "take-over"
    ACCEPT = "accept"
    REPLY = "reply"
    NOTE = "note"
    ASK = "ask"
    SUPPLY = "supply"
    HAND_UP = "hand-up"
    RECALL = "recall"
    REDIRECT = "redirect"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    DELEGATE = "delegate"
    COMPLETE_STEP = "complete-step"
    RECORD_STEP = "record-step"
    FEEDBACK = "feedback"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    NOT_SOLVED = "not-solved"
    REOPEN = "reopen"
    CLOSE = "close"
    MERGE = "merge"
    URGE = "urge"
    PRIORITY = "priority"
    PAUSE = "pause"
    RESUME = "resume"


# Acts that answer the asker: an article may come with them, named in the row's details.
ANSWERS = (Verb.REPLY, Verb.FEEDBACK, Verb.RESOLVE)
ARTICLES = "articles"


class Side(StrEnum):
    """From which side of the ticket the actor does it."""

    HOLDER = "holder"  # the body that holds it
    ASKER = "asker"  # the body that asked, or the filer for somebody without an account
    PARTY = "party"  # any body that is a party
    REPORTER = "reporter"  # the body that handed it up last
    STEP = "step"  # a body with an open step
    WAITED_FOR = "waited_for"  # the body whose information is awaited
    PARENT = "parent"  # the body above a holder without an active handler


class CloseKind(StrEnum):
    """How a ticket came to its end."""

    CONFIRMED = "confirmed"
    BY_HOLDER = "by_holder"
    UNANSWERED = "unanswered"  # resolved, no word for 5 working days
    NO_INFORMATION = "no_information"  # waited 10 working days for the asker
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class ResolutionKind(StrEnum):
    """What the last answer was."""

    SOLVED = "solved"
    CANNOT = "cannot"  # 反馈：无法解决，并说明原因


class PartyWhy(StrEnum):
    """Why a body takes part; a body may have several reasons."""

    ASKER = "asker"
    HOLDER = "holder"
    STEP = "step"
    COLLECTING = "collecting"  # the direct aid office reads what goes elsewhere (逐级收集)
    FILER = "filer"
    JOINED = "joined"  # new direct office after an affiliation change


STATUS_NAMES: Mapping[Status, str] = {
    Status.ARRIVED: N_("待受理"),
    Status.ACCEPTED: N_("办理中"),
    Status.WAITING: N_("等待补充"),
    Status.RETURNED: N_("已退回"),
    Status.FED_BACK: N_("已反馈待解决"),
    Status.RESOLVED: N_("待确认"),
    Status.CLOSED: N_("已办结"),
    Status.WITHDRAWN: N_("已撤回"),
    Status.MERGED: N_("已并入其他问题"),
}

VERB_NAMES: Mapping[Verb, str] = {
    Verb.SUBMIT: N_("提交"),
    Verb.TAKE: N_("由我办理"),
    Verb.ASSIGN: N_("指派"),
    Verb.RELEASE: N_("放回未指派"),
    Verb.TAKE_OVER: N_("代为接手"),
    Verb.ACCEPT: N_("受理"),
    Verb.REPLY: N_("回复"),
    Verb.NOTE: N_("内部备注"),
    Verb.ASK: N_("追问"),
    Verb.SUPPLY: N_("补充"),
    Verb.HAND_UP: N_("上报"),
    Verb.RECALL: N_("收回"),
    Verb.REDIRECT: N_("改类型并转办"),
    Verb.RETURN: N_("退回"),
    Verb.RESUBMIT: N_("补充后重报"),
    Verb.WITHDRAW: N_("撤回"),
    Verb.DELEGATE: N_("派步骤"),
    Verb.COMPLETE_STEP: N_("完成步骤"),
    Verb.RECORD_STEP: N_("登记步骤结果"),
    Verb.FEEDBACK: N_("反馈"),
    Verb.RESOLVE: N_("办结答复"),
    Verb.CONFIRM: N_("确认解决"),
    Verb.NOT_SOLVED: N_("没有解决"),
    Verb.REOPEN: N_("重新打开"),
    Verb.CLOSE: N_("关闭"),
    Verb.MERGE: N_("并入另一个问题"),
    Verb.URGE: N_("催办"),
    Verb.PRIORITY: N_("调整缓急"),
    Verb.PAUSE: N_("暂停计时"),
    Verb.RESUME: N_("恢复计时"),
}


@dataclass(frozen=True)
class VerbRule:
    """One row of the state table. `leads_to` None: the state stays (or the operation decides)."""

    permission: Permission
    side: Side
    states: frozenset[Status]
    leads_to: Status | None = None


def _in(*states: Status) -> frozenset[Status]:
    return frozenset(states)


_P, _S, _D = Permission, Status, Side
_WORKING = _in(_S.ACCEPTED, _S.WAITING, _S.RETURNED)

VERBS: Mapping[Verb, VerbRule] = {
    Verb.TAKE: VerbRule(_P.TICKET_TAKE, _D.HOLDER, OPEN),
    Verb.ASSIGN: VerbRule(_P.TICKET_ASSIGN, _D.HOLDER, OPEN),
    Verb.RELEASE: VerbRule(_P.TICKET_TAKE, _D.HOLDER, OPEN),
    Verb.TAKE_OVER: VerbRule(_P.TICKET_TAKE, _D.PARENT, IN_WORK, _S.ARRIVED),
    Verb.ACCEPT: VerbRule(_P.TICKET_ACCEPT, _D.HOLDER, _in(_S.ARRIVED), _S.ACCEPTED),
    Verb.REPLY: VerbRule(_P.TICKET_REPLY, _D.PARTY, OPEN),
    Verb.NOTE: VerbRule(_P.TICKET_NOTE, _D.HOLDER, OPEN | ENDED),
    Verb.ASK: VerbRule(_P.TICKET_ASK, _D.HOLDER, _in(_S.ACCEPTED, _S.RETURNED, _S.FED_BACK)),
    Verb.SUPPLY: VerbRule(_P.TICKET_SUPPLY, _D.WAITED_FOR, _in(_S.WAITING), _S.ACCEPTED),
    Verb.HAND_UP: VerbRule(_P.TICKET_HAND_UP, _D.HOLDER, _WORKING, _S.ARRIVED),
    Verb.RECALL: VerbRule(_P.TICKET_HAND_UP, _D.REPORTER, _in(_S.ARRIVED), _S.ACCEPTED),
    Verb.REDIRECT: VerbRule(_P.TICKET_REDIRECT, _D.HOLDER, IN_WORK),
    Verb.RETURN: VerbRule(_P.TICKET_RETURN, _D.HOLDER, _WORKING, _S.RETURNED),
    Verb.RESUBMIT: VerbRule(_P.TICKET_SUPPLY, _D.HOLDER, _in(_S.RETURNED), _S.ARRIVED),
    Verb.WITHDRAW: VerbRule(_P.TICKET_WITHDRAW, _D.ASKER, IN_WORK, _S.WITHDRAWN),
    Verb.DELEGATE: VerbRule(_P.TICKET_DELEGATE, _D.HOLDER, _WORKING | {_S.FED_BACK}),
    Verb.COMPLETE_STEP: VerbRule(_P.TICKET_COMPLETE_STEP, _D.STEP, IN_WORK | {_S.FED_BACK}),
    Verb.RECORD_STEP: VerbRule(_P.TICKET_DELEGATE, _D.HOLDER, _WORKING | {_S.FED_BACK}),
    Verb.FEEDBACK: VerbRule(
        _P.TICKET_FEEDBACK, _D.HOLDER, _in(_S.ACCEPTED, _S.WAITING, _S.FED_BACK), _S.FED_BACK
    ),
    Verb.RESOLVE: VerbRule(_P.TICKET_RESOLVE, _D.HOLDER, _WORKING | {_S.FED_BACK}, _S.RESOLVED),
    Verb.CONFIRM: VerbRule(_P.TICKET_CONFIRM, _D.ASKER, _in(_S.RESOLVED), _S.CLOSED),
    Verb.NOT_SOLVED: VerbRule(_P.TICKET_CONFIRM, _D.ASKER, _in(_S.RESOLVED), _S.ARRIVED),
    Verb.REOPEN: VerbRule(_P.TICKET_CONFIRM, _D.ASKER, _in(_S.CLOSED), _S.ARRIVED),
    Verb.CLOSE: VerbRule(_P.TICKET_RESOLVE, _D.HOLDER, _in(_S.RESOLVED), _S.CLOSED),
    Verb.MERGE: VerbRule(_P.TICKET_MERGE, _D.HOLDER, _WORKING | {_S.FED_BACK}, _S.MERGED),
    Verb.URGE: VerbRule(_P.TICKET_URGE, _D.ASKER, IN_WORK | {_S.FED_BACK}),
    Verb.PRIORITY: VerbRule(_P.TICKET_TAKE, _D.HOLDER, OPEN),
    Verb.PAUSE: VerbRule(_P.TICKET_PAUSE, _D.HOLDER, _in(_S.ACCEPTED)),
    Verb.RESUME: VerbRule(_P.TICKET_PAUSE, _D.HOLDER, _in(_S.ACCEPTED)),
}


@dataclass(frozen=True)
class Standing:
    """Facts about one ticket seen by one actor: what the verbs of the page depend on.

    `sides`: from which sides this actor stands, with the permissions it holds there.
    """

    status: Status
    sides: Mapping[Side, frozenset[Permission]]
    holder_is_asker: bool = False  # returned down to the very body that asked
    holder_is_call_centre: bool = False
    at_top: bool = False  # nobody above: the call centre
    was_returned: bool = False  # a returner waits for it
    can_return: bool = True
    has_assignee: bool = False
    mine: bool = False
    open_required_steps: tuple[str, ...] = ()
    steps_to_give: bool = False  # to another body
    steps_to_record: bool = False
    own_steps: bool = False
    urged_today: bool = False
    may_reopen: bool = True  # within the reopen window
    running_local_clock: bool = False
    paused: bool = False


@dataclass(frozen=True)
class VerbState:
    """A verb offered to an actor. `refused` (Chinese source, may hold %(steps)s) explains why a
    verb that matters cannot be done now; None when it can."""

    verb: Verb
    refused: str | None = None
    params: tuple[tuple[str, str], ...] = ()


_ASKER_AS_HOLDER = frozenset({Verb.RESUBMIT})


def _fits(verb: Verb, s: Standing) -> bool:
    """Does the verb make sense for these facts, permissions and states aside?"""
    match verb:
        case Verb.TAKE:
            return not s.mine
        case Verb.RELEASE:
            return s.has_assignee and s.mine
        case Verb.HAND_UP:
            return not s.at_top and not s.was_returned
        case Verb.RESUBMIT:
            return s.was_returned
        case Verb.FEEDBACK:
            return s.holder_is_call_centre
        case Verb.RETURN:
            return s.can_return
        case Verb.DELEGATE:
            return s.steps_to_give
        case Verb.RECORD_STEP:
            return s.steps_to_record
        case Verb.COMPLETE_STEP:
            return s.own_steps
        case Verb.PAUSE:
            return s.running_local_clock and not s.paused
        case Verb.RESUME:
            return s.paused and s.status is Status.ACCEPTED
        case _:
            return True


def _refusal(verb: Verb, s: Standing) -> VerbState | None:
    """A verb that belongs here but must wait: it stays visible, with its reason."""
    if verb is Verb.RESOLVE and s.open_required_steps:
        names = "、".join(s.open_required_steps)
        return VerbState(verb, N_("步骤还没有完成：%(steps)s。"), (("steps", names),))
    if verb is Verb.URGE and s.urged_today:
        return VerbState(verb, N_("今天已经催办过，下一个工作日可以再催。"))
    if verb is Verb.REOPEN and not s.may_reopen:
        return VerbState(verb, N_("办结已超过重新打开的期限，请提一个新问题并写上这个编号。"))
    return None


def offered(s: Standing) -> tuple[VerbState, ...]:
    """Every verb this actor may do now, or could but for a stated reason, in table order."""
    found = []
    for verb, rule in VERBS.items():
        allowed = rule.permission in s.sides.get(rule.side, frozenset())
        if not allowed or s.status not in rule.states or not _fits(verb, s):
            continue
        if s.holder_is_asker and rule.side is Side.HOLDER and verb not in _ASKER_AS_HOLDER:
            continue
        found.append(_refusal(verb, s) or VerbState(verb))
    return tuple(found)


class HolderSegment(Protocol):
    """A stretch of time with one body."""

    @property
    def body_id(self) -> int: ...
    @property
    def arrived_by(self) -> Verb: ...


def came_up_from(segments: Sequence[HolderSegment], upper_body_id: int) -> int | None:
    """The body that last handed the ticket up to `upper_body_id`; None: it began there."""
    for before, here in reversed(list(pairwise(segments))):
        upward = here.arrived_by in (Verb.HAND_UP, Verb.RESUBMIT)
        if here.body_id == upper_body_id and upward:
            return before.body_id
    return None


def urged_today(last_on: date | None, calendar: Calendar, now: datetime) -> bool:
    """Has no working day of the holder begun since it was urged last?"""
    return last_on is not None and days_used(calendar, last_on, now) < 1


def ticket_number(year: int, running: int) -> str:
    """`2026-0004711`: Beijing year and running number."""
    return f"{year}-{running:07d}"


def subject(ticket_id: int) -> str:
    """The ticket as a subject of clocks."""
    return f"ticket:{ticket_id}"


def step_subject(step_id: int) -> str:
    """The step as a subject of clocks."""
    return f"step:{step_id}"


def ticket_id_of(clock_subject: str) -> int | None:
    """The ticket a clock speaks of, or None for a step."""
    kind, _, number = clock_subject.partition(":")
    return int(number) if kind == "ticket" else None


def step_id_of(clock_subject: str) -> int | None:
    """The step a clock speaks of, or None for a ticket."""
    kind, _, number = clock_subject.partition(":")
    return int(number) if kind == "step" else None
