"""`helpdesk run`: two processes live and die together."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from helpdesk import config
from helpdesk.cli import run
from tests.support.ports import free_port
from tests.support.program import CALL, helpdesk
from tests.support.served import served

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_when_one_ends_the_other_is_stopped() -> None:
    started = time.monotonic()
    code = run.keep_running([SLEEP, [sys.executable, "-c", "raise SystemExit(3)"]])
    assert code == 3
    assert time.monotonic() - started < 20


def test_command_that_cannot_start_stops_the_others(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run.keep_running([SLEEP, [str(tmp_path / "no-such-program")]])


def test_address_that_somebody_uses_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        environ = {"HELPDESK_DEMO": "1", "HELPDESK_BIND": address}
        done = helpdesk("run", cwd=tmp_path, environ=environ)
    assert done.returncode == 2
    assert address in done.stderr
    assert "HELPDESK_BIND" in done.stderr


@pytest.mark.parametrize("address", ["[::1]:{}", "127.0.0.1:{}", "localhost:{}"])
def test_free_address_is_not_refused(address: str) -> None:
    assert not run.is_taken(address.format(free_port()))


def test_windows_offices_get_waitress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    command = run.web_command(config.load({"HELPDESK_DEMO": "1"}), "127.0.0.1:8000")
    assert command[1:3] == ["-m", "waitress"]


@pytest.mark.slow
def test_serves_until_told_to_stop(tmp_path: Path) -> None:
    environ = {"HELPDESK_DEMO": "1", "HELPDESK_WORKERS": "1"}
    assert helpdesk("db", "upgrade", cwd=tmp_path, environ=environ).returncode == 0
    with served([sys.executable, *CALL, "run"], tmp_path, environ) as site:
        assert "<html" in site.get("/sign-in")
        assert site.stop() == 0, site.log.read_text()
