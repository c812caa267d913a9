"""Every page that somebody of the demonstration can reach is looked at in a browser.

In Chinese axe on a phone, for each template also its contrast by day and by night; in English,
where words are longer, no sideways scrolling on the phone and at the desk. No script error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.support.browsing import DESK, PHONE, Visitor
from tests.support.crawl import Explored, Found
from tests.support.database import Databases

# So many that the last one keeps no worker waiting for long.
PARTS = 8


@pytest.fixture
def separate_url(databases: Databases, explored: Explored) -> str:
    """What was found is there."""
    return databases.copy(explored.url)


@pytest.mark.parametrize("part", range(PARTS))
def test_page_is_good_in_both_languages_wide_and_narrow(
    explored: Explored, visitor: Callable[..., Visitor], part: int
) -> None:
    somebody = visitor("everybody in turn")
    faults: list[str] = []
    for found, thorough in in_turn(explored.pages)[part::PARTS]:
        somebody.sign_in(found.account_id)
        faults += faults_at(somebody, found, thorough)
    assert not faults, "\n\n".join(faults)


def in_turn(pages: Sequence[Found]) -> list[tuple[Found, bool]]:
    """The pages, the first of each template before all others, and whether it is one of those."""
    first: dict[str, Found] = {}
    for page in sorted(pages):
        first.setdefault(page.template, page)
    thorough = set(first.values())
    return sorted(((page, page in thorough) for page in pages), key=lambda one: (not one[1], one))


def faults_at(person: Visitor, found: Found, thorough: bool) -> Iterator[str]:
    """What is wrong with a page."""
    person.speak("zh")
    person.open(found.address)
    faults = [*person.scan(thorough=thorough), *person.overflow(PHONE)]
    if thorough:
        person.speak("en")
        person.open(found.address)
        faults += person.overflow(PHONE, DESK)
    yield from (f"{found.user_name} at {found.address}: {fault}" for fault in faults)
