"""The life of an article: states, verbs, what may stand in it. One table, and values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

import yaml

from helpdesk.kernel.errors import Named
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_, printable
from helpdesk.organizations.rules import Subsystem
from helpdesk.privacy.rules import find, mask, warnings

LONGEST_TITLE: Final = 40
LONGEST_SUMMARY: Final = 80
LONGEST_BODY: Final = 8000
LONGEST_WORDS: Final = 1000
ITEM_ID: Final = re.compile(r"[A-Z]{2}-X?\d{1,2}", re.ASCII)
# How a file names the owner of what everybody reads.
NATIONAL_OWNER: Final = "NATIONAL-AID"


class State(StrEnum):
    """Where the newest version of an article stands. An older one may be shown meanwhile."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What can be done to an article; the word of history, address and test."""

    START = "start"
    SYNC = "sync"  # the file brought it
    TAKE_FILE = "take-file"  # the file replaced what was written here
    EDIT = "edit"
    SUBMIT = "submit"
    RECALL = "recall"
    RETURN = "return"
    PUBLISH = "publish"
    RESTORE = "restore"
    DISCARD = "discard"
    KEEP = "keep"
    WITHDRAW = "withdraw"


class Category(StrEnum):
    """The shelves; a file's is its folder, what is written here stands on the last."""

    CARDS = "cards"
    HOWTO = "howto"
    RULES = "rules"
    MODULES = "modules"
    READERS = "readers"
    LOCAL = "local"


class Audience(StrEnum):
    """Kinds of readers to whom an article speaks; none of them named: everybody."""

    SCHOOL = "school"
    OFFICE = "office"
    PROVINCE_IT = "province_it"
    ENROLMENT_OFFICE = "enrolment_office"
    CALL_CENTRE = "call_centre"
    COORDINATOR = "coordinator"
    LEADER = "leader"


class Source(StrEnum):
    """Where a version came from."""

    FILE = "file"
    WEB = "web"


class Why(StrEnum):
    """Why an article did not help."""

    OTHER_CASE = "other_case"
    UNCLEAR = "unclear"
    DID_NOT_WORK = "did_not_work"
    OUTDATED = "outdated"


@dataclass(frozen=True)
class VerbRule:
    """Who may do a verb, and in which states; where it leads is the operation's business."""

    permission: Permission
    states: frozenset[State]


_REST: Final = frozenset({State.DRAFT, State.PUBLISHED, State.WITHDRAWN})
_SENT: Final = frozenset({State.SUBMITTED})
_WRITE, _REVIEW = Permission.ARTICLE_WRITE, Permission.ARTICLE_REVIEW

VERBS: Final[Mapping[Verb, VerbRule]] = {
    Verb.EDIT: VerbRule(_WRITE, _REST),
    Verb.SUBMIT: VerbRule(_WRITE, frozenset({State.DRAFT})),
    Verb.RECALL: VerbRule(_WRITE, _SENT),
    Verb.PUBLISH: VerbRule(_REVIEW, _SENT),
    Verb.RETURN: VerbRule(_REVIEW, _SENT),
    Verb.KEEP: VerbRule(_REVIEW, frozenset({State.PUBLISHED})),
    Verb.RESTORE: VerbRule(_WRITE, _REST),
    Verb.DISCARD: VerbRule(_WRITE, frozenset({State.DRAFT})),
    Verb.WITHDRAW: VerbRule(_REVIEW, frozenset({State.PUBLISHED, State.DRAFT})),
}

STATE_NAMES: Final[Mapping[State, str]] = {
    State.DRAFT: N_("草稿"),
    State.SUBMITTED: N_("待审核"),
    State.PUBLISHED: N_("已发布"),
    State.WITHDRAWN: N_("已撤下"),
}
VERB_NAMES: Final[Mapping[Verb, str]] = {
    Verb.START: N_("新建"),
    Verb.SYNC: N_("从文件更新"),
    Verb.TAKE_FILE: N_("改用文件的版本"),
    Verb.EDIT: N_("修改"),
    Verb.SUBMIT: N_("提交审核"),
    Verb.RECALL: N_("收回"),
    Verb.RETURN: N_("退回"),
    Verb.PUBLISH: N_("发布"),
    Verb.RESTORE: N_("恢复旧版本"),
    Verb.DISCARD: N_("放弃草稿"),
    Verb.KEEP: N_("仍然适用"),
    Verb.WITHDRAW: N_("撤下"),
}
CATEGORY_NAMES: Final[Mapping[Category, str]] = {
    Category.CARDS: N_("按问题卡片"),
    Category.HOWTO: N_("常见做法"),
    Category.RULES: N_("规定"),
    Category.MODULES: N_("填报模块"),
    Category.READERS: N_("各类人员怎么用"),
    Category.LOCAL: N_("各地规定和经验"),
}
AUDIENCE_NAMES: Final[Mapping[Audience, str]] = {
    Audience.SCHOOL: N_("学校"),
    Audience.OFFICE: N_("资助部门"),
    Audience.PROVINCE_IT: N_("省级教育信息化管理部门"),
    Audience.ENROLMENT_OFFICE: N_("学籍管理部门"),
    Audience.CALL_CENTRE: N_("呼叫中心"),
    Audience.COORDINATOR: N_("培训负责人"),
    Audience.LEADER: N_("负责人"),
}
WHY_NAMES: Final[Mapping[Why, str]] = {
    Why.OTHER_CASE: N_("我的情况不一样"),
    Why.UNCLEAR: N_("看不懂"),
    Why.DID_NOT_WORK: N_("照做了没有用"),
    Why.OUTDATED: N_("内容过时了"),
}


