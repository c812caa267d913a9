"""Who hears of an article, and whether a message about one still has its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from helpdesk.kernel.db import session
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.queries.articledesk import ArticleNews
from helpdesk.knowledge.rules.articles import State
from helpdesk.organizations import queries as organizations
from helpdesk.organizations.rules import Kind
from helpdesk.people import queries as people


def owner(article: ArticleNews) -> int | None:
    """The body whose people look after it; of the national text: 全国学生资助管理中心."""
    if article.body_id is not None:
        return article.body_id
    centre = organizations.national(Kind.NATIONAL_AID_CENTRE)
    return centre.id if centre else None


def reviewers(article: ArticleNews) -> frozenset[int]:
    """Who may publish it."""
    return _holders(Permission.ARTICLE_REVIEW, article)


def authors(article: ArticleNews) -> frozenset[int]:
    """Who worked on it and still writes for its body; nobody left: all who write there."""
    writers = _holders(Permission.ARTICLE_WRITE, article)
    return (article.authors & writers) or writers


def _holders(permission: Permission, article: ArticleNews) -> frozenset[int]:
    body_id = owner(article)
    return frozenset(people.holders_of(permission, body_id)) if body_id else frozenset()


def still_to_review(_about: str, params: Mapping[str, Any]) -> bool:
    """It waits for its lead."""
    return _state(params) is State.SUBMITTED


def still_returned(_about: str, params: Mapping[str, Any]) -> bool:
    """The author has not submitted it again."""
    return _state(params) is State.DRAFT


def still_due(_about: str, params: Mapping[str, Any]) -> bool:
    """It is shown, and nobody has looked at it since."""
    query = select(Article.review_on).where(
        Article.id == params["article_id"], Article.shown_no.is_not(None)
    )
    review_on = session().scalar(query)
    return review_on is not None and review_on.isoformat() == params["review_on"]


def _state(params: Mapping[str, Any]) -> State | None:
    return session().scalar(select(Article.state).where(Article.id == params["article_id"]))
