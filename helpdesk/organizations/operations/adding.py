"""New bodies in the tree: one by hand, or a whole province at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel import events
from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Conflict, RuleBroken
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.pinyin import sort_key
from helpdesk.kernel.text import N_
from helpdesk.organizations import rules
from helpdesk.organizations.events import BodyAdded
from helpdesk.organizations.models import Affiliation, Body, BodyChange, BodySubsystem
from helpdesk.organizations.operations import indexing, record
from helpdesk.organizations.rules import BodyStatus, Change, Kind, Shelf, Subsystem

_BATCH = 500
_UNPLACED = "+"  # no path begins so


@dataclass(frozen=True)
class NewBody:
    """What is known of a body before it stands in the tree.

    `parent_code` None: at the top. `bingtuan` is asked of a province-level office only; the bodies
    below inherit it, as they do the province.
    """

    code: str
    name: str
    kind: Kind
    parent_code: str | None
    name_en: str = ""
    region_code: str = ""
    subsystems: tuple[Subsystem, ...] = ()
    plan_city: bool = False
    bingtuan: bool = False


class CodeTaken(Conflict):
    """A code belongs to one body for ever."""

    sentence = N_("代码%(code)s已属于%(name)s。代码不会重复使用，停办单位的也一样；请核对。")


class ParentMissing(RuleBroken):
    """The code of the parent leads nowhere."""

    sentence = N_("没有代码为%(code)s的上级单位。请核对上级单位代码。")


class ProvinceNeedsRegion(RuleBroken):
    """A province's office names its province, from which all below inherit it."""

    sentence = N_("省级资助部门必须填写本省行政区划代码，例如420000；兵团除外。")


@dataclass(frozen=True)
class _Place:
    """What a child takes from its parent."""

    id: int
    name: str
    name_en: str
    kind: Kind
    path: str
    level: int
    province_code: str
    bingtuan: bool
    status: BodyStatus


def add_body(*, actor: Actor, new: NewBody, now: datetime) -> Body:
    """Put one body below an active parent.

    Refuses a WrongParent, a wrong code or name, CodeTaken, SideTaken.
    """
    ids = add_bodies(actor=actor, rows=(new,), now=now)
    return session().get_one(Body, next(iter(ids.values())))


def add_bodies(*, actor: Actor, rows: Sequence[NewBody], now: datetime) -> dict[str, int]:
    """Put many bodies into the tree at once, parents among them in any order: code -> id.

    One broken row refuses all. Publishes one BodyAdded for the lot.
    """
    record.hold_tree()
    places = _places(row.parent_code for row in rows)
    waiting = list(rows)
    added: dict[str, int] = {}
    while waiting:
        ready = [r for r in waiting if r.parent_code is None or r.parent_code in places]
        if not ready:
            raise ParentMissing(code=waiting[0].parent_code)
        chosen = set(map(id, ready))
        waiting = [r for r in waiting if id(r) not in chosen]
        level = _insert(ready, places, actor, now)
        places.update(level)
        added.update({code: place.id for code, place in level.items()})
    events.publish(BodyAdded(tuple(added.values())))
    return added


def _places(codes: Iterable[str | None]) -> dict[str, _Place]:
    found: dict[str, _Place] = {}
    for some in _batches(sorted({code for code in codes if code is not None})):
        for body in session().scalars(select(Body).where(Body.code.in_(some))):
            found[body.code] = _place({f.name: getattr(body, f.name) for f in fields(_Place)})
    return found


def _batches(codes: Sequence[str]) -> Iterable[Sequence[str]]:
    return (codes[start : start + _BATCH] for start in range(0, len(codes), _BATCH))


def _place(values: Mapping[str, Any]) -> _Place:
    return _Place(**{field.name: values[field.name] for field in fields(_Place)})


