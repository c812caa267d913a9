"""A list of attendance from any meeting tool: which column is what, and what each row says. Pure.

Title rows may stand above the heading; spellings, widths, spaces and units differ from tool to
tool. Numbers that name a person (identity, bank, student) are counted and left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from helpdesk.kernel.errors import RuleBroken
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.pinyin import folded
from helpdesk.kernel.text import N_, printable
from helpdesk.people.rules import is_staff_no, plain
from helpdesk.privacy import rules as privacy


class NoHeading(RuleBroken):
    """No row says which column is what."""

    sentence = N_("没有找到表头。请让一行写明各列，至少有“工号”“手机”“姓名”中的一列，再上传。")


class NoRows(RuleBroken):
    """A heading and nothing below it."""

    sentence = N_("表头下面没有记录。请检查文件后重新上传。")


class TooManyRows(RuleBroken):
    """More than one session can have."""

    sentence = N_("文件有 %(count)s 行，一次最多 %(limit)s 行。请分成几个文件上传。")


class Field(StrEnum):
    """What a column says."""

    STAFF_NO = "staff_no"
    MOBILE = "mobile"
    NAME = "name"
    BODY = "body"
    JOINED = "joined"
    LEFT = "left"
    MINUTES = "minutes"
    PERCENT = "percent"
    ATTENDANCE = "attendance"


MOST_ROWS: Final = 5000
_HEADING_ROWS: Final = 15
# Nobody is in a meeting for a century; the minutes between such days are no number to keep.
_FAR: Final = timedelta(days=366)
_WHO: Final = frozenset({Field.STAFF_NO, Field.MOBILE, Field.NAME})
# In this order: 用户编号 is a number before it is a user, 参会时长 a length before a participant.
_HEADINGS: Final[tuple[tuple[Field, re.Pattern[str]], ...]] = (
    (Field.STAFF_NO, re.compile(
        "工号|职工号|教工号|(人员|员工|教师|职工|教职工)(编号|号码|代码|id)$|"
        "^(staff|employee|job|worker)(no|number|id|code|num)$"
    )),
    (Field.MOBILE, re.compile(
        "手机|电话|联系方式|^(mobile|cell|tele)?phone|^mobile|^tel(ephone)?(no|number)?$"
    )),
    (Field.MINUTES, re.compile(
        "时长|分钟|学习时间$|duration|minutes|timeinsession|^totaltime|watchtime"
    )),
    (Field.PERCENT, re.compile("进度|完成度|完成率|百分比|progress|complet|percent")),
    (Field.JOINED, re.compile(
        "(入会|加入|进入|签到|入场|首次|开始|登录)\\w*时间|^(first)?(join|enter|checkin|start)"
    )),
    (Field.LEFT, re.compile(
        "(离会|退会|离开|退出|签退|离场|最后|结束)\\w*时间|^(last)?(leave|left|exit|checkout|end)"
    )),
    (Field.BODY, re.compile(
        "单位|学校|机构|部门|school|organi[sz]ation|department|company|^unit"
    )),
    (Field.ATTENDANCE, re.compile(
        "出勤|到会|到课|到场|(参会|参训|签到)(情况|状态|结果)|是否(已?到|参|签|出)|^签到$|^状态$|"
        "^attend(ance|ed)|^present$|^(attendance)?status$"
    )),
    (Field.NAME, re.compile(
        "姓名|名字|昵称|参会人|参会者|参会成员|学员|成员名|^成员$|^用户名?称?$|"
        "name$|^participant|^attendee|^user$"
    )),
)  # fmt: skip
_IDENTITY = re.compile("身份证|证件号|idcard|identity|银行卡|学籍号")
# What a list kept by hand writes beside those who did not come.
_ABSENT = re.compile(
    r"缺(席|勤|课)?|旷\w*|[未没]\w+|不到|(已)?请?假|[病事公产]假|否|无|×|✗|✘|x|n|no|0|"
    r"absent|excused|(on )?leave|not \w+|false"
)
_TOTALS = frozenset({"合计", "总计", "小计", "total", "平均"})
_NUMBERS = (privacy.Kind.ID_CARD, privacy.Kind.BANK_CARD, privacy.Kind.STUDENT_NO)


@dataclass(frozen=True)
class Columns:
    """Where the heading stands (row from 0) and which column is what; `share`: per cent as 0-1."""

    row: int
    places: Mapping[Field, int]
    seconds: bool = False
    share: bool = False


@dataclass(frozen=True)
class Line:
    """What one person's rows say. `numbers`: rows as the spreadsheet counts them, from 1.

    `bad`: code of why it cannot be used, or "".
    """

    numbers: tuple[int, ...]
    staff_no: str = ""
    mobile: str = ""
    name: str = ""
    body: str = ""
    minutes: int | None = None
    percent: int | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    bad: str = ""


@dataclass(frozen=True)
class Reading:
    """All of a file: its columns by their headings, a line for each person, numbers left out."""

    headings: Mapping[Field, str]
    lines: tuple[Line, ...]
    hidden: int


def columns(rows: Sequence[Sequence[str]]) -> Columns:
    """Find the heading: the row of the first fifteen that names most columns. NoHeading."""
    best: dict[Field, int] = {}
    place = -1
    for number, row in enumerate(rows[:_HEADING_ROWS]):
        found = _named(row)
        if _WHO & found.keys() and len(found) > len(best):
            best, place = found, number
    if place < 0:
        raise NoHeading
    return _measured(rows, place, best)


def _named(row: Sequence[str]) -> dict[Field, int]:
    found: dict[Field, int] = {}
    for column, cell in enumerate(row):
        heading = folded(cell)
        if not heading or len(heading) > 30 or _IDENTITY.search(heading):
            continue
        for field, pattern in _HEADINGS:
            if field not in found and pattern.search(heading):
                found[field] = column
                break
    return found


def _measured(rows: Sequence[Sequence[str]], place: int, found: dict[Field, int]) -> Columns:
    heading = rows[place]
    minutes, percent = found.get(Field.MINUTES), found.get(Field.PERCENT)
    seconds = minutes is not None and bool(re.search("秒|second", heading[minutes].lower()))
    said = [_cell(row, percent) for row in rows[place + 1 :]]
    numbers = [float(text) for text in said if re.fullmatch(r"\d+(\.\d+)?", text)]
    share = bool(numbers) and max(numbers) <= 1 and not any("%" in text for text in said)
    return Columns(place, found, seconds, share)


def _cell(row: Sequence[str], column: int | None) -> str:
    if column is None or column >= len(row):
        return ""
    text = plain(printable(unicodedata.normalize("NFKC", row[column])))
    # A spreadsheet's ways of keeping a number as text: '0012 and ="0012".
    quoted = re.fullmatch(r'="(.*)"', text)
    return quoted[1] if quoted else text.removeprefix("'").strip()


def read(rows: Sequence[Sequence[str]], held_on: date) -> Reading:
    """Every row below the heading; rows of one person added up. NoHeading, NoRows, TooManyRows."""
    found = columns(rows)
    below = rows[found.row + 1 :]
    if len(below) > MOST_ROWS:
        raise TooManyRows(count=len(below), limit=MOST_ROWS)
    lines = []
    for number, row in enumerate(below, found.row + 2):
        if any(cell.strip() for cell in row) and not _is_no_person(row, found):
            lines.append(_line(number, row, found, held_on))
    if not lines:
        raise NoRows
    headings = {
        field: privacy.mask(printable(rows[found.row][at])).strip()[:30]
        for field, at in found.places.items()
    }
    hidden = sum(_names_a_person(cell) for row in rows for cell in row)
    return Reading(headings, added_up(lines, _same_row), hidden)


def _is_no_person(row: Sequence[str], found: Columns) -> bool:
    """A heading once more, or the totals at the foot."""
    if len(_named(row)) >= min(2, len(found.places)) and len(_named(row)) == len(found.places):
        return True
    first = next((folded(cell) for cell in row if cell.strip()), "")
    return first in _TOTALS


def _names_a_person(cell: str) -> bool:
    return len(cell) >= 11 and any(found.kind in _NUMBERS for found in privacy.find(cell))


def _line(number: int, row: Sequence[str], found: Columns, held_on: date) -> Line:
    def said(field: Field) -> str:
        return _cell(row, found.places.get(field))

    bad: list[str] = []

    def read_as(field: Field, parse: Callable[[str], int | datetime | None]) -> object:
        try:
            return parse(said(field)) if said(field) else None
        except (ValueError, OverflowError):
            bad.append(f"bad_{field}")
            return None

    minutes = read_as(Field.MINUTES, lambda text: minutes_of(text, seconds=found.seconds))
    percent = read_as(Field.PERCENT, lambda text: percent_of(text, share=found.share))
    joined = read_as(Field.JOINED, lambda text: instant_of(text, held_on))
    left = read_as(Field.LEFT, lambda text: instant_of(text, held_on))
    line = Line(
        numbers=(number,),
        staff_no=_staff_no(said(Field.STAFF_NO)),
        mobile=_mobile(said(Field.MOBILE)),
        name=_name(said(Field.NAME)),
        body=privacy.mask(said(Field.BODY))[:120],
        minutes=minutes if isinstance(minutes, int) else None,
        percent=percent if isinstance(percent, int) else None,
        joined_at=joined if isinstance(joined, datetime) else None,
        left_at=left if isinstance(left, datetime) else None,
    )
    return replace(line, bad=bad[0] if bad else _wrong(line, said(Field.ATTENDANCE)))


def _wrong(line: Line, attendance: str) -> str:
    if not (line.staff_no or line.mobile or line.name):
        return "nobody"
    if _ABSENT.fullmatch(attendance.lower()):
        return "absent"
    if line.joined_at and line.left_at and line.left_at < line.joined_at:
        return "left_first"
    return ""


def _staff_no(text: str) -> str:
    number = text.replace(" ", "").upper()
    return number if is_staff_no(number) else ""


def _mobile(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    digits = digits[-11:] if len(digits) > 11 and digits.startswith(("86", "0086")) else digits
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else ""


def _name(text: str) -> str:
    """`王老师(示范小学)` of a nickname stays whole; blanks between Chinese characters go."""
    joined = re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)
    return privacy.mask(joined)[:80]


def minutes_of(text: str, *, seconds: bool = False) -> int:
    """Whole minutes of `95`, `95分钟`, `1小时35分`, `01:35:20`, `1:35`. ValueError."""
    clock = re.fullmatch(r"(\d{1,3}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?", text)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    words = re.fullmatch(
        r"(?:(\d+)\s*(?:小时|时|h|hr|hrs|hours?))?\s*(?:(\d+(?:\.\d+)?)\s*(?:分钟|分|m|min|mins|minutes?))?"
        r"\s*(?:(\d+)\s*(?:秒|s|sec|secs|seconds?))?",
        text.lower(),
    )
    if words and any(words.groups()):
        return _sane(int(words[1] or 0) * 60 + float(words[2] or 0) + int(words[3] or 0) / 60)
    return _sane(float(text) / (60 if seconds else 1))


def _sane(minutes: float) -> int:
    if not 0 <= minutes <= 60 * 24 * 31:
        raise ValueError(minutes)
    return int(minutes)


def percent_of(text: str, *, share: bool = False) -> int:
    """Whole per cent of `95%`, `95`, and `0.95` where the column holds shares. ValueError."""
    value = float(text.rstrip("% ")) * (100 if share else 1)
    if not 0 <= value <= 100:
        raise ValueError(text)
    return int(value)


def instant_of(text: str, held_on: date) -> datetime:
    """A time of day on the day of the session, or day and time, Beijing. ValueError, also for a
    day more than a year away from the session."""
    found = re.search(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    if not found:
        raise ValueError(text)
    written = re.search(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})", text)
    day = date(int(written[1]), int(written[2]), int(written[3])) if written else held_on
    if abs(day - held_on) > _FAR:
        raise ValueError(text)
    return at_shanghai(day, time(int(found[1]), int(found[2]), int(found[3] or 0)))


def _same_row(line: Line) -> Hashable:
    """Rows with the same number, telephone or name and body are one person's."""
    if line.bad:
        return line.numbers
    if line.staff_no:
        return line.staff_no
    return line.mobile or (folded(line.name), folded(line.body))


