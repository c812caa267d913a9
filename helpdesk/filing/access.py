"""Who may ask for a date earlier: the people of an aid office, for that very office."""

from __future__ import annotations

from sqlalchemy import select, true

from helpdesk.filing.models import EarlierDate
from helpdesk.kernel.actor import Actor, within
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import AID_OFFICES
from helpdesk.search.queries.candidates import Sight

KIND = "item"


def searchable(_actor: Actor) -> tuple[Sight, ...]:
    """The rows of the annexes are for everybody."""
    return (Sight(KIND, true()),)


def manages(actor: Actor, path: str | None) -> bool:
    """Was the permission granted on exactly this node?"""
    return path is not None and actor.holds(Permission.FILING_MANAGE, path)


def office(actor: Actor) -> Body:
    """The aid office for which the actor works and may set dates. Forbidden for everybody else."""
    found = session().get(Body, actor.body_id) if actor.body_id is not None else None
    if found is None or found.kind not in AID_OFFICES or not manages(actor, found.path):
        raise Forbidden
    return found


def overlay(actor: Actor, overlay_id: int) -> EarlierDate:
    """An earlier date of the actor's own office. NotFound where the actor is not below it.

    Forbidden for who sees it without managing it.
    """
    row = session().execute(
        select(EarlierDate, Body.path)
        .join(Body, Body.id == EarlierDate.body_id)
        .where(EarlierDate.id == overlay_id)
    )
    pair = row.one_or_none()
    if pair is None or actor.body_path is None or not within(actor.body_path, pair[1]):
        raise NotFound
    if not manages(actor, pair[1]):
        raise Forbidden
    found: EarlierDate = pair[0]
    return found
