"""Whose row of an imported list is it, and what attendance does it make? Pure.

By staff number, then mobile, then name and body. Out of the organiser's range a number or a
telephone counts only together with the name: nobody tries numbers to learn names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.pinyin import folded
from helpdesk.kernel.text import N_
from helpdesk.training.rules.attendance import Presence, Terms
from helpdesk.training.rules.sheets import Line


class Outcome(StrEnum):
    """Where a row of a test run stands. Only `matched` rows are recorded."""

    MATCHED = "matched"
    CHECK = "check"  # the name alone, one such person in the range: somebody has to look
    RECORDED = "recorded"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    BAD = "bad"
    SKIPPED = "skipped"


OUTCOME_NAMES: Final[Mapping[Outcome, str]] = {
    Outcome.MATCHED: N_("已匹配"),
    Outcome.RECORDED: N_("已有记录"),
    Outcome.CHECK: N_("请核对"),
    Outcome.AMBIGUOUS: N_("要选一位"),
    Outcome.UNKNOWN: N_("找不到"),
    Outcome.BAD: N_("有错的行"),
    Outcome.SKIPPED: N_("已跳过"),
}
REASON_NAMES: Final[Mapping[str, str]] = {
    "nobody": N_("没有工号、手机或姓名"),
    "absent": N_("缺席"),
    "left_first": N_("离会时间早于入会时间"),
    "bad_minutes": N_("时长看不懂"),
    "bad_percent": N_("进度不是0至100"),
    "bad_joined": N_("入会时间看不懂"),
    "bad_left": N_("离会时间看不懂"),
    "number_other_name": N_("工号对上了，姓名不同"),
    "number_several": N_("这个工号对上几个人"),
    "number_unknown": N_("没有这个工号，姓名相同"),
    "mobile_other_name": N_("手机对上了，姓名不同"),
    "mobile_several": N_("这个手机登记了几个人"),
    "name_alone": N_("只有姓名，范围内只有这一位"),
    "name_several": N_("同名的不止一位"),
    "other_body": N_("姓名对上了，单位不同"),
    "name_needed": N_("不在本范围内，还要写姓名才能认定"),
    "unknown": N_("没有这个人"),
}

LATE_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Known:
    """A person who may be meant. `bodies`: names of present bodies; `in_range`: the organiser's."""

    person_id: int
    staff_no: str
    mobile: str
    name: str
    bodies: tuple[str, ...]
    in_range: bool


@dataclass(frozen=True)
class Found:
    """The verdict on a row; `reason` is a code for a sentence."""

    outcome: Outcome
    person_id: int | None = None
    candidates: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Index:
    """Persons by number, telephone and name."""

    numbers: Mapping[str, Known] = field(default_factory=dict)
    mobiles: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    names: Mapping[str, Sequence[Known]] = field(default_factory=dict)


def index(people: Iterable[Known]) -> Index:
    """Make persons findable."""
    numbers: dict[str, Known] = {}
    mobiles: defaultdict[str, list[Known]] = defaultdict(list)
    names: defaultdict[str, list[Known]] = defaultdict(list)
    for person in people:
        numbers[person.staff_no] = person
        if person.mobile:
            mobiles[person.mobile].append(person)
        if person.in_range:
            names[folded(person.name)].append(person)
    return Index(numbers, mobiles, names)


def match(line: Line, among: Index) -> Found:
    """Whose row is it?"""
    if line.bad:
        return Found(Outcome.BAD, reason=line.bad)
    by_number = among.numbers.get(line.staff_no) if line.staff_no else None
    if by_number is not None and _reachable(line, [by_number]):
        return _by_key(line, [by_number], "number")
    by_mobile = _reachable(line, among.mobiles.get(line.mobile, ()) if line.mobile else ())
    if by_mobile:
        return _by_key(line, by_mobile, "mobile")
    if not line.name:
        return Found(Outcome.UNKNOWN, reason="name_needed")
    found = _by_name(line, among.names.get(folded(line.name), ()))
    if line.staff_no and found.person_id is not None:
        # A number nobody has: the name may be right, a person decides.
        return Found(Outcome.AMBIGUOUS, None, (found.person_id,), "number_unknown")
    return found


def _reachable(line: Line, people: Sequence[Known]) -> list[Known]:
    """Without those elsewhere who are not named: as if nobody had that number at all."""
    return [one for one in people if one.in_range or (line.name and _is(line.name, one))]


def _by_key(line: Line, found: Sequence[Known], key: str) -> Found:
    named = [person for person in found if line.name and _is(line.name, person)]
    if len(named) == 1:
        return Found(Outcome.MATCHED, named[0].person_id)
    near = [person for person in named or found if person.in_range]
    if line.name and not named:
        ids = tuple(person.person_id for person in near)
        return Found(Outcome.AMBIGUOUS, None, ids, f"{key}_other_name")
    if len(near) == 1 and len(found) == 1:
        return Found(Outcome.MATCHED, near[0].person_id)
    if near:
        return Found(Outcome.AMBIGUOUS, None, tuple(p.person_id for p in near), f"{key}_several")
    return Found(Outcome.UNKNOWN, reason="unknown")


def _is(typed: str, person: Known) -> bool:
    """The name, or a nickname that says name and body: `王老师-示范小学`, `示范小学王老师`.

    Elsewhere than in the range the name stands at one end: a row of names tries no number out.
    """
    one, other = folded(typed), folded(person.name)
    if one == other or len(other) < 2:
        return one == other
    return other in one if person.in_range else one.startswith(other) or one.endswith(other)


def _by_name(line: Line, found: Sequence[Known]) -> Found:
    if not found:
        return Found(Outcome.UNKNOWN, reason="unknown")
    if not line.body:
        if len(found) == 1:
            return Found(Outcome.CHECK, found[0].person_id, reason="name_alone")
        return Found(Outcome.AMBIGUOUS, None, tuple(p.person_id for p in found), "name_several")
    there = [person for person in found if _at(line.body, person)]
    if len(there) == 1:
        return Found(Outcome.MATCHED, there[0].person_id)
    ids = tuple(person.person_id for person in there or found)
    return Found(Outcome.AMBIGUOUS, None, ids, "name_several" if there else "other_body")


def _at(body: str, person: Known) -> bool:
    said = folded(body)
    return any(said in folded(name) or folded(name) in said for name in person.bodies)


def presence_of(
    line: Line, terms: Terms, starts_at: datetime, *, online: bool
) -> tuple[Presence, int | None, int | None]:
    """(presence, minutes, per cent) that a row makes.

    A meeting tool tells minutes, a course tells per cent: the missing one follows from the length
    of the session. In the room, coming late and too few minutes are presences of their own.
    """
    minutes, percent = line.minutes, line.percent
    if online:
        if percent is None and minutes is not None:
            percent = min(100, minutes * 100 // terms.minutes)
        if minutes is None and percent is not None:
            minutes = percent * terms.minutes // 100
        return Presence.PRESENT, minutes, percent
    if minutes is not None and minutes * 100 <= terms.share_percent * terms.minutes:
        return Presence.LEFT_EARLY, minutes, None
    late = line.joined_at is not None and line.joined_at > starts_at + LATE_AFTER
    return (Presence.LATE if late else Presence.PRESENT), minutes, None
