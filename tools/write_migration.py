"""`make migration`: compare the tables with the newest migration and write the next one.

On a throw-away PostgreSQL: on SQLite Alembic cannot read indexes on expressions, and leaves
them out.
"""

from __future__ import annotations

import sys

from alembic import command

from helpdesk.cli.database import alembic_config, newest, upgrade_to_newest
from tests.support.postgres import Cluster


def main() -> None:
    cluster = Cluster()
    try:
        url = cluster.url("postgres")
        if newest() is not None:
            upgrade_to_newest(url)
        settings = alembic_config(url)
        settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(settings, message=sys.argv[1], autogenerate=True)
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
