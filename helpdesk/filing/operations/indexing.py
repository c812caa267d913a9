"""The rows of the annexes in the index of the search: they come whole from the data folder."""

from __future__ import annotations

from helpdesk.filing.access import KIND
from helpdesk.filing.queries import tables
from helpdesk.filing.rules.annexes import Item, Level, Table
from helpdesk.search.operations import indexing
from helpdesk.search.rules.entries import Entry


def index_items(*, anew: bool = False) -> int:
    """Bring the index to the items in force; how many changed (`anew`: write all)."""
    found = [
        (table, item) for table in tables.tables().values() for item in table.items if item.enabled
    ]
    entries = (_entry(place, *pair) for place, pair in enumerate(found, start=1))
    return indexing.replace_all(KIND, entries, anew=anew)


def _entry(place: int, table: Table, item: Item) -> Entry:
    remarks = [item.repair, *(item.remark(level) for level in (Level.SCHOOL, Level.COUNTY))]
    labels = [item.module.label, *item.module.parts, item.item]
    told = [words.zh for words in remarks if words]
    english = [table.name.en, item.short.en, *(label.en for label in labels)]
    return Entry(
        kind=KIND,
        owner_id=place,
        key=item.id,
        title=f"{table.name.zh} {item.module.label.zh} {item.item.zh}",
        aliases=item.id,
        text="\n".join([item.short.zh, *(part.zh for part in item.module.parts), *told, *english]),
        facets={"subsystem": item.subsystem},
    )
