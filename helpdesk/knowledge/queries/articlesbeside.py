"""Articles beside a question: those of its card and those that are like its words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, or_, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.models.articles import Article, ArticleCard, ArticleSubsystem
from helpdesk.organizations.models import Body
from helpdesk.organizations.rules import Subsystem

_LOOKED_AT: Final = 60
# So many of the card before those that are only like it.
_OF_CARD: Final = 3


@dataclass(frozen=True)
class Owner:
    """The office whose rule an article is."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True)
class NearArticle:
    """A published article. `owner` None: the national text."""

    id: int
    key: str
    title: str
    summary: str
    owner: Owner | None

    def read_by(self, body_ids: Collection[int]) -> bool:
        """Do those who stand on this line of bodies read it?"""
        return self.owner is None or self.owner.id in body_ids


@dataclass(frozen=True)
class _Ranked:
    near: NearArticle
    own: bool
    depth: int
    of_card: bool
    spread: int


def beside(
    actor: Actor,
    card_code: str,
    subsystem: Subsystem | None,
    like: Sequence[int],
    limit: int = 4,
) -> tuple[NearArticle, ...]:
    """What helps with a question of this card; `like`: articles that are like its words, best
    first. The rule of the actor's own node first, then those of offices above, then the ones about
    few cards; nothing that is about other subsystems alone. One query."""
    spread = (
        select(func.count())
        .where(ArticleCard.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    about = Article.id.in_(select(ArticleCard.article_id).where(ArticleCard.card_code == card_code))
    wanted = or_(about, Article.id.in_(like))
    if subsystem is not None:
        named = select(ArticleSubsystem.article_id)
        wanted &= or_(
            Article.id.not_in(named),
            Article.id.in_(named.where(ArticleSubsystem.subsystem == subsystem)),
        )
    rows = _rows(actor, wanted, about.label("of_card"), spread.label("spread"))
    ranked = [
        _Ranked(
            near=_near(row),
            own=row.body_id is not None and row.body_id == actor.body_id,
            depth=len(row.path or ""),
            of_card=bool(row.of_card),
            spread=row.spread,
        )
        for row in rows
    ]
    return _best(ranked, {article_id: place for place, article_id in enumerate(like)}, limit)


def _best(
    ranked: Collection[_Ranked], places: dict[int, int], limit: int
) -> tuple[NearArticle, ...]:
    last = len(places)
    of_card = sorted(
        (one for one in ranked if one.of_card),
        key=lambda one: (
            not one.own, -one.depth, one.spread, places.get(one.near.id, last), one.near.id
        ),
    )  # fmt: skip
    alike = sorted(
        (one for one in ranked if not one.of_card), key=lambda one: places.get(one.near.id, last)
    )
    first, rest = of_card[:_OF_CARD], of_card[_OF_CARD:]
    return tuple(one.near for one in [*first, *alike, *rest][:limit])


def titles(actor: Actor, ids: Collection[int]) -> dict[int, NearArticle]:
    """Articles by row number, as far as the actor reads them. One query, none for nothing."""
    if not ids:
        return {}
    return {row.id: _near(row) for row in _rows(actor, Article.id.in_(sorted(set(ids))))}


def readable(actor: Actor, key: str) -> NearArticle | None:
    """The published article with this key, if the actor reads it."""
    found = _rows(actor, Article.key == key)
    return _near(found[0]) if found else None


def _rows(actor: Actor, wanted: ColumnElement[bool], *more: Any) -> Sequence[Row[Any]]:
    query = (
        select(
            Article.id, Article.key, Article.title, Article.summary, Article.body_id,
            Body.name, Body.name_en, *more, Body.path,
        )
        .outerjoin(Body, Body.id == Article.body_id)
        .where(access.shown_to(actor), wanted)
        .order_by(Article.body_id.is_(None), Article.id)
    )  # fmt: skip
    return session().execute(query.limit(_LOOKED_AT)).all()


def _near(row: Row[Any]) -> NearArticle:
    owner = None if row.body_id is None else Owner(row.body_id, row.name, row.name_en)
    return NearArticle(row.id, row.key, row.title, row.summary, owner)
