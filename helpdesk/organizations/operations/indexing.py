"""Bodies in the index of the search: by name, by any part of the code, by pinyin initials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.pinyin import initials
from helpdesk.organizations.access import KIND
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import BodyStatus, Kind
from helpdesk.search.operations import indexing
from helpdesk.search.rules.analysis import tails
from helpdesk.search.rules.entries import Entry

_LETTERS: Final = 24  # pinyin initials of a long name


@dataclass(frozen=True)
class Indexed:
    """What is indexed of a body."""

    id: int
    code: str
    name: str
    name_en: str
    kind: Kind
    path: str
    status: BodyStatus


FIELDS: Final = tuple(field.name for field in fields(Indexed))


def indexed(body: Body) -> Indexed:
    """Of a row."""
    return Indexed(**{name: getattr(body, name) for name in FIELDS})


def index(bodies: Iterable[Indexed]) -> None:
    """Put bodies into the index."""
    indexing.put(map(_entry, bodies))


def index_after(body_id: int, size: int) -> int | None:
    """Index the next `size` bodies after this id, held until commit; the last id, None: no more."""
    following = select(Body).where(Body.id > body_id).order_by(Body.id).limit(size)
    found = session().scalars(following.with_for_update()).all()
    index(map(indexed, found))
    return found[-1].id if found else None


def _entry(body: Indexed) -> Entry:
    return Entry(
        KIND,
        body.id,
        body.name,
        key=body.code,
        aliases=" ".join((tails(body.code), tails(initials(body.name)[:_LETTERS]), body.name_en)),
        scope_path=body.path,
        facets={"body": body.kind, "status": body.status},
    )
