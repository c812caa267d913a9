"""What stands beside the form: how far one has come, who will have the question, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from helpdesk.catalog.rules import Card, Door, FieldKind, Playbook, StepBody
from helpdesk.catalog.rules import Field as CardField
from helpdesk.intake.queries import drafts as queries
from helpdesk.intake.queries.drafts import Forecast
from helpdesk.intake.rules import questions as rules
from helpdesk.intake.rules.questions import Answers
from helpdesk.kernel.errors import RuleBroken
from helpdesk.routing.queries import RoutePlan
from helpdesk.routing.rules.places import Stop
from helpdesk.web.intake.desk import Desk
from helpdesk.web.intake.forms import in_words
from helpdesk.web.shell.errors import sentence_of
from helpdesk.web.shell.marks import stamp_of


@dataclass(frozen=True)
class Progress:
    """The four steps; `now` counts from 1."""

    names: tuple[str, ...]
    now: int


def progress(door: Door, now: int) -> Progress:
    """Kind of problem, the questions of the door, the form, the last look."""
    asked = _("系统提示") if door is Door.LOGIN else _("问题类型")
    return Progress((_("问题类别"), asked, _("补充信息"), _("核对并提交")), now)


@dataclass(frozen=True)
class Rung:
    """A stop of the way up with the side bodies that take part beside it."""

    stop: Stop
    sides: tuple[Stop, ...]
    here: bool


@dataclass(frozen=True)
class Outlook:
    """Where the question goes; `refusal`: why it cannot go anywhere yet.

    `opens_late_entry`: the office that opens a closed filing date, where the question may need it.
    """

    forecast: Forecast | None
    rungs: tuple[Rung, ...]
    refusal: str = ""
    opens_late_entry: Stop | None = None


def outlook(
    desk: Desk, card: Card, answers: Answers | None, now: datetime, *, strict: bool = False
) -> Outlook:
    """The forecast for what has been filled in so far.

    `strict`: a refusal of the route is raised instead of shown.
    """
    filled = answers or Answers()
    try:
        forecast = queries.forecast(
            card=card,
            asker_body_id=desk.body.id,
            accused_body_id=filled.accused_body_id,
            received_at=filled.received_at or now,
            now=now,
        )
    except RuleBroken as refusal:
        if strict:
            raise
        return Outlook(None, (), sentence_of(refusal))
    return Outlook(forecast, _rungs(forecast), opens_late_entry=_opens(forecast.plan))


def _opens(plan: RoutePlan) -> Stop | None:
    given = (s for s in plan.steps if s.step.by is StepBody.LATE_ENTRY_OFFICE)
    return next((planned.body for planned in given), None)


def _rungs(forecast: Forecast) -> tuple[Rung, ...]:
    plan = forecast.plan
    way = [plan.asker, plan.first_holder, *plan.hand_up_chain]
    if plan.collecting_office is not None:
        way.insert(1, plan.collecting_office)
    stops = list({stop.id: stop for stop in way}.values())
    helpers: dict[int, dict[int, Stop]] = {}
    for planned in plan.steps:
        body = planned.body
        if body is not None and stamp_of(body.kind).side and body.parent_id is not None:
            helpers.setdefault(body.parent_id, {})[body.id] = body
    here = plan.first_holder.id
    return tuple(
        Rung(
            stop=stop,
            sides=tuple(s for s in helpers.get(stop.id, {}).values() if s.id != here),
            here=stop.id == here,
        )
        for stop in stops
    )


@dataclass(frozen=True)
class Said:
    """A line of the last look. `written`: the asker's own words, in any language."""

    label: str
    value: str
    written: bool


def summary(card: Card, answers: Answers) -> tuple[Said, ...]:
    """The answers to the card's questions, in the reader's words."""
    return tuple(
        Said(
            label=in_words(f.label_zh, f.label_en),
            value=_shown(f, answers.fields[f.key]),
            written=f.kind is FieldKind.TEXT,
        )
        for f in card.fields
        if answers.fields.get(f.key)
    )


def _shown(asked: CardField, value: str) -> str:
    if asked.kind is FieldKind.BOOL:
        return str(_("是") if value == rules.YES else _("否"))
    for option in asked.options:
        if option.value == value:
            return in_words(option.label_zh, option.label_en)
    return value


def back_to_question(playbook: Playbook, code: str) -> str | None:
    """The question from which an answer leads to this card (the first where several do)."""
    for question in playbook.questions:
        if any(choice.card == code for choice in question.choices):
            return question.key
    return None


def question_before(playbook: Playbook, key: str) -> str | None:
    """The question from which an answer leads to this question; None for the first."""
    for question in playbook.questions:
        if any(choice.next == key for choice in question.choices):
            return question.key
    return None
