"""Taking files in, and clearing away what nobody refers to any more."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from helpdesk.files.models import File
from helpdesk.files.queries import Store, StoredFile, stored
from helpdesk.files.rules import kinds, refusals
from helpdesk.files.rules.kinds import Media
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session

# A blob without a row may belong to a transaction under way, or to one that has failed.
GRACE = timedelta(days=1)


def keep(
    *, store: Store, name: str, data: bytes, confirmed: bool, actor: Actor, now: datetime
) -> StoredFile:
    """Inspect a file and keep it: bytes in the store, one row for this sending.

    `confirmed`: the sender has ticked that pictures show no student data. Raises a FileRefused
    (rules/refusals.py) whose sentence says the way out; nothing is written then.
    """
    kinds.check_name(name)
    shown = kinds.shown_name(name)
    media = kinds.recognise(name, data)
    kinds.check_size(name, media, len(data), store.limits)
    data, with_pictures = _inspected(shown, data, media)
    if with_pictures and not confirmed:
        raise refusals.PictureNotConfirmed(name=shown)
    row = File(
        sha256=_write(store, data),
        media_type=media.value,
        size=len(data),
        name=kinds.stored_name(name, media),
        pictures=with_pictures,
        confirmed_at=now if with_pictures else None,
        kept_at=now,
        kept_by_person_id=actor.person_id,
    )
    session().add(row)
    session().flush()
    return stored(row)


def _inspected(shown: str, data: bytes, media: Media) -> tuple[bytes, bool]:
    """What will be stored, and whether it carries pictures that no program can read."""
    # A fifth of a second and 20 MB of readers: only who receives a file pays for them.
    from helpdesk.files.rules import documents, pictures

    if media in kinds.PICTURES:
        return pictures.repainted(shown, data, media), True
    checks = {
        Media.PDF: documents.check_pdf,
        Media.XLSX: documents.check_xlsx,
        Media.DOCX: documents.check_docx,
        Media.CSV: documents.check_csv,
    }
    return data, checks[media](shown, data)


def _write(store: Store, data: bytes) -> str:
    """Put bytes under their hash, whole or not at all; the same bytes lie there once."""
    sha256 = hashlib.sha256(data).hexdigest()
    blob = store.blob(sha256)
    with contextlib.suppress(FileNotFoundError):
        os.utime(blob)  # young again: a sweep of unused blobs leaves it alone
    if blob.is_file():
        return sha256
    blob.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle, path = tempfile.mkstemp(dir=blob.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(path, 0o440)
        os.replace(path, blob)
    except BaseException:
        os.unlink(path)
        raise
    return sha256


def forget(*, file_ids: Iterable[int], actor: Actor) -> int:
    """Delete rows of files that the actor sent and that hang on nothing; answer how many.

    Their bytes go with the next sweep, not before the deletion is committed.
    """
    rows = session().scalars(
        select(File).where(File.id.in_(list(file_ids)), File.kept_by_person_id == actor.person_id)
    )
    return _delete(rows)


def forget_all(*, file_ids: Iterable[int]) -> int:
    """The same for whoever sent them: for jobs that clear away what was never used."""
    return _delete(session().scalars(select(File).where(File.id.in_(list(file_ids)))))


def _delete(rows: Iterable[File]) -> int:
    found = list(rows)
    for row in found:
        session().delete(row)
    session().flush()
    return len(found)


def sweep(*, store: Store, now: datetime) -> int:
    """Remove blobs to which no row refers and half-written ones; answer how many."""
    removed = 0
    for folder in sorted(store.folder.glob("??/??")):
        old = [p for p in folder.iterdir() if _age(p, now) > GRACE]
        known = set(
            session().scalars(select(File.sha256).where(File.sha256.in_([p.name for p in old])))
        )
        removed += sum(_remove(p, now) for p in old if p.name not in known)
    return removed


def _age(path: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)


def _remove(path: Path, now: datetime) -> int:
    # Somebody may be keeping the same bytes at this moment: out of the way first, look again, and
    # back if they have just been touched.
    aside = path.with_name(f".old-{path.name}"[:200])
    os.replace(path, aside)
    if _age(aside, now) <= GRACE:
        os.replace(aside, path)
        return 0
    aside.unlink()
    return 1
