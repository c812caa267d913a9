"""Databases for tests: a template with the schema, and cheap copies of it, on either engine."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import sqlalchemy

import helpdesk
from helpdesk import config
from helpdesk.kernel.db import Model, prepare
from tests.support import postgres

_number = itertools.count(1)


class Databases(Protocol):
    """Makes copies of the template for one worker."""

    def copy(self, of: str | None = None) -> str:
        """Address of a new database: a copy of the one at `of`, else the schema and no row.

        Nobody may be connected to the one that is copied.
        """
        ...


def model_modules() -> Iterator[str]:
    """Names of the modules that hold tables."""
    for package in pkgutil.iter_modules(helpdesk.__path__):
        folder = f"{helpdesk.__path__[0]}/{package.name}"
        if package.ispkg and any(m.name == "models" for m in pkgutil.iter_modules([folder])):
            yield f"helpdesk.{package.name}.models"


def import_all_models() -> None:
    """Import the tables of every capability, so that the metadata is whole."""
    for name in model_modules():
        importlib.import_module(name)


def has_migrations() -> bool:
    """Is there a migration yet?"""
    return any((config.ROOT / "migrations" / "versions").glob("*.py"))


def build_schema(url: str) -> None:
    """Bring an empty database to the newest schema, the way an installation does."""
    if has_migrations():
        _upgrade(url)
        return
    import_all_models()
    engine = sqlalchemy.create_engine(url)
    prepare(engine)
    with engine.begin() as connection:
        Model.metadata.create_all(connection)
    engine.dispose()


def _upgrade(url: str) -> None:
    from helpdesk.cli.database import upgrade_to_newest

    upgrade_to_newest(url)


class SqliteDatabases:
    """Files in a folder of this worker."""

    def __init__(self, folder: Path, schema: Callable[[str], None] = build_schema) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        schema(f"sqlite:///{self.template}")

    def copy(self, of: str | None = None) -> str:
        original = Path(of.removeprefix("sqlite:///")) if of else self.template
        target = self.folder / f"copy-{next(_number)}.sqlite3"
        shutil.copyfile(original, target)
        return f"sqlite:///{target}"


class PostgresDatabases:
    """Databases in the throw-away cluster, named after this worker."""

    def __init__(
        self, folder: Path, worker: str, schema: Callable[[str], None] = build_schema
    ) -> None:
        self.folder = folder
        self.worker = worker
        self.template = f"template_{worker}"
        postgres.administer(folder, f'CREATE DATABASE "{self.template}"')
        schema(postgres.url(folder, self.template))

    def copy(self, of: str | None = None) -> str:
        original = sqlalchemy.make_url(of).database if of else self.template
        name = f"copy_{self.worker}_{next(_number)}"
        postgres.administer(self.folder, f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        return postgres.url(self.folder, name)
