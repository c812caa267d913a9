"""Reading articles: lines of lists, one article whole, its versions, what is said about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.paging import Page, decode, page_of
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.models.articles import (
    Article,
    ArticleAudience,
    ArticleCard,
    ArticleHistory,
    ArticleItem,
    ArticleSubsystem,
    ArticleVersion,
)
from helpdesk.knowledge.rules.articles import (
    NATIONAL_OWNER,
    Audience,
    Category,
    Content,
    Source,
    State,
    Verb,
    as_file,
    content_of,
)
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem


@dataclass(frozen=True)
class ArticleLine:
    """A line of a list. `owner` None: everybody's. `beside_id`: the text it stands beside."""

    id: int
    key: str
    title: str
    summary: str
    category: Category
    owner: BodyView | None
    beside_id: int | None
    state: State
    updated_at: datetime
    review_on: date | None
    cards: tuple[str, ...]


@dataclass(frozen=True)
class ArticleView:
    """An article whole, as readers see it or, `no` being the newest, as its writers do.

    `beside`: rules of the actor's own offices beside it, or the text beside which it stands.
    """

    line: ArticleLine
    content: Content
    no: int
    head_no: int
    shown_no: int | None
    file_no: int | None
    diverged: bool
    at: datetime
    published_at: datetime | None
    versions: int
    version: int
    ticket_number: str
    beside: tuple[ArticleLine, ...]


@dataclass(frozen=True)
class VersionLine:
    """A version in the list of all. `person_id` None: the file, or the system."""

    no: int
    source: Source
    title: str
    at: datetime
    person_id: int | None
    why: str
    published_at: datetime | None


@dataclass(frozen=True)
class Done:
    """A line of the history."""

    at: datetime
    verb: Verb
    person_id: int | None
    no: int
    to_state: State
    words: str


