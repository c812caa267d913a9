"""Which bodies an actor may see and change: by the range of the node on which it was granted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from helpdesk.kernel.actor import Actor, within
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import AID_OFFICES
from helpdesk.search.models import Entry
from helpdesk.search.queries.candidates import Sight

KIND = "body"


def visible(actor: Actor) -> ColumnElement[bool]:
    """Condition on Body: the rows this actor may read."""
    return below_any(Body.path, actor.paths(Permission.BODY_READ))


def searchable(actor: Actor) -> tuple[Sight, ...]:
    """What a search may find: the bodies this actor reads."""
    return (Sight(KIND, below_any(Entry.scope_path, actor.paths(Permission.BODY_READ))),)


def body(actor: Actor, code: str, to: Permission = Permission.BODY_READ) -> Body:
    """The body with this code. NotFound for a stranger; Forbidden when seen without `to`."""
    found = _by_code(code)
    if found is not None and actor.covers(to, found.path):
        return found
    if found is not None and actor.covers(Permission.BODY_READ, found.path):
        raise Forbidden
    raise NotFound


def destination(actor: Actor, code: str) -> Body:
    """An aid office as the new parent in a move, for somebody who manages bodies anywhere.

    It may lie outside the actor's range: the refusal then names the office that may do it.
    """
    found = _by_code(code)
    if found is None or found.kind not in AID_OFFICES:
        raise NotFound
    if not actor.anywhere(Permission.BODY_MANAGE):
        raise Forbidden
    return found


def stands_above(actor: Actor, path: str) -> bool:
    """Does the actor manage bodies on a node strictly above the one at `path`?"""
    return any(top != path and within(path, top) for top in actor.paths(Permission.BODY_MANAGE))


def _by_code(code: str) -> Body | None:
    return session().scalar(select(Body).where(Body.code == code).options(selectinload(Body.used)))
