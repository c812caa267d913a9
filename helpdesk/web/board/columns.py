"""The board as values: cards in columns by working days left, the strips, the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.catalog.rules import Card
from helpdesk.kernel.instants import shanghai_date
from helpdesk.organizations.queries import BodyView
from helpdesk.sla.queries import Column as Clocks
from helpdesk.sla.rules import ClockView
from helpdesk.tickets.queries.rows import TicketRow
from helpdesk.tickets.rules import Status
from helpdesk.web.board.provinces import PLACES, Place, place_of
from helpdesk.web.shell.marks import Level
from helpdesk.web.tickets.deadlines import Deadline, read
from helpdesk.web.tickets.names import Names
from helpdesk.web.tickets.rows import cards
from helpdesk.workdays import rules as counting
from helpdesk.workdays.rules import Calendar

LATE = "late"


@dataclass(frozen=True)
class BoardCard:
    """One ticket on the board."""

    row: TicketRow
    card: Card | None
    reporter: BodyView | None
    place: Place | None
    assignee: str
    deadline: Deadline

    @property
    def short_number(self) -> str:
        """The running number without its zeros: what people say on the telephone."""
        return self.row.number.partition("-")[2].lstrip("0")


@dataclass(frozen=True)
class BoardColumn:
    """`key`: 5 4 3 2 1 0 late. `hot`: today and late, the only tinted ones."""

    key: str
    left: int | None
    due_on: date | None
    level: Level
    cards: tuple[BoardCard, ...]

    @property
    def hot(self) -> bool:
        """Does it ask for an act today?"""
        return self.left in (0, None)


@dataclass(frozen=True)
class PlaceCount:
    """How many tickets of a place run, and the gravest level among them."""

    place: Place
    number: int
    level: Level | None


@dataclass(frozen=True)
class PromiseGroup:
    """Feedback was given; by days left of the promised date. `key`: late 0 1 2 some more."""

    key: str
    level: Level
    cards: tuple[PromisedCard, ...]


@dataclass(frozen=True)
class PromisedCard:
    """A ticket with feedback, and the day promised."""

    row: TicketRow
    card: Card | None
    reporter: BodyView | None
    place: Place | None
    promised_on: date


def columns(
    clocks: Sequence[Clocks],
    rows: Iterable[TicketRow],
    names: Names,
    calendar: Calendar,
    now: datetime,
) -> tuple[BoardColumn, ...]:
    """Columns of the rows that are shown; clocks of other tickets are left out."""
    by_subject = {row.subject: row for row in rows}
    return tuple(
        _column(
            column,
            tuple(
                _card(by_subject[clock.subject], clock, names, calendar, now)
                for clock in column.clocks
                if clock.subject in by_subject
            ),
        )
        for column in clocks
    )


def _column(column: Clocks, shown: tuple[BoardCard, ...]) -> BoardColumn:
    if column.left is None:
        return BoardColumn(LATE, None, None, Level.LATE, shown)
    level = Level.SOON if column.left < 3 else Level.OK
    return BoardColumn(str(column.left), column.left, column.due_on, level, shown)


def _card(
    row: TicketRow, clock: ClockView, names: Names, calendar: Calendar, now: datetime
) -> BoardCard:
    reporter = _reporter(row, names)
    return BoardCard(
        row=row,
        card=cards().get(row.card_code),
        reporter=reporter,
        place=place_of(reporter),
        assignee=names.person(row.assignee_person_id),
        deadline=read(clock, {clock.region: calendar}, now),
    )


def _reporter(row: TicketRow, names: Names) -> BodyView | None:
    return names.body(row.handed_from_body_id) or names.body(row.asker_body_id)


def strip(board: Sequence[BoardColumn]) -> tuple[PlaceCount, ...]:
    """Every place, those with nothing too."""
    numbers: Counter[str] = Counter()
    levels: dict[str, Level] = {}
    for column in board:
        for card in column.cards:
            if card.place is None:
                continue
            numbers[card.place.code] += 1
            if column.hot:
                levels[card.place.code] = column.level
    return tuple(
        PlaceCount(place, numbers[code], levels.get(code)) for code, place in PLACES.items()
    )


def only(board: Sequence[BoardColumn], place: str) -> tuple[BoardColumn, ...]:
    """The board of one place; an unknown one: the whole board."""
    if place not in PLACES:
        return tuple(board)
    return tuple(
        BoardColumn(
            column.key,
            column.left,
            column.due_on,
            column.level,
            tuple(c for c in column.cards if c.place is not None and c.place.code == place),
        )
        for column in board
    )


GROUPS = ("late", "0", "1", "2", "some", "more")
_LEVELS = {"late": Level.LATE, "some": Level.OK, "more": Level.WAIT}


def promised(
    rows: Iterable[TicketRow], names: Names, calendar: Calendar, now: datetime, place: str
) -> tuple[PromiseGroup, ...]:
    """已反馈待解决 by days left of the promised date."""
    grouped: dict[str, list[PromisedCard]] = {key: [] for key in GROUPS}
    today = shanghai_date(now)
    for row in rows:
        if row.promised_on is None or row.status is not Status.FED_BACK:
            continue
        reporter = _reporter(row, names)
        where = place_of(reporter)
        if place in PLACES and (where is None or where.code != place):
            continue
        card = cards().get(row.card_code)
        key = _group(calendar, today, row.promised_on, now)
        grouped[key].append(PromisedCard(row, card, reporter, where, row.promised_on))
    return tuple(
        PromiseGroup(key, _LEVELS.get(key, Level.SOON), tuple(found))
        for key, found in grouped.items()
    )


def _group(calendar: Calendar, today: date, day: date, now: datetime) -> str:
    if day < today:
        return "late"
    left = counting.days_left(calendar, now, day)
    if left <= 2:
        return str(left)
    return "some" if left <= 5 else "more"
