"""My training: this year in one sentence, what is due, what is near, what I attended."""

from __future__ import annotations

from flask import Blueprint, render_template

from helpdesk.kernel.permissions import Permission
from helpdesk.training.queries import mine
from helpdesk.web.doors import current_actor, door, request_now
from helpdesk.web.mytraining.words import init_app

blueprint = Blueprint("mytraining", __name__, url_prefix="/training/mine")
blueprint.record_once(init_app)


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> str:
    """Everything about the training of the person at the screen."""
    actor = current_actor()
    assert actor.person_id is not None
    found = mine.mine(actor.person_id, actor.body_path, request_now())
    return render_template("mytraining/index.html", mine=found)
