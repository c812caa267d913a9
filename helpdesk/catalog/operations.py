"""The problem cards in the index of the search: they come whole from the data folder."""

from __future__ import annotations

from helpdesk.catalog import queries
from helpdesk.catalog.access import KIND
from helpdesk.catalog.rules import Card
from helpdesk.search.operations import indexing
from helpdesk.search.rules.entries import Entry


def index_cards(*, anew: bool = False) -> int:
    """Bring the index to the cards of the folder; how many changed (`anew`: write all)."""
    entries = (_entry(place, card) for place, card in enumerate(queries.cards(), start=1))
    return indexing.replace_all(KIND, entries, anew=anew)


def _entry(place: int, card: Card) -> Entry:
    told = (card.summary_zh, card.likely_answer_zh, card.redirect_zh, card.proof_zh)
    steps = [step.name_zh for step in card.steps]
    fields = [field.label_zh for field in card.fields]
    english = (card.name_en, card.summary_en, card.likely_answer_en)
    return Entry(
        kind=KIND,
        owner_id=place,
        key=card.code,
        title=card.name_zh,
        aliases=card.code,
        text="\n".join(line for line in (*told, *steps, *fields, *english) if line),
        facets={"card": card.code},
    )
