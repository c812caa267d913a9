"""Replies kept ready (常用回复): texts with a few variables, filled in for one ticket. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpdesk.kernel.errors import Conflict, NotFound, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.privacy.rules import find

LONGEST: Final = 2000
LONGEST_TITLE: Final = 60
# An office that needs more has stopped reading its list.
MOST: Final = 200
# Where a value is not known yet, the blank shows that something is to be written there.
BLANK: Final = "＿＿＿＿"
_VARIABLE = re.compile(r"\{([^{}\s]{1,40})\}")


class Variable(StrEnum):
    """What a reply may ask of the ticket it is put into."""

    ASKER_NAME = "asker_name"
    TICKET_NUMBER = "ticket_number"
    OFFICE_NAME = "office_name"
    DUE_ON = "due_on"
    ARTICLE_TITLE = "article_title"
    SCHOOL_NAME = "school_name"


VARIABLE_NAMES: Final[Mapping[Variable, str]] = {
    Variable.ASKER_NAME: N_("提问人"),
    Variable.TICKET_NUMBER: N_("工单编号"),
    Variable.OFFICE_NAME: N_("答复的单位"),
    Variable.DUE_ON: N_("办理期限"),
    Variable.ARTICLE_TITLE: N_("文章标题"),
    Variable.SCHOOL_NAME: N_("提问单位"),
}


class UnknownVariable(RuleBroken):
    """A word in braces that no ticket can fill."""

    sentence = N_("没有{%(name)s}这个变量。可以用的写在输入框下面。")


class PersonalDataInReply(RuleBroken):
    """What every ticket of the office may receive carries no number of a person."""

    sentence = N_("内容里有个人信息，没有保存。请删去后再提交。")


class TooManyReplies(RuleBroken):
    """MOST are enough."""

    sentence = N_("常用回复已有%(most)s条。请先删去不用的。")


class ReplyChangedMeanwhile(Conflict):
    """A colleague was faster."""

    sentence = N_("这条常用回复刚被同事改过。请看清现在的内容再改。")


class NoSuchReply(NotFound):
    """It was deleted, or belongs to an office that is not above this one."""

    sentence = N_("没有这条常用回复，可能刚被删除。请另选一条。")


@dataclass(frozen=True)
class Reply:
    """`key`: `file:<key>` of the national stock, `own:<id>` of an office. `cards` (): for all.

    `body_id` None: the national stock. `version` counts its changes.
    """

    key: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    cards: tuple[str, ...]
    body_id: int | None = None
    version: int = 1
    uses: int = 0

    def fits(self, card_code: str) -> bool:
        """Is it meant for questions of this card?"""
        return not self.cards or card_code in self.cards


def variables(text: str) -> tuple[str, ...]:
    """Words in braces, each once, in order."""
    return tuple(dict.fromkeys(found[1] for found in _VARIABLE.finditer(text)))


def check(title: str, text: str) -> None:
    """Raises UnknownVariable, PersonalDataInReply."""
    for name in variables(text):
        if name not in set(Variable):
            raise UnknownVariable(name=name)
    if find(title) or find(text):
        raise PersonalDataInReply


def fill(text: str, values: Mapping[Variable, str]) -> str:
    """The text with the values of a ticket; what is not known stays a blank to be written."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in set(Variable):
            return found[0]
        return values.get(Variable(name)) or BLANK

    return _VARIABLE.sub(value, text)


def ordered(replies: Collection[Reply], card_code: str) -> tuple[Reply, ...]:
    """For a ticket of this card: those meant for it, then those for all, each by use; others are
    left out."""
    fitting = [reply for reply in replies if reply.fits(card_code)]
    return tuple(sorted(fitting, key=lambda r: (not r.cards, -r.uses)))
