"""The migrations: one line of them, equal to the tables, there and back on both engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect

from helpdesk.cli.database import MIGRATIONS, alembic_config, upgrade_to_newest
from helpdesk.kernel.db import Model, prepare
from tests.support.database import Databases, import_all_models

BODY = (
    "INSERT INTO organizations_body (id, code, name, name_en, kind, shelf, path, level, "
    "region_code, province_code, plan_city, bingtuan, status, status_since, sort_key, find_text, "
    "created_at, version) VALUES (1, '1000000001', 'x', '', 'call_centre', 'side', '/1/', 1, '', "
    "'', false, false, 'active', '2026-01-01', 'x', 'x', '2026-01-01', 1)"
)
SPARED = "INSERT INTO intake_solved (card_code, body_id, at) VALUES ({card}, 1, '2026-01-01')"


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """A database at the newest migration."""
    made = sqlalchemy.create_engine(databases.copy(), poolclass=sqlalchemy.NullPool)
    prepare(made)
    yield made
    made.dispose()


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_there_is_one_head_and_numbers_follow_each_other() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(""))
    revisions = sorted(script.revision for script in scripts.walk_revisions())
    assert revisions == [f"{n:04d}" for n in range(1, len(revisions) + 1)]
    assert scripts.get_heads() == revisions[-1:]
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name)


# On SQLite Alembic cannot read an index on an expression; it is compared on PostgreSQL, and by
# name on both below.
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrations_equal_the_tables(engine: Engine) -> None:
    import_all_models()
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": _ours, "target_metadata": Model.metadata},
        )
        assert compare_metadata(context, Model.metadata) == []


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in Model.metadata.tables


def test_check_constraints_are_all_there(engine: Engine) -> None:
    """Alembic does not compare them, and they hold what must never be false."""
    import_all_models()
    found = inspect(engine)
    missing = []
    for table in Model.metadata.sorted_tables:
        there = {check["name"] for check in found.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        missing += [f"{table.name}: {name}" for name in sorted(wanted - there)]
    assert not missing


def test_indexes_are_all_there(engine: Engine) -> None:
    import_all_models()
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes",
    }
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text(catalogue[engine.dialect.name]))
        there = {str(name) for (name,) in rows}
    wanted = {str(index.name) for t in Model.metadata.sorted_tables for index in t.indexes}
    assert wanted - there == set()


def test_constraints_have_names_that_postgresql_keeps() -> None:
    """Longer than 63 characters would be cut, and two could become one."""
    import_all_models()
    tables = Model.metadata.sorted_tables
    constraints = [constraint for table in tables for constraint in table.constraints]
    indexes = [index for table in tables for index in table.indexes]
    named = [str(c.name) for c in constraints if c.name] + [str(i.name) for i in indexes]
    assert not [name for name in named if len(name) > 63]
    assert not [c for c in constraints if isinstance(c, CheckConstraint) and not c.name]


@pytest.mark.slow
def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    settings = alembic_config(address(engine))
    command.downgrade(settings, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade_to_newest(address(engine))
    assert set(inspect(engine).get_table_names()) >= set(Model.metadata.tables)


@pytest.mark.slow
def test_down_and_up_again_with_questions_that_were_spared(engine: Engine) -> None:
    """One of them was answered by an article, and nobody could guess a card."""
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(BODY))
        for card in ("'ACC-1'", "NULL"):
            connection.execute(sqlalchemy.text(SPARED.format(card=card)))
    settings = alembic_config(address(engine))
    for turn in (command.downgrade, command.upgrade):
        turn(settings, "0002" if turn is command.downgrade else "0003")
        with engine.connect() as connection:
            found = connection.execute(sqlalchemy.text("SELECT card_code FROM intake_solved"))
            assert found.scalars().all() == ["ACC-1"]


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade_to_newest(address(engine))
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version")).all()
    assert len(rows) == 1
