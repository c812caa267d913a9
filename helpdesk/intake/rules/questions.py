"""What a question must say before it can be sent, and what it must never say. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from helpdesk.catalog.rules import Card, Field, FieldKind
from helpdesk.kernel.errors import Named, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import NATIONAL_KINDS, Kind
from helpdesk.privacy.rules import Finding, find, mask, warnings

MOST_FILES: Final = 5
MOST_PEOPLE: Final = 10_000_000
LONGEST: Final = 4000
LONGEST_LINE: Final = 200
# A paper report may have lain for a while; older than a year is a slip of the pen.
OLDEST_REPORT: Final = timedelta(days=365)
YES, NO = "yes", "no"


class Stage(StrEnum):
    """Where in the form a draft stands."""

    DETAILS = "details"
    REVIEW = "review"


class PersonalDataInDraft(RuleBroken):
    """Nothing of a text with a number of a person is kept, not even as a draft."""

    sentence = N_("内容里有个人信息，没有保存。请遮盖后再继续；涉及学生时只写人数。")


class DraftIncomplete(RuleBroken):
    """A required answer is missing."""

    sentence = N_("还没有填完：%(labels)s。请返回上一步补充。")


class TooManyFiles(RuleBroken):
    """A handful of files is enough."""

    sentence = N_("一个问题最多附%(most)s个文件。请去掉不需要的。")


class NoRedirectedQuestion(RuleBroken):
    """OUT stores nothing: the asker was told where to go."""

    sentence = N_("这类问题不在本服务台办理，不用提交。请按页面上的去处联系。")


class NotToBeAskedFor(RuleBroken):
    """A question can be filed for bodies that ask, below one's own office."""

    sentence = N_("不能替%(name)s登记问题。请选择本单位下属的学校或资助部门。")


class BodyDoesNotAskNow(RuleBroken):
    """A body that is closed or 无效 asks no new questions; its office does."""

    sentence = N_("%(name)s已停用，不能再提问题。请以其主管资助部门的名义提交。")


class ReportInTheFuture(RuleBroken):
    """A report cannot have come after now."""

    sentence = N_("接到的时间不能晚于现在。请改正日期和时间。")


class ReportTooOld(RuleBroken):
    """More than a year ago: most likely a wrong year."""

    sentence = N_("接到的时间早于一年前。请核对年份。")


@dataclass(frozen=True)
class Answers:
    """What has been filled in. `fields`: answers to the card's questions by key.

    `received_at` and `received_how`: when and how a phoned or paper report came in. `typed`: the
    words of the question box that led here; `read`: articles opened there, by row number.
    """

    title: str = ""
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    subsystem: str = ""
    callback_name: str = ""
    callback_number: str = ""
    accused_body_id: int | None = None
    received_at: datetime | None = None
    received_how: str = ""
    previous_number: str = ""
    typed: str = ""
    read: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for the draft's row."""
        kept = {k: v for k, v in vars(self).items() if v not in (None, "", {}, ())}
        if self.received_at is not None:
            kept["received_at"] = self.received_at.isoformat()
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Answers:
        """The answers again; unknown keys of an older version are left out."""
        known = {k: v for k, v in kept.items() if k in cls.__dataclass_fields__}
        if "received_at" in known:
            known["received_at"] = datetime.fromisoformat(known["received_at"])
        known["read"] = tuple(known.get("read", ()))
        return cls(**known)


def guarded(answers: Answers) -> Iterator[tuple[str, str]]:
    """Every text that must carry no number of a person, by the name of its field.

    The call-back number of the asker is the one number a question is meant to carry.
    """
    for name in ("title", "text", "callback_name", "received_how", "previous_number", "typed"):
        yield name, getattr(answers, name)
    for key, value in answers.fields.items():
        yield field_name(key), value


def field_name(key: str) -> str:
    """The name of a card's field on the form, apart from the form's own."""
    return f"card_{key}"


def findings(answers: Answers) -> dict[str, tuple[Finding, ...]]:
    """Numbers of persons, by field; an empty dict where there are none."""
    found = {name: find(text) for name, text in guarded(answers)}
    return {name: numbers for name, numbers in found.items() if numbers}


def doubts(answers: Answers) -> dict[str, tuple[Finding, ...]]:
    """Guesses at addresses, birth dates and names. The caller's own name is asked for."""
    texts = [(n, t) for n, t in guarded(answers) if n != "callback_name"]
    found = {name: warnings(text) for name, text in texts}
    return {name: guesses for name, guesses in found.items() if guesses}


def masked(answers: Answers) -> Answers:
    """The same with every number of a person masked."""
    return replace(
        answers,
        title=mask(answers.title),
        text=mask(answers.text),
        callback_name=mask(answers.callback_name),
        received_how=mask(answers.received_how),
        previous_number=mask(answers.previous_number),
        typed=mask(answers.typed),
        fields={key: mask(value) for key, value in answers.fields.items()},
    )


