"""Reads of settings along the line of a node; one query for as many keys and paths as one likes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import or_, select

from helpdesk.kernel.db import session
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import ids_in
from helpdesk.settings import rules
from helpdesk.settings.models import Value, ValueChange
from helpdesk.settings.rules import KEYS, Key, Written

T = TypeVar("T")


class Explained(NamedTuple):
    """A value and the body that set it; None: the root, or nobody (the default)."""

    value: Any
    owner: BodyView | None


@dataclass(frozen=True)
class SettingRow:
    """One line of the settings page of a node.

    `here`: the written value set on this very node; `text`: the written value in force; `owner`:
    the body it comes from; `from_root`: set for the whole country (neither: the default).
    """

    key: Key[Any]
    text: str
    here: str | None
    owner: BodyView | None
    from_root: bool


@dataclass(frozen=True)
class SettingChange:
    """One act on a setting of a node, newest first in lists."""

    id: int
    key: Key[Any]
    before: str | None
    after: str | None
    reason: str
    at: datetime
    person_id: int | None


def value(key: Key[T], path: str) -> T:
    """The value in force on the node at `path`."""
    found: T = values((key,), path)[key]
    return found


def values(keys: Collection[Key[Any]], path: str) -> dict[Key[Any], Any]:
    """Several at once, by key (one query)."""
    return values_along(keys, (path,))[path]


def values_along(
    keys: Collection[Key[Any]], paths: Collection[str]
) -> dict[str, dict[Key[Any], Any]]:
    """Several keys on several nodes, by path and key (one query)."""
    rows = _rows(keys, {body_id for path in paths for body_id in ids_in(path)})
    return {path: _in_force(keys, rules.nearest(rows, ids_in(path))) for path in set(paths)}


def explained(key: Key[Any], path: str) -> Explained:
    """The value in force and the body that set it (two queries at most, and its subsystems)."""
    written = rules.nearest(_rows((key,), ids_in(path)), ids_in(path)).get(key.name)
    if written is None:
        return Explained(key.default, None)
    owner = organizations.body(written.body_id) if written.body_id is not None else None
    return Explained(key.parse(written.text), owner)


def overview(path: str) -> tuple[SettingRow, ...]:
    """Every setting on the node at `path` with its origin, in the order of KEYS."""
    ids = ids_in(path)
    here = ids[-1] if ids else None
    found = rules.nearest(_rows(KEYS.values(), ids), ids)
    owners = organizations.bodies(w.body_id for w in found.values() if w.body_id is not None)
    return tuple(_row(key, found.get(key.name), here, owners) for key in KEYS.values())


def changes(
    body_id: int | None, *, after: str | None = None, size: int = 20
) -> Page[SettingChange]:
    """What was changed on a node (None: the root), newest first."""
    statement = select(ValueChange).where(ValueChange.body_id == body_id)
    if after is not None:
        statement = statement.where(ValueChange.id < decode(after, (int,))[0])
    rows = session().scalars(statement.order_by(ValueChange.id.desc()).limit(size + 1)).all()
    return page_of(rows, size, lambda row: (row.id,), _change)


def _rows(keys: Collection[Key[Any]], ids: Collection[int]) -> list[Written]:
    on_line = or_(Value.body_id.is_(None), Value.body_id.in_(ids))
    statement = select(Value.body_id, Value.key, Value.value).where(
        Value.key.in_([key.name for key in keys]), on_line
    )
    return [Written(*row) for row in session().execute(statement)]


def _in_force(keys: Collection[Key[Any]], found: dict[str, Written]) -> dict[Key[Any], Any]:
    return {
        key: key.parse(found[key.name].text) if key.name in found else key.default for key in keys
    }


def _row(
    key: Key[Any], written: Written | None, here: int | None, owners: dict[int, BodyView]
) -> SettingRow:
    if written is None:
        return SettingRow(key, key.text(key.default), here=None, owner=None, from_root=False)
    return SettingRow(
        key,
        written.text,
        here=written.text if written.body_id == here else None,
        owner=owners[written.body_id] if written.body_id is not None else None,
        from_root=written.body_id is None,
    )


def _change(row: ValueChange) -> SettingChange:
    return SettingChange(
        id=row.id,
        key=KEYS[row.key],
        before=row.before,
        after=row.after,
        reason=row.reason,
        at=row.at,
        person_id=row.person_id,
    )
