"""What an owner hands over to be found: one text, who it is for, and under which address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from helpdesk.kernel.actor import ROOT_PATH

# Of what has no date: it comes last.
UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Audience(StrEnum):
    """For whom a part of an owner's text is. Who that is for one owner says the owner's sight."""

    ALL = "all"
    NOTES = "notes"


@dataclass(frozen=True)
class Entry:
    """One text of one owner.

    kind, owner_id, part: the address; an owner may have several parts (a ticket: its conversation
    and its notes). `scope_path`: the node it belongs to. `key`: what a link needs (number, code).
    `title` and `text` are stored and shown as they are; `aliases` are found and never shown.
    `facets`: filters, by name (`status` -> `closed`); their words hold no white space.
    `at`: for the order by date (None: undated, comes last); all parts of an owner carry the same.
    """

    kind: str
    owner_id: int
    title: str
    text: str = ""
    part: str = ""
    audience: str = Audience.ALL
    scope_path: str = ROOT_PATH
    key: str = ""
    aliases: str = ""
    facets: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


def facet_words(facets: Mapping[str, str]) -> str:
    """` card:ACC-1 status:open `: each filter between spaces, so that a part never matches."""
    return " ".join(["", *(f"{name}:{value}" for name, value in sorted(facets.items())), ""])
