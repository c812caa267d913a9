"""The life of a good case (S-3.3.4): states, verbs, from which side each is done. One table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpdesk.kernel.errors import Named
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations.rules import Subsystem
from helpdesk.privacy.rules import find

MOST_FILES: Final = 5
LONGEST: Final = 4000
LONGEST_LINE: Final = 200


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What can be done to a case; the word of history, address and test."""

    START = "start"
    EDIT = "edit"
    SUBMIT = "submit"
    RECALL = "recall"
    RETURN = "return"
    PUBLISH = "publish"
    LIFT = "lift"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take-down"


class Side(StrEnum):
    """For which body the actor does it."""

    AUTHOR = "author"  # the body whose case it is
    REVIEWER = "reviewer"  # the body above it, to which it was submitted
    PUBLISHER = "publisher"  # the body below which it is seen
    ABOVE = "above"  # the body above the publisher


@dataclass(frozen=True)
class VerbRule:
    """One row of the table. `leads_to` None: the state stays."""

    permission: Permission
    side: Side
    states: frozenset[State]
    leads_to: State | None = None


_WRITTEN: Final = frozenset({State.DRAFT, State.RETURNED})
_SENT: Final = frozenset({State.SUBMITTED})
_OUT: Final = frozenset({State.PUBLISHED})
_SUBMIT, _REVIEW = Permission.CASE_SUBMIT, Permission.CASE_REVIEW

VERBS: Final[Mapping[Verb, VerbRule]] = {
    Verb.EDIT: VerbRule(_SUBMIT, Side.AUTHOR, _WRITTEN),
    Verb.SUBMIT: VerbRule(_SUBMIT, Side.AUTHOR, _WRITTEN, State.SUBMITTED),
    Verb.RECALL: VerbRule(_SUBMIT, Side.AUTHOR, _SENT, State.DRAFT),
    Verb.PUBLISH: VerbRule(_REVIEW, Side.REVIEWER, _SENT, State.PUBLISHED),
    Verb.RETURN: VerbRule(_REVIEW, Side.REVIEWER, _SENT, State.RETURNED),
    Verb.LIFT: VerbRule(_REVIEW, Side.ABOVE, _OUT),
    Verb.WITHDRAW: VerbRule(_SUBMIT, Side.AUTHOR, _WRITTEN | _OUT, State.WITHDRAWN),
    Verb.TAKE_DOWN: VerbRule(_REVIEW, Side.PUBLISHER, _OUT, State.WITHDRAWN),
}
# Verbs that send something back or away say why.
WITH_REASON: Final = frozenset({Verb.RETURN, Verb.TAKE_DOWN})

STATE_NAMES: Final[Mapping[State, str]] = {
    State.DRAFT: N_("草稿"),
    State.SUBMITTED: N_("待审核"),
    State.RETURNED: N_("已退回"),
    State.PUBLISHED: N_("已发布"),
    State.WITHDRAWN: N_("已撤下"),
}
VERB_NAMES: Final[Mapping[Verb, str]] = {
    Verb.START: N_("新建"),
    Verb.EDIT: N_("修改"),
    Verb.SUBMIT: N_("提交审核"),
    Verb.RECALL: N_("收回"),
    Verb.RETURN: N_("退回"),
    Verb.PUBLISH: N_("发布"),
    Verb.LIFT: N_("推荐"),
    Verb.WITHDRAW: N_("撤下"),
    Verb.TAKE_DOWN: N_("停止发布"),
}


def offered(
    state: State, sides: Mapping[Side, frozenset[Permission]], *, complete: bool
) -> tuple[Verb, ...]:
    """Verbs that an actor who stands on these sides may do now, in table order.

    `complete`: nothing is missing for a review.
    """
    return tuple(
        verb
        for verb, rule in VERBS.items()
        if rule.permission in sides.get(rule.side, frozenset())
        and state in rule.states
        and (complete or verb is not Verb.SUBMIT)
    )


@dataclass(frozen=True)
class Entry:
    """What an author writes. A draft may have gaps."""

    title: str
    situation: str = ""
    measures: str = ""
    result: str = ""
    advice: str = ""
    cards: tuple[str, ...] = ()
    subsystems: tuple[Subsystem, ...] = ()


SECTIONS: Final[Mapping[str, Named]] = {
    "situation": Named("背景和问题", "Situation and problem"),
    "measures": Named("做法", "What was done"),
    "result": Named("成效", "Result"),
    "advice": Named("给同行的建议", "Advice to others"),
}
TITLE: Final = Named("标题", "Title")
TOPICS: Final = Named("问题卡片或子系统", "Problem card or subsystem")
_NEEDED: Final = ("situation", "measures", "result")


def missing(entry: Entry) -> tuple[Named, ...]:
    """Labels of what is missing before a case can be reviewed."""
    found = [] if entry.title.strip() else [TITLE]
    found += [SECTIONS[name] for name in _NEEDED if not getattr(entry, name).strip()]
    return (*found, *(() if entry.cards or entry.subsystems else (TOPICS,)))


def with_personal_data(entry: Entry) -> tuple[Named, ...]:
    """Labels of the texts that hold a number of a person (semantics 6)."""
    labels = {"title": TITLE, **SECTIONS}
    return tuple(label for name, label in labels.items() if find(getattr(entry, name)))


def case_number(year: int, row: int) -> str:
    """`AL2026-00012`: Beijing year in which it was begun, and the number of the row."""
    return f"AL{year}-{row:05d}"
