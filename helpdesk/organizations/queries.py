"""Reads of the tree. Every function makes a constant number of queries, whatever its size."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import selectinload

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound, RuleBroken
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.kernel.paths import below, below_any
from helpdesk.kernel.pinyin import folded
from helpdesk.kernel.text import N_
from helpdesk.organizations.models import Affiliation, Body, BodyChange
from helpdesk.organizations.rules import (
    MOVING_OFFICES,
    BodyStatus,
    Change,
    Kind,
    Shelf,
    Subsystem,
    ids_in,
)
from helpdesk.workdays.rules import NATIONAL


class TreeWithoutTop(RuleBroken):
    """The national bodies have not been entered yet."""

    sentence = N_("机构树里还没有全国中心和呼叫中心。请管理员先在中央一级添加，再办理业务。")


@dataclass(frozen=True)
class BodyView:
    """An office or school as everybody else sees it."""

    id: int
    code: str
    name: str
    name_en: str
    kind: Kind
    parent_id: int | None
    path: str
    level: int
    province_code: str
    region_code: str
    plan_city: bool
    bingtuan: bool
    status: BodyStatus
    status_since: date
    version: int
    subsystems: tuple[Subsystem, ...]

    @property
    def region(self) -> str:
        """By which working days it lives: its province's two digits, or CN."""
        return self.province_code or NATIONAL

    @property
    def active(self) -> bool:
        """Neither 无效 nor closed."""
        return self.status is BodyStatus.ACTIVE


@dataclass(frozen=True)
class Census:
    """How many bodies stand below a node (itself left out): schools by status, active offices."""

    schools: Mapping[BodyStatus, int]
    offices: int


@dataclass(frozen=True)
class AffiliationView:
    """To whom a body belonged: from `since_on` until `until_on` (None: today)."""

    parent: BodyView
    since_on: date
    until_on: date | None
    approval_no: str
    reason: str
    changed_by: int | None


@dataclass(frozen=True)
class ChangeView:
    """One act on a body; `before` and `after` hold what changed, by field."""

    id: int
    at: datetime
    person_id: int | None
    change: Change
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


def view(body: Body) -> BodyView:
    """The body as a value (its subsystems must be loaded)."""
    used = {row.subsystem for row in body.used}
    return BodyView(
        id=body.id,
        code=body.code,
        name=body.name,
        name_en=body.name_en,
        kind=body.kind,
        parent_id=body.parent_id,
        path=body.path,
        level=body.level,
        province_code=body.province_code,
        region_code=body.region_code,
        plan_city=body.plan_city,
        bingtuan=body.bingtuan,
        status=body.status,
        status_since=body.status_since,
        version=body.version,
        subsystems=tuple(s for s in Subsystem if s in used),
    )


def _views(statement: Select[Body]) -> tuple[BodyView, ...]:
    rows = session().scalars(statement.options(selectinload(Body.used)))
    return tuple(view(row) for row in rows)


def body(body_id: int) -> BodyView:
    """The body with this id. NotFound when there is none."""
    found = _views(select(Body).where(Body.id == body_id))
    if not found:
        raise NotFound
    return found[0]


def body_by_code(code: str) -> BodyView | None:
    """The body with this code, or None."""
    return next(iter(_views(select(Body).where(Body.code == code))), None)


def bodies(ids: Iterable[int]) -> dict[int, BodyView]:
    """Bodies by id; unknown ids are left out."""
    return {found.id: found for found in _views(select(Body).where(Body.id.in_(set(ids))))}


def line_up(body_id: int) -> tuple[BodyView, ...]:
    """The body and its ancestors, nearest first. NotFound when there is no such body."""
    path = session().scalar(select(Body.path).where(Body.id == body_id))
    if path is None:
        raise NotFound
    return line_up_at(path)


def line_up_at(path: str) -> tuple[BodyView, ...]:
    """The same for a path that is known already (one query less)."""
    return _views(select(Body).where(Body.id.in_(ids_in(path))).order_by(Body.level.desc()))


def sides_of(aid_office_ids: Iterable[int]) -> dict[int, dict[Kind, BodyView]]:
    """The active side bodies of several offices, by office and kind."""
    found: dict[int, dict[Kind, BodyView]] = {}
    statement = select(Body).where(
        Body.parent_id.in_(set(aid_office_ids)),
        Body.shelf == Shelf.BESIDE,
        Body.status == BodyStatus.ACTIVE,
    )
    for side in _views(statement):
        if side.parent_id is not None:
            found.setdefault(side.parent_id, {})[side.kind] = side
    return found


def national(kind: Kind) -> BodyView | None:
    """The active body of a national kind, or None before the tree is filled."""
    statement = select(Body).where(
        Body.shelf == Shelf.BESIDE,
        Body.parent_id.is_(None),
        Body.kind == kind,
        Body.status == BodyStatus.ACTIVE,
    )
    return next(iter(_views(statement)), None)


def call_centre() -> BodyView:
    """The call centre (S-3.5.4). TreeWithoutTop before the tree is filled, as the two below."""
    return _needed(Kind.CALL_CENTRE)


def national_aid_centre() -> BodyView:
    """全国学生资助管理中心."""
    return _needed(Kind.NATIONAL_AID_CENTRE)


def moe_it_centre() -> BodyView:
    """教育部教育管理信息中心."""
    return _needed(Kind.MOE_IT_CENTRE)


