"""Problem cards and playbooks: the values, and what can be answered from them alone.

A text that the notice itself carries names its clause (`S-2.1.4A`); an empty clause means that the
product decided it, and pages then say 本系统约定.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Every card there is, in the order of the notice; the data folder must hold exactly these.
CODES: Final = (
    *("ACC-1", "ACC-2", "ACC-3", "ACC-4a", "ACC-4b", "ACC-4c", "ACC-4x"),
    *("ENR-1", "ENR-2", "ENR-3", "ENR-4"),
    *("DIF-1", "DIF-2", "DIF-3"),
    *("AID-1", "AID-2", "AID-3", "AID-4", "AID-5", "AID-6"),
    *("OPS", "BIZ", "ENV", "TIME", "SEC", "SUP", "TRN", "OUT"),
)


class Door(StrEnum):
    """The entrance of the guided form behind which a card lies."""

    LOGIN = "login"
    ENROLMENT = "enrolment"
    BUSINESS = "business"
    ENVIRONMENT = "environment"
    OTHER = "other"


class StepBody(StrEnum):
    """Who does a step, before it is resolved on the tree for one asker."""

    ASKER = "asker"
    DIRECT_AID = "direct_aid"
    CITY_AID = "city_aid"
    PROVINCE_AID = "province_aid"
    PROVINCE_IT = "province_it"
    ENROLMENT_SAME_LEVEL = "enrolment_same_level"
    FINANCE_SAME_LEVEL = "finance_same_level"
    CALL_CENTRE = "call_centre"
    MOE_IT_CENTRE = "moe_it_centre"
    NATIONAL_AID_CENTRE = "national_aid_centre"
    FIRST_HOLDER = "first_holder"
    # settings decide these: who resets passwords, owns the synchronisation, opens late entry
    PASSWORD_OFFICE = "password_office"
    SYNC_OWNER = "sync_owner"
    LATE_ENTRY_OFFICE = "late_entry_office"


class FirstHolderRule(StrEnum):
    """Which rule of semantics 2 names the first holder."""

    DIRECT_AID = "direct_aid"
    ENVIRONMENT = "environment"  # province_it, or by setting the direct aid office
    SYNC = "sync"  # the same, and the owner of ENR-4 is a setting
    PARENT_OF_ACCUSED = "parent_of_accused"
    INCIDENT_OWNER = "incident_owner"


class CardPromise(StrEnum):
    """The local promise that a holder of such a ticket works under."""

    ANSWER = "answer"
    ENV = "env"
    SYNC = "sync"


class FieldKind(StrEnum):
    """How a field of the form is asked and checked."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    BOOL = "bool"


@dataclass(frozen=True)
class Option:
    """One answer of a choice field."""

    value: str
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class Field:
    """Something the ticket must or may contain. Numbers are counts, never numbers of persons."""

    key: str
    label_zh: str
    label_en: str
    kind: FieldKind
    required: bool
    options: tuple[Option, ...] = ()
    help_zh: str = ""
    help_en: str = ""


@dataclass(frozen=True)
class Step:
    """An act of one body. Steps of one `parallel_group` run side by side, and all count.

    A step with a condition (`when_zh`) is never `required`: only the holder knows if it applies.
    """

    key: str
    name_zh: str
    name_en: str
    by: StepBody
    required: bool
    clause: str = ""
    parallel_group: str = ""
    when_zh: str = ""
    when_en: str = ""


@dataclass(frozen=True)
class Card:
    """One of the 28 problem types: who does what, what must be told, what proves the end.

    `clause` is the clause of the notice that states the problem ("" where the product added it).
    `closing_tier`: the bodies any of which can make and check the final change, lowest first.
    `filing`: the acts of the filing tables it is about, by their codes (`list_entry`).
    `redirect_zh`: for questions that belong elsewhere, what the asker is told instead.
    """

    code: str
    name_zh: str
    name_en: str
    summary_zh: str
    summary_en: str
    clause: str
    door: Door
    steps: tuple[Step, ...]
    fields: tuple[Field, ...]
    proof_zh: str
    proof_en: str
    closing_tier: tuple[StepBody, ...]
    promise: CardPromise
    first_holder_rule: FirstHolderRule
    restricted: bool
    likely_answer_zh: str
    likely_answer_en: str
    redirect_zh: str = ""
    redirect_en: str = ""
    filing: tuple[str, ...] = ()

    @property
    def needs_accused(self) -> bool:
        """Does the asker have to name the office complained of?"""
        return self.first_holder_rule is FirstHolderRule.PARENT_OF_ACCUSED

    def step(self, key: str) -> Step | None:
        """The step with this key."""
        return next((step for step in self.steps if step.key == key), None)

    def field(self, key: str) -> Field | None:
        """The field with this key."""
        return next((field for field in self.fields if field.key == key), None)


