"""Articles on the pages of others: of a problem card, of filing items."""

from __future__ import annotations

from collections.abc import Collection

from helpdesk.knowledge.queries import articles as queries
from helpdesk.knowledge.queries.articles import ArticleLine
from helpdesk.web.articles.area import blueprint
from helpdesk.web.doors import current_actor


@blueprint.app_template_global("articles_of_card")
def articles_of_card(code: str) -> tuple[ArticleLine, ...]:
    """What the reader finds about a problem card; the own offices' rules first."""
    return queries.of_cards(current_actor(), (code,))


@blueprint.app_template_global("articles_by_item")
def articles_by_item(ids: Collection[str]) -> dict[str, tuple[ArticleLine, ...]]:
    """What the reader finds about each of these filing items."""
    return queries.by_item(current_actor(), ids)
