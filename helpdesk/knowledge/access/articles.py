"""Who reads an article and who may act on it. The only fetch the doors have.

What is published is seen by everybody below the body it belongs to, by everybody where it is
national (semantics 3). What is being written is seen by writers and reviewers of that very body;
for the national text they stand at 全国学生资助管理中心 or hold a grant on the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from helpdesk.kernel.actor import ROOT_PATH, Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden, NotFound
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access.cases import national, own_bodies
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.rules.articles import VERBS, Verb
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import ids_in
from helpdesk.search import models as search
from helpdesk.search.queries.candidates import Sight

KIND: Final = "article"


@dataclass(frozen=True)
class Reach:
    """An article and the permissions that an actor holds on the body it belongs to."""

    article: Article
    held: frozenset[Permission]

    @property
    def inside(self) -> bool:
        """May the actor see what is not published, and how the text came about?"""
        return bool(self.held & {Permission.ARTICLE_WRITE, Permission.ARTICLE_REVIEW})


def nationally(actor: Actor, permission: Permission) -> bool:
    """Does the actor hold `permission` for the national text? At most one query."""
    granted = actor.granted_at(permission)
    if actor.everything or ROOT_PATH in granted:
        return True
    if not granted:
        return False
    found = select(Body.id).where(Body.id.in_(national()), Body.path.in_(granted))
    return session().scalar(found) is not None


def own(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition on Article: those of the bodies for which the actor may act."""
    if actor.everything:
        return true()
    if not actor.anywhere(permission):
        return false()
    ids = select(Body.id).where(own_bodies(actor, permission), Body.id.not_in(national()))
    ours: ColumnElement[bool] = Article.body_id.in_(ids)
    if nationally(actor, permission):
        ours = or_(ours, Article.body_id.is_(None))
    return ours


def line(actor: Actor) -> tuple[int, ...]:
    """Ids of the bodies whose word counts for the actor: its own and those above."""
    paths = {path for _, path in actor.grants} | {actor.body_path or ROOT_PATH}
    return tuple(sorted({body_id for path in paths for body_id in ids_in(path)}))


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Condition on Article: published nationally or on the line above a body of the actor."""
    here = or_(Article.body_id.is_(None), Article.body_id.in_(line(actor)))
    if actor.everything:
        here = true()
    return and_(Article.shown_no.is_not(None), here)


def written_by(actor: Actor) -> ColumnElement[bool]:
    """Condition on Article: those of the bodies for which the actor writes or reviews."""
    both = (Permission.ARTICLE_WRITE, Permission.ARTICLE_REVIEW)
    return or_(*(own(actor, permission) for permission in both))


def visible(actor: Actor) -> ColumnElement[bool]:
    """Condition on Article: the rows this actor may read."""
    return or_(shown_to(actor), written_by(actor))


def article(actor: Actor, key_or_id: str | int) -> Article:
    """The article with this key or row number. NotFound for a stranger."""
    column = Article.id if isinstance(key_or_id, int) else Article.key
    found = session().scalar(select(Article).where(column == key_or_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def article_for(actor: Actor, key_or_id: str | int, verb: Verb) -> Reach:
    """The article, for an actor who may do `verb`. NotFound, Forbidden.

    States are the operation's business.
    """
    standing = reach(actor, article(actor, key_or_id))
    if VERBS[verb].permission not in standing.held:
        raise Forbidden
    return standing


def reach(actor: Actor, seen: Article) -> Reach:
    """What `actor` holds on an article it may see (at most two queries)."""
    if actor.everything:
        return Reach(seen, frozenset(Permission))
    if seen.body_id is None:
        asked = (Permission.ARTICLE_WRITE, Permission.ARTICLE_REVIEW)
        return Reach(seen, frozenset(p for p in asked if nationally(actor, p)))
    path = session().scalar(select(Body.path).where(Body.id == seen.body_id))
    return Reach(seen, actor.held_at(path or ""))


def writing_bodies(actor: Actor) -> list[Body]:
    """Bodies for which the actor may write, the one at work for first. The national centre stands
    for the national text."""
    query = select(Body).where(own_bodies(actor, Permission.ARTICLE_WRITE)).order_by(Body.path)
    return sorted(session().scalars(query), key=lambda body: body.id != actor.body_id)


def writing_body(actor: Actor, body_id: int) -> int | None:
    """The owner of what the actor writes for one of them; None: the national text. Forbidden."""
    for body in writing_bodies(actor):
        if body.id == body_id:
            return None if body.id in _national_ids() else body.id
    raise Forbidden


def _national_ids() -> tuple[int, ...]:
    return tuple(session().scalars(national()))


def searchable(actor: Actor) -> Sight:
    """What of the index this actor may find: what is published for it."""
    ids: Select[int] = select(Article.id).where(shown_to(actor))
    return Sight(KIND, search.Entry.owner_id.in_(ids))