@dataclass(frozen=True)
class Choice:
    """An answer in a playbook: leads to a card (`card`) or to another question (`next`)."""

    key: str
    label_zh: str
    label_en: str
    card: str = ""
    next: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Question:
    """One screen of the guided form."""

    key: str
    text_zh: str
    text_en: str
    choices: tuple[Choice, ...]
    help_zh: str = ""
    help_en: str = ""

    def choice(self, key: str) -> Choice | None:
        """The answer with this key."""
        return next((choice for choice in self.choices if choice.key == key), None)


@dataclass(frozen=True)
class Playbook:
    """The questions behind one door; `questions[0]` is asked first. There are no loops."""

    door: Door
    name_zh: str
    name_en: str
    questions: tuple[Question, ...]

    @property
    def start(self) -> Question:
        """The first question."""
        return self.questions[0]

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((question for question in self.questions if question.key == key), None)

    def after(self, question_key: str, choice_key: str) -> Question | str | None:
        """What follows an answer: the next question, a card code, or None for an unknown answer."""
        question = self.question(question_key)
        choice = question.choice(choice_key) if question else None
        if choice is None:
            return None
        return choice.card or self.question(choice.next)


# Which bodies act, in words for a page that has not been resolved on the tree.
BODY_NAMES: Final[dict[StepBody, tuple[str, str]]] = {
    StepBody.ASKER: ("提问单位", "the asking body"),
    StepBody.DIRECT_AID: ("直接主管的资助部门", "the direct aid office"),
    StepBody.CITY_AID: ("市级资助部门", "the city aid office"),
    StepBody.PROVINCE_AID: ("省级资助部门", "the provincial aid office"),
    StepBody.PROVINCE_IT: ("省级教育信息化管理部门", "the provincial IT department"),
    StepBody.ENROLMENT_SAME_LEVEL: ("本级学籍管理部门", "the enrolment office of the same level"),
    StepBody.FINANCE_SAME_LEVEL: ("本级财务部门", "the finance office of the same level"),
    StepBody.CALL_CENTRE: ("呼叫中心", "the call centre"),
    StepBody.MOE_IT_CENTRE: ("教育部教育管理信息中心", "the ministry's IT centre"),
    StepBody.NATIONAL_AID_CENTRE: ("全国学生资助管理中心", "the national aid centre"),
    StepBody.FIRST_HOLDER: ("最先接收的部门", "the first holder"),
    StepBody.PASSWORD_OFFICE: ("负责重置密码的资助部门", "the aid office that resets passwords"),
    StepBody.LATE_ENTRY_OFFICE: (
        "负责开放补录的资助部门",
        "the aid office that opens late entry",
    ),
    StepBody.SYNC_OWNER: ("负责同步的部门", "the body that owns the synchronisation"),
}

DOCUMENT_ZH: Final = "教助中心〔2020〕53号"
DOCUMENT_EN: Final = "Notice No. 53 (2020) of the national aid centre"
OURS_ZH: Final = "本系统约定"
OURS_EN: Final = "our own arrangement"
CLAUSE: Final = re.compile(r"S-([0-3])(?:\.(\d))?(?:\.(\d))?([A-C])?")
_NUMERALS: Final = "零一二三四五六七八九"


def citation_zh(clause: str) -> str:
    """`S-2.1.4A` -> where it stands in the notice; "" -> 本系统约定. ValueError: no clause id."""
    if not clause:
        return OURS_ZH
    part, section, item = _place(clause)
    place = f"{DOCUMENT_ZH} {_NUMERALS[part]}"
    place += f"（{_NUMERALS[section]}）" if section else ""
    return place + (f"{_NUMERALS[item]}是" if item else "")


def citation_en(clause: str) -> str:
    """The same in English."""
    if not clause:
        return OURS_EN
    part, section, item = _place(clause)
    place = f"{DOCUMENT_EN}, part {part}"
    place += f" ({section})" if section else ""
    return place + (f", item {item}" if item else "")


def _place(clause: str) -> tuple[int, int, int]:
    """Part, section and item as printed; 0 where the notice prints no number."""
    found = CLAUSE.fullmatch(clause)
    if not found:
        raise ValueError(clause)
    part, section, item = (int(number or 0) for number in found.group(1, 2, 3))
    # Only parts two and three are divided, and only part two numbers its items: the rest is ours.
    return part, section if part > 1 else 0, item if part == 2 else 0