def _insert(
    rows: Sequence[NewBody], places: Mapping[str, _Place], actor: Actor, now: datetime
) -> dict[str, _Place]:
    parents = [places[row.parent_code] if row.parent_code is not None else None for row in rows]
    values = [_values(row, parent, now) for row, parent in zip(rows, parents, strict=True)]
    _refuse_taken(values)
    ids = _ids(values)
    for value, parent in zip(values, parents, strict=True):
        value["id"] = ids[value["code"]]
        value["path"] = f"{parent.path if parent else ROOT_PATH}{value['id']}/"
    # One executemany: the ORM's own update by primary key would count rows one by one.
    placed = update(Body.__table__).where(Body.id == bindparam("at")).values(path=bindparam("to"))  # type: ignore[arg-type]
    session().connection().execute(placed, [{"at": v["id"], "to": v["path"]} for v in values])
    _note(rows, values, actor, now)
    indexing.index(indexing.Indexed(**{f: v[f] for f in indexing.FIELDS}) for v in values)
    return {value["code"]: _place(value) for value in values}


def _ids(values: Sequence[dict[str, Any]]) -> dict[str, int]:
    # RETURNING would go row by row on SQLite; what has no path yet is what we just wrote.
    try:
        with session().begin_nested():
            session().execute(insert(Body), values)
    except IntegrityError as error:  # somebody else took the code since we looked
        raise CodeTaken(code=values[0]["code"], name=values[0]["name"]) from error
    fresh = select(Body.code, Body.id).where(Body.path >= _UNPLACED, Body.path < _UNPLACED + "~")
    return {row.code: row.id for row in session().execute(fresh)}


def _values(new: NewBody, parent: _Place | None, now: datetime) -> dict[str, Any]:
    rules.check_place(new.kind, parent)
    rules.check_subsystems(new.kind, new.subsystems)
    name, name_en = rules.body_name(new.name), rules.tidy(new.name_en)[:160]
    region = rules.region_code(new.region_code)
    province = parent.province_code if parent else _own_province(new, region)
    code = rules.code_of(new.kind, new.code, province)
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "kind": new.kind,
        "shelf": rules.shelf_of(new.kind),
        "parent_id": parent.id if parent else None,
        "path": f"{_UNPLACED}{code}",  # until the database has given the id
        "level": parent.level + 1 if parent else 1,
        "region_code": region,
        "province_code": province,
        "plan_city": new.plan_city and new.kind is Kind.CITY_AID,
        "bingtuan": parent.bingtuan if parent else new.bingtuan,
        "status": BodyStatus.ACTIVE,
        "status_since": shanghai_date(now),
        "sort_key": sort_key(name),
        "find_text": rules.find_text(code, name, name_en),
        "created_at": now,
        "version": 1,
    }


def _own_province(new: NewBody, region: str) -> str:
    if new.kind is not Kind.PROVINCE_AID:
        return ""
    if new.bingtuan:
        return rules.CORPS
    if region[:2] not in rules.PROVINCE_CODES:
        raise ProvinceNeedsRegion()
    return region[:2]


def _refuse_taken(values: Sequence[Mapping[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for value in values:
        if value["code"] in seen:
            raise CodeTaken(code=value["code"], name=seen[value["code"]])
        seen[value["code"]] = value["name"]
    for some in _batches(sorted(seen)):
        known = select(Body.code, Body.name, Body.name_en).where(Body.code.in_(some))
        taken = session().execute(known).first()
        if taken is not None:
            raise CodeTaken(code=taken.code, name=taken)
    beside = [(v["kind"], v["parent_id"]) for v in values if v["shelf"] is Shelf.BESIDE]
    record.refuse_second_sides(beside)


def _note(
    rows: Sequence[NewBody], values: Sequence[Mapping[str, Any]], actor: Actor, now: datetime
) -> None:
    pairs = list(zip(rows, values, strict=True))
    used = [
        {"body_id": value["id"], "subsystem": subsystem}
        for row, value in pairs
        for subsystem in dict.fromkeys(row.subsystems)
    ]
    belongs = [
        {
            "body_id": value["id"],
            "parent_id": value["parent_id"],
            "since_on": value["status_since"],
            "changed_by": actor.person_id,
            "changed_at": now,
        }
        for _row, value in pairs
        if value["parent_id"] is not None
    ]
    changes = [
        {
            "body_id": value["id"],
            "at": now,
            "person_id": actor.person_id,
            "change": Change.ADDED,
            "before": {},
            "after": {"name": value["name"], "code": value["code"], "parent": row.parent_code},
        }
        for row, value in pairs
    ]
    for table, found in ((BodySubsystem, used), (Affiliation, belongs), (BodyChange, changes)):
        if found:
            session().execute(insert(table), found)
