"""Files that come with a verb: kept in its transaction, or the whole verb is refused."""

from __future__ import annotations

from datetime import datetime

from helpdesk.kernel.actor import Actor
from helpdesk.tickets.operations.record import FileRef
from helpdesk.web.files.uploads import receive
from helpdesk.web.tickets.forms import VerbForm, WithFiles


def keep_all(form: VerbForm, *, actor: Actor, now: datetime) -> tuple[FileRef, ...]:
    """Keep what was sent along. Raises the first FileRefused, which says the way out."""
    if not isinstance(form, WithFiles):
        return ()
    confirmed = bool(form.no_students.data)
    received = receive(form.files.data or (), confirmed=confirmed, actor=actor, now=now)
    for refusal in received.refused:
        raise refusal
    return tuple(FileRef(file.id, file.name) for file in received.kept)
