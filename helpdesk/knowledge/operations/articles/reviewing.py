"""The lead of the office reads an article before it is shown, and looks at it again later."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from helpdesk.kernel import events
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import RuleBroken, in_a_row
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.text import N_
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.events import ArticlePublished, ArticleReturned, ArticleSubmitted
from helpdesk.knowledge.models.articles import Article, ArticleVersion
from helpdesk.knowledge.operations.articles import record
from helpdesk.knowledge.operations.articles.writing import said
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.operations.reviewing import ReasonMissing
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules import articles as rules
from helpdesk.knowledge.rules.articles import State, Verb


class ArticleIncomplete(RuleBroken):
    """A reader needs the whole of it."""

    sentence = N_("还没有写完：%(labels)s。请补充后再提交审核。")


class ReviewDayBehind(RuleBroken):
    """A reminder lies ahead."""

    sentence = N_("复核日期要在今天以后。请另选一天。")


def submit(*, reach: Reach, act: Act) -> None:
    """Ask the lead to read it. Raises ArticleIncomplete, and as edit."""
    article = reach.article
    gaps = rules.missing(queries.content(queries.version_of(article, article.head_no)))
    if gaps:
        raise ArticleIncomplete(labels=in_a_row(gaps))
    before = record.begin(article, Verb.SUBMIT, act)
    article.state = State.SUBMITTED
    row = record.write_act(article, Verb.SUBMIT, act, before)
    events.publish(ArticleSubmitted(**record.fact(article, row)))


def recall(*, reach: Reach, act: Act) -> None:
    """Back to the desk before anybody has read it."""
    before = record.begin(reach.article, Verb.RECALL, act)
    reach.article.state = State.DRAFT
    record.write_act(reach.article, Verb.RECALL, act, before)


def return_back(*, reach: Reach, act: Act, words: str) -> None:
    """To the author, with what is to be changed. Raises ReasonMissing."""
    reason = _needed(words)
    before = record.begin(reach.article, Verb.RETURN, act)
    reach.article.state = State.DRAFT
    row = record.write_act(reach.article, Verb.RETURN, act, before, reason)
    events.publish(ArticleReturned(**record.fact(reach.article, row)))


def publish(*, reach: Reach, act: Act, review_on: date | None, words: str = "") -> None:
    """Show the newest version to everybody below the office; look again on `review_on`.

    Raises ReviewDayBehind.
    """
    article, remark = reach.article, said(words)
    _check_day(review_on, act)
    before = record.begin(article, Verb.PUBLISH, act)
    article.state, article.shown_no = State.PUBLISHED, article.head_no
    queries.version_of(article, article.head_no).published_at = act.now
    _look_again(article, review_on)
    record.settle(article, act.now)
    row = record.write_act(article, Verb.PUBLISH, act, before, remark)
    events.publish(ArticlePublished(**record.fact(article, row)))


def keep(*, reach: Reach, act: Act, review_on: date, words: str = "") -> None:
    """It was looked at and still holds; again on `review_on`. Raises ReviewDayBehind."""
    remark = said(words)
    _check_day(review_on, act)
    before = record.begin(reach.article, Verb.KEEP, act)
    _look_again(reach.article, review_on)
    record.write_act(reach.article, Verb.KEEP, act, before, remark)


def withdraw(*, reach: Reach, act: Act, words: str) -> None:
    """Readers see it no longer, nor any of its versions, which stay for its writers. Raises
    ReasonMissing."""
    article, reason = reach.article, _needed(words)
    before = record.begin(article, Verb.WITHDRAW, act)
    article.state, article.shown_no = State.WITHDRAWN, None
    # What was wrong enough to be taken down is not read again once a better text is shown.
    session().execute(
        update(ArticleVersion)
        .where(ArticleVersion.article_id == article.id)
        .values(published_at=None)
    )
    record.settle(article, act.now)
    record.write_act(article, Verb.WITHDRAW, act, before, reason)


def _look_again(article: Article, review_on: date | None) -> None:
    article.review_on, article.reminded_on = review_on, None


def _check_day(review_on: date | None, act: Act) -> None:
    if review_on is not None and review_on <= shanghai_date(act.now):
        raise ReviewDayBehind


def _needed(words: str) -> str:
    reason = said(words)
    if not reason:
        raise ReasonMissing
    return reason
