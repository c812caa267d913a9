"""Who may see a ticket and from which side they stand. The only fetch the doors have.

semantics 3: who may read is one indexed range condition of the actor's granted paths on the
parties; restricted tickets match the party body exactly; acting for a body needs the grant on
that very body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.paths import ancestors, below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.rules import ids_in
from helpdesk.people import queries as people
from helpdesk.search.models import Entry
from helpdesk.search.queries.candidates import Sight
from helpdesk.search.rules.entries import Audience
from helpdesk.tickets.models import Party, Step, Ticket, TicketFile
from helpdesk.tickets.rules import VERBS, PartyWhy, Side, StepState, Verb

KIND = "ticket"

_OF_FILER = frozenset(
    {
        Permission.TICKET_CONFIRM,
        Permission.TICKET_SUPPLY,
        Permission.TICKET_REPLY,
        Permission.TICKET_WITHDRAW,
        Permission.TICKET_URGE,
    }
)


@dataclass(frozen=True)
class Reach:
    """From which sides an actor stands to a ticket.

    `sides`: permissions held there; `bodies`: the body the actor then acts for;
    `paths`: body id -> path of every party.
    """

    ticket: Ticket
    sides: Mapping[Side, frozenset[Permission]]
    bodies: Mapping[Side, int]
    paths: Mapping[int, str] = field(default_factory=dict)
    holders: frozenset[int] = frozenset()


def visible(actor: Actor) -> ColumnElement[bool]:
    """Condition on Ticket: the rows this actor may read, by range on the parties."""
    if actor.everything:
        return true()
    wide = actor.paths(Permission.TICKET_READ)
    exact = actor.granted_at(Permission.TICKET_READ_RESTRICTED)
    party = select(Party.id).where(Party.ticket_id == Ticket.id)
    open_to_range = exists(party.where(below_any(Party.body_path, wide)))
    open_to_body = exists(party.where(Party.body_path.in_(exact)))
    return or_(
        and_(Ticket.restricted.is_(False), open_to_range),
        and_(Ticket.restricted.is_(True), open_to_body),
    )


def searchable(actor: Actor) -> tuple[Sight, ...]:
    """What a search may find: the tickets this actor reads, and the notes of those whose notes."""
    seen = Entry.owner_id.in_(select(Ticket.id).where(visible(actor)))
    if actor.everything:
        return (Sight(KIND, true()),)
    held = (
        select(Party.ticket_id)
        .join(Ticket, Ticket.id == Party.ticket_id)
        .where(
            Party.why == PartyWhy.HOLDER,
            Party.body_path.in_(actor.granted_at(Permission.TICKET_READ)),
            Party.body_id != Ticket.asker_body_id,
        )
    )
    notes = and_(Entry.audience == Audience.NOTES, seen, Entry.owner_id.in_(held))
    return (Sight(KIND, and_(Entry.audience == Audience.ALL, seen)), Sight(KIND, notes))


def ticket(actor: Actor, number: str, to: Permission = Permission.TICKET_READ) -> Ticket:
    """The ticket with this number. NotFound for a stranger; Forbidden without `to` on any side."""
    found = session().scalar(select(Ticket).where(Ticket.number == number, visible(actor)))
    if found is None:
        raise NotFound
    if to is not Permission.TICKET_READ and not any(
        to in held for held in reach(actor, found).sides.values()
    ):
        raise Forbidden
    return found


def ticket_for(actor: Actor, number: str, verb: Verb) -> Reach:
    """The ticket, for an actor who stands on the side from which `verb` is done.

    NotFound for a stranger, Forbidden on the wrong side. States are the operation's business.
    """
    standing = reach(actor, ticket(actor, number))
    rule = VERBS[verb]
    if rule.permission not in standing.sides.get(rule.side, frozenset()):
        raise Forbidden
    return standing


def reach(actor: Actor, seen: Ticket) -> Reach:
    """Sides, permissions and acting bodies of `actor` on a ticket it may see (2 queries)."""
    rows = session().execute(
        select(Party.body_id, Party.body_path, Party.why).where(Party.ticket_id == seen.id)
    )
    paths: dict[int, str] = {}
    holders: set[int] = set()
    for body_id, path, why in rows:
        paths[body_id] = path
        if why is PartyWhy.HOLDER:
            holders.add(body_id)
    places = _places(seen, paths, _bodies_with_open_step(seen))
    sides: dict[Side, frozenset[Permission]] = {}
    bodies: dict[Side, int] = {}
    for side, candidates in places.items():
        for body_id in candidates:
            held = actor.held_at(paths[body_id]) if body_id in paths else frozenset()
            if held:
                sides[side], bodies[side] = held, body_id
                break
    _add_filer(actor, seen, sides, bodies)
    _add_stand_in(actor, seen, paths, sides, bodies)
    return Reach(seen, sides, bodies, paths, frozenset(holders))


def _places(
    seen: Ticket, paths: Mapping[int, str], step_bodies: tuple[int, ...]
) -> dict[Side, tuple[int, ...]]:
    handed_from, waited = seen.handed_from_body_id, seen.waiting_on_body_id
    return {
        Side.HOLDER: (seen.holder_body_id,),
        Side.ASKER: (seen.asker_body_id,),
        Side.REPORTER: (handed_from,) if handed_from else (),
        Side.WAITED_FOR: (waited,) if waited else (),
        Side.STEP: step_bodies,
        # The holder speaks as holder even where the same person could speak for another party.
        Side.PARTY: (seen.holder_body_id, *paths),
    }


def _bodies_with_open_step(seen: Ticket) -> tuple[int, ...]:
    found = session().scalars(
        select(Step.body_id).where(Step.ticket_id == seen.id, Step.state == StepState.OPEN)
    )
    return tuple(body_id for body_id in found if body_id is not None)


def _add_filer(
    actor: Actor, seen: Ticket, sides: dict[Side, frozenset[Permission]], bodies: dict[Side, int]
) -> None:
    """semantics 4: whoever filed it speaks for the asker, wherever the asker's word is awaited."""
    if actor.person_id is None or actor.person_id != seen.filer_person_id:
        return
    places = {
        Side.ASKER: seen.asker_body_id,
        Side.WAITED_FOR: seen.waiting_on_body_id,
        Side.HOLDER: seen.holder_body_id,
    }
    for side, body_id in places.items():
        if body_id == seen.asker_body_id:
            sides[side] = sides.get(side, frozenset()) | _OF_FILER
            bodies.setdefault(side, body_id)


