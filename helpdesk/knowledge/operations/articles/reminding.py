"""The office of an article is reminded on the day on which it looks at it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from helpdesk.kernel.db import session
from helpdesk.kernel.events import publish
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.statements import changed
from helpdesk.knowledge.events import ArticleReviewDue
from helpdesk.knowledge.models.articles import Article

CHUNK = 200


def remind_reviews(*, now: datetime, size: int = CHUNK) -> int:
    """Tell of articles whose day of review has come, once per day of review; how many.

    The UPDATE that changes one row is the judge between two schedulers.
    """
    today = shanghai_date(now)
    waiting = (
        Article.review_on <= today,
        Article.shown_no.is_not(None),
        or_(Article.reminded_on.is_(None), Article.reminded_on < Article.review_on),
    )
    due = select(Article.id, Article.review_on).where(*waiting)
    rows = session().execute(due.order_by(Article.review_on, Article.id).limit(size)).all()
    told = 0
    for article_id, review_on in rows:
        claim = update(Article).where(Article.id == article_id, *waiting)
        if review_on is not None and changed(claim.values(reminded_on=today)):
            publish(ArticleReviewDue(article_id, review_on, now))
            told += 1
    return told