def offered(
    state: State, held: frozenset[Permission], *, complete: bool, shown: bool
) -> tuple[Verb, ...]:
    """Verbs that somebody with these permissions may do now, in table order.

    `complete`: nothing is missing for a review. `shown`: readers see some version of it. Old
    versions are restored from their own page.
    """
    return tuple(
        verb
        for verb, rule in VERBS.items()
        if rule.permission in held
        and state in rule.states
        and verb is not Verb.RESTORE
        and (complete or verb is not Verb.SUBMIT)
        and (shown or verb is not Verb.WITHDRAW)
    )


@dataclass(frozen=True)
class Content:
    """What an author writes; a draft may have gaps. `body` is Markdown without HTML."""

    title: str
    summary: str = ""
    body: str = ""
    cards: tuple[str, ...] = ()
    subsystems: tuple[Subsystem, ...] = ()
    items: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ()
    clauses: tuple[str, ...] = ()

    def meta(self) -> dict[str, list[str]]:
        """The lists, as a version keeps them."""
        return {name: [str(word) for word in getattr(self, name)] for name in LISTS}


LISTS: Final = ("cards", "subsystems", "items", "audience", "clauses")
LABELS: Final[Mapping[str, Named]] = {
    "title": Named("标题", "Title"),
    "summary": Named("一句话说明", "One sentence"),
    "body": Named("正文", "Text"),
}


def content_of(title: str, summary: str, body: str, meta: Mapping[str, Sequence[str]]) -> Content:
    """The content that a version keeps."""
    return Content(
        title=title,
        summary=summary,
        body=body,
        cards=tuple(meta.get("cards", ())),
        subsystems=tuple(Subsystem(word) for word in meta.get("subsystems", ())),
        items=tuple(meta.get("items", ())),
        audience=tuple(Audience(word) for word in meta.get("audience", ())),
        clauses=tuple(meta.get("clauses", ())),
    )


def tidy(content: Content) -> Content:
    """Line ends of one kind, no blanks at the ends: what is compared and kept."""
    lines = printable(content.body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Content(
        title=" ".join(printable(content.title).split()),
        summary=" ".join(printable(content.summary).split()),
        body="\n".join(line.rstrip() for line in lines).strip(),
        **{name: tuple(dict.fromkeys(getattr(content, name))) for name in LISTS},
    )


def missing(content: Content) -> tuple[Named, ...]:
    """Labels of what is missing before an article can be reviewed."""
    return tuple(label for name, label in LABELS.items() if not getattr(content, name).strip())


def with_personal_data(content: Content) -> tuple[Named, ...]:
    """Labels of the texts that hold a number of a person (semantics 6)."""
    return tuple(label for name, label in LABELS.items() if find(getattr(content, name)))


def fingerprint(content: Content) -> str:
    """Equal for equal contents, however the file is laid out: SHA-256 in hex."""
    return hashlib.sha256(as_file(content, "", None).encode()).hexdigest()


def as_file(content: Content, owner: str, review_on: date | None) -> str:
    """The article as a file of ours: front matter, a blank line, the text."""
    head = {"title": content.title, "summary": content.summary}
    lines = [f"{key}: {_scalar(value)}" for key, value in head.items()]
    for key in ("cards", "subsystems", "items", "audience", "clauses"):
        lines.append(f"{key}: [{', '.join(_scalar(word) for word in getattr(content, key))}]")
    lines.append(f"owner: {_scalar(owner)}")
    lines.append(f"review_on: {review_on.isoformat() if review_on else 'null'}")
    return "---\n" + "\n".join(lines) + f"\n---\n\n{content.body}\n"


def _scalar(value: Any) -> str:
    """A YAML scalar on one line; quotes only where YAML would read something else."""
    text = yaml.safe_dump(str(value), allow_unicode=True, width=10**6).strip()
    return text.removesuffix("\n...").strip()


class Fate(StrEnum):
    """What a run over the files finds about one article."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DIVERGED = "diverged"
    GONE = "gone"


@dataclass(frozen=True)
class Stored:
    """What is known of an article: fingerprints of its newest version and of its last file."""

    state: State
    newest: str
    file: str = ""


def fate(stored: Stored | None, file: str | None) -> Fate:
    """What becomes of an article whose file has this fingerprint now (None: there is none).

    What was written here is never overwritten: it stays, and is listed as diverged.
    """
    if stored is None:
        return Fate.ADDED
    if file is None:
        return Fate.GONE
    if stored.newest == file:
        return Fate.UNCHANGED
    follows = stored.newest == stored.file and stored.state is State.PUBLISHED
    return Fate.UPDATED if follows else Fate.DIVERGED


def diverged(newest: str, file: str | None) -> bool:
    """Is what was written here something else than the file says?"""
    return file is not None and newest != file


def masked(text: str) -> str:
    """A text of a ticket as an article may use it: numbers of persons masked, and guesses too."""
    for finding in reversed(warnings(text)):
        text = text[: finding.start] + finding.masked + text[finding.end :]
    return mask(text)


_LINK: Final = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_TABLE_RULE: Final = re.compile(r"^\|?[\s:|-]+\|[\s:|-]*$", re.MULTILINE)
_MARKS: Final = re.compile(r"^[ \t]*(?:#{1,6}|[-*+>]|\d+\.)[ \t]+|[*`_~]{1,3}", re.MULTILINE)


def plain(body: str) -> str:
    """The words of a Markdown text without its marks: for the index and for excerpts."""
    text = _TABLE_RULE.sub("", _LINK.sub(r"\1", body))
    text = _MARKS.sub("", text).replace("|", " ")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
