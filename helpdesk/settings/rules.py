"""The settings of the product: which there are, of which type, where each may be set.

A value set on a node holds for all below it until a lower node sets its own (`nearest`). What the
notice itself fixes stands here too, so that pages can show it, but cannot be edited.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, cast

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import AID_OFFICES, SIDE_KINDS, Kind

T = TypeVar("T")


class Sort(StrEnum):
    """How a value is written and asked."""

    TIME = "time"
    DAYS = "days"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Choice:
    """One answer of a closed list."""

    value: str
    label: str


YES_OR_NO = (Choice("no", N_("否")), Choice("yes", N_("是")))
_ANYWHERE = AID_OFFICES | SIDE_KINDS | {Kind.CALL_CENTRE}
_PROVINCE = frozenset({Kind.PROVINCE_AID})
_TRAINERS = AID_OFFICES | {Kind.CENTRAL_HEI}


class NotADayCount(RuleBroken):
    """Working days are whole numbers within sense."""

    sentence = N_("请填写%(low)s到%(high)s之间的整数（工作日），现在是“%(text)s”。")


class NotANumber(RuleBroken):
    """A whole number within sense."""

    sentence = N_("请填写%(low)s到%(high)s之间的整数，现在是“%(text)s”。")


class NotATime(RuleBroken):
    """Hours and minutes of Beijing clocks."""

    sentence = N_("请按24小时制填写时间，例如17:30；现在是“%(text)s”。")


class NotAChoice(RuleBroken):
    """An answer that was not offered."""

    sentence = N_("没有“%(text)s”这个选项。请从列出的选项中选择。")


class FixedByNotice(RuleBroken):
    """[S] is not ours to change."""

    sentence = N_("这项时限由通知规定，不能修改。如通知有变，请联系系统运维人员。")


class NotSetHere(RuleBroken):
    """The key means nothing on this kind of node."""

    sentence = N_("这项设置不在这一级修改。请联系上级资助部门。")


class OpensAfterClosing(RuleBroken):
    """A working day has a length."""

    sentence = N_("上班时间%(opening)s不早于下班时间%(closing)s。请同时核对两个时间。")


@dataclass(frozen=True)
class Key(Generic[T]):
    """A setting.

    `at`: kinds of body on which it may be set, besides the root; `source`: clause of the notice,
    empty where it is our own convention; `low`, `high`: limits of a number of days.
    """

    name: str
    sort: Sort
    default: T
    label: str
    hint: str
    at: frozenset[Kind]
    choices: tuple[Choice, ...] = ()
    low: int = 1
    high: int = 30
    editable: bool = True
    source: str = ""

    CLOSE_OF_BUSINESS: ClassVar[Key[time]]
    OPENING: ClassVar[Key[time]]
    LEGAL_DAYS: ClassVar[Key[int]]
    ACCEPT_DAYS: ClassVar[Key[int]]
    ANSWER_DAYS: ClassVar[Key[int]]
    STEP_DAYS: ClassVar[Key[int]]
    ENV_DAYS: ClassVar[Key[int]]
    SYNC_DAYS: ClassVar[Key[int]]
    CONFIRM_DAYS: ClassVar[Key[int]]
    REOPEN_DAYS: ClassVar[Key[int]]
    WAITING_DAYS: ClassVar[Key[int]]
    ENV_FIRST_HOLDER: ClassVar[Key[str]]
    ENR4_OWNER: ClassVar[Key[str]]
    PASSWORD_OFFICE: ClassVar[Key[str]]
    LATE_ENTRY_OFFICE: ClassVar[Key[str]]
    PLAN_CITY_DIRECT: ClassVar[Key[bool]]
    RETURN_COUNTS_AS_FEEDBACK: ClassVar[Key[bool]]
    TRAINING_YEAR: ClassVar[Key[str]]
    TRAINING_CLOSE_DAYS: ClassVar[Key[int]]
    TRAINING_SHARE: ClassVar[Key[int]]
    TRAINING_ONLINE_SHARE: ClassVar[Key[int]]
    TRAINING_CHECK: ClassVar[Key[bool]]
    TRAINING_RECENT_DAYS: ClassVar[Key[int]]
    REMINDERS: ClassVar[Key[bool]]
    REMIND_MONTHLY_FROM: ClassVar[Key[int]]
    REMIND_WEEKLY_FROM: ClassVar[Key[int]]
    FILING_INFERRED: ClassVar[Key[bool]]
    INCIDENT_BODIES: ClassVar[Key[int]]
    INCIDENT_HOURS: ClassVar[Key[int]]

    def parse(self, text: str) -> T:
        """The value that a person or a row wrote. Raises NotATime, NotADayCount, NotAChoice."""
        written = unicodedata.normalize("NFKC", text).strip()
        return cast(T, _PARSERS[self.sort](self, written))

    def text(self, value: T) -> str:
        """The written form, as kept in the row and shown in a form."""
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)


def _time(_key: Key[Any], text: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text, re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise NotATime(text=text)
    return time(int(match[1]), int(match[2]))


def _days(key: Key[Any], text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not key.low <= int(text) <= key.high:
        wrong = NotADayCount if key.sort is Sort.DAYS else NotANumber
        raise wrong(low=key.low, high=key.high, text=text)
    return int(text)


def _choice(key: Key[Any], text: str) -> str:
    if text not in {choice.value for choice in key.choices}:
        raise NotAChoice(text=text)
    return text


def _yes_no(key: Key[Any], text: str) -> bool:
    return _choice(key, text) == "yes"


_PARSERS = {
    Sort.TIME: _time, Sort.DAYS: _days, Sort.NUMBER: _days, Sort.CHOICE: _choice,
    Sort.YES_NO: _yes_no,
}  # fmt: skip

Key.OPENING = Key(
    "opening", Sort.TIME, time(8, 30), N_("上班时间"),
    N_("提醒在这个时间发出。"), _ANYWHERE,
)  # fmt: skip
Key.CLOSE_OF_BUSINESS = Key(
    "close_of_business", Sort.TIME, time(17, 30), N_("下班时间"),
    N_("各项时限在到期日的这个时间截止。"), _ANYWHERE,
)  # fmt: skip
Key.LEGAL_DAYS = Key(
    "legal_days", Sort.DAYS, 5, N_("呼叫中心解决或反馈"),
    N_("省级资助部门和部属高校上报后，5个工作日内解决或反馈。"), frozenset(),
    editable=False, source="S-3.5.5",
)  # fmt: skip
Key.ACCEPT_DAYS = Key(
    "accept_days", Sort.DAYS, 1, N_("受理（本地承诺）"),
    N_("收到问题后几个工作日内受理。"), AID_OFFICES | SIDE_KINDS,
)  # fmt: skip
Key.ANSWER_DAYS = Key(
    "answer_days", Sort.DAYS, 3, N_("答复或上报（本地承诺）"),
    N_("资助部门收到问题后几个工作日内答复或上报。"), AID_OFFICES | SIDE_KINDS,
)  # fmt: skip
Key.STEP_DAYS = Key(
    "step_days", Sort.DAYS, 3, N_("协办步骤（本地承诺）"),
    N_("学籍、财务、信息化等部门几个工作日内完成交办的步骤。"), AID_OFFICES | SIDE_KINDS,
)  # fmt: skip
Key.ENV_DAYS = Key(
    "env_days", Sort.DAYS, 3, N_("运行环境问题（本地承诺）"),
    N_("省级教育信息化管理部门几个工作日内答复运行环境问题。"), _PROVINCE | {Kind.PROVINCE_IT},
)  # fmt: skip
Key.SYNC_DAYS = Key(
    "sync_days", Sort.DAYS, 5, N_("数据同步问题（本地承诺）"),
    N_("省级教育信息化管理部门几个工作日内答复学籍数据不同步问题。"),
    _PROVINCE | {Kind.PROVINCE_IT},
)  # fmt: skip
Key.CONFIRM_DAYS = Key(
    "confirm_days", Sort.DAYS, 5, N_("等待提问方确认"),
    N_("办结后几个工作日无人回应，由系统办结归档。"), AID_OFFICES,
)  # fmt: skip
Key.REOPEN_DAYS = Key(
    "reopen_days", Sort.DAYS, 10, N_("可重新打开"),
    N_("归档后几个工作日内可以重新打开，之后新建关联问题。"), AID_OFFICES, high=60,
)  # fmt: skip
Key.WAITING_DAYS = Key(
    "waiting_days", Sort.DAYS, 10, N_("等待提问方补充"),
    N_("请提问方补充材料最多等几个工作日，到期归档并通知。"), AID_OFFICES, high=60,
)  # fmt: skip
Key.ENV_FIRST_HOLDER = Key(
    "env_first_holder", Sort.CHOICE, "province_it", N_("运行环境问题先到"),
    N_("运行环境和数据同步问题由谁先接。"), _PROVINCE,
    choices=(
        Choice("province_it", N_("省级教育信息化管理部门")),
        Choice("direct_aid", N_("直接主管的资助部门（再交信息化部门协办）")),
    ),
)  # fmt: skip
Key.ENR4_OWNER = Key(
    "enr4_owner", Sort.CHOICE, "province_it", N_("学籍与资助系统不同步由谁解决"),
    N_("学籍系统改为中央集中数据的省份，可以交呼叫中心。"), _PROVINCE,
    choices=(
        Choice("province_it", N_("省级教育信息化管理部门")),
        Choice("call_centre", N_("呼叫中心")),
    ),
)  # fmt: skip
Key.PASSWORD_OFFICE = Key(
    "password_office", Sort.CHOICE, "direct_aid", N_("密码由谁重置"),
    N_("资助系统账号的密码由哪一级资助部门重置。"), _PROVINCE,
    choices=(
        Choice("direct_aid", N_("学校直接主管的资助部门")),
        Choice("city_aid", N_("市级资助部门")),
        Choice("province_aid", N_("省级资助部门")),
    ),
)  # fmt: skip
Key.LATE_ENTRY_OFFICE = Key(
    "late_entry_office", Sort.CHOICE, "direct_aid", N_("截止后由谁开放补录、解锁"),
    N_("填报截止后，补录和解锁由哪一级资助部门开放。"), _PROVINCE,
    choices=(
        Choice("direct_aid", N_("学校直接主管的资助部门")),
        Choice("city_aid", N_("市级资助部门")),
        Choice("province_aid", N_("省级资助部门")),
        Choice("national_aid_centre", N_("全国学生资助管理中心")),
    ),
)  # fmt: skip
Key.PLAN_CITY_DIRECT = Key(
    "plan_city_direct", Sort.YES_NO, False, N_("计划单列市直接上报呼叫中心"),
    N_("选“否”时，计划单列市经所在省上报。"), _PROVINCE, choices=YES_OR_NO,
)  # fmt: skip
Key.RETURN_COUNTS_AS_FEEDBACK = Key(
    "return_counts_as_feedback", Sort.YES_NO, False, N_("呼叫中心退回计为反馈"),
    N_("只影响统计表的栏目，不影响时限。"), frozenset(), choices=YES_OR_NO,
)  # fmt: skip
Key.TRAINING_YEAR = Key(
    "training_year", Sort.CHOICE, "calendar", N_("培训年度"),
    N_("全国统一：按自然年，或按学年（9月1日至次年8月31日）。"), frozenset(),
    choices=(Choice("calendar", N_("自然年")), Choice("school", N_("学年"))),
)  # fmt: skip
Key.TRAINING_CLOSE_DAYS = Key(
    "training_close_days", Sort.NUMBER, 31, N_("培训年度结转"),
    N_("年度结束后几天（自然日）内还可以补录和更正，之后数据不再变动。"), frozenset(), high=90,
)  # fmt: skip
Key.TRAINING_SHARE = Key(
    "training_share", Sort.NUMBER, 80, N_("早退仍计为参训的时长（百分比）"),
    N_("早退人员参加的时长超过这一比例才计为参训。"), _TRAINERS, high=100,
)  # fmt: skip
Key.TRAINING_ONLINE_SHARE = Key(
    "training_online_share", Sort.NUMBER, 80, N_("在线学习完成比例（百分比）"),
    N_("在线学习的时长和进度都达到这一比例才计为参训。"), _TRAINERS, high=100,
)  # fmt: skip
Key.TRAINING_CHECK = Key(
    "training_check", Sort.YES_NO, False, N_("参训须测验合格"),
    N_("选“是”时，新建的培训要选一份测验，年度内合格才计为参训。"), _TRAINERS, choices=YES_OR_NO,
)  # fmt: skip
Key.TRAINING_RECENT_DAYS = Key(
    "training_recent_days", Sort.NUMBER, 30, N_("新到岗人员（另列）"),
    N_("到岗不满几天（自然日）的未参训人员单独列出，仍计入应训人数。"), AID_OFFICES, high=180,
)  # fmt: skip
Key.REMINDERS = Key(
    "training_reminders", Sort.YES_NO, True, N_("自动提醒未参训人员"),
    N_("按计划提醒本人、单位负责人、第一责任人和培训管理员。"), AID_OFFICES, choices=YES_OR_NO,
)  # fmt: skip
Key.REMIND_MONTHLY_FROM = Key(
    "training_remind_monthly_from", Sort.NUMBER, 9, N_("从年度第几个月起每月提醒"),
    N_("培训年度的第几个月起，每月第一个工作日提醒。"), AID_OFFICES, high=12,
)  # fmt: skip
Key.REMIND_WEEKLY_FROM = Key(
    "training_remind_weekly_from", Sort.NUMBER, 12, N_("从年度第几个月起每周提醒"),
    N_("培训年度的第几个月起，每周第一个工作日提醒。"), AID_OFFICES, high=12,
)  # fmt: skip
Key.FILING_INFERRED = Key(
    "filing_inferred", Sort.YES_NO, False, N_("日历列出推定的填报事项"),
    N_("正文有要求、附件没有列出的事项（SH-X1），标明为推定。"), AID_OFFICES, choices=YES_OR_NO,
)  # fmt: skip
Key.INCIDENT_BODIES = Key(
    "incident_bodies", Sort.NUMBER, 3, N_("几个单位反映同一问题时提示"),
    N_("同省这么多单位在短时间内反映同一类问题，提问的人会看到提示。"), _PROVINCE, low=2, high=100,
)  # fmt: skip
Key.INCIDENT_HOURS = Key(
    "incident_hours", Sort.NUMBER, 2, N_("几小时内反映的算在一起"),
    N_("同一类问题在几小时内陆续反映，算作同一次情况。"), _PROVINCE, high=24,
)  # fmt: skip

KEYS: Mapping[str, Key[Any]] = {
    key.name: key
    for key in (
        Key.OPENING, Key.CLOSE_OF_BUSINESS, Key.LEGAL_DAYS, Key.ACCEPT_DAYS, Key.ANSWER_DAYS,
        Key.STEP_DAYS, Key.ENV_DAYS, Key.SYNC_DAYS, Key.CONFIRM_DAYS, Key.REOPEN_DAYS,
        Key.WAITING_DAYS, Key.ENV_FIRST_HOLDER, Key.ENR4_OWNER, Key.PASSWORD_OFFICE,
        Key.LATE_ENTRY_OFFICE, Key.PLAN_CITY_DIRECT, Key.RETURN_COUNTS_AS_FEEDBACK,
        Key.TRAINING_YEAR, Key.TRAINING_CLOSE_DAYS, Key.TRAINING_SHARE, Key.TRAINING_ONLINE_SHARE,
        Key.TRAINING_CHECK, Key.TRAINING_RECENT_DAYS, Key.REMINDERS, Key.REMIND_MONTHLY_FROM,
        Key.REMIND_WEEKLY_FROM, Key.FILING_INFERRED,
        Key.INCIDENT_BODIES, Key.INCIDENT_HOURS,
    )
}  # fmt: skip


def settable(key: Key[Any], kind: Kind | None) -> bool:
    """May the key be set on a body of this kind (None: the root, for the whole country)?"""
    return key.editable and (kind is None or kind in key.at)


def check_settable(key: Key[Any], kind: Kind | None) -> None:
    """Raises FixedByNotice or NotSetHere."""
    if not key.editable:
        raise FixedByNotice()
    if not settable(key, kind):
        raise NotSetHere()


def check_hours(opening: time, closing: time) -> None:
    """A body opens before it closes."""
    if opening >= closing:
        raise OpensAfterClosing(opening=f"{opening:%H:%M}", closing=f"{closing:%H:%M}")


@dataclass(frozen=True)
class Written:
    """One stored value: on which node (None: the root), in written form."""

    body_id: int | None
    key: str
    text: str


def nearest(rows: Iterable[Written], ids: tuple[int, ...]) -> dict[str, Written]:
    """By key the row of the lowest node on a line of ids from the top down; the root comes last."""
    depth: dict[int | None, int] = {body_id: place for place, body_id in enumerate(ids, start=1)}
    depth[None] = 0
    found: dict[str, Written] = {}
    for row in rows:
        if row.body_id not in depth:
            continue
        known = found.get(row.key)
        if known is None or depth[row.body_id] > depth[known.body_id]:
            found[row.key] = row
    return found