def _add_stand_in(
    actor: Actor,
    seen: Ticket,
    paths: Mapping[int, str],
    sides: dict[Side, frozenset[Permission]],
    bodies: dict[Side, int],
) -> None:
    """semantics 2: who stands above a holder without an active handler may take it."""
    path = paths.get(seen.holder_body_id, ROOT_PATH)
    if not any(actor.holds(Permission.TICKET_TAKE, above) for above in ancestors(path)[:-1]):
        return
    above = people.stand_in(path)
    if above is not None and actor.holds(Permission.TICKET_TAKE, above):
        sides[Side.PARENT] = frozenset({Permission.TICKET_TAKE})
        bodies[Side.PARENT] = ids_in(above)[-1]


def reads_notes(actor: Actor, seen: Reach) -> bool:
    """semantics 3: internal notes are for bodies that hold or held the ticket, never the asker."""
    readers = seen.holders - {seen.ticket.asker_body_id}
    return actor.everything or any(
        actor.holds(Permission.TICKET_READ, seen.paths[body_id]) for body_id in readers
    )


def file(actor: Actor, file_id: int) -> TicketFile:
    """A file hung on a ticket the actor may read (an internal one: whose notes it may read)."""
    links = session().scalars(
        select(TicketFile)
        .join(Ticket, Ticket.id == TicketFile.ticket_id)
        .where(TicketFile.file_id == file_id, visible(actor))
        .order_by(TicketFile.internal, TicketFile.id)
    )
    for link in links:
        if not link.internal:
            return link
        owner = session().get_one(Ticket, link.ticket_id)
        if reads_notes(actor, reach(actor, owner)):
            return link
    raise NotFound
