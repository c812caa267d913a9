"""Who stands around a ticket: askers, holder, everybody who ever held it, and the line above;
and whether a message still has its reason when it is about to leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.notifications.rules import Circle, StepNews, TicketNews, answerable
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import NATIONAL_KINDS, SIDE_KINDS, ids_in
from helpdesk.people import queries as people
from helpdesk.sla import queries as clocks
from helpdesk.tickets.models import History, Party, Step, Ticket
from helpdesk.tickets.rules import OPEN, PartyWhy, Status, StepState

_NEWS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.number,
    Ticket.title,
    Ticket.restricted,
    Ticket.status,
    Ticket.asker_body_id,
    Ticket.asker_person_id,
    Ticket.filer_person_id,
    Ticket.holder_body_id,
    Ticket.assignee_person_id,
    Ticket.waiting_on_body_id,
    Ticket.due_at,
    Ticket.due_promise,
)
# Bodies that learn the outcome because they worked on it or collect it (逐级收集).
_TOLD_THE_OUTCOME = (PartyWhy.HOLDER, PartyWhy.STEP, PartyWhy.COLLECTING, PartyWhy.JOINED)


def news(ticket_id: int) -> TicketNews:
    """The ticket as messages see it."""
    return TicketNews(*session().execute(select(*_NEWS).where(Ticket.id == ticket_id)).one())


def news_by_number(number: str) -> TicketNews | None:
    """The same by number, for the checks before sending."""
    row = session().execute(select(*_NEWS).where(Ticket.number == number)).one_or_none()
    return None if row is None else TicketNews(*row)


def step(step_id: int) -> StepNews:
    """The step as messages see it."""
    found = select(Step.ticket_id, Step.name_zh, Step.name_en).where(Step.id == step_id)
    ticket_id, zh, en = session().execute(found).one()
    return StepNews(ticket_id, {"zh": zh, "en": en})


def body_name(body_id: int | None) -> dict[str, str] | None:
    """Name of a body in both languages, as a parameter of a message."""
    if body_id is None:
        return None
    body = organizations.bodies([body_id])[body_id]
    return {"zh": body.name, "en": body.name_en or body.name}


def workers(ticket: TicketNews, body_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who works on tickets for each body: its handlers, at a school its staff.

    Of a restricted ticket only those who may read it there.
    """
    wanted = sorted(set(body_ids))
    handling = people.holders(Permission.TICKET_ACCEPT, wanted)
    asking = people.holders(Permission.TICKET_SUPPLY, wanted)
    found = {b: frozenset(handling.get(b) or asking.get(b, ())) for b in wanted}
    if ticket.restricted:
        reading = people.holders(Permission.TICKET_READ_RESTRICTED, wanted)
        found = {b: ids & frozenset(reading.get(b, ())) for b, ids in found.items()}
    return found


def at_body(ticket: TicketNews, body_id: int) -> frozenset[int]:
    """Everybody who works on tickets for this body."""
    return workers(ticket, (body_id,))[body_id]


def leads(ticket: TicketNews, body_id: int) -> frozenset[int]:
    """The leads among those who work on this ticket for this body."""
    return frozenset(people.leads_of(body_id)) & at_body(ticket, body_id)


def holder_side(ticket: TicketNews) -> frozenset[int]:
    """The assignee; none: everybody who works for the holder. The asker's own body: the askers."""
    if ticket.holder_body_id == ticket.asker_body_id:
        return askers(ticket)
    return answerable(ticket.assignee_person_id, at_body(ticket, ticket.holder_body_id))


def askers(ticket: TicketNews) -> frozenset[int]:
    """Who asked and who filed it; when the asker has left or has no account, the asker's body."""
    staff = at_body(ticket, ticket.asker_body_id)
    asked = {ticket.asker_person_id} & staff if ticket.asker_person_id else set()
    filed = {ticket.filer_person_id} if ticket.filer_person_id else set()
    return frozenset(asked | filed) or staff


def everybody(ticket: TicketNews) -> frozenset[int]:
    """Everybody who learns the outcome beside the askers: holders past and present, step bodies,
    collecting offices. Of each body those who acted on this ticket, or else all who work there."""
    rows = session().scalars(
        select(Party.body_id).where(Party.ticket_id == ticket.id, Party.why.in_(_TOLD_THE_OUTCOME))
    )
    bodies = set(rows) - {ticket.asker_body_id}
    at_work, acted = workers(ticket, bodies), _acted(ticket.id)
    told: set[int] = set()
    for body_id in bodies:
        told |= (acted[body_id] & at_work[body_id]) or at_work[body_id]
    return frozenset(told)