@dataclass(frozen=True)
class Filters:
    """What narrows the list; every field may be missing. What speaks to everybody speaks to an
    audience too, what is about all subsystems is about each."""

    category: Category | None = None
    card: str = ""
    subsystem: Subsystem | None = None
    audience: Audience | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on Article."""
        found: list[ColumnElement[bool]] = []
        if self.category:
            found.append(Article.category == self.category)
        if self.card:
            found.append(_about(ArticleCard.card_code, (self.card,)))
        if self.subsystem:
            found.append(_about(ArticleSubsystem.subsystem, (self.subsystem,), general=True))
        if self.audience:
            found.append(_about(ArticleAudience.audience, (self.audience,), general=True))
        return found


def _about(column: Any, values: Collection[Any], *, general: bool = False) -> ColumnElement[bool]:
    table = column.class_
    named = Article.id.in_(select(table.article_id).where(column.in_(values)))
    return or_(named, Article.id.not_in(select(table.article_id))) if general else named


def articles(
    actor: Actor, filters: Filters, *, after: str | None = None, size: int = 60
) -> Page[ArticleLine]:
    """One page of what is published for the actor, in the order of the shelves; constant number
    of queries. Raises BadCursor."""
    query = select(Article).where(access.shown_to(actor), *filters.conditions())
    if after is not None:
        query = query.where(Article.id > decode(after, (int,))[0])
    found = session().scalars(query.order_by(Article.id).limit(size + 1)).all()
    lines = {line.id: line for line in lines_of(found[:size])}
    return page_of(found, size, lambda row: (row.id,), lambda row: lines[row.id])


def shelves(actor: Actor) -> dict[Category, int]:
    """How many published articles the actor finds on each shelf."""
    count = select(Article.category, func.count()).where(access.shown_to(actor))
    found = {row[0]: row[1] for row in session().execute(count.group_by(Article.category))}
    return {category: found[category] for category in Category if category in found}


def of_cards(actor: Actor, codes: Collection[str], limit: int = 10) -> tuple[ArticleLine, ...]:
    """Published articles about these problem cards: the nearest office's own first, then the
    one that is about a single card, then the rest."""
    many = select(ArticleCard.article_id, func.count().label("cards"))
    spread = many.group_by(ArticleCard.article_id).subquery()
    query = (
        select(Article)
        .join(spread, spread.c.article_id == Article.id)
        .where(access.shown_to(actor), _about(ArticleCard.card_code, codes))
        .order_by(Article.body_id.is_(None), spread.c.cards, Article.id)
    )
    return lines_of(session().scalars(query.limit(limit)).all())


def lines(actor: Actor, ids: Sequence[int]) -> tuple[ArticleLine, ...]:
    """Published articles by row number, in the order given; what the actor may not read is left
    out."""
    query = select(Article).where(access.shown_to(actor), Article.id.in_(ids))
    found = {line.id: line for line in lines_of(session().scalars(query).all())}
    return tuple(found[i] for i in dict.fromkeys(ids) if i in found)


def of_keys(actor: Actor, keys: Collection[str]) -> dict[str, ArticleLine]:
    """Published articles by key; what the actor may not read is left out."""
    if not keys:
        return {}
    query = select(Article).where(access.shown_to(actor), Article.key.in_(set(keys)))
    return {line.key: line for line in lines_of(session().scalars(query).all())}


def lines_of(found: Sequence[Article]) -> tuple[ArticleLine, ...]:
    """Rows as lines; two queries at any number."""
    ids = [row.id for row in found]
    cards = _by_article(ArticleCard.card_code, ids)
    owners = organizations.bodies({row.body_id for row in found if row.body_id is not None})
    return tuple(
        ArticleLine(
            id=row.id,
            key=row.key,
            title=row.title,
            summary=row.summary,
            category=row.category,
            owner=owners.get(row.body_id or 0),
            beside_id=row.beside_id,
            state=row.state,
            updated_at=row.updated_at,
            review_on=row.review_on,
            cards=tuple(sorted(cards[row.id])),
        )
        for row in found
    )


def _by_article(column: Any, ids: Collection[int]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    if ids:
        table = column.class_
        pairs = select(table.article_id, column).where(table.article_id.in_(ids))
        for article_id, value in session().execute(pairs):
            found[article_id].append(value)
    return found


def version_of(article: Article, no: int) -> ArticleVersion:
    """A version by its number. NotFound."""
    found = session().scalar(
        select(ArticleVersion).where(
            ArticleVersion.article_id == article.id, ArticleVersion.no == no
        )
    )
    if found is None:
        raise NotFound
    return found


def content(version: ArticleVersion) -> Content:
    """What a version says."""
    return content_of(version.title, version.summary, version.body, version.meta)


def view(actor: Actor, article: Article, *, newest: bool = False) -> ArticleView:
    """An article that the actor may read: the version shown, or with `newest` (and where nothing
    is shown) the newest one."""
    no = article.head_no if newest or article.shown_no is None else article.shown_no
    version = version_of(article, no)
    (line,) = lines_of([article])
    return ArticleView(
        line=line,
        content=content(version),
        no=no,
        head_no=article.head_no,
        shown_no=article.shown_no,
        file_no=article.file_no,
        diverged=article.diverged,
        at=version.at,
        published_at=version.published_at,
        versions=_versions(article),
        version=article.version,
        ticket_number=article.ticket_number,
        beside=_beside(actor, article),
    )


def _versions(article: Article) -> int:
    count = select(func.count()).select_from(ArticleVersion)
    return session().scalar(count.where(ArticleVersion.article_id == article.id)) or 0


def _beside(actor: Actor, article: Article) -> tuple[ArticleLine, ...]:
    if article.beside_id is not None:
        return lines(actor, (article.beside_id,))
    query = select(Article).where(Article.beside_id == article.id, access.shown_to(actor))
    return lines_of(session().scalars(query.order_by(Article.id).limit(20)).all())


def versions(article: Article, *, all_of_them: bool) -> tuple[VersionLine, ...]:
    """The versions, newest first: for its writers all, for readers those that were published."""
    query = select(ArticleVersion).where(ArticleVersion.article_id == article.id)
    if not all_of_them:
        query = query.where(ArticleVersion.published_at.is_not(None))
    return tuple(
        VersionLine(v.no, v.source, v.title, v.at, v.person_id, v.why, v.published_at)
        for v in session().scalars(query.order_by(ArticleVersion.no.desc()))
    )


def history(article: Article) -> tuple[Done, ...]:
    """What was done to the article, oldest first."""
    query = select(ArticleHistory).where(ArticleHistory.article_id == article.id)
    return tuple(
        Done(row.at, row.verb, row.person_id, row.no, row.to_state, row.words)
        for row in session().scalars(query.order_by(ArticleHistory.id))
    )


def returned_because(done: Iterable[Done]) -> str:
    """What the reviewer wants changed; empty where nothing was returned last."""
    last = next((d for d in reversed(tuple(done)) if d.verb is not Verb.EDIT), None)
    return last.words if last is not None and last.verb is Verb.RETURN else ""


@dataclass(frozen=True)
class Written:
    """An article as the text of a file."""

    key: str
    text: str


def as_a_file(article_id: int) -> Written:
    """What readers see (where there is nothing: the newest version) as a file of ours."""
    article = session().get_one(Article, article_id)
    version = version_of(article, article.shown_no or article.head_no)
    owner = NATIONAL_OWNER
    if article.body_id is not None:
        owner = organizations.body(article.body_id).code
    return Written(article.key, as_file(content(version), owner, article.review_on))


def diverged_ids() -> list[int]:
    """Articles that say something else than their files, by key."""
    query = select(Article.id).where(Article.diverged).order_by(Article.key)
    return list(session().scalars(query))


def by_item(actor: Actor, ids: Collection[str]) -> dict[str, tuple[ArticleLine, ...]]:
    """Published articles about each of these filing items; three queries at any number."""
    pairs = session().execute(
        select(ArticleItem.item_id, ArticleItem.article_id)
        .join(Article, Article.id == ArticleItem.article_id)
        .where(ArticleItem.item_id.in_(ids), access.shown_to(actor))
        .order_by(Article.body_id.is_(None), Article.id)
    )
    about: dict[str, list[int]] = defaultdict(list)
    for item_id, article_id in pairs:
        about[item_id].append(article_id)
    known = {line.id: line for line in lines(actor, [i for row in about.values() for i in row])}
    return {item_id: tuple(known[i] for i in row) for item_id, row in about.items()}
