"""Filing dates as somebody at a node of the tree has to keep them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, select

from helpdesk.filing.models import EarlierDate, EarlierDateChange, Subscription, Tick
from helpdesk.filing.queries import tables
from helpdesk.filing.rules import dates, mention
from helpdesk.filing.rules.annexes import LEVEL_OF, Item, Level
from helpdesk.filing.rules.dates import Deadline, Occurrence, Overlay
from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Named
from helpdesk.kernel.paths import below
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body, BodySubsystem
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import (
    AID_OFFICES,
    NATIONAL_KINDS,
    SCHOOL_KINDS,
    SIDE_KINDS,
    BodyStatus,
    Kind,
    Subsystem,
    ids_in,
)
from helpdesk.people.models import Account
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.workdays.rules import NATIONAL, Calendar

# No cycle is longer: an earlier date lies within a year before that of the notice.
_FARTHEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class Place:
    """From where somebody looks: node, levels whose dates concern it, subsystems, working days."""

    path: str
    levels: tuple[Level, ...]
    subsystems: tuple[Subsystem, ...]
    region: str = NATIONAL
    central: bool = False
    inferred: bool = False

    def only(self, subsystems: Collection[Subsystem], levels: Collection[Level]) -> Place:
        """The same with a choice of subsystems and levels; nothing chosen: all of them."""
        return replace(
            self,
            subsystems=tuple(s for s in self.subsystems if not subsystems or s in subsystems),
            levels=tuple(found for found in self.levels if not levels or found in levels),
        )

    def items(self) -> tuple[Item, ...]:
        """Every item of the subsystems."""
        return tuple(i for s in self.subsystems for i in tables.items(s, inferred=self.inferred))

    def occurrences(self, first: date, last: date) -> Iterable[Occurrence]:
        """Every date of the notice from `first` to `last`."""
        items = self.items()
        for level in self.levels:
            yield from dates.occurrences(items, level, first, last, central=self.central)


NATION: Final = Place(ROOT_PATH, (Level.CENTRAL, Level.SCHOOL), tuple(Subsystem), central=True)


def place_of(body: BodyView | None) -> Place:
    """Where the people of a body look from; a side body from the aid office beside it.

    Schools see their own dates, offices those of their level and of the schools below. At most
    four queries.
    """
    if body is not None and body.kind in SIDE_KINDS:
        body = next((b for b in organizations.line_up_at(body.path) if b.kind in AID_OFFICES), None)
    return NATION if body is None else places_of((body,))[body.id]


def places_of(bodies: Collection[BodyView]) -> dict[int, Place]:
    """The same for many schools and offices: one query, and one more for each office."""
    own = [b for b in bodies if b.kind in LEVEL_OF and b.kind not in NATIONAL_KINDS]
    chosen = settings.values_along((Key.FILING_INFERRED,), {b.path for b in own})
    nation = {b.id: NATION for b in bodies if b.kind in NATIONAL_KINDS}
    return nation | {b.id: _place(b, chosen[b.path][Key.FILING_INFERRED]) for b in own}


def _place(body: BodyView, inferred: bool) -> Place:
    school = body.kind in SCHOOL_KINDS
    return Place(
        path=body.path,
        levels=(Level.SCHOOL,) if school else (LEVEL_OF[body.kind], Level.SCHOOL),
        subsystems=body.subsystems if school else used_below(body.path),
        region=body.region,
        central=body.kind is Kind.CENTRAL_HEI,
        inferred=inferred,
    )


def used_below(path: str) -> tuple[Subsystem, ...]:
    """The subsystems that active schools below a node use. One query that stops at the first."""
    found = session().execute(select(*(_users(path, s).label(s.value) for s in Subsystem))).one()
    return tuple(s for s, used in zip(Subsystem, found, strict=True) if used)


def _users(path: str, subsystem: Subsystem) -> ColumnElement[bool]:
    return (
        exists()
        .select_from(BodySubsystem)
        .where(
            BodySubsystem.body_id == Body.id,
            BodySubsystem.subsystem == subsystem,
            Body.status == BodyStatus.ACTIVE,
            below(Body.path, path),
        )
    )


def overlays_on(path: str, first: date, last: date) -> tuple[Overlay, ...]:
    """Earlier dates of the offices on the path that may fall between two days. One query."""
    return _overlays(_standing(first, last).where(Body.id.in_(ids_in(path))))


def _standing(first: date, last: date) -> Select[EarlierDate, Body]:
    return (
        select(EarlierDate, Body)
        .join(Body, Body.id == EarlierDate.body_id)
        .where(EarlierDate.named_on.between(first, last + _FARTHEST))
    )


def all_overlays(first: date, last: date) -> tuple[Overlay, ...]:
    """Those of every office in the country, for a run over all of them. One query."""
    return _overlays(_standing(first, last))


def _overlays(statement: Select[EarlierDate, Body]) -> tuple[Overlay, ...]:
    return tuple(_overlay(row, body) for row, body in session().execute(statement))


def _overlay(row: EarlierDate, body: Body) -> Overlay:
    return Overlay(
        office=Named(body.name, body.name_en),
        office_code=body.code,
        path=body.path,
        item_id=row.item_id,
        level=row.level,
        named_on=row.named_on,
        due_on=row.due_on,
        reason=row.reason,
        version=row.version,
    )


def deadlines(place: Place, first: date, last: date, calendar: Calendar) -> tuple[Deadline, ...]:
    """What is due at a place from `first` to `last`, both included, in order. One query."""
    return with_overlays(place, overlays_on(place.path, first, last), first, last, calendar)


def with_overlays(
    place: Place, overlays: Collection[Overlay], first: date, last: date, calendar: Calendar
) -> tuple[Deadline, ...]:
    """The same for overlays that are at hand already. No query."""
    found = place.occurrences(first, dates.horizon(overlays, last))
    return dates.deadlines(found, overlays, calendar, first, last)


def ticked(person_id: int | None, first: date) -> frozenset[str]:
    """Keys of the dates from `first` on that a person noted as done. One query."""
    return frozenset(key for _, key in ticks((person_id or 0,), first))


def ticks(person_ids: Collection[int], first: date) -> frozenset[tuple[int, str]]:
    """The same for many persons: (person, key). One query."""
    rows = session().execute(
        select(Tick.person_id, Tick.item_id, Tick.level, Tick.named_on).where(
            Tick.person_id.in_(person_ids), Tick.named_on >= first
        )
    )
    return frozenset(
        (person_id, dates.key_of(item_id, level, named_on))
        for person_id, item_id, level, named_on in rows
    )


def pressing(
    body: BodyView,
    text: str,
    acts: Collection[str],
    subsystem: Subsystem | None,
    calendar: Calendar,
    today: date,
    *,
    late: bool = False,
) -> Deadline | None:
    """The filing date of its own level that a question of `body` touches, None where it is not
    about filing (filing.rules.mention). At most five queries.
    """
    place = place_of(body)
    items = mention.touched(text, place.items(), acts, subsystem)
    if not items:
        return None
    own = place.only({item.subsystem for item in items}, place.levels[:1])
    found = deadlines(own, today - mention.LATE, today + _FARTHEST, calendar)
    return mention.pressing((d for d in found if d.occurrence.item in items), today, late=late)


# ------------------------------------------------------------------ earlier dates of an office


@dataclass(frozen=True)
class OverlayLine:
    """An earlier date in the list of an office, with its last change."""

    id: int
    overlay: Overlay
    item: Item
    office_id: int
    own: bool


def overlay_lines(path: str, since: date) -> tuple[OverlayLine, ...]:
    """Earlier dates of an office and of those above it for dates from `since` on, by day."""
    statement = (
        select(EarlierDate, Body)
        .join(Body, Body.id == EarlierDate.body_id)
        .where(Body.id.in_(ids_in(path)), EarlierDate.named_on >= since)
        .order_by(EarlierDate.named_on, EarlierDate.item_id, Body.level)
    )
    return tuple(
        OverlayLine(
            row.id, _overlay(row, body), tables.item(row.item_id), body.id, body.path == path
        )
        for row, body in session().execute(statement)
    )


@dataclass(frozen=True)
class Change:
    """One act on an earlier date."""

    overlay_id: int
    at: datetime
    person_id: int | None
    due_before: date | None
    due_after: date | None
    reason: str


def changes(overlay_ids: Collection[int]) -> dict[int, tuple[Change, ...]]:
    """The history of several earlier dates, newest first. One query."""
    rows = session().scalars(
        select(EarlierDateChange)
        .where(EarlierDateChange.overlay_id.in_(overlay_ids))
        .order_by(EarlierDateChange.id.desc())
    )
    found: dict[int, list[Change]] = {}
    for row in rows:
        found.setdefault(row.overlay_id, []).append(
            Change(row.overlay_id, row.at, row.person_id, row.due_before, row.due_after, row.reason)
        )
    return {key: tuple(value) for key, value in found.items()}


@dataclass(frozen=True)
class Reach:
    """Whom an earlier date of an office reaches: schools by subsystem, offices by level."""

    schools: dict[Subsystem, int]
    offices: dict[Level, int]


def reach(path: str) -> Reach:
    """Active schools and offices at and below a node. Two queries."""
    active = (Body.status == BodyStatus.ACTIVE, below(Body.path, path))
    schools = session().execute(
        select(BodySubsystem.subsystem, func.count())
        .join(Body, Body.id == BodySubsystem.body_id)
        .where(*active)
        .group_by(BodySubsystem.subsystem)
    )
    offices = session().execute(
        select(Body.kind, func.count())
        .where(*active, Body.kind.in_(AID_OFFICES))
        .group_by(Body.kind)
    )
    return Reach(
        schools=dict(iter(schools)),
        offices={LEVEL_OF[kind]: number for kind, number in offices},
    )


# ------------------------------------------------------------------ feeds


@dataclass(frozen=True)
class Subscribed:
    """How a person is told: since when it has a feed (None: it has none), digest by mail or not."""

    feed_since: datetime | None
    by_mail: bool


def subscribed(person_id: int | None) -> Subscribed:
    """The choices of a person; nothing chosen: no feed, no mail. One query."""
    row = session().get(Subscription, person_id or 0)
    return Subscribed(row.feed_since, row.by_mail) if row else Subscribed(None, False)


def account_behind(feed_hash: str) -> int | None:
    """The open account of the person whose feed has this secret. One query."""
    return session().scalar(
        select(Account.id)
        .join(Subscription, Subscription.person_id == Account.person_id)
        .where(Subscription.feed_hash == feed_hash, Account.disabled_at.is_(None))
    )


def of_bodies(
    bodies: Collection[BodyView], first: date, last: date, calendars: Mapping[str, Calendar]
) -> tuple[Deadline, ...]:
    """What is due at several bodies of one person; a date of two of them once, the earlier."""
    places = [place_of(body) for body in bodies if body.active]
    found: dict[str, Deadline] = {}
    for place in places:
        for deadline in deadlines(place, first, last, calendars[place.region]):
            known = found.get(deadline.key)
            if known is None or deadline.due_on < known.due_on:
                found[deadline.key] = deadline
    return tuple(sorted(found.values(), key=lambda d: (d.due_on, d.key)))
