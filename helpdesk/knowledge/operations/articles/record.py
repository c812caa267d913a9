"""Every act on an article goes through here: second click, lock, state, versions, history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone, Conflict, RuleBroken
from helpdesk.kernel.text import N_
from helpdesk.knowledge.models.articles import (
    Article,
    ArticleAudience,
    ArticleCard,
    ArticleHistory,
    ArticleItem,
    ArticleSubsystem,
    ArticleVersion,
)
from helpdesk.knowledge.operations.articles.indexing import index
from helpdesk.knowledge.operations.record import Act
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules.articles import (
    STATE_NAMES,
    VERB_NAMES,
    VERBS,
    Content,
    Source,
    State,
    Verb,
    diverged,
    fingerprint,
)
from helpdesk.people import queries as people


class ArticleChangedMeanwhile(Conflict):
    """Somebody else acted since the page was opened."""

    sentence = N_(
        "您打开页面以后，%(who)s已经办理（%(verb)s）。内容没有丢，请看过最新情况再提交一次。"
    )


class ArticleNotNow(Conflict):
    """The verb does not fit the state of the article."""

    sentence = N_("这篇文章现在是“%(state)s”，不能%(verb)s。请刷新页面查看能做什么。")


class PersonalDataInArticle(RuleBroken):
    """semantics 6: no student datum is stored, not even in a draft."""

    sentence = N_("“%(labels)s”里有个人信息，没有保存。请删去或遮盖后再提交。")


def was_done(article_id: int, once: str) -> bool:
    """Did a form with this token act on the article already?"""
    found = select(ArticleHistory.id).where(
        ArticleHistory.article_id == article_id, ArticleHistory.once == once
    )
    return session().scalar(found) is not None


def begin(article: Article, verb: Verb, act: Act) -> State:
    """Second click, lock and state in this order; returns the state before the act.

    The conditional UPDATE is the race's judge: of two people at once only one raises `version`.
    """
    if was_done(article.id, act.once):
        raise AlreadyDone
    with session().no_autoflush:
        taken = session().execute(
            update(Article)
            .where(Article.id == article.id, Article.version == act.version)
            .values(version=Article.version + 1)
            .execution_options(synchronize_session=False)
            .returning(Article.version)
        )
    version = taken.scalar_one_or_none()
    if version is None:
        # Waited for the very same form, sent twice at once.
        if was_done(article.id, act.once):
            raise AlreadyDone
        raise ArticleChangedMeanwhile(**_latest(article))
    session().refresh(article)  # what others did before the lock was ours
    before = article.state
    if before not in VERBS[verb].states:
        raise ArticleNotNow(state=STATE_NAMES[before], verb=VERB_NAMES[verb])
    return before


def _latest(article: Article) -> dict[str, str]:
    query = select(ArticleHistory.verb, ArticleHistory.person_id)
    found = query.where(ArticleHistory.article_id == article.id)
    verb, person_id = session().execute(found.order_by(ArticleHistory.id.desc()).limit(1)).one()
    who = people.person(person_id).name if person_id is not None else N_("系统")
    return {"who": who, "verb": VERB_NAMES[verb]}


def add_version(
    article: Article,
    content: Content,
    *,
    source: Source,
    at: datetime,
    person_id: int | None = None,
    why: str = "",
) -> ArticleVersion:
    """Append a version; flushes. Which one is the newest or shown is the caller's business."""
    last = select(func.max(ArticleVersion.no)).where(ArticleVersion.article_id == article.id)
    row = ArticleVersion(
        article_id=article.id,
        no=(session().scalar(last) or 0) + 1,
        source=source,
        title=content.title,
        summary=content.summary,
        body=content.body,
        meta=content.meta(),
        fingerprint=fingerprint(content),
        at=at,
        person_id=person_id,
        why=why,
    )
    session().add(row)
    session().flush()
    return row


def write(
    article: Article,
    verb: Verb,
    *,
    at: datetime,
    before: State | None,
    person_id: int | None = None,
    words: str = "",
    once: str | None = None,
) -> ArticleHistory:
    """Append the history row of an act on the newest version; flushes."""
    row = ArticleHistory(
        article_id=article.id,
        at=at,
        verb=verb,
        person_id=person_id,
        no=article.head_no,
        from_state=before,
        to_state=article.state,
        words=words,
        once=once,
    )
    session().add(row)
    session().flush()
    return row


def write_act(
    article: Article, verb: Verb, act: Act, before: State | None, words: str = ""
) -> ArticleHistory:
    """The same for an act of a person."""
    return write(
        article,
        verb,
        at=act.now,
        before=before,
        person_id=act.actor.person_id,
        words=words,
        once=act.once,
    )


def settle(article: Article, now: datetime) -> None:
    """After an act: lists and index show the text that readers see, and the file is compared
    again."""
    shown = queries.version_of(article, article.shown_no or article.head_no)
    newest = queries.version_of(article, article.head_no)
    article.title, article.summary = shown.title, shown.summary
    article.updated_at = now
    article.diverged = _diverged(article, newest)
    session().flush()
    _set_topics(article, queries.content(shown))
    index((article,))


def _diverged(article: Article, newest: ArticleVersion) -> bool:
    if article.file_no is None:
        return False
    return diverged(newest.fingerprint, queries.version_of(article, article.file_no).fingerprint)


def _set_topics(article: Article, content: Content) -> None:
    _replace(article, ArticleCard, "card_code", content.cards)
    _replace(article, ArticleItem, "item_id", content.items)
    _replace(article, ArticleSubsystem, "subsystem", content.subsystems)
    _replace(article, ArticleAudience, "audience", content.audience)


def _replace(article: Article, table: Any, column: str, values: Iterable[object]) -> None:
    session().execute(delete(table).where(table.article_id == article.id))
    rows = [{"article_id": article.id, column: value} for value in values]
    if rows:
        session().execute(insert(table), rows)


def fact(article: Article, row: ArticleHistory) -> dict[str, Any]:
    """The fields every event of an act has."""
    return {
        "article_id": article.id,
        "history_id": row.id,
        "at": row.at,
        "person_id": row.person_id,
        "body_id": article.body_id,
    }