# --- single answers ------------------------------------------------------------------------------

_COUNT = re.compile(r"[0-9]{1,8}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CALLBACK = re.compile(
    r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
    r"|(?:\(0[0-9]{2,3}\)|0[0-9]{2,3})?[- ]?[2-8][0-9]{6,7}(?:[-#转 ]{1,3}[0-9]{1,6})?"
    r"|[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}",
    re.ASCII,
)
NEEDED: Final = N_("请填写“%(label)s”。")
NOT_A_COUNT: Final = N_("“%(label)s”请填写整数，例如120；只写人数，不写名单。")
NOT_A_DAY: Final = N_("“%(label)s”请按年-月-日填写，例如2026-09-22。")
NOT_OFFERED: Final = N_("“%(label)s”请从列出的选项中选择。")
TOO_LONG: Final = N_("“%(label)s”写得太长，最多%(most)s个字；请分开写或放进附件。")
NOT_A_PHONE: Final = N_("“%(label)s”请填写手机或座机号码，例如 0571-88880000。")


def narrow(text: str) -> str:
    """Full-width digits and signs made narrow, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def count(text: str) -> str:
    """`１２０人` -> `120人` -> `120`: digits with the words people add to them."""
    return narrow(text).replace(",", "").removesuffix("人").removesuffix("名").strip()


def problem(asked: Field, value: str) -> str:
    """The sentence about a wrong answer to one of the card's questions; "" when it is right."""
    if not value.strip():
        return NEEDED if asked.required else ""
    if asked.kind is FieldKind.NUMBER:
        right = _COUNT.fullmatch(value) and int(value) <= MOST_PEOPLE
        return "" if right else NOT_A_COUNT
    if asked.kind is FieldKind.DATE:
        return "" if _is_day(value) else NOT_A_DAY
    if asked.kind is FieldKind.BOOL:
        return "" if value in (YES, NO) else NOT_OFFERED
    if asked.kind is FieldKind.CHOICE:
        offered = {option.value for option in asked.options}
        return "" if value in offered else NOT_OFFERED
    return TOO_LONG if len(value) > LONGEST else ""


def _is_day(value: str) -> bool:
    if not _DAY.fullmatch(value):
        return False
    try:
        return date.fromisoformat(value).year >= 1900
    except ValueError:
        return False


def is_callback(text: str) -> bool:
    """A mobile or landline that somebody can be called back on; too short for anything else."""
    return bool(_CALLBACK.fullmatch(narrow(text)))


def text_needed(card: Card) -> bool:
    """Must the free text be written? Not where the card already asks for words."""
    return not any(f.required and f.kind is FieldKind.TEXT for f in card.fields)


def check_received(received_at: datetime, now: datetime) -> None:
    """Raises ReportInTheFuture or ReportTooOld."""
    if received_at > now:
        raise ReportInTheFuture
    if received_at < now - OLDEST_REPORT:
        raise ReportTooOld


# --- the whole -----------------------------------------------------------------------------------


def missing(card: Card, answers: Answers, *, for_others: bool) -> tuple[Named, ...]:
    """Labels of what is missing or wrong before the question can be sent."""
    wrong = (f for f in card.fields if problem(f, answers.fields.get(f.key, "")))
    found = [Named(f.label_zh, f.label_en) for f in wrong]
    if text_needed(card) and not answers.text.strip():
        found.append(Named("情况说明", "what happened"))
    if not is_callback(answers.callback_number):
        found.append(Named("回访电话", "call-back number"))
    if for_others and not answers.callback_name.strip():
        found.append(Named("来电人", "caller"))
    if for_others and answers.received_at is not None and not answers.received_how.strip():
        found.append(Named("怎样接到的", "how it arrived"))
    if card.needs_accused and answers.accused_body_id is None:
        found.append(Named("被反映的部门", "office complained of"))
    return tuple(found)


def title_of(card: Card, answers: Answers) -> str:
    """The asker's own line, or the name of the problem."""
    return (answers.title.strip() or card.name_zh)[:LONGEST_LINE]


def text_of(card: Card, answers: Answers) -> str:
    """The asker's words; where it left them out, what it answered to the card's questions."""
    if answers.text.strip():
        return answers.text.strip()
    said = [
        f"{f.label_zh}：{answers.fields[f.key].strip()}"
        for f in card.fields
        if f.kind is FieldKind.TEXT and answers.fields.get(f.key, "").strip()
    ]
    return "\n".join(said) or card.name_zh


# --- for whom ------------------------------------------------------------------------------------

# The call centre and the national centres are asked; they do not ask (semantics of routing).
ASKING_KINDS: Final = tuple(kind for kind in Kind if kind not in NATIONAL_KINDS)


def asks(kind: Kind) -> bool:
    """Can a body of this kind have a question?"""
    return kind not in NATIONAL_KINDS
