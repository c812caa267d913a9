"""`helpdesk db`: bring the database to the schema of this version.

Alembic takes an eighth of a second to import: only who migrates pays for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from helpdesk import config
from helpdesk.kernel import clock
from helpdesk.kernel.text import N_
from helpdesk.kernel.unit_of_work import unit_of_work
from helpdesk.workdays import operations as workdays

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = config.ROOT / "migrations"
NOT_READY = N_("数据库还没有建好。请先运行 helpdesk db upgrade。")


def lacks_tables(error: DBAPIError) -> bool:
    """Does the database say that a table of ours is missing?"""
    said = str(error.orig)
    return "no such table" in said or ("relation" in said and "does not exist" in said)


def alembic_config(url: str) -> Config:
    """Alembic's view of our migrations and of the database at `url`."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    # Alembic reads its options with %-interpolation; an escaped password keeps its percent signs.
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings


def upgrade_to_newest(url: str) -> None:
    """Apply what is missing, all in one transaction."""
    from alembic import command

    command.upgrade(alembic_config(url), "head")


def newest() -> str | None:
    """Number of the newest migration, None when there is none yet."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


@click.group("db")
def database() -> None:
    """Schema of the database."""


@database.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database to the schema of this version; says which one that is."""
    try:
        upgrade_to_newest(str(current_app.config["SQLALCHEMY_DATABASE_URI"]))
    except DBAPIError as error:
        raise DatabaseRefused(error) from error
    with unit_of_work():
        workdays.seed(now=clock.now())
    click.echo(gettext("数据库结构已是最新版本：%(version)s。", version=newest() or "-"))


class DatabaseRefused(click.ClickException):
    """The database cannot be opened or changed: which one, what it said, exit code 2."""

    exit_code = 2

    def __init__(self, error: DBAPIError) -> None:
        address = make_url(str(current_app.config["SQLALCHEMY_DATABASE_URI"]))
        super().__init__(
            gettext(
                "数据库 %(address)s 不能使用：%(reason)s。请核对 HELPDESK_DATABASE_URL。",
                address=address.render_as_string(hide_password=True),
                reason=str(error.orig).strip(),
            )
        )


commands = (database,)
