"""`helpdesk run`: two processes live and die together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from helpdesk import config
from helpdesk.cli import run
from tests.support.ports import free_port
from tests.support.program import CALL, environment, helpdesk

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_when_one_ends_the_other_is_stopped() -> None:
    started = time.monotonic()
    code = run.keep_running([SLEEP, [sys.executable, "-c", "raise SystemExit(3)"]])
    assert code == 3
    assert time.monotonic() - started < 20


def test_command_that_cannot_start_stops_the_others(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run.keep_running([SLEEP, [str(tmp_path / "no-such-program")]])


def test_windows_offices_get_waitress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    command = run.web_command(config.load({"HELPDESK_DEMO": "1"}), "127.0.0.1:8000")
    assert command[1:3] == ["-m", "waitress"]


@pytest.mark.slow
def test_serves_until_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    environ = {"HELPDESK_DEMO": "1", "HELPDESK_BIND": f"127.0.0.1:{port}", "HELPDESK_WORKERS": "1"}
    assert helpdesk("db", "upgrade", cwd=tmp_path, environ=environ).returncode == 0
    log = tmp_path / "log"
    with log.open("wb") as opened, subprocess.Popen(
        [sys.executable, *CALL, "run"], cwd=tmp_path, env=environment(environ),
        stdout=opened, stderr=opened,
    ) as process:  # fmt: skip
        try:
            page = _first_answer(f"http://127.0.0.1:{port}/sign-in", process)
            assert "<html" in page
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, log.read_text()


def _first_answer(address: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(100):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")
