"""States, modes, places and acts of sessions in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.kernel.instants import shanghai_date
from helpdesk.training.queries.audience import Size
from helpdesk.training.queries.sessions import SessionView
from helpdesk.training.rules.sessions import (
    ACT_NAMES,
    MODE_NAMES,
    PLACE_NAMES,
    SOURCE_NAMES,
    STATE_NAMES,
    Act,
    Mode,
    Place,
    Source,
    State,
)
from helpdesk.web.people.words import post_text
from helpdesk.web.shell.dates import clock_text, moment_text
from helpdesk.web.shell.language import current
from helpdesk.web.shell.marks import kind_text, named_text, subsystem_text


def state_text(state: State) -> str:
    """`报名中`."""
    return str(_(STATE_NAMES[State(state)]))


def mode_text(mode: Mode) -> str:
    """`线下`."""
    return str(_(MODE_NAMES[Mode(mode)]))


def place_text(place: Place) -> str:
    """`候补`: where somebody stands on a list."""
    return str(_(PLACE_NAMES[Place(place)]))


def source_text(source: Source) -> str:
    """`自己报名`: how somebody came onto a list."""
    return str(_(SOURCE_NAMES[Source(source)]))


def act_text(act: Act) -> str:
    """`开放报名`."""
    return str(_(ACT_NAMES[Act(act)]))


def span(starts_at: datetime, ends_at: datetime) -> str:
    """`9月29日(周二) 09:00-11:00`; over several days both in full."""
    if shanghai_date(starts_at) == shanghai_date(ends_at):
        return f"{moment_text(starts_at)}-{clock_text(ends_at)}"
    word = " to " if current() == "en" else "至"
    return f"{moment_text(starts_at)}{word}{moment_text(ends_at)}"


def size_text(size: Size) -> str:
    """`132人，来自61个单位`."""
    persons = ngettext("%(num)s人", "%(num)s人", size.persons)
    bodies = ngettext("%(num)s个单位", "%(num)s个单位", size.bodies)
    return str(_("%(persons)s，来自%(bodies)s", persons=persons, bodies=bodies))


def limits_of(session: SessionView) -> tuple[tuple[str, str], ...]:
    """What narrows an audience: (label, words) for each limit."""
    limits = session.limits
    given: Sequence[tuple[str, Iterable[str]]] = (
        (_("地区和单位"), map(named_text, session.nodes)),
        (_("机构类型"), map(kind_text, sorted(limits.kinds))),
        (_("子系统"), map(subsystem_text, sorted(limits.subsystems))),
        (_("岗位"), map(post_text, sorted(limits.posts))),
    )
    listed = ((label, str(_("、")).join(words)) for label, words in given)
    return tuple((str(label), words) for label, words in listed if words)