def added_up(lines: Iterable[Line], key: Callable[[Line], Hashable]) -> tuple[Line, ...]:
    """Lines of one key become one: in and out again adds minutes, not persons."""
    groups: dict[Hashable, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return tuple(_sum(group) for group in groups.values())


def _sum(group: Sequence[Line]) -> Line:
    first = group[0]
    joined = [line.joined_at for line in group if line.joined_at]
    left = [line.left_at for line in group if line.left_at]
    percents = [line.percent for line in group if line.percent is not None]
    return replace(
        first,
        numbers=tuple(number for line in group for number in line.numbers),
        mobile=next((line.mobile for line in group if line.mobile), ""),
        name=next((line.name for line in group if line.name), ""),
        body=next((line.body for line in group if line.body), ""),
        minutes=_minutes(group),
        percent=max(percents, default=None),
        joined_at=min(joined, default=None),
        left_at=max(left, default=None),
    )


def _minutes(group: Sequence[Line]) -> int | None:
    """The time somebody was there: two devices at once count once; else what the rows say."""
    spans = sorted((x.joined_at, x.left_at) for x in group if x.joined_at and x.left_at)
    said = [line.minutes for line in group if line.minutes is not None]
    if len(spans) < len(group) or (len(group) == 1 and said):
        return sum(said) if said else None
    there, until = timedelta(), spans[0][0]
    for start, end in spans:
        there += max(end - max(start, until), timedelta())
        until = max(until, end)
    return int(there.total_seconds() // 60)
