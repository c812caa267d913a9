"""What may spare somebody a question: articles, questions of the same body, waves, filing dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk.catalog import queries as catalog
from helpdesk.catalog.rules import Card
from helpdesk.filing import access as items
from helpdesk.filing.queries import calendar as filing
from helpdesk.filing.queries import tables
from helpdesk.filing.rules.dates import Deadline
from helpdesk.intake.models.asking import Solved, Trail
from helpdesk.intake.queries.classifying import Guess, classify
from helpdesk.intake.rules import asking as rules
from helpdesk.intake.rules.asking import Report, Wave
from helpdesk.kernel.actor import Actor
from helpdesk.kernel.db import session
from helpdesk.kernel.instants import shanghai_date
from helpdesk.kernel.paths import below_any
from helpdesk.knowledge.access import articles as readable
from helpdesk.knowledge.models.articles import Article, ArticleVersion
from helpdesk.knowledge.queries import articles
from helpdesk.knowledge.queries.articles import ArticleLine
from helpdesk.organizations.models import Body
from helpdesk.organizations.queries import BodyView
from helpdesk.organizations.rules import Subsystem
from helpdesk.search.queries import finding
from helpdesk.search.queries.lexicon import lexicon
from helpdesk.settings import queries as settings
from helpdesk.settings.rules import Key
from helpdesk.tickets.queries import alike
from helpdesk.tickets.queries.alike import Past
from helpdesk.tickets.queries.rows import TicketRow
from helpdesk.workdays import queries as workdays

FEW: Final = 3
# Two cards may look alike until the deciding question is answered.
_WATCHED: Final = 2
_RECENT: Final = timedelta(days=30)
_TIME: Final = "TIME"
_MAYBE: Final = 0.2
# The same act stands in the tables of six subsystems.
_ITEMS_READ: Final = 20


@dataclass(frozen=True)
class Alike:
    """A question of the same body that looks like the one being typed. `same`: very much so, and
    still open."""

    row: TicketRow
    same: bool


@dataclass(frozen=True)
class Reported:
    """Several bodies of the province report what this card is about."""

    card: Card
    wave: Wave


@dataclass(frozen=True)
class Suggestions:
    """What is known about the typed words. `opening`: the first lines of the first article, in
    Markdown."""

    guesses: tuple[Guess, ...] = ()
    articles: tuple[ArticleLine, ...] = ()
    opening: str = ""
    tickets: tuple[Alike, ...] = ()
    reported: Reported | None = None
    deadline: Deadline | None = None

    @property
    def empty(self) -> bool:
        """Is there nothing to look at but the cards?"""
        return not (self.articles or self.tickets or self.reported or self.deadline)


def suggestions(actor: Actor, body: BodyView, typed: str, now: datetime) -> Suggestions:
    """For `actor`, who asks (or answers the telephone) for `body`; `typed` is masked already.

    Shows nothing the actor may not read. The number of queries does not depend on what is found.
    """
    guesses = classify(typed, body_id=body.id)
    sure = guesses[0] if guesses and guesses[0].confidence >= rules.SURE else None
    found = _articles(actor, typed, guesses, sure)
    return Suggestions(
        guesses=guesses,
        articles=found,
        opening=_opening(actor, found[0]) if found else "",
        tickets=_alike(actor, body, typed, guesses, now),
        reported=_reported(body, guesses, now),
        deadline=_deadline(body, f"{typed} {_item_meant(actor, body, typed, guesses)}", sure, now),
    )


def _articles(
    actor: Actor, typed: str, guesses: Sequence[Guess], sure: Guess | None
) -> tuple[ArticleLine, ...]:
    """Those like the words; the article of a sure guess comes first, of other guesses last."""
    hits = finding.similar(typed, [readable.searchable(actor)], limit=FEW)
    like = articles.lines(actor, [hit.owner_id for hit in hits])
    about = articles.of_cards(actor, [guess.code for guess in guesses[:_WATCHED]], FEW)
    first = [line for line in about if sure and line.cards == (sure.code,)][:1]
    ordered = dict.fromkeys((*first, *like, *about))
    return tuple(ordered)[:FEW]


def _opening(actor: Actor, line: ArticleLine) -> str:
    """The answer at the head of an article, before its first section."""
    body = session().scalar(
        select(ArticleVersion.body)
        .join(Article, Article.id == ArticleVersion.article_id)
        .where(
            Article.id == line.id,
            ArticleVersion.no == Article.shown_no,
            readable.shown_to(actor),
        )
    )
    return (body or "").partition("\n## ")[0].strip()


def _alike(
    actor: Actor, body: BodyView, typed: str, guesses: Sequence[Guess], now: datetime
) -> tuple[Alike, ...]:
    query, fold = lexicon().query(typed), lexicon().analysis.fold
    card = guesses[0].code if guesses else ""

    def near(past: Past) -> float:
        words = fold(f"{past.row.title}\n{past.text}")
        return rules.likeness(query, words, same_card=past.row.card_code == card)

    found = [
        (near(past), past.row)
        for past in alike.of_body(actor, body.id, since=now - rules.LOOKED_BACK)
    ]
    # Open ones first, then by likeness; the newest of equals comes first as it is.
    kept = [pair for pair in found if pair[0] >= rules.ALIKE]
    kept.sort(key=lambda pair: (pair[1].ended, -pair[0]))
    return tuple(Alike(row, near >= rules.SAME and not row.ended) for near, row in kept[:FEW])


def _reported(body: BodyView, guesses: Sequence[Guess], now: datetime) -> Reported | None:
    """The largest wave of one of the first guesses in the province of `body`."""
    watched = [guess.code for guess in guesses[:_WATCHED]]
    if not watched or not body.province_code:
        return None
    chosen = settings.values((Key.INCIDENT_BODIES, Key.INCIDENT_HOURS), body.path)
    since = now - rules.LONGEST_WAVE
    seen: dict[str, list[Report]] = {}
    for code, at, reporter in alike.reports(watched, body.province_code, since=since):
        seen.setdefault(code, []).append(Report(at, reporter))
    waves = [
        Reported(catalog.card(code), found)
        for code, reports in seen.items()
        if (
            found := rules.wave(
                reports,
                now=now,
                bodies=chosen[Key.INCIDENT_BODIES],
                within=timedelta(hours=chosen[Key.INCIDENT_HOURS]),
            )
        )
    ]
    return max(waves, key=lambda each: each.wave.bodies, default=None)


def _item_meant(actor: Actor, body: BodyView, typed: str, guesses: Sequence[Guess]) -> str:
    """The filing item that a question about time limits means without its full name; "": none."""
    about_time = any(g.code == _TIME and g.confidence >= _MAYBE for g in guesses)
    if not about_time:
        return ""
    hits = finding.similar(typed, items.searchable(actor), limit=_ITEMS_READ)
    used = body.subsystems or tuple(Subsystem)
    return next((h.key for h in hits if tables.item(h.key).subsystem in used), "")


def _deadline(body: BodyView, typed: str, sure: Guess | None, now: datetime) -> Deadline | None:
    card = catalog.card(sure.code) if sure else None
    return filing.pressing(
        body,
        typed,
        card.filing if card else (),
        body.subsystems[0] if len(body.subsystems) == 1 else None,
        workdays.calendar(body.region),
        shanghai_date(now),
        late=card is not None and card.code == _TIME,
    )


# --- what came before a ticket -------------------------------------------------------------------


@dataclass(frozen=True)
class Before:
    """What somebody typed and read before this question was filed. Articles that the reader of the
    ticket may not read are left out."""

    typed: str
    guess: Card | None
    chosen: Card | None
    articles: tuple[ArticleLine, ...]


def before(actor: Actor, ticket_id: int) -> Before | None:
    """The trail of a ticket that the actor may read; None: it came without the question box."""
    found = session().get(Trail, ticket_id)
    if found is None:
        return None
    cards: Mapping[str, Card] = {card.code: card for card in catalog.cards()}
    return Before(
        typed=found.typed,
        guess=cards.get(found.guess_code or ""),
        chosen=cards.get(found.card_code),
        articles=articles.lines(actor, found.articles) if found.articles else (),
    )


# --- questions that were not needed --------------------------------------------------------------


@dataclass(frozen=True)
class Deflected:
    """So many questions were not needed in thirty days, by article and by card, most first."""

    total: int
    by_article: tuple[tuple[ArticleLine, int], ...]
    by_card: tuple[tuple[Card, int], ...]


def deflected_total(paths: Collection[str], now: datetime) -> int:
    """Questions of bodies in these ranges that were not needed in thirty days."""
    count = select(func.count()).select_from(Solved).join(Body, Body.id == Solved.body_id)
    return session().scalar(count.where(*_lately(paths, now))) or 0


def deflected(actor: Actor, paths: Collection[str], now: datetime) -> Deflected:
    """The same with the articles and cards whose answers did it. Five queries."""
    counted = select(func.count().label("times")).join(Body, Body.id == Solved.body_id)
    counted = counted.select_from(Solved).where(*_lately(paths, now))
    known = {card.code: card for card in catalog.cards()}

    def by(column: InstrumentedAttribute[Any]) -> list[tuple[Any, int]]:
        grouped = counted.add_columns(column).where(column.is_not(None)).group_by(column)
        found = session().execute(grouped.order_by(func.count().desc(), column))
        return [(value, times) for times, value in found]

    times = dict(by(Solved.article_id))
    lines = articles.lines(actor, list(times)[:100])
    return Deflected(
        total=deflected_total(paths, now),
        by_article=tuple((line, times[line.id]) for line in lines),
        by_card=tuple((known[code], n) for code, n in by(Solved.card_code) if code in known),
    )


def times_solved(article_id: int, now: datetime) -> int:
    """How many questions an article has spared in thirty days, everywhere."""
    count = select(func.count()).select_from(Solved)
    counted = count.where(Solved.article_id == article_id, Solved.at >= now - _RECENT)
    return session().scalar(counted) or 0


def _lately(paths: Collection[str], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Solved.at >= now - _RECENT, below_any(Body.path, paths)
