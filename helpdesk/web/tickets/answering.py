"""An answer from an article: its words in the form, the article hung on the answer."""

from __future__ import annotations

from flask import request

from helpdesk.kernel.permissions import Permission
from helpdesk.knowledge.queries import articlesbeside as articles
from helpdesk.knowledge.queries.articlesbeside import NearArticle
from helpdesk.organizations.rules import ids_in
from helpdesk.tickets.rules import ANSWERS, Side, Verb
from helpdesk.web.doors import base_url, current_actor
from helpdesk.web.tickets.forms import VerbForm, WithArticle
from helpdesk.web.tickets.links import article_href
from helpdesk.web.tickets.scene import Scene


def handles(seen: Scene) -> bool:
    """Does the actor work on this question, at another body than the asker's?"""
    held = seen.reach.sides.get(Side.PARTY, frozenset())
    return Permission.ARTICLE_WRITE in held and not _is_asker(seen)


def _is_asker(seen: Scene) -> bool:
    return seen.reach.bodies.get(Side.PARTY) == seen.row.asker_body_id


def fits(seen: Scene, article: NearArticle) -> bool:
    """Does the asker read it? What stands outside its line would be a dead link in the answer."""
    return article.read_by(ids_in(seen.asker.path))


def chosen(seen: Scene, verb: Verb) -> NearArticle | None:
    """The article of the request that comes with the answer; None without one, and for whoever
    answers as the asker. At most one query."""
    key = request.values.get("article", "")
    if not key or verb not in ANSWERS or not handles(seen):
        return None
    found = articles.readable(current_actor(), key)
    return found if found is not None and fits(seen, found) else None


def put_in(form: VerbForm, article: NearArticle | None) -> None:
    """Words and address of the article, to be changed before they are sent."""
    if article is None or not isinstance(form, WithArticle):
        return
    form.article.data = article.key
    form.text.data = "\n".join(
        filter(None, (article.summary, f"《{article.title}》 {link(article)}"))
    )


def link(article: NearArticle) -> str:
    """The address that the conversation turns into a link."""
    return base_url() + article_href(article.key)
