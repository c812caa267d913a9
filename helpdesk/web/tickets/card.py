"""The problem card on this ticket: its steps as they stand, and the evidence that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card, Field, FieldKind
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.queries.page import StepRow
from helpdesk.tickets.rules import Status, StepState
from helpdesk.web.filing.mention import mention
from helpdesk.web.shell.dates import full_day
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import zh
from helpdesk.web.tickets.deadlines import Deadline, read, running
from helpdesk.web.tickets.scene import Scene


@dataclass(frozen=True)
class StepLine:
    """A step with its body. `look`: is-done, is-doing, is-todo."""

    number: int
    step: StepRow
    body: BodyView | None
    look: str
    deadline: Deadline | None
    own_rule: bool  # the clause is silent: 本系统约定


@dataclass(frozen=True)
class Evidence:
    """What the card asks for, and what is there."""

    label: str
    value: Markup
    there: bool
    missing: str = ""


def in_words(zh_text: str, en_text: str) -> str:
    """The half of a bilingual text for this page."""
    return en_text if current() == "en" and en_text else zh_text


def step_lines(scene: Scene) -> tuple[StepLine, ...]:
    """Steps in order; those that a change of card made needless are left out."""
    rules = {step.key: step for step in scene.card.steps} if scene.card else {}
    found = []
    for number, step in enumerate(scene.life.steps, start=1):
        if step.state is StepState.DROPPED:
            continue
        live = running(scene.clocks.get(step.subject, ()))
        rule = rules.get(step.key)
        found.append(
            StepLine(
                number=number,
                step=step,
                body=scene.names.body(step.body_id),
                look=_look(step),
                deadline=read(live[0], scene.calendars, scene.now) if live else None,
                own_rule=rule is not None and not rule.clause.startswith("S-"),
            )
        )
    return tuple(found)


def _look(step: StepRow) -> str:
    if step.finished:
        return "is-done"
    return "is-doing" if step.open else "is-todo"


def evidence(scene: Scene) -> tuple[Evidence, ...]:
    """The fields of the card as filled in, and the proof its end needs."""
    if scene.card is None:
        return ()
    filled = scene.reach.ticket.fields
    found = [_of_field(field, filled.get(field.key, "")) for field in scene.card.fields]
    given = (one for one in found if one is not None)
    others = _of_earlier_cards(scene.card, filled)
    return (*given, *others, *_of_filing(scene, filled), _proof(scene, scene.card))


def _of_filing(scene: Scene, filled: Mapping[str, str]) -> Iterator[Evidence]:
    """The filing item that the question touches, with the dates around today."""
    named = filled.get("item", "") if scene.row.card_code == "TIME" else ""
    text = scene.row.item_id or named
    if not text:
        return
    found = mention(text, scene.asker, scene.calendar_of(scene.asker), scene.now)
    if found is None:
        return
    yield Evidence(str(_("填报事项")), escape(f"{found.id} {found.words}"), there=True)
    if found.before:
        yield Evidence(str(_("刚过的期限")), full_day(found.before.due_on), there=True)
    if found.after:
        yield Evidence(str(_("下一个期限")), full_day(found.after.due_on), there=True)


def _of_earlier_cards(card: Card, filled: Mapping[str, str]) -> Iterator[Evidence]:
    """Answers to questions of the type it had before: what the asker wrote is never hidden."""
    asked = {field.key: field for other in catalog.cards() for field in other.fields}
    for key in filled.keys() - {field.key for field in card.fields}:
        if key in asked and filled[key]:
            label = in_words(asked[key].label_zh, asked[key].label_en)
            yield Evidence(label, shown(asked[key], filled[key]), there=True)


def _of_field(field: Field, value: str) -> Evidence | None:
    label = in_words(field.label_zh, field.label_en)
    if value:
        return Evidence(label, shown(field, value), there=True)
    if not field.required:
        return None
    return Evidence(label, Markup(""), there=False, missing=str(_("缺")))


def shown(field: Field, value: str) -> Markup:
    """A stored value in the reader's words."""
    if field.kind is FieldKind.BOOL:
        return escape(_("是") if value in ("1", "true", "yes", "y") else _("否"))
    for option in field.options:
        if option.value == value:
            return escape(in_words(option.label_zh, option.label_en))
    return zh(value)


def _proof(scene: Scene, card: Card) -> Evidence:
    label = in_words(card.proof_zh, card.proof_en)
    given = next(
        (str(e.details["proof"]) for e in reversed(scene.life.entries) if "proof" in e.details), ""
    )
    there = bool(given) and scene.row.status in (Status.RESOLVED, Status.CLOSED)
    return Evidence(
        label, zh(given) if there else Markup(""), there, "" if there else str(_("缺，办结前必填"))
    )
