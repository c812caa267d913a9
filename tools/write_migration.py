"""`make migration`: compare the tables with the newest migration and write the next one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from helpdesk.cli.database import alembic_config, newest, upgrade_to_newest


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'migration.sqlite3'}"
        if newest() is not None:
            upgrade_to_newest(url)
        settings = alembic_config(url)
        settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(settings, message=sys.argv[1], autogenerate=True)


if __name__ == "__main__":
    main()
