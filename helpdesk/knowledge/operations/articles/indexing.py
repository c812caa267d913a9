"""Articles in the search index: what readers see, written in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from helpdesk.kernel.actor import ROOT_PATH
from helpdesk.kernel.db import session
from helpdesk.knowledge.access.articles import KIND
from helpdesk.knowledge.models.articles import Article, ArticleVersion
from helpdesk.knowledge.queries.articles import content
from helpdesk.knowledge.rules.articles import plain
from helpdesk.organizations import queries as organizations
from helpdesk.search.operations import indexing
from helpdesk.search.rules.entries import Entry


def index(articles: Sequence[Article]) -> None:
    """Put what is shown into the index and take the rest out; two queries at any number."""
    shown = [row for row in articles if row.shown_no is not None]
    hidden = [row.id for row in articles if row.shown_no is None]
    if hidden:
        indexing.drop(KIND, hidden)
    ids = [row.id for row in shown]
    found = session().scalars(select(ArticleVersion).where(ArticleVersion.article_id.in_(ids)))
    versions = {(version.article_id, version.no): version for version in found}
    owners = organizations.bodies({row.body_id for row in shown if row.body_id is not None})
    indexing.put(
        _entry(row, versions[row.id, row.shown_no or 0], owners[row.body_id].path)
        if row.body_id is not None
        else _entry(row, versions[row.id, row.shown_no or 0], ROOT_PATH)
        for row in shown
    )


def _entry(article: Article, version: ArticleVersion, path: str) -> Entry:
    said = content(version)
    return Entry(
        kind=KIND,
        owner_id=article.id,
        scope_path=path,
        key=article.key,
        title=said.title,
        text="\n".join(part for part in (said.summary, plain(said.body)) if part),
        aliases=" ".join((*said.cards, *said.items)),
        facets={"category": article.category.value},
        at=version.published_at,
    )


def index_after(after_id: int, *, size: int = 200) -> int | None:
    """Index the next articles by row number; answers the last one's, None: there are no more.

    Held until commit, so that what is published meanwhile is not overwritten by the text before.
    """
    query = select(Article).where(Article.id > after_id).order_by(Article.id).limit(size)
    rows = session().scalars(query.with_for_update()).all()
    index(rows)
    return rows[-1].id if rows else None
