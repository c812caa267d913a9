"""A stored file leaves the house only here, and only as a download."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from helpdesk.files import queries
from helpdesk.intake import access as drafts
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access import cases
from helpdesk.tickets import access as tickets
from helpdesk.training import access as training
from helpdesk.web.doors import current_actor, door
from helpdesk.web.files.uploads import store

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.get("/<int:file_id>")
@door(Permission.SIGNED_IN)
def download(file_id: int) -> Response:
    """The file of a ticket, case or session one may read, or of one's own draft.

    An <img> of ours shows a picture all the same; opened by itself it is saved, never shown.
    """
    _check_access(current_actor(), file_id)
    file, path = queries.open_file(store(), file_id)
    response = send_file(
        path, mimetype=file.media_type, as_attachment=True, download_name=file.name, etag=False
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _check_access(actor: Actor, file_id: int) -> None:
    """NotFound for a stranger, whether the file exists or not."""
    if drafts.in_own_draft(actor, file_id):
        return
    for owner in (cases.file, training.file):
        with suppress(NotFound):
            owner(actor, file_id)
            return
    tickets.file(actor, file_id)
