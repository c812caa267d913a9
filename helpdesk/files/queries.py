"""Reading stored files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from helpdesk.files.models import File
from helpdesk.files.rules.kinds import MEGABYTE, Limits
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Store:
    """Where the bytes lie (a directory no web server serves) and how much is taken."""

    folder: Path
    limits: Limits

    def blob(self, sha256: str) -> Path:
        """Two levels of directories: no folder grows past a few thousand entries."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256


def store_of(settings: Mapping[str, Any]) -> Store:
    """The store of an installation, from its settings (FILES_DIR, UPLOAD_..._MB)."""
    limits = Limits(
        picture=int(settings["UPLOAD_IMAGE_MB"]) * MEGABYTE,
        other=int(settings["UPLOAD_FILE_MB"]) * MEGABYTE,
    )
    return Store(Path(settings["FILES_DIR"]), limits)


@dataclass(frozen=True)
class StoredFile:
    """A kept file. `size` in bytes; `name` ends with the extension of its content."""

    id: int
    sha256: str
    media_type: str
    size: int
    name: str
    kept_by_person_id: int | None


def stored(row: File) -> StoredFile:
    """The row as a value."""
    return StoredFile(
        id=row.id,
        sha256=row.sha256,
        media_type=row.media_type,
        size=row.size,
        name=row.name,
        kept_by_person_id=row.kept_by_person_id,
    )


def files(ids: Iterable[int]) -> dict[int, StoredFile]:
    """Files by id, in the order of the ids; unknown ones are left out. One query."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = {row.id: row for row in session().scalars(select(File).where(File.id.in_(wanted)))}
    return {file_id: stored(rows[file_id]) for file_id in wanted if file_id in rows}


def open_file(store: Store, file_id: int) -> tuple[StoredFile, Path]:
    """A file and the path of its bytes. NotFound: no such file, or its bytes are gone."""
    row = session().get(File, file_id)
    if row is None or not store.blob(row.sha256).is_file():
        raise NotFound
    return stored(row), store.blob(row.sha256)
