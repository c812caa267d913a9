"""The file store of this installation, and files as they come with a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from werkzeug.datastructures import FileStorage

from helpdesk.files import operations as files
from helpdesk.files.queries import Store, StoredFile, store_of
from helpdesk.files.rules.refusals import FileRefused
from helpdesk.kernel.actor import Actor


def store() -> Store:
    """Where files lie and how large they may be, from the settings."""
    return store_of(current_app.config)


def chosen(uploads: Iterable[FileStorage]) -> list[FileStorage]:
    """Those a person really chose: an empty file input sends one without a name."""
    return [upload for upload in uploads if upload.filename]


@dataclass(frozen=True)
class Received:
    """What of a form's files was kept, and why the rest was not."""

    kept: tuple[StoredFile, ...]
    refused: tuple[FileRefused, ...]


def receive(
    uploads: Iterable[FileStorage], *, confirmed: bool, actor: Actor, now: datetime
) -> Received:
    """Keep every good file. Call inside a unit of work."""
    kept, refused = [], []
    for upload in chosen(uploads):
        try:
            found = files.keep(
                store=store(),
                name=upload.filename or "",
                data=upload.read(),
                confirmed=confirmed,
                actor=actor,
                now=now,
            )
            kept.append(found)
        except FileRefused as refusal:
            refused.append(refusal)
    return Received(tuple(kept), tuple(refused))
