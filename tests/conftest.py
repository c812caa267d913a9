"""What every test can ask for: the app, a session rolled back at the end, a client, a clock.

Which database: `--database=postgresql` or HELPDESK_TEST_DATABASE; SQLite by default.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import config
from helpdesk.kernel.db import db, start_writing
from tests.support.client import Client
from tests.support.database import Databases, PostgresDatabases, SqliteDatabases
from tests.support.demo_template import folder_of_the_run, load_demonstration, once
from tests.support.modules import OneWorkerForAModule
from tests.support.postgres import Cluster
from tests.support.queries import Queries

CLUSTER = pytest.StashKey[Cluster]()
FOLDER = pytest.StashKey[Path]()

# Pages whose lists, counts, filters and hostile input are statements of their own; those beneath
# the others are proved on both engines in tests/operations (decision note 0012).
PAGES_ON_BOTH = frozenset(
    {
        "test_asking_pages", "test_attacks_input", "test_beside", "test_board_pages",
        "test_cases_pages", "test_coverage_lists", "test_effects_pages", "test_home_pages",
        "test_notices", "test_organizations_pages", "test_people_roster_pages", "test_queue_pages",
        "test_replies_pages", "test_search_pages", "test_sessions_pages", "test_ticket_page",
    }
)  # fmt: skip

# Tuesday, 22 September 2026, 10:20 in Beijing: the day of the drawings.
NOW = datetime(2026, 9, 22, 2, 20, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("HELPDESK_TEST_DATABASE", "sqlite"),
        help="database the tests run on",
    )
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out what needs no database: for the second engine",
    )
    parser.addoption("--screenshots", help="folder in which journeys keep their pictures")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers; a worker is told where it is."""
    # A worker holds a large, lasting heap (the application, our parsed source): looking through it
    # for cycles at the usual pace costs a third of all time.
    gc.set_threshold(50_000, 20, 50)
    # The product refuses names that are no settings, and children inherit the environment.
    os.environ.pop("HELPDESK_TEST_DATABASE", None)
    worker = getattr(config, "workerinput", None)
    if config.option.database != "postgresql":
        return
    if worker is not None:
        config.stash[FOLDER] = Path(worker["postgres"])
        return
    config.stash[CLUSTER] = Cluster()
    config.stash[FOLDER] = config.stash[CLUSTER].folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerForAModule:
    return OneWorkerForAModule(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if CLUSTER in node.config.stash:
        node.workerinput["postgres"] = str(node.config.stash[CLUSTER].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.only_database:
        needs = [(_reaches_the_database(item), item) for item in items]
        config.hook.pytest_deselected(items=[item for needed, item in needs if not needed])
        items[:] = [item for needed, item in needs if needed]


def _reaches_the_database(item: pytest.Item) -> bool:
    if item.path.parent.name == "web" and item.path.stem not in PAGES_ON_BOTH:
        return False
    return "databases" in getattr(item, "fixturenames", ())


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.option.database}"


@pytest.fixture(scope="session")
def engine_name(pytestconfig: pytest.Config) -> str:
    """`sqlite` or `postgresql`."""
    return str(pytestconfig.option.database)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes databases with the newest schema and no rows."""
    if FOLDER in pytestconfig.stash:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        return PostgresDatabases(pytestconfig.stash[FOLDER], worker)
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def settings_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], config.Settings]:
    """Settings of an installation on the database at an address."""

    def build(url: str) -> config.Settings:
        return config.Settings(
            database_url=url,
            secret_key="a key for the tests, long enough to be accepted",
            base_url="http://localhost",
            files_dir=tmp_path_factory.mktemp("files"),
            mail_sender="helpdesk@example.org",
        )

    return build


@pytest.fixture(scope="session")
def whole_app(
    databases: Databases,
    settings_for: Callable[[str], config.Settings],
) -> Iterator[Flask]:
    """The one application of this worker; ask for `app` instead."""
    app = _tested(_create_app(settings_for(databases.copy())))
    yield app
    with app.app_context():
        db.engine.dispose()


def _create_app(settings: config.Settings) -> Flask:
    # Imported late: tests of pure rules need no web framework.
    from helpdesk.app import create_app

    return create_app(settings)


@pytest.fixture(scope="session")
def app_for() -> Callable[[config.Settings], Flask]:
    """Makes an application that really commits, for tests that bring their own database."""

    def made(settings: config.Settings) -> Flask:
        app = _tested(_create_app(settings))
        db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
        return app

    return made


def _tested(app: Flask) -> Flask:
    app.test_client_class = Client
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


@pytest.fixture
def connection(whole_app: Flask) -> Iterator[sqlalchemy.Connection]:
    """The one connection of a test, in a transaction that is rolled back at its end.

    Every session joins it by a savepoint, so commit and roll-back of the code under test are real
    and still leave nothing behind.
    """
    with whole_app.app_context():
        engine = db.engines[None]
    assert isinstance(engine, sqlalchemy.Engine)
    with engine.connect() as opened:
        outer = opened.begin()
        # A session of its own (throttle counters) joins by a savepoint only if there is one.
        opened.begin_nested()
        _bind(whole_app, opened)
        yield opened
        _bind(whole_app, engine)
        outer.rollback()


def _bind(app: Flask, target: sqlalchemy.Engine | sqlalchemy.Connection) -> None:
    with app.app_context():
        engines = cast(dict[str | None, Any], db.engines)
        engines[None] = target  # a session binds to a connection as well
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")


@pytest.fixture
def app(whole_app: Flask, connection: sqlalchemy.Connection) -> Flask:
    """The application, on a database that is empty again after the test."""
    return whole_app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside an application context: for factories and operations."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def client(app: Flask, request: pytest.FixtureRequest) -> Client:
    """A browser without a screen. `client.sign_in(account_id)`; every page is inspected, on the
    second engine not again."""
    made = app.test_client()
    assert isinstance(made, Client)
    made.inspect = not request.config.option.only_database
    return made


@pytest.fixture
def queries(connection: sqlalchemy.Connection) -> Iterator[Queries]:
    """The SQL statements of this test so far: `queries.clear()`, act, `len(queries)`."""
    with Queries.recorded(connection.engine) as seen:
        yield seen


@pytest.fixture(scope="session")
def moment() -> datetime:
    """`now` for what is prepared once for many tests."""
    return NOW


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    return folder_of_the_run(tmp_path_factory)


@pytest.fixture(scope="session")
def demonstration(
    databases: Databases,
    settings_for: Callable[[str], config.Settings],
    app_for: Callable[[config.Settings], Flask],
    moment: datetime,
    run_folder: Path,
) -> str:
    """Address of a database with the demonstration as of `moment`, loaded once in a whole run.

    Nobody writes into it: take `databases.copy(demonstration)`.
    """

    def prepare() -> str:
        url = databases.copy()
        load_demonstration(app_for(replace(settings_for(url), demo=True)), moment)
        return url

    return once(run_folder, "demonstration", prepare)


@pytest.fixture
def now(moment: datetime) -> datetime:
    """The instant at which a test plays unless it says otherwise."""
    return moment


@pytest.fixture
def separate_url(databases: Databases) -> str:
    """Address of the database of `separate_app`; a module may put its own in its place."""
    return databases.copy()


@pytest.fixture
def separate_app(
    app_for: Callable[[config.Settings], Flask],
    separate_url: str,
    settings_for: Callable[[str], config.Settings],
) -> Iterator[Flask]:
    """An application on a database of its own that really commits: for threads and processes.

    `app.config["DATABASE_URL"]` is its address. On SQLite every connection is opened anew.
    """
    app = app_for(settings_for(separate_url))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _cheap_digests() -> Iterator[PasswordHasher]:
    """The argon2id of the product at the least cost; `dear_digests` is what the product pays."""
    # Imported late: tests of pure rules need no database.
    from helpdesk.people.operations import hashing

    dear = hashing._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_HASHER", PasswordHasher(1, 8, 1))
        yield dear


@pytest.fixture
def dear_digests(_cheap_digests: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost in this test what they cost in the product."""
    from helpdesk.people.operations import hashing

    monkeypatch.setattr(hashing, "_HASHER", _cheap_digests)


@pytest.fixture(autouse=True)
def _writing_is_the_default() -> None:
    """Nothing that one test said about reading or writing reaches the next."""
    start_writing()
