"""A real browser against a real server: Debian's chromium, pages examined with axe.

pytest tests/journeys --screenshots=docs/screenshots
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from helpdesk import config
from helpdesk.kernel.db import db
from tests.support import errands
from tests.support.browsing import FLAGS, PATIENCE_MS, Language, Visitor, chromium_path
from tests.support.client import Client
from tests.support.crawl import Crawl, Explored, account_of
from tests.support.database import Databases
from tests.support.demo_template import once
from tests.support.live import Live, serve
from tests.support.office_work import sign_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=FLAGS, timeout=4 * PATIENCE_MS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def explored(
    databases: Databases,
    demonstration: str,
    settings_for: Callable[[str], config.Settings],
    app_for: Callable[[config.Settings], Flask],
    moment: datetime,
    run_folder: Path,
) -> Explored:
    """Every page there is, found once in a run, and the database in which it is found again."""

    def prepare() -> str:
        url = databases.copy(demonstration)
        app = app_for(settings_for(url))

        def person(user_name: str) -> Client:
            client = app.test_client()
            assert isinstance(client, Client)
            client.inspect = False
            client.sign_in(account_of(app, user_name))
            return client

        with time_machine.travel(moment, tick=True):
            crawl = Crawl(app).walk(errands.starts(person))
        with app.app_context():
            db.engine.dispose()
        return Explored(url, tuple(crawl.pages.values()), tuple(crawl.faults)).written()

    return Explored.read(once(run_folder, "explored", prepare))


@pytest.fixture
def separate_url(databases: Databases, demonstration: str) -> str:
    """Every journey has the demonstration for itself."""
    return databases.copy(demonstration)


@pytest.fixture
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """Time of the server: starts at `now` and runs on; `clock.move_to(...)` for the next day."""
    with time_machine.travel(now, tick=True) as traveller:
        yield traveller


@pytest.fixture
def live(separate_app: Flask, clock: time_machine.Traveller) -> Iterator[Live]:
    """The product on loopback with a database of its own that holds the demonstration.

    Prepare it inside `with live.prepared():` (an application context, committed at its end).
    """
    separate_app.config["DEMO"] = True
    with serve(separate_app) as running:
        yield running


@pytest.fixture
def visitor(
    chromium: Browser, live: Live, pytestconfig: pytest.Config
) -> Iterator[Callable[..., Visitor]]:
    """`visitor("王老师(演示)", account_id)`: a person at a screen of their own, signed in.

    Without an account a stranger. The clock on the wall is the server's of that moment. At the end
    of the test every visitor's complaints (script errors, violations of the content policy, broken
    answers) fail it.
    """
    folder = pytestconfig.option.screenshots
    visitors: list[Visitor] = []

    def arrive(
        name: str = "",
        account_id: int | None = None,
        language: Language = "zh",
        scripts: bool = True,
    ) -> Visitor:
        pictures = Path(folder) if folder else None
        made = Visitor(chromium, live, datetime.now(UTC), pictures, language, scripts)
        visitors.append(made)
        if account_id is not None:
            made.sign_in(account_id)
        return made

    yield arrive
    complaints = [complaint for made in visitors for complaint in made.leave()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def arrive(visitor: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """`arrive("demo-county")`: somebody of the demonstration signs in at the sign-in page.

    Also `language="en"`, `scripts=False`.
    """

    def come(user_name: str, **how: Any) -> Visitor:
        return sign_in(visitor(user_name, **how), user_name)

    return come
