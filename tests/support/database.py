"""Databases for tests: a template with the schema, and cheap copies of it, on either engine."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import shutil
from pathlib import Path
from typing import Protocol

import sqlalchemy

import helpdesk
from helpdesk.cli.database import upgrade_to_newest
from tests.support import postgres

_number = itertools.count(1)


class Databases(Protocol):
    """Makes copies of the template for one worker."""

    def copy(self, of: str | None = None) -> str:
        """Address of a new database: a copy of the one at `of`, else the schema and no row.

        Nobody may be connected to the one that is copied.
        """
        ...


def import_all_models() -> None:
    """Import the tables of every capability, so that the metadata is whole."""
    for module in pkgutil.walk_packages(helpdesk.__path__, "helpdesk."):
        if module.name.split(".")[2:3] == ["models"]:
            importlib.import_module(module.name)


class SqliteDatabases:
    """Files in a folder of this worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        upgrade_to_newest(f"sqlite:///{self.template}")

    def copy(self, of: str | None = None) -> str:
        original = Path(of.removeprefix("sqlite:///")) if of else self.template
        target = self.folder / f"copy-{next(_number)}.sqlite3"
        shutil.copyfile(original, target)
        return f"sqlite:///{target}"


class PostgresDatabases:
    """Databases in the throw-away cluster, named after this worker."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker
        self.template = f"template_{worker}"
        postgres.administer(folder, f'CREATE DATABASE "{self.template}"')
        upgrade_to_newest(postgres.url(folder, self.template))

    def copy(self, of: str | None = None) -> str:
        original = sqlalchemy.make_url(of).database if of else self.template
        name = f"copy_{self.worker}_{next(_number)}"
        postgres.administer(self.folder, f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        return postgres.url(self.folder, name)