def _needed(kind: Kind) -> BodyView:
    found = national(kind)
    if found is None:
        raise TreeWithoutTop
    return found


def moving_office(path: str) -> BodyView | None:
    """The lowest city or province office on a path: who may change affiliations there (S-2.1.2)."""
    return next((b for b in line_up_at(path) if b.kind in MOVING_OFFICES), None)


def children(
    parent_id: int | None,
    *,
    shelf: Shelf | None = None,
    status: BodyStatus | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[BodyView]:
    """The bodies directly below an office (None: the top), side bodies first, then by pinyin."""
    statement = (
        select(Body)
        .where(Body.parent_id.is_(None) if parent_id is None else Body.parent_id == parent_id)
        .order_by(Body.shelf, Body.sort_key, Body.id)
        .limit(size + 1)
        .options(selectinload(Body.used))
    )
    if shelf is not None:
        statement = statement.where(Body.shelf == shelf)
    if status is not None:
        statement = statement.where(Body.status == status)
    if after is not None:
        statement = statement.where(_after(after))
    found = session().scalars(statement).all()
    return page_of(found, size, lambda b: (b.shelf.value, b.sort_key, b.id), view)


def _after(cursor: str) -> ColumnElement[bool]:
    shelf, sort_key, body_id = decode(cursor, (str, str, int))
    return tuple_(Body.shelf, Body.sort_key, Body.id) > tuple_(
        literal(shelf), literal(sort_key), literal(body_id)
    )


def find(
    text: str,
    scope_paths: Collection[str],
    *,
    kinds: Collection[Kind] = (),
    status: BodyStatus | None = None,
    limit: int = 20,
) -> tuple[BodyView, ...]:
    """Bodies in the ranges of `scope_paths` by any part of code or name.

    Names: Chinese, English or pinyin initials; several words must all occur. The body with exactly
    this code comes first, then offices, then schools. At most six queries, whatever is found.
    """
    words = [word for word in map(folded, text.split()[:5]) if word]
    if not words:
        return ()
    scope = [below_any(Body.path, scope_paths)]
    scope += [Body.kind.in_(kinds)] if kinds else []
    scope += [Body.status == status] if status is not None else []
    exact = unicodedata.normalize("NFKC", text).strip().upper()
    named = [Body.find_text.contains(word) for word in words]
    steps = [[Body.shelf == shelf, *named] for shelf in (Shelf.OFFICE, Shelf.BESIDE, Shelf.SCHOOL)]
    found: dict[int, None] = {}
    for step in ([Body.code == exact], *steps):
        if len(found) < limit:
            near = select(Body.id).where(*scope, *step).order_by(Body.path).limit(limit)
            found.update(dict.fromkeys(session().scalars(near)))
    views = bodies(list(found)[:limit])
    return tuple(views[body_id] for body_id in found if body_id in views)


def offices_in(path: str, *, limit: int = 200) -> tuple[BodyView, ...]:
    """Active aid offices in the range of `path`, parents before children; at most `limit`."""
    return _views(
        select(Body)
        .where(
            Body.shelf == Shelf.OFFICE,
            below(Body.path, path),
            Body.status == BodyStatus.ACTIVE,
        )
        .order_by(Body.path)
        .limit(limit)
    )


def census(path: str) -> Census:
    """Schools by status and active offices in the range of `path` (one query on one index)."""
    rows = session().execute(
        select(Body.shelf, Body.status, func.count())
        .where(Body.shelf.in_((Shelf.OFFICE, Shelf.SCHOOL)), below(Body.path, path))
        .group_by(Body.shelf, Body.status)
    )
    counts = {(shelf, status): number for shelf, status, number in rows}
    return Census(
        schools={status: counts.get((Shelf.SCHOOL, status), 0) for status in BodyStatus},
        offices=counts.get((Shelf.OFFICE, BodyStatus.ACTIVE), 0),
    )


def affiliations(body_id: int) -> tuple[AffiliationView, ...]:
    """The history of a body's affiliation, newest first."""
    statement = select(Affiliation).where(Affiliation.body_id == body_id)
    rows = session().scalars(statement.order_by(Affiliation.id.desc())).all()
    parents = bodies(row.parent_id for row in rows)
    return tuple(
        AffiliationView(
            parent=parents[row.parent_id],
            since_on=row.since_on,
            until_on=row.until_on,
            approval_no=row.approval_no,
            reason=row.reason,
            changed_by=row.changed_by,
        )
        for row in rows
    )


def history(body_id: int, *, after: str | None = None, size: int = 50) -> Page[ChangeView]:
    """What was done to a body, newest first."""
    statement = select(BodyChange).where(BodyChange.body_id == body_id)
    if after is not None:
        statement = statement.where(BodyChange.id < decode(after, (int,))[0])
    rows = session().scalars(statement.order_by(BodyChange.id.desc()).limit(size + 1)).all()
    return page_of(rows, size, lambda row: (row.id,), _change)


def _change(row: BodyChange) -> ChangeView:
    return ChangeView(
        id=row.id,
        at=row.at,
        person_id=row.person_id,
        change=row.change,
        before=row.before,
        after=row.after,
        reason=row.reason,
    )


def is_empty() -> bool:
    """Is there no body at all?"""
    return session().scalar(select(Body.id).limit(1)) is None
