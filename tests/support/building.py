"""`--building`: while packages are half written, test one without being stopped by another."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator

import sqlalchemy
from flask import Flask
from sqlalchemy import Table

from helpdesk import config
from helpdesk.kernel.db import Model, db, prepare


def import_what_can_be(names: Iterator[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            sys.stderr.write(f"left out {name}: {error!r}\n")


def whole_tables() -> list[Table]:
    """Tables whose foreign keys all lead to a table that is there."""
    tables = dict(Model.metadata.tables)
    while True:
        broken = [
            name
            for name, table in tables.items()
            if any(key.target_fullname.rpartition(".")[0] not in tables
                   for key in table.foreign_keys)
        ]  # fmt: skip
        if not broken:
            return list(tables.values())
        for name in broken:
            del tables[name]


def build_schema(url: str, names: Iterator[str]) -> None:
    import_what_can_be(names)
    engine = sqlalchemy.create_engine(url)
    prepare(engine)
    with engine.begin() as connection:
        Model.metadata.create_all(connection, tables=whole_tables())
    engine.dispose()


def app_or_bare(
    create_app: Callable[[config.Settings], Flask],
) -> Callable[[config.Settings], Flask]:
    def made(settings: config.Settings) -> Flask:
        try:
            return create_app(settings)
        except Exception as error:
            sys.stderr.write(f"bare app, because {error!r}\n")
        app = Flask("helpdesk", root_path=str(config.PACKAGE))
        app.config.update(settings.flask())
        db.init_app(app)
        with app.app_context():
            prepare(db.engine)
        return app

    return made
