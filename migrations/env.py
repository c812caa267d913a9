"""How a migration reaches the database: one transaction, on SQLite with foreign keys off.

Reads the address that `helpdesk db upgrade` or `flask --app wsgi db ...` gives; knows the tables
of every capability.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory
from flask import current_app, has_app_context

import helpdesk
from helpdesk.kernel.db import EnumText, Model, UtcDateTime, prepare


def import_tables() -> None:
    """Every `helpdesk.<capability>.models`, a module or a folder, so that the metadata is whole."""
    for module in pkgutil.walk_packages(helpdesk.__path__, "helpdesk."):
        if module.name.split(".")[2:3] == ["models"]:
            importlib.import_module(module.name)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Only tables of ours: full-text search keeps shadow tables that no model knows."""
    return kind != "table" or name in Model.metadata.tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write the stored type: a migration must not change when a class of ours does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return f"sa.{item.impl_instance!r}"
    return False


def number(_context: Any, _revision: Any, scripts: Iterable[MigrationScript]) -> None:
    """0001, 0002, ...: the order in which migrations apply is the order of their names."""
    directory = ScriptDirectory.from_config(context.config)
    last = max((int(script.revision) for script in directory.walk_revisions()), default=0)
    for script in scripts:
        script.rev_id = f"{last + 1:04d}"


def address() -> str:
    """Of the database: from the caller's configuration, else from the running application."""
    given = context.config.get_main_option("sqlalchemy.url")
    if given:
        return given
    assert has_app_context()
    return str(current_app.config["SQLALCHEMY_DATABASE_URI"])


def migrate() -> None:
    engine = sqlalchemy.create_engine(address(), poolclass=sqlalchemy.pool.NullPool)
    prepare(engine)
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # Rebuilding a table drops it, and that would take its children along. The pragma is
            # deaf inside a transaction, so it goes to the driver before the first one.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=include_name,
            render_item=render_item,
            process_revision_directives=number,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                _refuse_orphans(connection)
    engine.dispose()


def _refuse_orphans(connection: sqlalchemy.Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise RuntimeError(f"rows without the row they belong to: {orphans[:5]}")


import_tables()
migrate()
