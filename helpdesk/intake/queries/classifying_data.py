"""What classifying needs beside the cards, read once from the data folder and checked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import CODES
from helpdesk.intake.rules.classifying.guessing import (
    Answer,
    Ask,
    Deciding,
    Habit,
    Knowledge,
    Note,
)
from helpdesk.intake.rules.classifying.learning import Example, Model, learn
from helpdesk.intake.rules.classifying.words import Cue, Vocabulary, expression
from helpdesk.kernel.datafiles import Node, read
from helpdesk.organizations.rules import Kind


@cache
def knowledge() -> Knowledge:
    """Cues, deciding questions, notes and habits. BadData: a file is wrong."""
    folder = catalog.FOLDER / "classifying"
    at = read(folder / "deciding.yaml").mapping(("questions", "anything", "notes", "habits"))
    cues = read(folder / "words.yaml").mapping(("cues",))["cues"].items()
    keys = {cue["key"].text() for cue in map(_cue_node, cues)}
    return Knowledge(
        vocabulary=Vocabulary(map(_cue, cues), _spelling(read(folder / "spelling.yaml"))),
        questions=tuple(_deciding(node, keys) for node in at["questions"].items()),
        anything=_ask(at["anything"].mapping(("question", "options"))),
        notes=tuple(map(_note, at["notes"].items())),
        habits=tuple(map(_habit, at["habits"].items())),
    )


@cache
def examples() -> tuple[Example, ...]:
    """Texts in users' own words with their cards, in the order of the cards."""
    folder = catalog.FOLDER / "examples"
    return tuple(Example(text, code) for code in CODES for text in _texts(folder, code))


@cache
def model() -> Model:
    """The model of all examples; the first call learns it (half a second)."""
    return learn(examples(), knowledge().vocabulary, CODES)


def _texts(folder: Path, code: str) -> tuple[str, ...]:
    root = read(folder / f"{code}.yaml")
    at = root.mapping(("code", "examples"))
    if at["code"].text() != code:
        at["code"].wrong(f"the examples of {code} name another card")
    texts = tuple(line.strip() for line in at["examples"].text().splitlines() if line.strip())
    if len(set(texts)) != len(texts):
        at["examples"].wrong("an example stands here twice")
    return texts


def _spelling(root: Node) -> dict[str, str]:
    at = root.mapping(("traditional", "slips"))
    pairs = {pair[0]: pair[1:] for pair in at["traditional"].text().split()}
    if any(len(right) != 1 for right in pairs.values()):
        at["traditional"].wrong("each entry is two characters, traditional and simplified")
    for line in at["slips"].text().splitlines():
        wrong, _, right = line.strip().partition(" ")
        if not right:
            at["slips"].wrong(f"{wrong!r} has no right spelling beside it")
        pairs[wrong] = right.strip()
    return pairs


def _cue_node(node: Node) -> dict[str, Node]:
    return node.mapping(("key", "words"), ("leads_to",))


def _cue(node: Node) -> Cue:
    at = _cue_node(node)
    ways = tuple(at["words"].text().split())
    for way in ways:
        try:
            re.compile(expression(way))
        except re.error as error:
            at["words"].wrong(f"{way!r} is no pattern: {error}")
    return Cue(
        key=at["key"].text(),
        ways=ways,
        leads_to=tuple(map(_code, at["leads_to"].items())) if "leads_to" in at else (),
    )


def _code(node: Node) -> str:
    if (code := node.text()) not in CODES:
        node.wrong(f"there is no problem card {code!r}")
    return code


def _ask(at: dict[str, Node]) -> Ask:
    question, options = at["question"].both(), tuple(map(_answer, at["options"].items()))
    if not 2 <= len(options) <= 5:
        at["options"].wrong("a deciding question has two to five answers")
    return Ask(*question, options)


def _answer(node: Node) -> Answer:
    at = node.mapping(("text", "code"))
    return Answer(*at["text"].both(), _code(at["code"]))


def _deciding(node: Node, cues: set[str]) -> Deciding:
    at = node.mapping(("key", "question", "options"), ("vague", "said", "unless"))
    return Deciding(
        ask=_ask(at),
        vague=_code(at["vague"]) if "vague" in at else "",
        said=_known(at, "said", cues),
        unless=_known(at, "unless", cues),
    )


def _known(at: dict[str, Node], key: str, cues: set[str]) -> tuple[str, ...]:
    found = tuple(one.text() for one in at[key].items()) if key in at else ()
    for one in found:
        if one not in cues:
            at[key].wrong(f"there is no cue {one!r}")
    return found


def _note(node: Node) -> Note:
    at = node.mapping(("card", "kinds", "text"))
    return Note(_code(at["card"]), _kinds(at["kinds"]), *at["text"].both())


def _habit(node: Node) -> Habit:
    at = node.mapping(("kinds", "often", "seldom"))
    often, seldom = (tuple(map(_code, at[key].items())) for key in ("often", "seldom"))
    return Habit(_kinds(at["kinds"]), often, seldom)


def _kinds(node: Node) -> tuple[Kind, ...]:
    return tuple(entry.word(Kind) for entry in node.items())
