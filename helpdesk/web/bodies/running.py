"""A changed setting reaches running clocks only where an administrator has seen and chosen them
(semantics 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask_babel import ngettext

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import KEYS, Key
from helpdesk.sla import queries as clocks
from helpdesk.sla.operations import moves as sla
from helpdesk.sla.queries import ClockMove
from helpdesk.sla.rules import ClockView, Promise
from helpdesk.web.bodies.area import Answer, blueprint, body_of, check_root, here, shown
from helpdesk.web.clocks.moves import SHOWN, move_rows
from helpdesk.web.doors import current_actor, door, request_now

# Which running promises a setting speaks of, and the term of the clock that it sets.
_EVERY = tuple(promise for promise in Promise if promise is not Promise.LEGAL)
SPEAKS_OF: dict[Key[Any], tuple[str, tuple[Promise, ...]]] = {
    Key.CLOSE_OF_BUSINESS: ("close_of_business", (Promise.LEGAL, *_EVERY)),
    Key.ACCEPT_DAYS: ("days", (Promise.ACCEPT,)),
    Key.ANSWER_DAYS: ("days", (Promise.ANSWER,)),
    Key.STEP_DAYS: ("days", (Promise.STEP,)),
    Key.ENV_DAYS: ("days", (Promise.ENV,)),
    Key.SYNC_DAYS: ("days", (Promise.SYNC,)),
    Key.CONFIRM_DAYS: ("days", (Promise.CONFIRM,)),
    Key.WAITING_DAYS: ("days", (Promise.WAITING,)),
}


@dataclass(frozen=True)
class Choice:
    """Running clocks whose term differs from the value now in force, by that value."""

    term: str
    by_value: dict[Any, tuple[int, ...]]

    def preview(self) -> tuple[ClockMove, ...]:
        """Where they would go. Changes nothing."""
        found = [
            move for value, ids in self.by_value.items() for move in self._adopt(value, ids, False)
        ]
        return tuple(sorted(found, key=lambda move: (move.clock.due_at, move.clock.id)))

    def adopt(self, chosen: Collection[int]) -> int:
        """Move the chosen ones; how many moved."""
        return sum(
            len(self._adopt(value, [i for i in ids if i in chosen], True))
            for value, ids in self.by_value.items()
        )

    def _adopt(self, value: Any, ids: Collection[int], confirm: bool) -> tuple[ClockMove, ...]:
        terms = {self.term: value}
        return sla.adopt_settings(
            clock_ids=ids, actor=current_actor(), now=request_now(), confirm=confirm, **terms
        )


def concerned(key: Key[Any], body: BodyView | None) -> Choice:
    """The running clocks below a node that another value of `key` would serve (3 queries)."""
    term, promises = SPEAKS_OF[key]
    running = clocks.running_below(body.path if body else ROOT_PATH, promises)
    bodies = organizations.bodies({clock.body_id for clock in running})
    paths = {body_id: view.path for body_id, view in bodies.items()}
    in_force = settings.values_along((key,), set(paths.values()))
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for clock in running:
        value = in_force[paths[clock.body_id]][key]
        if _differs(clock, term, value):
            found[value].append(clock.id)
    return Choice(term, {value: tuple(ids) for value, ids in found.items()})


def _differs(clock: ClockView, term: str, value: Any) -> bool:
    has = getattr(clock, term)
    return has is not None and has != value


@blueprint.route("/settings/<name>/running", methods=["GET", "POST"])
@door(Permission.SETTING_MANAGE)
def top_running(name: str) -> Answer:
    """Running clocks that a setting of the whole country would move."""
    check_root()
    return _running(None, name)


@blueprint.route("/<code>/settings/<name>/running", methods=["GET", "POST"])
@door(Permission.SETTING_MANAGE)
def running(code: str, name: str) -> Answer:
    """Running clocks that a setting of this node would move."""
    return _running(body_of(code, Permission.SETTING_MANAGE), name)


def _running(body: BodyView | None, name: str) -> Answer:
    key = KEYS.get(name)
    if key is None or key not in SPEAKS_OF:
        raise NotFound
    if request.method == "POST":
        chosen = set(request.form.getlist("clock", type=int))
        with unit_of_work():
            moved = concerned(key, body).adopt(chosen)
        flash(ngettext("%(num)s个时限移动。", "%(num)s个时限移动。", moved), "ok")
        return redirect(here("settings", body), code=303)
    moves = concerned(key, body).preview()
    return shown(
        "bodies/running.html",
        body=body,
        key=key,
        moves=move_rows(moves[:SHOWN]),
        total=len(moves),
        here=here("running", body, name=name),
        back=here("settings", body),
    )