def _acted(ticket_id: int) -> Mapping[int, set[int]]:
    rows = session().execute(
        select(History.body_id, History.person_id)
        .where(History.ticket_id == ticket_id, History.person_id.is_not(None))
        .distinct()
    )
    acted: dict[int, set[int]] = defaultdict(set)
    for body_id, person_id in rows:
        if body_id is not None and person_id is not None:
            acted[body_id].add(person_id)
    return acted


def above_without_handler(ticket: TicketNews, body_id: int) -> tuple[BodyView, frozenset[int]]:
    """The body, and who is told that nobody there can accept: who may take it in its stead.

    A side body's parent is the aid office of its level. Nobody told: somebody can accept.
    """
    body = organizations.body(body_id)
    above = people.stand_in(body.path)
    return body, at_body(ticket, ids_in(above)[-1]) if above else frozenset()


def circle(ticket: TicketNews, body_id: int, assignee: int | None) -> Circle:
    """Everybody whom a clock of this body may concern."""
    body = organizations.body(body_id)
    found = Circle(
        assignee=assignee,
        handlers=at_body(ticket, body_id),
        leads=leads(ticket, body_id),
        led_by_lead=body.kind in SIDE_KINDS | NATIONAL_KINDS,
    )
    if ticket.restricted:
        # Nobody outside the body reads it, so nobody outside is told of it.
        return found
    return _with_above(found, body)


def _with_above(found: Circle, body: BodyView) -> Circle:
    return Circle(
        assignee=found.assignee,
        handlers=found.handlers,
        leads=found.leads,
        first_responsible=frozenset(people.first_responsible_of(body.id)),
        supervisors=frozenset(people.supervisors_above(body.path)),
        led_by_lead=found.led_by_lead,
    )


# --- does a message still have its reason? (asked again before a letter leaves) -----------------


def _of(about: str) -> TicketNews | None:
    return news_by_number(about.removeprefix("ticket:"))


def still_arriving(about: str, params: Mapping[str, Any]) -> bool:
    """The ticket waits for acceptance at the body that was told."""
    ticket = _of(about)
    return (
        ticket is not None
        and ticket.status == Status.ARRIVED
        and ticket.holder_body_id == params["to_id"]
    )


def still_returned(about: str, params: Mapping[str, Any]) -> bool:
    """The ticket lies, returned, with the body that was told."""
    ticket = _of(about)
    return (
        ticket is not None
        and ticket.status == Status.RETURNED
        and ticket.holder_body_id == params["to_id"]
    )


def still_assigned(about: str, params: Mapping[str, Any]) -> bool:
    """The person that was told still handles it."""
    ticket = _of(about)
    return ticket is not None and ticket.assignee_person_id == params["to_person_id"]


def still_waiting(about: str, params: Mapping[str, Any]) -> bool:
    """The information has not come yet."""
    ticket = _of(about)
    return ticket is not None and ticket.waiting_on_body_id == params["to_id"]


def still_to_confirm(about: str, _params: Mapping[str, Any]) -> bool:
    """The asker has not said whether it is solved."""
    ticket = _of(about)
    return ticket is not None and ticket.status == Status.RESOLVED


def still_open(about: str, _params: Mapping[str, Any]) -> bool:
    """The ticket has not ended."""
    ticket = _of(about)
    return ticket is not None and ticket.status in OPEN


def step_still_open(_about: str, params: Mapping[str, Any]) -> bool:
    """The step has not been answered."""
    state = session().scalar(select(Step.state).where(Step.id == params["step_id"]))
    return state is StepState.OPEN


def still_without_handler(about: str, params: Mapping[str, Any]) -> bool:
    """The ticket is open and still nobody can accept for the body."""
    return still_open(about, params) and not people.has_active_handler(params["to_id"])


def clock_still_runs(_about: str, params: Mapping[str, Any]) -> bool:
    """The clock has not ended and is due when the message says."""
    subject, due_at = params["subject"], datetime.fromisoformat(params["due_at"])
    return any(
        clock.id == params["clock_id"] and clock.ended_at is None and clock.due_at == due_at
        for clock in clocks.clocks_of([subject]).get(subject, ())
    )
