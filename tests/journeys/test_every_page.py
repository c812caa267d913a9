"""Every page that somebody of the demonstration can reach by links: inspection and axe, Chinese and
English, 360 and 1280 pixels wide, no sideways scrolling, no script error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from helpdesk import config
from tests.house.test_doors import rules
from tests.support.browsing import Visitor
from tests.support.crawl import Crawl
from tests.support.database import Databases

# One worker: what is prepared here is expensive.
pytestmark = pytest.mark.xdist_group("every page")

# Somebody for every role and every tier.
PEOPLE = (
    "demo-school", "demo-university", "demo-county", "demo-county-lead", "demo-enrolment",
    "demo-county-admin", "demo-province", "demo-it", "demo-supervisor", "demo-training",
    "demo-admin", "demo-call", "demo-call-lead", "demo-national-admin", "demo-auditor",
    "demo-operator",
)  # fmt: skip
PARTS = 6
# Pages that no link of the demonstration leads to, with the reason.
OUT_OF_REACH = {
    "session.sign_in": "for strangers; examined in test_sign_in_page",
    "session.first_password": "only with a one-time code; walked in the journey of a new account",
}


@pytest.fixture(scope="session")
def demonstration(
    databases: Databases, settings_for: Callable[[str], config.Settings], moment: datetime
) -> str:
    """Address of a database with the demonstration data, loaded once for each worker."""
    from helpdesk.app import create_app

    url = databases.copy()
    app = create_app(settings_for(url))
    app.config["DEMO"] = True
    with time_machine.travel(moment, tick=True):
        done = app.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 0, done.output
    return url


@pytest.fixture
def separate_url(databases: Databases, demonstration: str) -> str:
    return databases.copy(demonstration)


@pytest.fixture(scope="session")
def pages(
    databases: Databases,
    demonstration: str,
    settings_for: Callable[[str], config.Settings],
    app_for: Callable[[config.Settings], Flask],
    moment: datetime,
) -> Iterator[Crawl]:
    """What the crawl finds, once for each worker."""
    app = app_for(settings_for(databases.copy(demonstration)))
    with time_machine.travel(moment, tick=True):
        yield Crawl(app).walk(PEOPLE)


def test_every_page_can_be_reached(pages: Crawl, separate_app: Flask) -> None:
    assert not pages.faults, "\n\n".join(pages.faults)
    reached = {endpoint for endpoint, _ in pages.pages}
    wanted = {rule.endpoint for rule, _ in rules(separate_app) if "GET" in (rule.methods or ())}
    assert wanted - reached - set(OUT_OF_REACH) == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_page_is_good_in_both_languages_wide_and_narrow(
    pages: Crawl, visitor: Callable[..., Visitor], part: int
) -> None:
    faults = []
    people: dict[str, Visitor] = {}
    for found in sorted(pages.pages.values())[part::PARTS]:
        if found.user_name not in people:
            people[found.user_name] = visitor(found.user_name, found.account_id)
        try:
            people[found.user_name].open(found.address)
            people[found.user_name].examine_in_both_languages()
        except AssertionError as fault:
            faults.append(f"{found.user_name} at {found.address}:\n{fault}")
    assert not faults, "\n\n".join(faults)
