"""The knowledge base: shelves and lists, one article to read and print, its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import render_template, request, url_for
from markupsafe import Markup

from helpdesk.catalog import queries as catalog
from helpdesk.kernel import ids
from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.access import articles as access
from helpdesk.knowledge.access.articles import Reach
from helpdesk.knowledge.queries import articledesk as desks
from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.queries.articles import ArticleLine, ArticleView, Filters
from helpdesk.knowledge.rules.articles import (
    Audience,
    Category,
    State,
    as_file,
    missing,
    offered,
)
from helpdesk.knowledge.rules.differences import difference
from helpdesk.organizations.rules import Subsystem
from helpdesk.people import queries as people
from helpdesk.tickets.queries import solved
from helpdesk.web.articles import answer, desk, panel, review, writing
from helpdesk.web.articles.area import Answer, blueprint
from helpdesk.web.articles.forms import HelpedForm
from helpdesk.web.articles.rendering import item_href, render
from helpdesk.web.articles.verbs import DIRECT
from helpdesk.web.doors import current_actor, door

__all__ = ["answer", "blueprint", "desk", "panel", "review", "writing"]

E = TypeVar("E", bound=StrEnum)
_MOST_BESIDE = 3


@blueprint.get("")
@door(Permission.SIGNED_IN)
def index() -> Answer:
    """What is published for the reader, by shelf, problem card, subsystem and audience."""
    actor = current_actor()
    filters = _filters()
    after = request.args.get("after")
    page = queries.articles(actor, filters, after=after)
    here: dict[str, Any] = {
        "category": filters.category,
        "card": filters.card or None,
        "subsystem": filters.subsystem,
        "audience": filters.audience,
    }
    return render_template(
        "articles/index.html",
        filters=filters,
        here=here,
        rows=page.rows,
        shelves=queries.shelves(actor),
        cards=catalog.cards(),
        subsystems=tuple(Subsystem),
        audiences=tuple(Audience),
        writes=actor.anywhere(Permission.ARTICLE_WRITE),
        next_href=url_for("articles.index", **here, after=page.next) if page.next else None,
        first_href=url_for("articles.index", **here) if after else None,
    )


def _filters() -> Filters:
    asked = request.args.get("card", "")
    known = {card.code for card in catalog.cards()}
    return Filters(
        category=_word(Category, request.args.get("category")),
        card=asked if asked in known else "",
        subsystem=_word(Subsystem, request.args.get("subsystem")),
        audience=_word(Audience, request.args.get("audience")),
    )


def _word(kind: type[E], text: str | None) -> E | None:
    """A word of ours; anything else is none."""
    return kind(text) if text in {word.value for word in kind} else None


@dataclass(frozen=True)
class Beside:
    """A text that stands beside the one on the page."""

    line: ArticleLine
    text: Markup


@blueprint.get("/<path:key>")
@door(Permission.SIGNED_IN)
def show(key: str) -> Answer:
    """One article to read and print; its writers also see the newest draft and what to do."""
    actor = current_actor()
    reach = access.reach(actor, access.article(actor, key))
    newest = reach.inside and "newest" in request.args
    view = queries.view(actor, reach.article, newest=newest)
    form = HelpedForm()
    form.offer()
    return render_template(
        "articles/show.html",
        view=view,
        text=render(view.content.body),
        near=_beside(view.beside),
        items={item: item_href(item) for item in view.content.items},
        related=_related(view),
        mine=desks.my_answer(actor, reach.article),
        helped=form,
        writes=actor.anywhere(Permission.ARTICLE_WRITE),
        **(_inside(reach) if reach.inside else {"inside": False}),
    )


def _beside(lines: Sequence[ArticleLine]) -> list[Beside]:
    actor = current_actor()
    found = []
    for line in lines[:_MOST_BESIDE]:
        body = queries.view(actor, access.article(actor, line.id)).content.body
        found.append(Beside(line, render(body, top=3)))
    return found


def _related(view: ArticleView) -> list[ArticleLine]:
    """Other articles about the same problem cards."""
    if not view.content.cards:
        return []
    shown = {view.line.id, *(line.id for line in view.beside)}
    found = queries.of_cards(current_actor(), view.content.cards)
    return [line for line in found if line.id not in shown][:6]


def _inside(reach: Reach) -> dict[str, Any]:
    """What only the writers and reviewers of the text see."""
    article = reach.article
    done = queries.history(article)
    newest = queries.content(queries.version_of(article, article.head_no))
    gaps = missing(newest)
    shown = article.shown_no is not None
    return {
        "inside": True,
        "verbs": offered(article.state, reach.held, complete=not gaps, shown=shown),
        "direct": DIRECT,
        "gaps": gaps if article.state is State.DRAFT else (),
        "returned": queries.returned_because(done) if article.state is State.DRAFT else "",
        "done": done,
        "persons": people.persons(d.person_id for d in done if d.person_id is not None),
        "answered": solved.times_answered(article.id),
        "tally": desks.tallies((article,)).get(article.id, desks.Tally()),
        "from_file": desks.from_file(article) if article.diverged else (),
        "once": ids.token(),
    }


@blueprint.get("/<int:article_id>/versions")
@door(Permission.SIGNED_IN)
def versions(article_id: int) -> Answer:
    """The versions of an article and the difference of two; readers see those once published."""
    actor = current_actor()
    reach = access.reach(actor, access.article(actor, article_id))
    found = queries.versions(reach.article, all_of_them=reach.inside)
    known = [version.no for version in found]
    new = _number("new", known) or (known[0] if known else 0)
    old = _number("old", known) or next((no for no in known if no < new), 0)
    state = reach.article.state
    texts = [_as_text(reach, no) if no else "" for no in (old, new)]
    return render_template(
        "articles/versions.html",
        view=queries.view(actor, reach.article, newest=reach.inside),
        found=found,
        old=old,
        new=new,
        lines=difference(*texts) if old and new else (),
        persons=people.persons(v.person_id for v in found if v.person_id is not None),
        writes=Permission.ARTICLE_WRITE in reach.held and state is not State.SUBMITTED,
        once=ids.token(),
    )


def _number(name: str, known: Sequence[int]) -> int | None:
    asked = ids.row_number(request.args.get(name))
    return asked if asked in known else None


def _as_text(reach: Reach, no: int) -> str:
    return as_file(queries.content(queries.version_of(reach.article, no)), "", None)
