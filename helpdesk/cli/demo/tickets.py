"""Lives the demonstration's tickets through the product's own verbs, at instants gone by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import FieldKind
from helpdesk.cli.demo.plan import ASKING_COUNTIES
from helpdesk.cli.demo.stories import Scene, scenes
from helpdesk.intake.queries.drafts import touched
from helpdesk.intake.rules.questions import Answers
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.instants import at_shanghai, shanghai_date
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import BodyStatus, Kind, Shelf
from helpdesk.people import queries as people
from helpdesk.routing import operations as routing
from helpdesk.sla.operations import sweeping
from helpdesk.tickets.operations import answers, conversation, steps, work
from helpdesk.tickets.operations.filing import NewTicket
from helpdesk.tickets.operations.record import Act
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as workday_rules
from helpdesk.workdays.rules import Calendar

if TYPE_CHECKING:
    from helpdesk.tickets.models import Ticket

_OPENING = time(8, 50)
_BETWEEN_ACTS = timedelta(minutes=47)


@dataclass
class Cast:
    """Who speaks for which body, and what day was so many working days ago."""

    now: datetime
    calendar: Calendar
    bodies: dict[int, BodyView] = field(default_factory=dict)
    voices: dict[int, Actor] = field(default_factory=dict)

    def body(self, body_id: int) -> BodyView:
        """A body, fetched once."""
        if body_id not in self.bodies:
            self.bodies[body_id] = organizations.body(body_id)
        return self.bodies[body_id]

    def voice(self, body_id: int) -> Actor:
        """Somebody of this body as the one who acts."""
        if body_id not in self.voices:
            body = self.body(body_id)
            (first, *_) = people.staff_of((body_id,))[body_id]
            self.voices[body_id] = Actor(
                person_id=first.id, name=first.name, body_id=body.id, body_path=body.path
            )
        return self.voices[body_id]

    def moment(self, ago: int, after: datetime | None) -> datetime:
        """A time on the working day `ago` working days before today, later than `after`."""
        today = shanghai_date(self.now)
        day = workday_rules.nth_working_day_before(self.calendar, today, ago) if ago else today
        planned = at_shanghai(day, _OPENING)
        if after is not None:
            planned = max(planned, after + _BETWEEN_ACTS)
        return planned


def askers() -> dict[str, tuple[str, ...]]:
    """Codes of those who ask, by group of `stories.scenes`."""
    groups = {
        f"county-{code}": _active(organizations.body_by_code(code), Shelf.SCHOOL)
        for code in ASKING_COUNTIES
    }
    top = organizations.children(None, size=200).rows
    groups["line"] = groups[f"county-{ASKING_COUNTIES[0]}"]
    groups["province"] = tuple(b.code for b in top if b.kind is Kind.PROVINCE_AID)
    groups["central_hei"] = tuple(b.code for b in top if b.kind is Kind.CENTRAL_HEI)
    return groups


def _active(office: BodyView | None, shelf: Shelf) -> tuple[str, ...]:
    assert office is not None  # the tree was planted in this very transaction
    below = organizations.children(office.id, shelf=shelf, status=BodyStatus.ACTIVE, size=12)
    return tuple(body.code for body in below.rows)


def live(now: datetime) -> int:
    """Live every scene, oldest question first; returns how many tickets there are."""
    cast = Cast(now, workdays.calendar())
    ordered = sorted(scenes(askers()), key=lambda scene: -scene.asked)
    for number, scene in enumerate(ordered):
        _live(scene, number, cast)
    while sweeping.sweep(now=now, limit=500).after is not None:
        pass
    return len(ordered)


def _moments(scene: Scene, cast: Cast) -> list[datetime]:
    """When the question and each act happened: in order, the last one not after now."""
    found: list[datetime] = []
    for ago in (scene.asked, *(ago for _, ago in scene.acts)):
        found.append(cast.moment(ago, found[-1] if found else None))
    latest = cast.now - timedelta(minutes=2)
    for place in reversed(range(len(found))):
        found[place] = min(found[place], latest)
        latest = found[place] - timedelta(minutes=3)
    return found


def _live(scene: Scene, number: int, cast: Cast) -> None:
    asked_at, *later = _moments(scene, cast)
    asker = organizations.body_by_code(scene.asker)
    assert asker is not None  # the codes were read from the tree
    cast.bodies[asker.id] = asker
    voice, fields = cast.voice(asker.id), _fields(scene, asked_at)
    subsystem = asker.subsystems[0].value if asker.subsystems else ""
    answers = Answers(scene.story["title"], scene.story["text"], fields, subsystem)
    deadline = touched(catalog.card(scene.story.card), answers, asker.id, asked_at)
    ticket = routing.open_ticket(
        draft=NewTicket(
            card_code=scene.story.card,
            asker_body_id=asker.id,
            title=answers.title,
            text=answers.text,
            subsystem=subsystem or None,
            asker_person_id=voice.person_id,
            fields=fields,
            item_id=deadline.occurrence.item.id if deadline else None,
            item_due_on=deadline.due_on if deadline else None,
        ),
        act=Act(voice, asked_at),
        submission_key=f"demo-{number}",
    )
    for (verb, _), at in zip(scene.acts, later, strict=True):
        _VERBS[verb](ticket, scene, cast, at)
    if scene.urgent and ticket.status.value == "accepted":
        urgent = Act(cast.voice(ticket.holder_body_id), later[-1] + timedelta(minutes=1))
        work.prioritise(ticket=ticket, act=urgent, urgent=True)


_SAID = {
    "exact_message": "见问题描述中的提示原文",
    "seen_at": "今天上午开始，每次都出现",
    "browser": "360安全浏览器13，极速模式",
    "project": "国家助学金",
    "term": "2026-2027学年秋季学期",
    "menu_path": "资助名单录入",
    "verifier_post": "分管副校长",
}


def _fields(scene: Scene, asked_at: datetime) -> dict[str, str]:
    """Something plausible for every field that the card demands."""
    found = {}
    for field_ in catalog.card(scene.story.card).fields:
        match field_.kind:
            case FieldKind.CHOICE:
                found[field_.key] = field_.options[0].value
            case FieldKind.NUMBER:
                found[field_.key] = "38"
            case FieldKind.DATE:
                found[field_.key] = shanghai_date(asked_at).isoformat()
            case FieldKind.BOOL:
                found[field_.key] = "yes"
            case _:
                found[field_.key] = _SAID.get(field_.key, "见问题描述")
    return found


def _holder(ticket: Ticket, cast: Cast, at: datetime) -> Act:
    return Act(cast.voice(ticket.holder_body_id), at)


def _asker(ticket: Ticket, cast: Cast, at: datetime) -> Act:
    return Act(cast.voice(ticket.asker_body_id), at)


def _accept(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    work.accept(ticket=ticket, act=_holder(ticket, cast, at))


def _up(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    if ticket.status.value == "arrived":
        _accept(ticket, scene, cast, at - timedelta(minutes=25))
    routing.hand_up(
        ticket=ticket,
        act=_holder(ticket, cast, at),
        reason=scene.story["reason"],
        tried=scene.story["tried"],
    )


def _ask(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    conversation.ask(
        ticket=ticket,
        act=_holder(ticket, cast, at),
        text=scene.story["asked"],
        body_id=ticket.asker_body_id,
    )


def _supply(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    act = _asker(ticket, cast, at)
    conversation.supply(ticket=ticket, act=act, text=scene.story["supplied"])


def _return(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    routing.return_down(
        ticket=ticket,
        act=_holder(ticket, cast, at),
        reason="材料不全，暂时无法判断原因。",
        missing=scene.story["asked"],
    )


def _resubmit(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    act = _holder(ticket, cast, at)
    routing.resubmit(ticket=ticket, act=act, text=scene.story["supplied"])


def _resolve(ticket: Ticket, scene: Scene, cast: Cast, at: datetime) -> None:
    for step in steps.unfinished_required(ticket):
        steps.record(
            ticket=ticket,
            act=_holder(ticket, cast, at - timedelta(minutes=10)),
            step_id=step.id,
            answer="已核对，没有问题。",
            source="电话核实",
        )
    answers.resolve(
        ticket=ticket,
        act=_holder(ticket, cast, at),
        text=scene.story["answer"],
        proof=scene.story["proof"],
    )


def _feedback(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    today = shanghai_date(cast.now)
    ahead = 1 + ticket.id % 6
    answers.feedback(
        ticket=ticket,
        act=_holder(ticket, cast, at),
        text="已查明原因，正在处理，处理完成前请暂缓相关操作。",
        promised_on=workday_rules.nth_working_day_after(cast.calendar, today, ahead),
    )


def _confirm(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    act = _asker(ticket, cast, at)
    answers.confirm(ticket=ticket, act=act, call_back="电话回访：已能正常使用。")


def _not_solved(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    routing.not_solved(
        ticket=ticket, act=_asker(ticket, cast, at), reason="按答复操作后情况没有变化。"
    )


def _withdraw(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    answers.withdraw(ticket=ticket, act=_asker(ticket, cast, at), reason="问题已自行解决。")


def _urge(ticket: Ticket, _scene: Scene, cast: Cast, at: datetime) -> None:
    answers.urge(ticket=ticket, act=_asker(ticket, cast, at), text="影响本周发放，请尽快处理。")


_VERBS: dict[str, Callable[[Ticket, Scene, Cast, datetime], None]] = {
    "accept": _accept,
    "up": _up,
    "ask": _ask,
    "supply": _supply,
    "return": _return,
    "resubmit": _resubmit,
    "resolve": _resolve,
    "feedback": _feedback,
    "confirm": _confirm,
    "not-solved": _not_solved,
    "withdraw": _withdraw,
    "urge": _urge,
}
