"""`helpdesk config`, and the refusal to start with a wrong setting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpdesk import config
from helpdesk.cli.config import show
from helpdesk.kernel import fonts
from tests.support.program import helpdesk


def test_list_is_one_json_document_with_every_setting(tmp_path: Path) -> None:
    done = helpdesk("config", "--json", cwd=tmp_path)
    assert done.returncode == 0
    settings = json.loads(done.stdout)["settings"]
    assert [s["name"] for s in settings] == [
        line.name for line in config.describe(config.load({}, serving=False))
    ]
    assert set(settings[0]) == {"name", "value", "default", "zh", "en"}


def test_looking_warns_that_serving_would_be_refused(tmp_path: Path) -> None:
    done = helpdesk("config", cwd=tmp_path)
    assert "HELPDESK_SECRET_KEY" in done.stderr
    assert "HELPDESK_DATABASE_URL=sqlite:///./var/helpdesk.sqlite3" in done.stdout


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        ("run", "HELPDESK_TYPO", "1"),
        ("db", "HELPDESK_DATABASE_URL", "postgresql://host/db"),
    ],
)
def test_wrong_setting_stops_every_command(
    tmp_path: Path, command: str, name: str, value: str
) -> None:
    done = helpdesk(command, cwd=tmp_path, environ={name: value})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert not done.stdout


def test_missing_font_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"HELPDESK_DEMO": "1"}
    assert "HELPDESK_FONT" not in CliRunner(env=environ).invoke(show).stderr
    monkeypatch.setattr(fonts, "font_file", lambda _chosen: None)
    done = CliRunner(env=environ).invoke(show)
    assert done.exit_code == 0
    assert "fonts-noto-cjk" in done.stderr
    assert "no font with Chinese characters" in done.stderr


def test_default_secret_does_not_serve(tmp_path: Path) -> None:
    done = helpdesk("run", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("HELPDESK_SECRET_KEY: ")
