"""The problem cards and playbooks, read once from the data folder and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from helpdesk.catalog.rules import (
    CLAUSE,
    CODES,
    Card,
    CardPromise,
    Choice,
    Door,
    Field,
    FieldKind,
    FirstHolderRule,
    Option,
    Playbook,
    Question,
    Step,
    StepBody,
)
from helpdesk.config import ROOT
from helpdesk.kernel.datafiles import Node, read
from helpdesk.kernel.errors import BadData, NotFound
from helpdesk.kernel.text import N_

FOLDER = ROOT / "knowledge_base" / "catalog"


class UnknownCard(NotFound):
    """No problem card has this code."""

    sentence = N_("没有编号为“%(code)s”的问题卡片。请在问题卡片页核对编号。")


@cache
def cards() -> tuple[Card, ...]:
    """All 28 cards in the order of the notice. BadData: the data folder is wrong."""
    return load_cards(FOLDER)


def card(code: str) -> Card:
    """The card with this code, in any case of letters. UnknownCard: there is none."""
    wanted = code.strip().lower()
    for found in cards():
        if found.code.lower() == wanted:
            return found
    raise UnknownCard(code=code)


@cache
def playbooks() -> tuple[Playbook, ...]:
    """The questions behind each of the four doors. BadData: the data folder is wrong."""
    return load_playbooks(FOLDER)


def playbook(door: Door) -> Playbook | None:
    """The questions behind one door."""
    return next((found for found in playbooks() if found.door is door), None)


def load_cards(folder: Path) -> tuple[Card, ...]:
    """Read `<CODE>.yaml` of every known code; a missing and an unknown file are refused."""
    shared = _shared_fields(folder / "fields" / "shared.yaml")
    present = {file.stem: file for file in folder.glob("*.yaml")}
    for code in CODES:
        if code not in present:
            raise BadData(f"{folder / code}.yaml: this card is missing")
    for stem, file in sorted(present.items()):
        if stem not in CODES:
            raise BadData(f"{file}: there is no problem card {stem!r}")
    return tuple(_card(read(present[code]), shared) for code in CODES)


def load_playbooks(folder: Path) -> tuple[Playbook, ...]:
    """Read `playbooks/<door>.yaml` of the four doors."""
    doors = (door for door in Door if door is not Door.OTHER)
    return tuple(_playbook(read(folder / "playbooks" / f"{door}.yaml"), door) for door in doors)


_CARD_KEYS = (
    *("code", "name", "summary", "clause", "door", "first_holder", "promise"),
    *("closing_tier", "likely_answer", "steps", "fields", "proof"),
)


def _card(root: Node, shared: dict[str, Field]) -> Card:
    at = root.mapping(_CARD_KEYS, ("restricted", "redirect", "filing"))
    if (code := at["code"].text()) != root.file.stem:
        at["code"].wrong(f"the file of card {code!r} must be called {code}.yaml")
    name, summary, likely = (at[key].both() for key in ("name", "summary", "likely_answer"))
    proof, redirect = at["proof"].both(), _both_or_none(at, "redirect")
    return Card(
        code=code,
        name_zh=name[0],
        name_en=name[1],
        summary_zh=summary[0],
        summary_en=summary[1],
        clause=_clause(at["clause"]),
        door=at["door"].word(Door),
        steps=_steps(at["steps"]),
        fields=_fields(at["fields"], shared),
        proof_zh=proof[0],
        proof_en=proof[1],
        closing_tier=_tiers(at["closing_tier"]),
        promise=at["promise"].word(CardPromise),
        first_holder_rule=at["first_holder"].word(FirstHolderRule),
        restricted="restricted" in at and at["restricted"].boolean(),
        likely_answer_zh=likely[0],
        likely_answer_en=likely[1],
        redirect_zh=redirect[0],
        redirect_en=redirect[1],
        filing=tuple(_key(one) for one in at["filing"].items()) if "filing" in at else (),
    )


def _both_or_none(at: dict[str, Node], key: str) -> tuple[str, str]:
    return at[key].both() if key in at else ("", "")


def _key(node: Node) -> str:
    """A name for forms and stored rows: ASCII letters, digits and underscores."""
    text = node.text()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", text):
        node.wrong(f"{text!r} is no key: letters, digits and underscores only")
    return text


def _clause(node: Node) -> str:
    """`S-2.1.1` where the notice says it, `ours` where the product decided it."""
    text = node.text()
    if text == "ours":
        return ""
    if not CLAUSE.fullmatch(text):
        node.wrong(f"{text!r} is neither a clause like S-2.1.1 nor 'ours'")
    return text


def _tiers(node: Node) -> tuple[StepBody, ...]:
    tiers = tuple(entry.word(StepBody) for entry in node.items())
    if not tiers:
        node.wrong("at least one closing tier is needed")
    return tiers


def _steps(node: Node) -> tuple[Step, ...]:
    entries = node.items()
    steps = tuple(_step(entry) for entry in entries)
    if not steps:
        node.wrong("a card has at least one step")
    _refuse_doubles(entries, [step.key for step in steps])
    groups = [step.parallel_group for step in steps]
    for entry, group in zip(entries, groups, strict=True):
        if group and groups.count(group) < 2:
            entry.wrong(f"parallel group {group!r} has only this one step")
    return steps


def _step(node: Node) -> Step:
    at = node.mapping(("key", "name", "by", "required", "clause"), ("group", "when"))
    name = at["name"].both()
    when = _both_or_none(at, "when")
    step = Step(
        key=_key(at["key"]),
        name_zh=name[0],
        name_en=name[1],
        by=at["by"].word(StepBody),
        required=at["required"].boolean(),
        clause=_clause(at["clause"]),
        parallel_group=at["group"].text() if "group" in at else "",
        when_zh=when[0],
        when_en=when[1],
    )
    if step.required and step.when_zh:
        at["required"].wrong("a step with a condition cannot be required")
    if step.required and step.by is StepBody.ASKER:
        at["required"].wrong("the asker's own step is proven by its confirmation, not required")
    return step


def _shared_fields(file: Path) -> dict[str, Field]:
    fields = _fields(read(file), {})
    return {field.key: field for field in fields}


def _fields(node: Node, shared: dict[str, Field]) -> tuple[Field, ...]:
    entries = node.items()
    fields = tuple(_field(entry, shared) for entry in entries)
    _refuse_doubles(entries, [field.key for field in fields])
    return fields


def _field(node: Node, shared: dict[str, Field]) -> Field:
    """A field written out, or `{use: key, required: ...}` of a shared one."""
    at = node.mapping((), ("use", "key", "label", "kind", "required", "options", "help"))
    if "use" in at:
        return _shared_field(node, shared)
    at = node.mapping(("key", "label", "kind", "required"), ("options", "help"))
    label = at["label"].both()
    hint = _both_or_none(at, "help")
    kind = at["kind"].word(FieldKind)
    options = _options(at["options"]) if "options" in at else ()
    if (kind is FieldKind.CHOICE) != bool(options):
        at["kind"].wrong("options belong to a choice, and a choice needs them")
    return Field(
        key=_key(at["key"]),
        label_zh=label[0],
        label_en=label[1],
        kind=kind,
        required=at["required"].boolean(),
        options=options,
        help_zh=hint[0],
        help_en=hint[1],
    )


def _shared_field(node: Node, shared: dict[str, Field]) -> Field:
    at = node.mapping(("use", "required"))
    field = shared.get(at["use"].text())
    if field is None:
        at["use"].wrong(f"no shared field {at['use'].text()!r}; known: {', '.join(shared)}")
    return Field(**{**vars(field), "required": at["required"].boolean()})


def _options(node: Node) -> tuple[Option, ...]:
    entries = node.items()
    options = []
    for entry in entries:
        at = entry.mapping(("value", "label"))
        zh, en = at["label"].both()
        options.append(Option(_key(at["value"]), zh, en))
    if len(options) < 2:
        node.wrong("a choice needs at least two options")
    _refuse_doubles(entries, [option.value for option in options])
    return tuple(options)


def _refuse_doubles(nodes: Sequence[Node], keys: Sequence[str]) -> None:
    for number, (node, key) in enumerate(zip(nodes, keys, strict=True)):
        if key in keys[:number]:
            node.wrong(f"{key!r} stands here twice")


def _playbook(root: Node, door: Door) -> Playbook:
    at = root.mapping(("door", "name", "questions"))
    if at["door"].word(Door) is not door:
        at["door"].wrong(f"this is the file of door {door}")
    name = at["name"].both()
    entries = at["questions"].items()
    questions = tuple(_question(entry) for entry in entries)
    if not questions:
        at["questions"].wrong("a playbook asks at least one question")
    keys = [question.key for question in questions]
    _refuse_doubles(entries, keys)
    _refuse_dead_ends(entries, keys)
    return Playbook(door=door, name_zh=name[0], name_en=name[1], questions=questions)


def _refuse_dead_ends(entries: Sequence[Node], keys: Sequence[str]) -> None:
    """Answers lead forward only, so that no walk is endless, and every question is reached."""
    reached = {keys[0]}
    for number, entry in enumerate(entries):
        if keys[number] not in reached:
            entry.wrong(f"no answer leads to question {keys[number]!r}")
        for choice in entry.mapping(("key", "text", "choices"), ("help",))["choices"].items():
            at = choice.mapping((), ("key", "label", "hint", "card", "next", "clause"))
            if "next" in at and at["next"].text() not in keys[number + 1 :]:
                at["next"].wrong(f"no later question {at['next'].text()!r}")
            reached |= {at["next"].text()} if "next" in at else set()


def _question(node: Node) -> Question:
    at = node.mapping(("key", "text", "choices"), ("help",))
    text = at["text"].both()
    hint = _both_or_none(at, "help")
    entries = at["choices"].items()
    choices = tuple(_choice(entry) for entry in entries)
    if len(choices) < 2:
        at["choices"].wrong("a question needs at least two answers")
    _refuse_doubles(entries, [choice.key for choice in choices])
    return Question(
        key=_key(at["key"]),
        text_zh=text[0],
        text_en=text[1],
        choices=choices,
        help_zh=hint[0],
        help_en=hint[1],
    )


def _choice(node: Node) -> Choice:
    at = node.mapping(("key", "label"), ("hint", "card", "next", "clause"))
    if ("card" in at) == ("next" in at):
        node.wrong("an answer leads either to a card or to a next question")
    card_code = at["card"].text() if "card" in at else ""
    if card_code and card_code not in CODES:
        at["card"].wrong(f"there is no problem card {card_code!r}")
    label = at["label"].both()
    hint = _both_or_none(at, "hint")
    return Choice(
        key=_key(at["key"]),
        label_zh=label[0],
        label_en=label[1],
        card=card_code,
        next=at["next"].text() if "next" in at else "",
        hint_zh=hint[0],
        hint_en=hint[1],
        clause=_clause(at["clause"]) if "clause" in at else "",
    )
