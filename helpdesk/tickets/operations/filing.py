"""A new ticket: its number, its parties, its first segment and its steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from helpdesk.kernel.db import session
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.text import N_
from helpdesk.organizations.queries import BodyView
from helpdesk.tickets.models import NumberSeries, Ticket
from helpdesk.tickets.operations import parties
from helpdesk.tickets.operations.record import Act, FileRef, clean, said
from helpdesk.tickets.rules import PartyWhy, Status, Verb, ticket_number

TITLE_LENGTH = 200
# What the ticket keeps as it came.
_AS_GIVEN = (
    "card_code", "subsystem", "asker_person_id", "filer_body_id", "accused_body_id",
    "callback_name", "callback_number", "item_id", "item_due_on",
)  # fmt: skip


@dataclass(frozen=True)
class NewTicket:
    """What the asker, or the person on the telephone, tells us.

    `fields`: answers to the card's questions by field key. `received_at`: the time of a phoned or
    paper report (None: now), `received_how`: how it came. `accused_body_id`: the office a complaint
    (SUP) is about. `previous_number`: an ended ticket this one goes on from. `item_id` and
    `item_due_on`: the filing date it touches.
    """

    card_code: str
    asker_body_id: int
    title: str
    text: str
    subsystem: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    asker_person_id: int | None = None
    filer_body_id: int | None = None
    callback_name: str | None = None
    callback_number: str | None = None
    accused_body_id: int | None = None
    received_at: datetime | None = None
    received_how: str = ""
    previous_number: str | None = None
    files: tuple[FileRef, ...] = ()
    item_id: str | None = None
    item_due_on: date | None = None


def next_number(now: datetime) -> str:
    """The next number of this Beijing year. The row's lock lasts until the commit."""
    year = in_shanghai(now).year
    raise_it = (
        update(NumberSeries)
        .where(NumberSeries.year == year)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    )
    last = session().scalar(raise_it)
    if last is None:
        last = _first_of(year) or session().scalar(raise_it)
    assert last is not None  # one of the two has made the row
    return ticket_number(year, last)


def _first_of(year: int) -> int | None:
    """1 for whoever opens the year; None for somebody who came in the same moment."""
    try:
        with session().begin_nested():
            session().add(NumberSeries(year=year, last=1))
    except IntegrityError:
        return None
    return 1


def file_ticket(
    draft: NewTicket,
    act: Act,
    *,
    submission_key: str,
    holder: BodyView,
    asker: BodyView,
    restricted: bool,
    received_at: datetime,
) -> Ticket:
    """Store the ticket at its first holder, with asker, holder and filer as parties."""
    ticket = Ticket(
        number=next_number(act.now),
        submission_key=submission_key,
        **{name: getattr(draft, name) for name in _AS_GIVEN},
        title=said(N_("标题"), draft.title)[:TITLE_LENGTH],
        text=said(N_("问题描述"), draft.text),
        fields={key: clean(key, value) for key, value in draft.fields.items()},
        restricted=restricted,
        asker_body_id=asker.id,
        filer_person_id=act.actor.person_id if draft.filer_body_id else None,
        status=Status.ARRIVED,
        holder_body_id=holder.id,
        holder_since=received_at,
        first_holder_body_id=holder.id,
        opened_at=received_at,
        updated_at=act.now,
        previous_id=_previous(draft),
    )
    session().add(ticket)
    session().flush()
    parties.join(ticket, asker, PartyWhy.ASKER, at=received_at)
    parties.begin_segment(ticket, holder, Verb.SUBMIT, at=received_at)
    return ticket


def by_submission(submission_key: str) -> Ticket | None:
    """The ticket a form has already made: a second click finds it."""
    return session().scalar(select(Ticket).where(Ticket.submission_key == submission_key))


def _previous(draft: NewTicket) -> int | None:
    """The ended ticket this one goes on from: one of the same asker, any other is passed over."""
    if not draft.previous_number:
        return None
    earlier = select(Ticket.id).where(
        Ticket.number == draft.previous_number.strip(),
        Ticket.asker_body_id == draft.asker_body_id,
    )
    return session().scalar(earlier)
