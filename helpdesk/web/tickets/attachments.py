"""Files that come with a verb: kept in its transaction, or the whole verb is refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from helpdesk.files import operations as files
from helpdesk.files.queries import Store
from helpdesk.files.rules.kinds import MEGABYTE, Limits
from helpdesk.kernel.actor import Actor
from helpdesk.tickets.operations.record import FileRef
from helpdesk.web.tickets.forms import VerbForm, WithFiles


def store() -> Store:
    """The store of this installation."""
    largest = int(current_app.config["UPLOAD_FILE_MB"]) * MEGABYTE
    limits = Limits(picture=min(Limits.picture, largest), other=largest)
    return Store(Path(current_app.config["FILES_DIR"]), limits)


def keep_all(form: VerbForm, *, actor: Actor, now: datetime) -> tuple[FileRef, ...]:
    """Keep what was sent along. Raises a FileRefused with the way out."""
    if not isinstance(form, WithFiles):
        return ()
    kept = []
    for upload in form.files.data or ():
        if upload and upload.filename:
            found = files.keep(
                store=store(),
                name=upload.filename,
                data=upload.read(),
                confirmed=bool(form.no_students.data),
                actor=actor,
                now=now,
            )
            kept.append(FileRef(found.id, found.name))
    return tuple(kept)
