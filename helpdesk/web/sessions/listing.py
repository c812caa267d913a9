"""The list of sessions: coming, running, past; mine to organise, offered to me, all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from flask import render_template, request, url_for

from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.permissions import Permission
from helpdesk.kernel.text import N_
from helpdesk.organizations import queries as organizations
from helpdesk.training.queries import sessions
from helpdesk.training.queries.sessions import Filters, When, Whose
from helpdesk.training.rules.sessions import MODE_NAMES, STATE_NAMES, Mode, State
from helpdesk.web.doors import current_actor, door
from helpdesk.web.sessions.area import blueprint

WHENS = {When.COMING: N_("即将举办"), When.RUNNING: N_("进行中"), When.PAST: N_("已结束")}
WHOSES = {Whose.ALL: N_("全部培训"), Whose.OFFERED: N_("我能参加的"), Whose.MINE: N_("我举办的")}
STATES = {
    When.COMING: (State.PLANNED, State.OPEN),
    When.RUNNING: (),
    When.PAST: (State.CLOSED, State.CANCELLED),
}
EMPTY = {
    When.COMING: N_("没有即将举办的培训。举办单位开放报名后会出现在这里。"),
    When.RUNNING: N_("现在没有进行中的培训。"),
    When.PAST: N_("没有已结束的培训。"),
}


@dataclass(frozen=True)
class Asked:
    """The words of an address that make up the list. Wrong words count as absent."""

    when: str = When.COMING.value
    whose: str = Whose.ALL.value
    month: str = ""
    mode: str = ""
    state: str = ""
    organizer: str = ""

    def words(self, **over: str) -> dict[str, Any]:
        """What of it must stand in a link; `over` replaces."""
        return {key: value for key, value in {**asdict(self), **over}.items() if value}

    @property
    def narrowed(self) -> bool:
        """Is any filter set?"""
        return any((self.month, self.mode, self.state, self.organizer))

    def filters(self) -> Filters:
        """As filters of the query."""
        since, until = _month(self.month)
        body = organizations.body_by_code(self.organizer) if self.organizer else None
        return Filters(
            whose=Whose(self.whose),
            since=since,
            until=until,
            mode=Mode(self.mode) if self.mode else None,
            state=State(self.state) if self.state else None,
            organizer_id=(body.id if body else 0) if self.organizer else None,
        )


def _month(text: str) -> tuple[datetime | None, datetime | None]:
    if not text:
        return None, None
    first = date.fromisoformat(f"{text}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return at_shanghai(first, time.min), at_shanghai(following, time.min)


def read(args: Mapping[str, str]) -> Asked:
    """The address of a list as it was asked for."""
    when = _one_of(args.get("when", ""), set(When)) or When.COMING.value
    return Asked(
        when=when,
        whose=_one_of(args.get("whose", ""), set(Whose)) or Whose.ALL.value,
        month=_as_month(args.get("month", "")),
        mode=_one_of(args.get("mode", ""), set(Mode)),
        state=_one_of(args.get("state", ""), set(STATES[When(when)])),
        organizer=args.get("organizer", "").strip().upper()[:20],
    )


def _one_of(text: str, known: Any) -> str:
    return text if text in known else ""


def _as_month(text: str) -> str:
    try:
        found = date.fromisoformat(f"{text.strip()[:7]}-01")
    except ValueError:
        return ""
    return f"{found:%Y-%m}" if 2000 <= found.year < 2100 else ""


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str:
    """A page of the list."""
    actor, asked = current_actor(), read(request.args)
    after = request.args.get("after")
    page = sessions.page(actor, When(asked.when), asked.filters(), after=after)
    own = sessions.organizers(actor)
    return render_template(
        "sessions/index.html",
        asked=asked,
        lines=page.rows,
        whens=WHENS,
        whoses=WHOSES if own else {k: WHOSES[k] for k in (Whose.ALL, Whose.OFFERED)},
        states=[(s.value, STATE_NAMES[s]) for s in STATES[When(asked.when)]],
        modes=[(m.value, MODE_NAMES[m]) for m in Mode],
        empty_words=EMPTY[When(asked.when)],
        organizers=own,
        next_href=url_for(".index", **asked.words(after=page.next)) if page.next else None,
        first_href=url_for(".index", **asked.words()) if after else None,
    )
