"""The tree of a past day, told by what stood elsewhere then (decision note 0010).

Only schools and county offices are ever moved, and below a county office nothing has bodies below
it: so what stood elsewhere are the moved bodies and those directly below them, a short list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.organizations.models import Affiliation, Body
from helpdesk.organizations.rules import AID_OFFICES, Kind, ids_in
from helpdesk.training.rules.coverage import TIERS


class Elsewhere(NamedTuple):
    """A body where it stood on the day."""

    body_id: int
    parent_id: int
    office_id: int
    tier: str
    path: str


@dataclass(frozen=True)
class Tree:
    """`moved`: what stood elsewhere than now; `top`: the path of the node that is asked about."""

    top: str = ROOT_PATH
    moved: tuple[Elsewhere, ...] = ()

    @property
    def come(self) -> tuple[int, ...]:
        """Bodies that stood in the range of the node then, and do not now or elsewhere in it."""
        node = ids_in(self.top)[-1:]
        return tuple(one.body_id for one in self.moved if set(node) <= set(ids_in(one.path)))

    @property
    def gone(self) -> tuple[int, ...]:
        """Bodies that stood outside of it."""
        come = set(self.come)
        return tuple(one.body_id for one in self.moved if one.body_id not in come)


def tree_of(day: date, today: date, top: str = ROOT_PATH) -> Tree:
    """The tree of a day. At most three queries."""
    moved = _moved(day) if day < today else {}
    if not moved:
        return Tree(top)
    parents = select(Body.id, Body.kind, Body.path).where(Body.kind.in_(AID_OFFICES))
    offices = {row.id: row for row in session().execute(parents)}
    touched = select(Body.id, Body.kind, Body.parent_id).where(
        or_(Body.id.in_(moved), Body.parent_id.in_(moved))
    )
    return Tree(top, tuple(_elsewhere(session().execute(touched), moved, offices)))


def _moved(day: date) -> dict[int, int]:
    """Bodies with another parent on that day, by id. Of two affiliations of one day the later one
    holds."""
    later = aliased(Affiliation)
    overtaken = exists().where(
        later.body_id == Affiliation.body_id, later.id > Affiliation.id, later.since_on <= day
    )
    rows = session().execute(
        select(Affiliation.body_id, Affiliation.parent_id).where(
            Affiliation.since_on <= day, Affiliation.until_on >= day, ~overtaken
        )
    )
    return dict(rows.all())


def _elsewhere(
    rows: Iterable[Any], moved: Mapping[int, int], offices: Mapping[int, Any]
) -> Iterable[Elsewhere]:
    def path_of(office_id: int) -> str:
        if office_id in moved:
            return f"{path_of(moved[office_id])}{office_id}/"
        return str(offices[office_id].path)

    for row in rows:
        parent = moved.get(row.id, row.parent_id)
        office = row.id if row.kind in AID_OFFICES else parent
        yield Elsewhere(row.id, parent, office, _tier(row.kind, offices[office].kind),
                        f"{path_of(parent)}{row.id}/")  # fmt: skip


def _tier(kind: Kind, of_office: Kind) -> str:
    return TIERS[kind] if kind in TIERS else TIERS[of_office]
