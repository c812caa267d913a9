"""Writing an article down: a draft may have gaps, but never a number of a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from helpdesk.catalog import queries as catalog
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.errors import AlreadyDone, Named, NotFound, RuleBroken, in_a_row
from helpdesk.kernel.statements import insert_once
from helpdesk.kernel.text import N_
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.models.articles import Article
from helpdesk.knowledge.operations.articles import record
from helpdesk.knowledge.operations.articles.record import PersonalDataInArticle
from helpdesk.knowledge.operations.record import Act, check_length
from helpdesk.knowledge.operations.writing import TitleMissing
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.rules import articles as rules
from helpdesk.knowledge.rules.articles import Category, Content, Source, State, Verb
from helpdesk.privacy.rules import find

WORDS: Final = Named("说明", "remark")


class NothingToGoBackTo(RuleBroken):
    """This version says what the newest one says."""

    sentence = N_("这个版本和现在的内容一样，不用恢复。")


def start(
    *,
    actor: Actor,
    body_id: int | None,
    content: Content,
    beside_id: int | None = None,
    ticket_number: str = "",
    once: str,
    now: datetime,
) -> Article:
    """Begin an article of a body (None: the national text) as a draft; the same token again
    answers the first one.

    Raises TitleMissing, TextTooLong, PersonalDataInArticle.
    """
    content = checked(content)
    begun = _insert(
        content,
        key=f"new/{once}",
        body_id=body_id,
        beside_id=beside_id,
        ticket_number=ticket_number,
        author_person_id=actor.person_id,
        created_at=now,
        updated_at=now,
        once=once,
    )
    article = session().scalars(select(Article).where(Article.once == once)).one()
    if begun is None:
        # Sent twice, perhaps at once; somebody else's token is nobody's.
        if article.author_person_id != actor.person_id:
            raise AlreadyDone
        return article
    article.key = f"{Category.LOCAL}/{article.id}"
    _first(article, content, Act(actor, now, once, 1))
    return article


def _insert(content: Content, **values: Any) -> int | None:
    """The row of a new draft; None where this token has made one already."""
    found: int | None = session().scalar(
        insert_once(Article)
        .values(
            category=Category.LOCAL,
            state=State.DRAFT,
            title=content.title,
            summary=content.summary,
            head_no=1,
            diverged=False,
            version=1,
            **values,
        )
        .returning(Article.id)
    )
    return found


def _first(article: Article, content: Content, act: Act) -> None:
    person = act.actor.person_id
    record.add_version(article, content, source=Source.WEB, at=act.now, person_id=person)
    record.settle(article, act.now)
    record.write_act(article, Verb.START, act, None)


def start_from_ticket(
    *,
    actor: Actor,
    body_id: int | None,
    ticket_number: str,
    title: str,
    text: str,
    card_code: str,
    once: str,
    now: datetime,
) -> Article:
    """A draft from a solved ticket: numbers of persons masked, names and addresses where they are
    recognised. The author reads it before anybody else does."""
    content = Content(
        title=rules.masked(title)[: rules.LONGEST_TITLE],
        body=rules.masked(text)[: rules.LONGEST_BODY],
        cards=(card_code,),
    )
    return start(
        actor=actor,
        body_id=body_id,
        content=content,
        ticket_number=ticket_number,
        once=once,
        now=now,
    )


def edit(*, reach: Reach, content: Content, act: Act, why: str = "") -> None:
    """Keep what was changed as a new version; readers see the one published until this one is.

    Raises as start, and AlreadyDone, ArticleNotNow, ArticleChangedMeanwhile.
    """
    content = checked(content)
    _next(reach.article, Verb.EDIT, content, act, said(why))


def restore(*, reach: Reach, no: int, act: Act) -> None:
    """What an old version says becomes the newest draft. NotFound, NothingToGoBackTo."""
    article = reach.article
    old = queries.version_of(article, no)
    if old.fingerprint == queries.version_of(article, article.head_no).fingerprint:
        raise NothingToGoBackTo
    _next(article, Verb.RESTORE, queries.content(old), act, "")


def _next(article: Article, verb: Verb, content: Content, act: Act, why: str) -> None:
    before = record.begin(article, verb, act)
    newest = queries.version_of(article, article.head_no)
    if rules.fingerprint(content) != newest.fingerprint:
        person = act.actor.person_id
        row = record.add_version(
            article, content, source=Source.WEB, at=act.now, person_id=person, why=why
        )
        article.head_no = row.no
        article.state = State.DRAFT
    elif before is not State.PUBLISHED:
        article.state = State.DRAFT
    record.settle(article, act.now)
    record.write_act(article, verb, act, before, why)


def discard(*, reach: Reach, act: Act) -> None:
    """Give up a draft: what readers see is the newest again; where they see nothing, it is gone
    from the desk (its versions stay)."""
    article = reach.article
    before = record.begin(article, Verb.DISCARD, act)
    if article.shown_no is None:
        article.state = State.WITHDRAWN
    else:
        article.head_no, article.state = article.shown_no, State.PUBLISHED
    record.settle(article, act.now)
    record.write_act(article, Verb.DISCARD, act, before)


def checked(content: Content) -> Content:
    """Tidied and fit to be stored. TitleMissing, TextTooLong, PersonalDataInArticle."""
    content = rules.tidy(content)
    if not content.title:
        raise TitleMissing
    most = {"title": rules.LONGEST_TITLE, "summary": rules.LONGEST_SUMMARY}
    for name, label in rules.LABELS.items():
        check_length(label, getattr(content, name), most.get(name, rules.LONGEST_BODY))
    found = rules.with_personal_data(content)
    if found:
        raise PersonalDataInArticle(labels=in_a_row(found))
    return replace(content, cards=tuple(filter(_is_card, content.cards)))


def _is_card(code: str) -> bool:
    try:
        return bool(catalog.card(code).code == code)
    except NotFound:
        return False


def said(words: str) -> str:
    """A remark, fit to be stored. TextTooLong, PersonalDataInArticle."""
    remark = words.strip()
    check_length(WORDS, remark, rules.LONGEST_WORDS)
    if find(remark):
        raise PersonalDataInArticle(labels=WORDS)
    return remark
