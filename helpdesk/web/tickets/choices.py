"""What the selects and radios of a verb's form offer on this very ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from markupsafe import escape

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.people import queries as people
from helpdesk.tickets.queries.page import StepRow
from helpdesk.tickets.rules import Side, StepState
from helpdesk.web.shell.marks import named_text, zh
from helpdesk.web.tickets.card import in_words
from helpdesk.web.tickets.scene import Scene

Choice = tuple[int, str, dict[str, str]]


def choice(value: int, text: str) -> Choice:
    """An option; a Chinese name on an English page says so."""
    return value, text, {"lang": "zh-CN"} if zh(text) != escape(text) else {}


def colleagues(scene: Scene, form: Any) -> None:
    """Those who may handle tickets at the holder."""
    ids = people.holders_of(Permission.TICKET_ACCEPT, scene.row.holder_body_id)
    found = people.persons(ids)
    form.person_id.choices = [choice(i, found[i].name) for i in ids if i in found]


def askable(scene: Scene, form: Any) -> None:
    """The asker, and those who held the ticket before, nearest first."""
    earlier = [segment.body_id for segment in reversed(scene.life.segments)]
    ids = dict.fromkeys([*earlier, scene.row.asker_body_id])
    ids.pop(scene.row.holder_body_id, None)
    form.body_id.choices = [choice(i, named_text(scene.names.bodies[i])) for i in ids]


def other_cards(scene: Scene, form: Any) -> None:
    """Every problem card but the present one; a complaint is made by the asker alone.

    `?card=` chooses one beforehand.
    """
    form.card_code.choices = [
        (card.code, f"{card.code} {in_words(card.name_zh, card.name_en)}")
        for card in catalog.cards()
        if card.code != scene.row.card_code and not card.needs_accused
    ]
    if request.method == "GET":
        form.card_code.data = request.args.get("card")


def _offer(scene: Scene, steps: Iterable[StepRow]) -> list[Choice]:
    places = {step.id: n for n, step in enumerate(scene.life.steps, start=1)}
    found = []
    for step in steps:
        body = scene.names.body(step.body_id)
        by = named_text(body) if body else _("没有对应的单位")
        found.append(choice(step.id, f"{places[step.id]}. {named_text(step)} ({by})"))
    return found


def steps_to_give(scene: Scene, form: Any) -> None:
    """Planned steps; the call centre may add one for a department behind it (S-3.5.5)."""
    form.step_id.choices = _offer(scene, scene.steps_to_give())
    if scene.standing.holder_is_call_centre:
        form.step_id.choices.append(choice(0, _("另加一个步骤")))
        behind = (organizations.national_aid_centre(), organizations.moe_it_centre())
        form.body_id.choices = [choice(body.id, named_text(body)) for body in behind]
    else:
        del form.body_id
        del form.name
    if form.step_id.data is None and form.step_id.choices:
        form.step_id.data = form.step_id.choices[0][0]


def own_open_steps(scene: Scene, form: Any) -> None:
    """Open steps of the body for which the actor answers."""
    body_id = scene.reach.bodies.get(Side.STEP)
    form.step_id.choices = _offer(
        scene, [s for s in scene.life.steps if s.open and s.body_id == body_id]
    )
    _only_one(form)


def unfinished_steps(scene: Scene, form: Any) -> None:
    """Planned and open steps."""
    waiting = (StepState.PLANNED, StepState.OPEN)
    form.step_id.choices = _offer(scene, [s for s in scene.life.steps if s.state in waiting])
    _only_one(form)


def _only_one(form: Any) -> None:
    if form.step_id.data is None and len(form.step_id.choices) == 1:
        form.step_id.data = form.step_id.choices[0][0]


def feedback_ends(_scene: Scene, form: Any) -> None:
    """A date, or a reason why not."""
    form.end.choices = [
        ("promised", _("能解决，承诺一个日期")),
        ("cannot", _("无法解决，说明原因")),
    ]
    if form.end.data is None:
        form.end.data = "promised"


def urgency(scene: Scene, form: Any) -> None:
    """Normal or urgent."""
    form.urgency.choices = [("normal", _("一般")), ("urgent", _("紧急"))]
    if form.urgency.data is None:
        form.urgency.data = "urgent" if scene.row.urgent else "normal"


def proof(scene: Scene, form: Any) -> None:
    """The card says what proves the end."""
    if scene.card is not None:
        form.proof.description = in_words(scene.card.proof_zh, scene.card.proof_en)
