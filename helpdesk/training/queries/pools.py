"""The pools of questions, read from the data folder and checked; BadData names file and line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from helpdesk.catalog.rules import CLAUSE
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.errors import BadData
from helpdesk.organizations.rules import Subsystem
from helpdesk.training.rules.quizzes import ANNEXES, OURS, Pool, Question, QuestionKind

_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
_ITEM = re.compile(rf"({'|'.join(ANNEXES)})-\d\d")
_DATE = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|[1-9]|[12]\d|3[01]|last")
# Parts of our own addresses, which no pool may have as its name.
_RESERVED = ("attempts", "sessions")
_FEWEST_STEPS, _MOST_STEPS = 3, 7
YES, NO = "对", "错"


class Whose(StrEnum):
    """Whose date of an annex item a question asks for."""

    SCHOOL = "school"
    AUTHORITY = "authority"
    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


def load(folder: Path) -> tuple[Pool, ...]:
    """Read every `<key>.yaml`: the pool of the support process first, then by subsystem."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise BadData(f"{folder}: there is no pool of questions")
    found = [_pool(read(file)) for file in files]
    order = [None, *Subsystem]
    return tuple(sorted(found, key=lambda pool: (order.index(pool.subsystem), pool.key)))


def _pool(root: Node) -> Pool:
    needed = ("key", "title", "audience", "draw", "pass_percent", "tries_per_day", "questions")
    at = root.mapping(needed, ("subsystem",))
    title, audience = at["title"].both(), at["audience"].both()
    questions = _questions(at["questions"])
    return Pool(
        key=_key(at["key"], root.file.stem),
        title_zh=title[0],
        title_en=title[1],
        subsystem=at["subsystem"].word(Subsystem) if "subsystem" in at else None,
        audience_zh=audience[0],
        audience_en=audience[1],
        draw=_between(at["draw"], 1, len(questions)),
        pass_percent=_between(at["pass_percent"], 1, 100),
        tries_per_day=_between(at["tries_per_day"], 1, 20),
        questions=questions,
    )


def _key(node: Node, stem: str) -> str:
    key = node.text()
    if key != stem:
        node.wrong(f"the file of pool {key!r} must be called {key}.yaml")
    if not _KEY.fullmatch(key) or key in _RESERVED:
        node.wrong(f"{key!r} cannot be the key of a pool: small letters, digits and underscores")
    return key


def _between(node: Node, least: int, most: int) -> int:
    number = node.number()
    if not least <= number <= most:
        node.wrong(f"{number} is not between {least} and {most}")
    return number


def _questions(node: Node) -> tuple[Question, ...]:
    entries = node.items()
    questions = tuple(_question(entry) for entry in entries)
    _refuse_doubles(entries, [question.id for question in questions])
    _refuse_doubles(entries, [question.text for question in questions])
    return questions


_ASKED = ("id", "kind", "text", "explanation", "clause")


def _question(node: Node) -> Question:
    at = node.mapping(_ASKED, ("options", "answer", "steps", "item", "by", "answer_on"))
    kind = at["kind"].word(QuestionKind)
    options, right = _options(node, at, kind)
    item, by, answer_on = _fact(node, at)
    return Question(
        id=_matching(at["id"], _ID, "an id: small letters, digits and hyphens"),
        kind=kind,
        text=at["text"].text(),
        options=options,
        right=right,
        explanation=at["explanation"].text(),
        clause=_clause(at["clause"]),
        item=item,
        by=by,
        answer_on=answer_on,
    )


def _options(
    node: Node, at: dict[str, Node], kind: QuestionKind
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    key = {QuestionKind.TRUE_FALSE: "answer", QuestionKind.ORDER: "steps"}.get(kind, "options")
    for name in ("answer", "steps", "options"):
        if (name in at) != (name == key):
            node.wrong(f"a question of kind {kind} has {key}, and no {name}")
    if kind is QuestionKind.TRUE_FALSE:
        return (YES, NO), (0,) if at["answer"].boolean() else (1,)
    if kind is QuestionKind.ORDER:
        return _steps(at["steps"])
    return _choices(at["options"], kind)


def _steps(node: Node) -> tuple[tuple[str, ...], tuple[int, ...]]:
    entries = node.items()
    steps = tuple(entry.text() for entry in entries)
    _refuse_doubles(entries, steps)
    if not _FEWEST_STEPS <= len(steps) <= _MOST_STEPS:
        node.wrong(f"{_FEWEST_STEPS} to {_MOST_STEPS} steps are put in order")
    return steps, tuple(range(len(steps)))


def _choices(node: Node, kind: QuestionKind) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Options are `right: text` or `wrong: text`."""
    entries = node.items()
    at = [entry.mapping((), ("right", "wrong")) for entry in entries]
    for entry, option in zip(entries, at, strict=True):
        if len(option) != 1:
            entry.wrong("an option is either right or wrong")
    texts = tuple(value.text() for option in at for value in option.values())
    right = tuple(number for number, option in enumerate(at) if "right" in option)
    _refuse_doubles(entries, texts)
    if kind is QuestionKind.SINGLE and (len(right) != 1 or len(texts) < 3):
        node.wrong("a single choice has one right option and at least two wrong ones")
    if kind is QuestionKind.MULTIPLE and not 2 <= len(right) < len(texts):
        node.wrong("a multiple choice has at least two right options and a wrong one")
    return texts, right


def _fact(node: Node, at: dict[str, Node]) -> tuple[str, str, tuple[str, ...]]:
    """The date that a right answer names: `item`, `by` and `answer_on` go together."""
    given = [name for name in ("item", "by", "answer_on") if name in at]
    if not given:
        return "", "", ()
    if len(given) < 3:
        node.wrong("item, by and answer_on go together")
    days = tuple(_matching(day, _DATE, "a day like 06-20, 15 or last") for day in
                 at["answer_on"].items())  # fmt: skip
    if not days:
        at["answer_on"].wrong("at least one day is needed")
    item = _matching(at["item"], _ITEM, "an annex item like PG-07")
    return item, at["by"].word(Whose), days


def _clause(node: Node) -> str:
    text = node.text()
    if text == OURS:
        return ""
    if not CLAUSE.fullmatch(text) and not _ITEM.fullmatch(text):
        node.wrong(f"{text!r} is no clause like S-2.1.1, no annex item like PG-07, and not {OURS}")
    return text


def _matching(node: Node, pattern: re.Pattern[str], what: str) -> str:
    text = node.text()
    if not pattern.fullmatch(text):
        node.wrong(f"{text!r} is not {what}")
    return text


def _refuse_doubles(nodes: Sequence[Node], keys: Sequence[str]) -> None:
    for number, (node, key) in enumerate(zip(nodes, keys, strict=True)):
        if key in keys[:number]:
            node.wrong(f"{key!r} stands here twice")
