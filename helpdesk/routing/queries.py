"""Routes on the real tree: the bodies are read, the settings are looked up, the rules decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES, NATIONAL_KINDS, Shelf
from helpdesk.routing.rules import ways
from helpdesk.routing.rules.places import (
    ComplainsAboutItself,
    ComplainsAboutItsOwn,
    EnvFirstHolder,
    LateEntryOffice,
    PasswordOffice,
    RoutingSettings,
    Stop,
    Surroundings,
    SyncOwner,
)
from helpdesk.routing.rules.reasons import Reason, reasons
from helpdesk.routing.rules.ways import StepPlan
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.tickets.models import Ticket
from helpdesk.workdays import queries as workdays
from helpdesk.workdays import rules as counting


@dataclass(frozen=True)
class RoutePlan:
    """Where a question of one body goes, who does what, and why.

    `hand_up_chain`: the bodies after the first holder up to the call centre, () if it is first.
    `may_reach_call_centre` is about the asker. `collecting_office`: the direct aid office where it
    does not hold the question but reads it.
    """

    card: Card
    asker: Stop
    first_holder: Stop
    hand_up_chain: tuple[Stop, ...]
    steps: tuple[StepPlan, ...]
    may_reach_call_centre: bool
    collecting_office: Stop | None
    why: tuple[Reason, ...]


def plan(card_code: str, asker_body_id: int, accused_body_id: int | None = None) -> RoutePlan:
    """The route of a question (semantics 2).

    `accused_body_id` counts for SUP only; without it the asker's direct office is meant. Raises
    UnknownCard, NotFound (no such body), DoesNotAsk, NotYourDoor, ComplainsAboutItself or
    ComplainsAboutItsOwn. A constant number of queries.
    """
    card = catalog.card(card_code)
    around = _surroundings(asker_body_id)
    accused = None
    if card.needs_accused and accused_body_id is not None:
        accused = _surroundings(accused_body_id)
    chosen = _settings(around)
    holder = ways.first_holder(card, around, chosen, accused)
    return RoutePlan(
        card=card,
        asker=around.asker,
        first_holder=holder,
        hand_up_chain=ways.hand_up_chain(holder, accused or around, chosen),
        steps=ways.step_bodies(card, around, chosen, holder),
        may_reach_call_centre=ways.may_reach_call_centre(around.asker, chosen),
        collecting_office=ways.collecting_office(card, around, chosen, holder),
        why=reasons(card, around, chosen, accused),
    )


def first_holders(card_codes: Iterable[str], asker_body_id: int) -> dict[str, Stop | None]:
    """Who would hold a question about each card first, at the price of one `plan`.

    None: the asker cannot complain about its direct office (SUP). Raises DoesNotAsk and NotFound.
    """
    around = _surroundings(asker_body_id)
    chosen = _settings(around)
    return {code: _first_holder(catalog.card(code), around, chosen) for code in card_codes}


def _first_holder(card: Card, around: Surroundings, chosen: RoutingSettings) -> Stop | None:
    try:
        return ways.first_holder(card, around, chosen, None)
    except (ComplainsAboutItself, ComplainsAboutItsOwn):
        return None


def next_body(holder_body_id: int) -> Stop:
    """Where this holder hands up. EndOfTheWay: nobody stands above the centre."""
    around = _surroundings(holder_body_id)
    return ways.next_body(around.asker, around, _settings(around))


def report_to_call_centre(body_id: int) -> Stop:
    """The call centre for a body that may report there; NotYourDoor names the right parent."""
    around = _surroundings(body_id)
    return ways.report_to_call_centre(around, _settings(around))


def reopen_days_left(ticket: Ticket, *, now: datetime) -> int:
    """Working days left of the reopen window on the asker's calendar; negative: over."""
    assert ticket.closed_at is not None
    asker = organizations.body(ticket.asker_body_id)
    allowed = settings.value(Key.REOPEN_DAYS, asker.path)
    calendar = workdays.calendar(asker.region)
    return allowed - counting.days_used(calendar, ticket.closed_at, now)


def _surroundings(body_id: int) -> Surroundings:
    line = organizations.line_up(body_id)
    sides = organizations.sides_of(view.id for view in line if view.kind in AID_OFFICES)
    top = organizations.children(None, shelf=Shelf.BESIDE).rows
    return Surroundings(
        line=tuple(_stop(view) for view in line),
        national={
            view.kind: _stop(view) for view in top if view.active and view.kind in NATIONAL_KINDS
        },
        sides={
            office: {kind: _stop(view) for kind, view in beside.items()}
            for office, beside in sides.items()
        },
    )


def _stop(view: BodyView) -> Stop:
    return Stop(
        id=view.id,
        code=view.code,
        name=view.name,
        kind=view.kind,
        path=view.path,
        parent_id=view.parent_id,
        name_en=view.name_en,
        plan_city=view.plan_city,
    )


def _settings(around: Surroundings) -> RoutingSettings:
    keys = (
        Key.ENV_FIRST_HOLDER,
        Key.ENR4_OWNER,
        Key.PASSWORD_OFFICE,
        Key.LATE_ENTRY_OFFICE,
        Key.PLAN_CITY_DIRECT,
    )
    found = settings.values(keys, around.asker.path)
    return RoutingSettings(
        env_first_holder=EnvFirstHolder(found[Key.ENV_FIRST_HOLDER]),
        enr4_owner=SyncOwner(found[Key.ENR4_OWNER]),
        password_office=PasswordOffice(found[Key.PASSWORD_OFFICE]),
        late_entry_office=LateEntryOffice(found[Key.LATE_ENTRY_OFFICE]),
        plan_city_direct=found[Key.PLAN_CITY_DIRECT],
    )
