"""Presences, ways, flags and verdicts in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from helpdesk.kernel.text import N_
from helpdesk.training.operations.merging import MERGED
from helpdesk.training.rules.attendance import Flag, Presence, Way
from helpdesk.training.rules.matching import OUTCOME_NAMES, REASON_NAMES, Outcome
from helpdesk.training.rules.sheets import Field

PRESENCES: Mapping[Presence, str] = {
    Presence.PRESENT: N_("已到"),
    Presence.LATE: N_("迟到"),
    Presence.LEFT_EARLY: N_("早退"),
    Presence.EXCUSED: N_("请假"),
    Presence.ABSENT: N_("缺席"),
}
LEVELS: Mapping[Presence, str] = {
    Presence.PRESENT: "ok",
    Presence.LATE: "soon",
    Presence.LEFT_EARLY: "soon",
    Presence.EXCUSED: "wait",
    Presence.ABSENT: "late",
}
WAYS: Mapping[Way, str] = {
    Way.QR: N_("扫码"),
    Way.DESK: N_("签到台"),
    Way.IMPORT: N_("导入"),
    Way.ONLINE: N_("线上完成"),
}
FLAGS: Mapping[Flag, str] = {
    Flag.SAME_BROWSER: N_("同一部手机签了不止一个人"),
    Flag.WALK_IN: N_("不在培训对象里"),
    Flag.AGAIN: N_("记为缺席以后又扫码"),
}
COLUMNS: Mapping[Field, str] = {
    Field.STAFF_NO: N_("工号"),
    Field.MOBILE: N_("手机"),
    Field.NAME: N_("姓名"),
    Field.BODY: N_("单位"),
    Field.JOINED: N_("入会时间"),
    Field.LEFT: N_("离会时间"),
    Field.MINUTES: N_("时长"),
    Field.PERCENT: N_("进度"),
    Field.ATTENDANCE: N_("出勤"),
}


def presence_text(presence: Presence | str) -> str:
    """已到, 迟到, ..."""
    return str(_(PRESENCES[Presence(presence)]))


def presence_level(presence: Presence | str) -> str:
    """The meaning of its colour."""
    return LEVELS[Presence(presence)]


def way_text(way: Way | str) -> str:
    """How it came about."""
    return str(_(WAYS[Way(way)]))


def flag_text(flag: Flag | str) -> str:
    """Why somebody has to look."""
    return str(_(FLAGS[Flag(flag)]))


def outcome_text(outcome: Outcome | str) -> str:
    """Where a row of a test run stands."""
    return str(_(OUTCOME_NAMES[Outcome(outcome)]))


def column_text(field: Field | str) -> str:
    """What a column says."""
    return str(_(COLUMNS[Field(field)]))


def why_text(code: str) -> str:
    """Why a row was not taken."""
    return str(_(REASON_NAMES[code])) if code else ""


def correction_text(reason: str) -> str:
    """Why a record was changed: what a person wrote, or what the program did."""
    return str(_(N_("两条人员记录合并"))) if reason == MERGED else reason


def facts_text(facts: Mapping[str, Any]) -> str:
    """A record as history keeps it, in a few words."""
    if not facts:
        return ""
    words = [presence_text(facts["presence"])]
    if facts.get("online"):
        words.append(str(_("线上")))
    if facts.get("minutes") is not None:
        words.append(str(_("%(n)s分钟", n=facts["minutes"])))
    if facts.get("percent") is not None:
        words.append(f"{facts['percent']}%")
    if facts.get("flag"):
        words.append(str(_("待核实")))
    return " · ".join(words)


FILTERS = (
    presence_text, presence_level, way_text, flag_text, outcome_text, column_text, why_text,
    correction_text, facts_text,
)  # fmt: skip
