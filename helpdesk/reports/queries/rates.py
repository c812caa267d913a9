"""Questions per 100 staff, trained and untrained, by office and problem card.

Read models over tickets, rosters and trainings: a constant number of statements, each one range on
a path or on the day of opening. Restricted questions (SEC, SUP) are in no figure, nor are those
that were withdrawn; side bodies neither ask nor count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import at_shanghai
from helpdesk.kernel.paths import below
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Shelf
from helpdesk.people.models import Appointment
from helpdesk.reports import rules
from helpdesk.reports.queries.portable import beijing_date, days_between, step_below
from helpdesk.reports.rules import Known, Need, Period, Rate, Split, Staff
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import Status
from helpdesk.training.models.attendance import Trained

WHOLE = 0
OWN = -1  # the staff of the node itself
DIRECT = -2  # schools directly below it; at the root the central universities
_COUNTING = (Shelf.OFFICE, Shelf.SCHOOL)
MIDNIGHT = time(0)


class By(StrEnum):
    """What a row of the table stands for."""

    CHILDREN = "children"  # an office directly below the node, with all below it
    OFFICES = "offices"  # any office, with the schools that hang on it directly


@dataclass(frozen=True)
class Row:
    """A row. `body` None: OWN or DIRECT."""

    key: int
    body: BodyView | None
    total: Split
    cards: Mapping[str, Split]
    subsystems: Mapping[str, str]  # card -> subsystem of most of its questions by the untrained


@dataclass(frozen=True)
class Report:
    """Everything about one node and period. `cards`: for the whole node, most asked first."""

    period: Period
    whole: Split
    cards: tuple[tuple[str, Split], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Asked:
    """Questions counted by who asked."""

    key: int
    card: str
    subsystem: str
    known: Known
    number: int


_Counts = dict[Known, int]


def report(path: str, node_id: int | None, of: Period, *, by: By = By.CHILDREN) -> Report:
    """The figures of the node at `path` (`/`, None: the country); four statements."""
    asked = _asked(path, node_id, of, by)
    by_key = _staff(path, of, _key(path, node_id, by))
    whole = by_key.pop(WHOLE, Staff())
    keys = sorted({a.key for a in asked} | set(by_key))
    bodies = organizations.bodies(k for k in keys if k > 0)
    per_key: dict[int, list[_Asked]] = defaultdict(list)
    for one in asked:
        per_key[one.key].append(one)
    rows = [
        _row(k, bodies.get(k), per_key[k], by_key.get(k, Staff()), of.days)
        for k in keys
        if k < 0 or k in bodies
    ]
    return Report(
        period=of,
        whole=rules.split(_total(asked), whole, of.days),
        cards=_by_card(asked, whole, of.days),
        rows=tuple(sorted(rows, key=_place)),
    )


def needs(found: Report, most: int) -> tuple[Need, ...]:
    """Offices and cards where a session would save most questions, measured by the trained staff
    of the whole node."""
    yardsticks = {card: whole.trained for card, whole in found.cards}
    nobody = Rate(0, found.whole.trained.staff)
    return rules.ranked(
        (
            rules.need(row.key, card, cell.untrained, yardsticks.get(card, nobody))
            for row in found.rows
            for card, cell in row.cards.items()
        ),
        most,
    )


def _place(row: Row) -> tuple[Any, ...]:
    """Offices in the order of the tree, then own staff, then schools directly below."""
    return (0, row.body.path) if row.body else (1, "/" * -row.key)


def _row(key: int, body: BodyView | None, asked: list[_Asked], staff: Staff, days: int) -> Row:
    return Row(
        key=key,
        body=body,
        total=rules.split(_total(asked), staff, days),
        cards=dict(_by_card(asked, staff, days)),
        subsystems=_subsystems(asked),
    )


def _total(asked: list[_Asked]) -> _Counts:
    counts: _Counts = defaultdict(int)
    for one in asked:
        counts[one.known] += one.number
    return counts


def _by_card(asked: list[_Asked], staff: Staff, days: int) -> tuple[tuple[str, Split], ...]:
    counts: dict[str, list[_Asked]] = defaultdict(list)
    for one in asked:
        counts[one.card].append(one)
    cells = [(card, rules.split(_total(mine), staff, days)) for card, mine in counts.items()]
    return tuple(sorted(cells, key=lambda cell: (-cell[1].all.questions, cell[0])))


def _subsystems(asked: list[_Asked]) -> dict[str, str]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in asked:
        if one.known is Known.UNTRAINED and one.subsystem:
            counts[one.card][one.subsystem] += one.number
    return {card: max(sorted(mine), key=lambda s: mine[s]) for card, mine in counts.items()}


# --- statements ----------------------------------------------------------------------------------


def _key(path: str, node_id: int | None, by: By) -> ColumnElement[int]:
    """Which row a body belongs to."""
    parent = func.coalesce(Body.parent_id, DIRECT)
    if by is By.OFFICES:
        return case((Body.shelf == Shelf.SCHOOL, parent), else_=Body.id)
    top = Body.parent_id.is_(None) if node_id is None else Body.parent_id == node_id
    own = [] if node_id is None else [(Body.id == node_id, literal(OWN))]
    return case(
        *own,
        (and_(Body.shelf == Shelf.SCHOOL, top), literal(DIRECT)),
        else_=cast(func.nullif(step_below(Body.path, path), ""), BigInteger),
    )


def _in_node(path: str) -> ColumnElement[bool]:
    return and_(Body.shelf.in_(_COUNTING), below(Body.path, path))


def opened_in(first: date, after: date) -> ColumnElement[bool]:
    """Condition on Ticket: opened on these Beijing days, and of those that figures may count."""
    return and_(
        Ticket.opened_at >= at_shanghai(first, MIDNIGHT),
        Ticket.opened_at < at_shanghai(after, MIDNIGHT),
        Ticket.restricted.is_(False),
        Ticket.status != Status.WITHDRAWN,
    )


def _asked(path: str, node_id: int | None, of: Period, by: By) -> list[_Asked]:
    key = _key(path, node_id, by).label("key")
    known = case(
        (Ticket.asker_person_id.is_(None), Known.NOBODY.value),
        (Trained.person_id.is_not(None), Known.TRAINED.value),
        else_=Known.UNTRAINED.value,
    ).label("known")
    subsystem = func.coalesce(Ticket.subsystem, "").label("subsystem")
    trained_by_then = and_(
        Trained.person_id == Ticket.asker_person_id,
        Trained.year == of.label,
        Trained.void.is_(False),
        Trained.trained_on <= beijing_date(Ticket.opened_at),
    )
    rows = session().execute(
        select(key, Ticket.card_code, subsystem, known, func.count())
        .join(Body, Body.id == Ticket.asker_body_id)
        .outerjoin(Trained, trained_by_then)
        .where(opened_in(of.first, of.after), _in_node(path))
        .group_by(key, Ticket.card_code, subsystem, known)
    )
    return [_Asked(k, card, s, Known(word), number) for k, card, s, word, number in rows]


def _staff(path: str, of: Period, key: ColumnElement[int]) -> dict[int, Staff]:
    """Person-days by row, and of the whole node (WHOLE); each person once in each: from the first
    day of work there to the last. One statement, which reads the rosters once.

    A person is trained from the day of the training on (semantics 7), wherever that was.
    """
    spells = _spells(path, of, key)
    whole = (
        select(
            literal(WHOLE).label("key"),
            spells.c.person_id,
            func.min(spells.c.joined_on, type_=Date).label("joined_on"),
            func.max(spells.c.left_on, type_=Date).label("left_on"),
        )
        .group_by(spells.c.person_id)
        .subquery()
    )
    rows = session().execute(union_all(_days(spells, of), _days(whole, of)))
    return {k: Staff(int(days), int(trained_days)) for k, days, trained_days in rows if days}


def _days(spells: FromClause, of: Period) -> Select[Any]:
    start = _later(spells.c.joined_on, literal(of.first, Date))
    end = _earlier(spells.c.left_on, literal(of.after, Date))
    trained_from = _later(start, Trained.trained_on)
    trained = case(
        (and_(Trained.person_id.is_not(None), trained_from < end), days_between(trained_from, end)),
        else_=0,
    )
    by_then = and_(
        Trained.person_id == spells.c.person_id,
        Trained.year == of.label,
        Trained.void.is_(False),
    )
    return (
        select(spells.c.key, func.sum(days_between(start, end)), func.sum(trained))
        .select_from(spells)
        .outerjoin(Trained, by_then)
        .group_by(spells.c.key)
    )


def _spells(path: str, of: Period, key: ColumnElement[int]) -> CTE:
    named = key.label("key")
    left = func.coalesce(Appointment.left_on, literal(of.after, Date))
    return (
        select(
            named,
            Appointment.person_id,
            func.min(Appointment.joined_on, type_=Date).label("joined_on"),
            func.max(left, type_=Date).label("left_on"),
        )
        .join(Body, Body.id == Appointment.body_id)
        .where(
            _in_node(path),
            Appointment.joined_on < of.after,
            or_(Appointment.left_on.is_(None), Appointment.left_on > of.first),
            or_(Appointment.left_on.is_(None), Appointment.left_on > Appointment.joined_on),
        )
        .group_by(named, Appointment.person_id)
        .cte("spells")
    )


def _later(one: Any, other: Any) -> ColumnElement[date]:
    return case((one > other, one), else_=other)


def _earlier(one: Any, other: Any) -> ColumnElement[date]:
    return case((one < other, one), else_=other)
