"""Did this help? Counted once a person and version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import Forbidden
from helpdesk.kernel.statements import changed, insert_once
from helpdesk.knowledge.models.articles import Article, ArticleFeedback
from helpdesk.knowledge.operations.articles.writing import said
from helpdesk.knowledge.rules.articles import Why
from helpdesk.people.events import PersonsMerged


def helped(
    *,
    actor: Actor,
    article: Article,
    yes: bool,
    why: Why | None = None,
    words: str = "",
    now: datetime,
) -> None:
    """Keep the answer of a person about the version that readers see; who thinks again changes
    it. A "no" may say why. Raises TextTooLong, PersonalDataInArticle; Forbidden for nobody."""
    if actor.person_id is None:
        raise Forbidden
    answer = {
        "helped": yes,
        "why": None if yes else why,
        "words": "" if yes else said(words),
        "at": now,
    }
    no = article.shown_no or article.head_no
    mine = {"article_id": article.id, "no": no, "person_id": actor.person_id}
    session().execute(insert_once(ArticleFeedback).values(**mine, **answer))
    changed(
        update(ArticleFeedback)
        .where(*(getattr(ArticleFeedback, name) == value for name, value in mine.items()))
        .values(**answer)
    )


def follow_merge(fact: PersonsMerged) -> None:
    """Two records were one person, who answers once: the answers of the record kept count."""
    kept = select(ArticleFeedback.article_id, ArticleFeedback.no).where(
        ArticleFeedback.person_id == fact.kept_id
    )
    taken = {tuple(row) for row in session().execute(kept)}
    mine = select(ArticleFeedback).where(ArticleFeedback.person_id == fact.merged_id)
    for row in session().scalars(mine).all():
        at = ArticleFeedback.id == row.id
        if (row.article_id, row.no) in taken:
            changed(delete(ArticleFeedback).where(at))
        else:
            changed(update(ArticleFeedback).where(at).values(person_id=fact.kept_id))
