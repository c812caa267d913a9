"""The desk of an office: what is being written, what waits, what differs, what did not help."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.models.articles import Article, ArticleFeedback, ArticleHistory
from helpdesk.knowledge.queries.articles import ArticleLine, content, lines_of, version_of
from helpdesk.knowledge.rules.articles import State, Why, as_file
from helpdesk.knowledge.rules.differences import Line, difference

# A day of review is shown on the desk this long before it comes.
AHEAD: Final = timedelta(days=30)
SHOWN: Final = 50


@dataclass(frozen=True)
class Tally:
    """What readers of the version shown have said."""

    yes: int = 0
    no: int = 0


@dataclass(frozen=True)
class Answer:
    """A reader whom an article did not help."""

    line: ArticleLine
    why: Why | None
    words: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """What there is to do; each list at most SHOWN long, `to_review` for who may publish."""

    drafts: tuple[ArticleLine, ...]
    to_review: tuple[ArticleLine, ...]
    diverged: tuple[ArticleLine, ...]
    due: tuple[ArticleLine, ...]
    unhelpful: tuple[Answer, ...]
    withdrawn: tuple[ArticleLine, ...]

    @property
    def empty(self) -> bool:
        """Is there nothing to do?"""
        rows: tuple[Sequence[object], ...] = (self.drafts, self.to_review, self.diverged, self.due)
        return not any((*rows, self.unhelpful, self.withdrawn))


def desk(actor: Actor, today: date) -> Desk:
    """The desk of all bodies for which the actor writes or reviews."""
    ours = access.written_by(actor)
    reviews = access.own(actor, Permission.ARTICLE_REVIEW)
    due = (Article.shown_no.is_not(None), Article.review_on <= today + AHEAD)
    return Desk(
        drafts=_found(ours, Article.state == State.DRAFT),
        to_review=_found(reviews, Article.state == State.SUBMITTED),
        diverged=_found(ours, Article.diverged.is_(True)),
        due=_found(ours, *due, order=Article.review_on),
        unhelpful=_unhelpful(ours),
        withdrawn=_found(ours, Article.state == State.WITHDRAWN),
    )


def _found(*conditions: ColumnElement[bool], order: Any = None) -> tuple[ArticleLine, ...]:
    first = Article.updated_at.desc() if order is None else order
    query = select(Article).where(*conditions).order_by(first, Article.id.desc())
    return lines_of(session().scalars(query.limit(SHOWN)).all())


def _unhelpful(ours: ColumnElement[bool]) -> tuple[Answer, ...]:
    """About the version shown now: what was said about an older one may be mended."""
    query = (
        select(ArticleFeedback, Article)
        .join(Article, Article.id == ArticleFeedback.article_id)
        .where(ours, ArticleFeedback.helped.is_(False), ArticleFeedback.no == Article.shown_no)
        .order_by(ArticleFeedback.id.desc())
    )
    rows = session().execute(query.limit(SHOWN)).all()
    lines = {line.id: line for line in lines_of([article for _, article in rows])}
    return tuple(Answer(lines[a.id], said.why, said.words, said.at) for said, a in rows)


def waiting(actor: Actor) -> int:
    """How many articles wait for the actor's review."""
    count = select(func.count()).select_from(Article)
    reviews = access.own(actor, Permission.ARTICLE_REVIEW)
    return session().scalar(count.where(reviews, Article.state == State.SUBMITTED)) or 0


def from_file(article: Article) -> tuple[Line, ...]:
    """From what the file says to the newest version here; empty where they agree."""
    if article.file_no is None:
        return ()
    file, newest = (version_of(article, no) for no in (article.file_no, article.head_no))
    return difference(as_file(content(file), "", None), as_file(content(newest), "", None))


def tallies(articles: Collection[Article]) -> dict[int, Tally]:
    """Answers about the versions shown, by article. One query."""
    yes = func.sum(case((ArticleFeedback.helped, 1), else_=0))
    rows = session().execute(
        select(ArticleFeedback.article_id, yes, func.count())
        .join(Article, Article.id == ArticleFeedback.article_id)
        .where(
            Article.id.in_([article.id for article in articles]),
            ArticleFeedback.no == Article.shown_no,
        )
        .group_by(ArticleFeedback.article_id)
    )
    return {article_id: Tally(int(good), every - int(good)) for article_id, good, every in rows}


def my_answer(actor: Actor, article: Article) -> bool | None:
    """What the actor said about the version shown; None: nothing yet."""
    return session().scalar(
        select(ArticleFeedback.helped).where(
            ArticleFeedback.article_id == article.id,
            ArticleFeedback.no == (article.shown_no or 0),
            ArticleFeedback.person_id == actor.person_id,
        )
    )


@dataclass(frozen=True)
class ArticleNews:
    """What a message needs to know of an article. `body_id` None: the national text. `authors`:
    persons who acted on it."""

    id: int
    key: str
    title: str
    body_id: int | None
    state: State
    authors: frozenset[int]


def news(article_id: int) -> ArticleNews:
    """The article as messages see it, by the title of its newest version."""
    article = session().get_one(Article, article_id)
    acted = select(ArticleHistory.person_id).where(
        ArticleHistory.article_id == article_id, ArticleHistory.person_id.is_not(None)
    )
    authors = frozenset(i for i in session().scalars(acted.distinct()) if i is not None)
    title = version_of(article, article.head_no).title
    return ArticleNews(article.id, article.key, title, article.body_id, article.state, authors)
