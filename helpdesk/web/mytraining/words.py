"""How states of one's own training are said; the first page says them in the same way."""

from __future__ import annotations

from typing import Any

from flask.blueprints import BlueprintSetupState
from flask_babel import ngettext

from helpdesk.training.queries import mine
from helpdesk.training.queries.mine import Standing
from helpdesk.training.rules.mine import Left
from helpdesk.web.doors import current_actor, request_now


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
    app.jinja_env.filters["left_of_year_text"] = left_text
    app.jinja_env.globals["own_training"] = own_standing
