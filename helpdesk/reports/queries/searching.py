"""What one search goes through: the sights of every owner for one actor."""

from __future__ import annotations

from helpdesk.catalog import access as catalog
from helpdesk.filing import access as filing
from helpdesk.kernel.actor import Actor
from helpdesk.knowledge.access import articles, cases
from helpdesk.organizations import access as organizations
from helpdesk.search.queries.candidates import Sight
from helpdesk.tickets import access as tickets

# In this order they are offered.
KINDS = (
    articles.KIND,
    catalog.KIND,
    filing.KIND,
    tickets.KIND,
    cases.KIND,
    organizations.KIND,
)


def sights(actor: Actor) -> tuple[Sight, ...]:
    """All that this actor may find, of every kind."""
    return (
        articles.searchable(actor),
        *catalog.searchable(actor),
        *filing.searchable(actor),
        *tickets.searchable(actor),
        *cases.searchable(actor),
        *organizations.searchable(actor),
    )
