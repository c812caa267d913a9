"""Who reads a case and from which side they stand. The only fetch the doors have.

Drafts are seen by those who write cases for their body; what was submitted also by the reviewers
of the body above; what is published by everybody whose bodies stand below the publisher, and by
reviewers above it. Acting needs the grant on the very body (on the root: for the national centre).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.paths import below_any
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.models.cases import Case, CaseFile
from helpdesk.knowledge.rules.cases import VERBS, Side, State, Verb
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Kind, ids_in
from helpdesk.search.models import Entry
from helpdesk.search.queries.candidates import Sight

KIND = "case"

# What an office above may read: it was submitted once, and was not taken back to the desk.
_SHOWN_ABOVE = (State.SUBMITTED, State.RETURNED, State.PUBLISHED, State.WITHDRAWN)


@dataclass(frozen=True)
class Reach:
    """A case, the permissions an actor holds on each side, and the body of each side."""

    case: Case
    sides: Mapping[Side, frozenset[Permission]]
    bodies: Mapping[Side, int]


def national() -> Select[int]:
    """The id of 全国学生资助管理中心."""
    return select(Body.id).where(Body.parent_id.is_(None), Body.kind == Kind.NATIONAL_AID_CENTRE)


def own_bodies(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition on Body: those for which the actor may act."""
    granted = actor.granted_at(permission)
    own = Body.path.in_(granted)
    if ROOT_PATH in granted:
        return or_(own, Body.id.in_(national()))
    return own


def _ids(actor: Actor, permission: Permission) -> Select[int]:
    return select(Body.id).where(own_bodies(actor, permission))


def written_by(actor: Actor) -> ColumnElement[bool]:
    """Condition on Case: those of the bodies for which the actor writes."""
    return Case.body_id.in_(_ids(actor, Permission.CASE_SUBMIT))


def reviewed_by(actor: Actor) -> ColumnElement[bool]:
    """Condition on Case: those submitted to the bodies for which the actor reviews, or which these
    published themselves."""
    bodies = _ids(actor, Permission.CASE_REVIEW)
    ours = or_(Case.reviewer_id.in_(bodies), Case.publisher_id.in_(bodies))
    return and_(ours, Case.state.in_(_SHOWN_ABOVE))


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Condition on Case: published on the line above a body of the actor, or nationally."""
    paths = {path for _, path in actor.grants} | {actor.body_path or ROOT_PATH}
    line = sorted({body_id for path in paths for body_id in ids_in(path)})
    here = or_(Case.publisher_id.in_(line), Case.publisher_id.in_(national()))
    return and_(Case.state == State.PUBLISHED, here)


def _published_below(actor: Actor) -> ColumnElement[bool]:
    tops = actor.paths(Permission.CASE_REVIEW)
    below = select(Body.id).where(below_any(Body.path, tops))
    return and_(Case.state == State.PUBLISHED, Case.publisher_id.in_(below))


def published_to(actor: Actor) -> ColumnElement[bool]:
    """Condition on Case: all published ones that the actor may read."""
    return or_(shown_to(actor), _published_below(actor))


def searchable(actor: Actor) -> tuple[Sight, ...]:
    """What a search may find: the published ones this actor reads."""
    shown = Case.state == State.PUBLISHED if actor.everything else published_to(actor)
    return (Sight(KIND, Entry.owner_id.in_(select(Case.id).where(shown))),)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Condition on Case: the rows this actor may read."""
    if actor.everything:
        return true()
    return or_(written_by(actor), reviewed_by(actor), published_to(actor))


def case(actor: Actor, case_id: int) -> Case:
    """The case. NotFound for a stranger."""
    found = session().scalar(select(Case).where(Case.id == case_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def case_for(actor: Actor, case_id: int, verb: Verb) -> Reach:
    """The case, for an actor on the side from which `verb` is done. NotFound, Forbidden.

    States are the operation's business.
    """
    standing = reach(actor, case(actor, case_id))
    rule = VERBS[verb]
    if rule.permission not in standing.sides.get(rule.side, frozenset()):
        raise Forbidden
    return standing


def reach(actor: Actor, seen: Case) -> Reach:
    """Sides and acting bodies of `actor` on a case it may see (2 queries)."""
    bodies = {Side.AUTHOR: seen.body_id}
    if seen.reviewer_id is not None:
        bodies[Side.REVIEWER] = seen.reviewer_id
    if seen.publisher_id is not None:
        bodies[Side.PUBLISHER] = seen.publisher_id
        above = body_above(seen.publisher_id)
        if above is not None and above != seen.publisher_id:
            bodies[Side.ABOVE] = above
    rows = {row.id: row for row in _rows(set(bodies.values()))}
    return Reach(seen, {side: _held(actor, rows[i]) for side, i in bodies.items()}, bodies)


def _rows(ids: set[int]) -> list[Body]:
    return list(session().scalars(select(Body).where(Body.id.in_(ids))))


def _held(actor: Actor, body: Body) -> frozenset[Permission]:
    held = actor.held_at(body.path)
    return held | actor.held_at(ROOT_PATH) if body.kind is Kind.NATIONAL_AID_CENTRE else held


def body_above(body_id: int) -> int | None:
    """The body that reviews cases of this one, and recommends what this one published.

    A school: its direct aid office; an office: its parent; who has none, and the national centre
    itself: the national centre. None before the tree has one.
    """
    parent = session().scalar(select(Body.parent_id).where(Body.id == body_id))
    return parent if parent is not None else session().scalar(national())


def writing_bodies(actor: Actor) -> list[Body]:
    """Bodies for which the actor may write a case, the one at work for first."""
    found = session().scalars(
        select(Body).where(own_bodies(actor, Permission.CASE_SUBMIT)).order_by(Body.path)
    )
    return sorted(found, key=lambda body: body.id != actor.body_id)


def writing_body(actor: Actor, body_id: int) -> Body:
    """One of them. Forbidden for any other."""
    for body in writing_bodies(actor):
        if body.id == body_id:
            return body
    raise Forbidden


def file(actor: Actor, file_id: int) -> CaseFile:
    """A file of a case the actor may read. NotFound for a stranger."""
    query = select(CaseFile).join(Case, Case.id == CaseFile.case_id)
    found = session().scalars(query.where(CaseFile.file_id == file_id, visible(actor)).limit(1))
    link = found.first()
    if link is None:
        raise NotFound
    return link
