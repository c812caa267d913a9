"""Bodies and persons of a page, fetched at once and looked up by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpdesk.organizations import queries as organizations
from helpdesk.organizations.queries import BodyView
from helpdesk.people import queries as people
from helpdesk.people.queries import PersonView
from helpdesk.workdays.rules import NATIONAL


@dataclass(frozen=True)
class Names:
    """Who is who on this page."""

    bodies: dict[int, BodyView]
    persons: dict[int, PersonView]

    def body(self, body_id: int | None) -> BodyView | None:
        """The body, or None for nobody."""
        return None if body_id is None else self.bodies.get(body_id)

    def person(self, person_id: int | None) -> str:
        """The person's name, or nothing (the system, nobody assigned)."""
        found = None if person_id is None else self.persons.get(person_id)
        return found.name if found else ""


def look_up(body_ids: Iterable[int | None], person_ids: Iterable[int | None]) -> Names:
    """Everybody in two constant rounds of queries."""
    return Names(
        organizations.bodies(i for i in body_ids if i is not None),
        people.persons(i for i in person_ids if i is not None),
    )


def region_of(body: BodyView | None) -> str:
    """The calendar by which a body works: its province's, or the national one."""
    return body.region if body else NATIONAL
