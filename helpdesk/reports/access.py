"""Whose figures an actor may see: REPORT_READ on the node or above it."""

from __future__ import annotations

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import AID_OFFICES


def node(actor: Actor, code: str | None) -> BodyView | None:
    """The aid office with this code, or the widest of one's own; None: the whole country.

    NotFound for what lies outside one's range, and for what is no aid office.
    """
    if code:
        found = organizations.body_by_code(code)
        if found is None or not actor.covers(Permission.REPORT_READ, found.path):
            raise NotFound
        return _office(found)
    tops = actor.paths(Permission.REPORT_READ)
    if ROOT_PATH in tops:
        return None
    for path in tops:
        line = organizations.line_up_at(path)
        if line and line[0].kind in AID_OFFICES:
            return line[0]
    raise NotFound


def _office(body: BodyView) -> BodyView:
    if body.kind not in AID_OFFICES:
        raise NotFound
    return body
