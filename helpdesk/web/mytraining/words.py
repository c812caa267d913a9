"""How states of one's own training are said; the first page says them in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.kernel.text import N_
from helpdesk.training.queries import mine
from helpdesk.training.queries.mine import Standing
from helpdesk.training.rules.attendance import Presence
from helpdesk.training.rules.mine import Left
from helpdesk.training.rules.sessions import MODE_NAMES, PLACE_NAMES, Mode, Place
from helpdesk.web.doors import current_actor, request_now

PRESENCES: Final[Mapping[Presence, str]] = {
    Presence.PRESENT: N_("到场"),
    Presence.LATE: N_("迟到"),
    Presence.LEFT_EARLY: N_("早退"),
    Presence.ABSENT: N_("缺席"),
    Presence.EXCUSED: N_("请假"),
}


def presence_text(presence: Presence) -> str:
    """`到场`."""
    return str(_(PRESENCES[presence]))


def mode_text(mode: Mode) -> str:
    """`线下`."""
    return str(_(MODE_NAMES[mode]))


def place_text(place: Place) -> str:
    """`已邀请`."""
    return str(_(PLACE_NAMES[place]))


def left_text(left: Left) -> str:
    """`还剩3个月`; in the last month `还剩9天`."""
    if left.months:
        return str(ngettext("今年还剩%(num)s个月", "今年还剩%(num)s个月", left.months))
    return str(ngettext("今年还剩%(num)s天", "今年还剩%(num)s天", left.days))


def own_standing() -> Standing | None:
    """For the first page: the state of the person at the screen."""
    actor = current_actor()
    if actor.person_id is None:
        return None
    return mine.standing(actor.person_id, actor.body_path, request_now())


def init_app(state: BlueprintSetupState) -> None:
    """Make the words known to the templates."""
    app: Any = state.app
    app.jinja_env.filters.update(
        presence_text=presence_text,
        own_mode_text=mode_text,
        own_place_text=place_text,
        left_of_year_text=left_text,
    )
    app.jinja_env.globals["own_training"] = own_standing
