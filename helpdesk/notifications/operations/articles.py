"""Articles: who is told of a submission, a return, a publication, a day of review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from helpdesk.knowledge import events as facts
from helpdesk.knowledge.queries import articledesk as knowledge
from helpdesk.knowledge.queries.articledesk import ArticleNews
from helpdesk.notifications import rules
from helpdesk.notifications.queries import articles as queries
from helpdesk.notifications.queries.tickets import body_name
from helpdesk.notifications.rules import Msg
from helpdesk.outbox.operations import writing as outbox
from helpdesk.outbox.operations.writing import Note


def _tell(
    article: ArticleNews,
    message: Msg,
    persons: Iterable[int],
    *,
    event_key: str,
    at: datetime,
    **params: Any,
) -> None:
    """Write one message down, once per act."""
    body_id = queries.owner(article)
    given = {
        "article_id": article.id,
        "article_title": article.title,
        **({"by": body_name(body_id)} if body_id is not None else {}),
        **params,
    }
    note = Note(event_key=event_key, message=message, about=f"article:{article.key}", params=given)
    outbox.put_all(note=note, recipients=set(persons), channels=rules.channels(message), now=at)


def _tell_act(fact: facts.ArticleFact, message: Msg, persons: Iterable[int]) -> None:
    """Nobody is told of what he did himself."""
    _tell(
        knowledge.news(fact.article_id),
        message,
        {person for person in persons if person != fact.person_id},
        event_key=f"article-history:{fact.history_id}",
        at=fact.at,
    )


def article_submitted(fact: facts.ArticleSubmitted) -> None:
    """The leads of the office."""
    article = knowledge.news(fact.article_id)
    _tell_act(fact, Msg.ARTICLE_SUBMITTED, queries.reviewers(article))


def article_returned(fact: facts.ArticleReturned) -> None:
    """The authors have to change something."""
    article = knowledge.news(fact.article_id)
    _tell_act(fact, Msg.ARTICLE_RETURNED, queries.authors(article))


def article_published(fact: facts.ArticlePublished) -> None:
    """The authors."""
    article = knowledge.news(fact.article_id)
    _tell_act(fact, Msg.ARTICLE_PUBLISHED, queries.authors(article))


def article_review_due(fact: facts.ArticleReviewDue) -> None:
    """The leads of the office, and who wrote it."""
    article = knowledge.news(fact.article_id)
    _tell(
        article,
        Msg.ARTICLE_REVIEW_DUE,
        queries.reviewers(article) | queries.authors(article),
        event_key=f"article-review:{fact.article_id}:{fact.review_on.isoformat()}",
        at=fact.at,
        review_on=fact.review_on.isoformat(),
    )
