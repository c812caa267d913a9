"""The bar of verbs: one primary act, what matters beside it, the rest in a menu.

A verb that matters but cannot be done now stays, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from helpdesk.tickets.rules import VERB_NAMES, Status, StepState, Verb, VerbState, came_up_from
from helpdesk.web.shell.marks import named, zh
from helpdesk.web.tickets.scene import Scene


@dataclass(frozen=True)
class Button:
    """A verb as the page offers it. `refused`: why not now (empty: it can be done)."""

    verb: Verb
    label: Markup
    href: str
    icon: str
    refused: Markup

    @property
    def down(self) -> bool:
        """Does it send something back or away?"""
        return self.verb in DOWN


@dataclass(frozen=True)
class Bar:
    """`primary` and `second` left, `end` right, `more` in the menu; all may be empty."""

    primary: Button | None
    second: tuple[Button, ...]
    end: tuple[Button, ...]
    more: tuple[Button, ...]

    @property
    def empty(self) -> bool:
        """Nothing to do here for this person."""
        return not (self.primary or self.second or self.end or self.more)


# First that can be done becomes the primary button.
PRIMARY = (
    Verb.TAKE_OVER, Verb.SUPPLY, Verb.RESUBMIT, Verb.CONFIRM, Verb.COMPLETE_STEP, Verb.ACCEPT,
    Verb.FEEDBACK, Verb.RESOLVE, Verb.HAND_UP, Verb.RECALL, Verb.URGE, Verb.REOPEN,
)  # fmt: skip
SECOND = (Verb.NOT_SOLVED, Verb.RESOLVE, Verb.HAND_UP, Verb.REOPEN, Verb.URGE)
END = (Verb.ASK, Verb.DELEGATE, Verb.RETURN)
DOWN = (Verb.RETURN, Verb.WITHDRAW)
# Spoken in the conversation itself.
IN_TALK = (Verb.REPLY, Verb.NOTE)
ICONS: Mapping[Verb, str] = {
    Verb.FEEDBACK: "reply", Verb.RESOLVE: "check", Verb.HAND_UP: "up", Verb.RETURN: "back",
    Verb.ASK: "ask", Verb.DELEGATE: "branch", Verb.ACCEPT: "check", Verb.TAKE: "check",
    Verb.SUPPLY: "reply", Verb.RESUBMIT: "up", Verb.CONFIRM: "check", Verb.NOT_SOLVED: "back",
    Verb.URGE: "bell", Verb.RECALL: "back", Verb.COMPLETE_STEP: "check", Verb.REOPEN: "sync",
    Verb.TAKE_OVER: "arrow", Verb.RECORD_STEP: "check",
}  # fmt: skip
LABELS: Mapping[Verb, Callable[[], str]] = {
    Verb.FEEDBACK: lambda: _("反馈：满足法定时限"),
    Verb.HAND_UP: lambda: _("上报%(up)s"),
    Verb.RETURN: lambda: _("退回%(down)s"),
    Verb.RESUBMIT: lambda: _("补充后重报%(back)s"),
    Verb.CONFIRM: lambda: _("解决了"),
    Verb.NOT_SOLVED: lambda: _("没解决"),
    Verb.RECALL: lambda: _("从%(holder)s收回"),
    Verb.TAKE_OVER: lambda: _("代%(holder)s接手"),
    Verb.URGE: lambda: _("催办%(holder)s"),
}


def bar(scene: Scene) -> Bar:
    """The verbs of this actor, sorted into the bar."""
    offered = {
        state.verb: button(scene, state) for state in scene.verbs() if state.verb not in IN_TALK
    }
    first = (Verb.RECORD_STEP, *PRIMARY) if _own_step_is_next(scene) else PRIMARY
    primary = next((offered[v] for v in first if v in offered and not offered[v].refused), None)
    if primary is not None:
        del offered[primary.verb]
    second = tuple(offered.pop(verb) for verb in SECOND if verb in offered)
    end = tuple(offered.pop(verb) for verb in END if verb in offered)
    return Bar(primary, second, end, tuple(offered.values()))


def _own_step_is_next(scene: Scene) -> bool:
    """Does the holder itself have to do the first required step that is not answered?"""
    waiting = (s for s in scene.life.steps if s.required and s.state is StepState.PLANNED)
    following = next(waiting, None)
    return following is not None and following.body_id == scene.row.holder_body_id


def button(scene: Scene, state: VerbState) -> Button:
    """One verb with its consequence in the label."""
    return Button(
        verb=state.verb,
        label=label(scene, state.verb),
        href=address(scene.row.number, state.verb),
        icon=ICONS.get(state.verb, ""),
        refused=_refused(state),
    )


def _refused(state: VerbState) -> Markup:
    if state.refused is None:
        return Markup("")
    return Markup(_(state.refused)) % {
        key: zh(value.replace("、", _("、"))) for key, value in state.params
    }


def label(scene: Scene, verb: Verb) -> Markup:
    """`上报示范市资助中心`: the verb and what comes of it."""
    if verb is Verb.FEEDBACK and scene.row.status is Status.FED_BACK:
        return Markup(_("改承诺日期"))
    sentence = LABELS[verb]() if verb in LABELS else _(VERB_NAMES[verb])
    return Markup(sentence) % _values(scene)


def _values(scene: Scene) -> dict[str, Markup]:
    up = scene.names.body(scene.ahead[0]) if scene.ahead else None
    down = scene.names.body(came_from(scene))
    back = scene.names.body(scene.row.return_to_body_id)
    found = {"up": up, "down": down, "back": back, "holder": scene.holder}
    return {key: named(body) if body else Markup("") for key, body in found.items()}


def came_from(scene: Scene) -> int:
    """The body a return goes to: the one below from which it came, or the asker's."""
    row = scene.row
    return came_up_from(scene.life.segments, row.holder_body_id) or row.asker_body_id


def address(number: str, verb: Verb) -> str:
    """The page of a verb."""
    return url_for(f"tickets.{endpoint(verb)}", number=number)


def endpoint(verb: Verb) -> str:
    """`hand-up` -> `hand_up`, the name of its view."""
    return verb.value.replace("-", "_")
