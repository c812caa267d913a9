"""`helpdesk db upgrade` on an empty directory, again, and on nonsense."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.support.program import helpdesk


def test_upgrade_makes_the_default_file_and_can_be_repeated(tmp_path: Path) -> None:
    first = helpdesk("db", "upgrade", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    again = helpdesk("db", "upgrade", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    with sqlite3.connect(tmp_path / "var" / "helpdesk.sqlite3") as opened:
        tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
    opened.close()
    assert {"organizations_body", "tickets_ticket", "alembic_version"} <= tables


def test_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_text("this is a letter to grandmother, no database" * 10)
    environ = {"HELPDESK_DATABASE_URL": "sqlite:///x.sqlite3"}
    done = helpdesk("db", "upgrade", cwd=tmp_path, environ=environ)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "x.sqlite3" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("route", "ACC-4b", "--org", "3442900121", "--json"),
        ("organizations", "show", "--demo-personas", "--json"),
        ("jobs", "list"),
    ],
    ids=lambda command: command[0],
)
def test_without_tables_every_command_says_what_to_run(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    done = helpdesk(*command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "数据库还没有建好。请先运行 helpdesk db upgrade。\n"
