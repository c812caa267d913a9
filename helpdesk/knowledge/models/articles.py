"""Tables of articles, their versions, what they are about, what was done and said about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.kernel.db import EnumText, IntPk, Model
from helpdesk.knowledge.rules.articles import Audience, Category, Source, State, Verb, Why
from helpdesk.organizations.rules import Subsystem


def _body() -> Any:
    return mapped_column(ForeignKey("organizations_body.id"), nullable=True)


def _person(*, nullable: bool = True) -> Any:
    return mapped_column(ForeignKey("people_person.id"), nullable=nullable)


def _article(*, primary_key: bool = False) -> Any:
    return mapped_column(ForeignKey("knowledge_article.id"), primary_key=primary_key)


class Article(Model):
    """An answer that belongs to a node (`body_id` NULL: everybody's) and is seen below it.

    `state` is that of the newest version `head_no`; readers see `shown_no` (NULL: nothing).
    `file_no` is the version that its file says, `diverged` where the newest one says otherwise.
    Title, summary, lists and `review_on` are of the version shown, of the newest where none is.
    `once`: the token of the form that began it. `version` rises with every act.
    """

    __tablename__ = "knowledge_article"
    __table_args__ = (
        CheckConstraint("state <> 'published' OR shown_no IS NOT NULL", name="published_shown"),
        CheckConstraint("state <> 'withdrawn' OR shown_no IS NULL", name="withdrawn_hidden"),
        Index("ix_knowledge_article_body", "body_id", "state", "id"),
        Index("ix_knowledge_article_shelf", "category", "id"),
        Index("ix_knowledge_article_review", "review_on", "id"),
        Index("ix_knowledge_article_beside", "beside_id"),
    )

    id: Mapped[IntPk]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    category: Mapped[Category] = mapped_column(EnumText(Category))
    body_id: Mapped[int | None] = _body()
    state: Mapped[State] = mapped_column(EnumText(State), default=State.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    head_no: Mapped[int] = mapped_column(Integer, default=1)
    shown_no: Mapped[int | None] = mapped_column(Integer)
    file_no: Mapped[int | None] = mapped_column(Integer)
    diverged: Mapped[bool] = mapped_column(default=False)
    beside_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_article.id"))
    review_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    ticket_number: Mapped[str] = mapped_column(String(12), default="")
    author_person_id: Mapped[int | None] = _person()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)


class ArticleVersion(Model):
    """Append-only: a text of the article, counted from 1. `published_at`: since when shown."""

    __tablename__ = "knowledge_article_version"
    __table_args__ = (UniqueConstraint("article_id", "no", name="uq_knowledge_article_version_no"),)

    id: Mapped[IntPk]
    article_id: Mapped[int] = _article()
    no: Mapped[int] = mapped_column(Integer)
    source: Mapped[Source] = mapped_column(EnumText(Source))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    meta: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = _person()
    why: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]


class ArticleCard(Model):
    """A problem card that an article answers."""

    __tablename__ = "knowledge_article_card"
    __table_args__ = (Index("ix_knowledge_article_card_code", "card_code", "article_id"),)

    article_id: Mapped[int] = _article(primary_key=True)
    card_code: Mapped[str] = mapped_column(String(12), primary_key=True)


class ArticleItem(Model):
    """A filing item that an article explains."""

    __tablename__ = "knowledge_article_item"
    __table_args__ = (Index("ix_knowledge_article_item_item", "item_id", "article_id"),)

    article_id: Mapped[int] = _article(primary_key=True)
    item_id: Mapped[str] = mapped_column(String(12), primary_key=True)


class ArticleSubsystem(Model):
    """A subsystem that an article is about; none: all of them."""

    __tablename__ = "knowledge_article_subsystem"
    __table_args__ = (Index("ix_knowledge_article_subsystem_word", "subsystem", "article_id"),)

    article_id: Mapped[int] = _article(primary_key=True)
    subsystem: Mapped[Subsystem] = mapped_column(EnumText(Subsystem), primary_key=True)


class ArticleAudience(Model):
    """A kind of reader to whom an article speaks; none: everybody."""

    __tablename__ = "knowledge_article_audience"
    __table_args__ = (Index("ix_knowledge_article_audience_word", "audience", "article_id"),)

    article_id: Mapped[int] = _article(primary_key=True)
    audience: Mapped[Audience] = mapped_column(EnumText(Audience), primary_key=True)


class ArticleFeedback(Model):
    """Did it help? Once a person and version; who thinks again changes the row."""

    __tablename__ = "knowledge_article_feedback"
    __table_args__ = (
        UniqueConstraint(
            "article_id", "no", "person_id", name="uq_knowledge_article_feedback_person"
        ),
        Index("ix_knowledge_article_feedback_said", "article_id", "helped", "id"),
    )

    id: Mapped[IntPk]
    article_id: Mapped[int] = _article()
    no: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int] = _person(nullable=False)
    helped: Mapped[bool]
    why: Mapped[Why | None] = mapped_column(EnumText(Why))
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class ArticleHistory(Model):
    """Append-only: who did what, from which state to which, on which version, and why.

    `once` is the token of the form: a second click finds this row and does nothing.
    """

    __tablename__ = "knowledge_article_history"
    __table_args__ = (
        UniqueConstraint("article_id", "once", name="uq_knowledge_article_history_once"),
        Index("ix_knowledge_article_history_article", "article_id", "id"),
    )

    id: Mapped[IntPk]
    article_id: Mapped[int] = _article()
    at: Mapped[datetime]
    verb: Mapped[Verb] = mapped_column(EnumText(Verb))
    person_id: Mapped[int | None] = _person()
    no: Mapped[int] = mapped_column(Integer)
    from_state: Mapped[State | None] = mapped_column(EnumText(State))
    to_state: Mapped[State] = mapped_column(EnumText(State))
    words: Mapped[str] = mapped_column(Text, default="")
    once: Mapped[str | None] = mapped_column(String(64))
