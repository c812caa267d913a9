"""`helpdesk run`: the web server and the jobs, together, until one of them ends."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import click
from flask_babel import gettext

from helpdesk import config

APP = "helpdesk.app:create_app"
LOOK_EVERY_SECONDS = 0.2
STOP_WITHIN_SECONDS = 15


@click.command("run")
@click.option("--bind", default=None, help="ADDRESS:PORT instead of HELPDESK_BIND.")
@click.option("--no-jobs", is_flag=True, help="Web only; jobs run on another machine.")
def run(bind: str | None, no_jobs: bool) -> None:
    """Serve the pages and run the jobs."""
    settings = config.load(os.environ)
    address = bind or settings.bind
    if is_taken(address):
        raise AddressTaken(address)
    processes = [web_command(settings, address)]
    if not no_jobs:
        processes.append(jobs_command())
    sys.exit(keep_running(processes))


class AddressTaken(click.ClickException):
    """Somebody listens there already; exit code 2."""

    exit_code = 2

    def __init__(self, address: str) -> None:
        super().__init__(
            gettext(
                "%(address)s 已被其他程序占用。请停掉它，或用 HELPDESK_BIND 换一个端口。",
                address=address,
            )
        )


def is_taken(address: str) -> bool:
    """Does somebody listen on ADDRESS:PORT?"""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server will: a connection that is only fading away does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, sys.platform != "win32")
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
        return False


def web_command(settings: config.Settings, bind: str) -> list[str]:
    """The web server of this operating system: gunicorn, on Windows waitress."""
    if sys.platform == "win32":
        threads = str(settings.workers * settings.threads)
        return [sys.executable, "-m", "waitress", "--listen", bind, "--threads", threads,
                "--call", APP]  # fmt: skip
    return [
        sys.executable, "-m", "gunicorn",
        "--bind", bind,
        "--worker-class", "gthread",
        "--workers", str(settings.workers),
        "--threads", str(settings.threads),
        "--timeout", "60",
        "--graceful-timeout", str(STOP_WITHIN_SECONDS - 5),
        "--no-control-socket",  # nobody steers it from outside, and nothing lies in a home
        "--access-logfile", "-",
        # Without the query: what somebody searched for is nobody's business.
        "--access-logformat", '%(t)s %(m)s %(U)s %(s)s %(M)sms',
        "--log-level", settings.log_level.lower(),
        f"{APP}()",
    ]  # fmt: skip


def jobs_command() -> list[str]:
    """The jobs process: `helpdesk jobs run` with this interpreter."""
    return [sys.executable, "-c", "from helpdesk.app import main; main()", "jobs", "run"]


def keep_running(commands: Sequence[Sequence[str]]) -> int:
    """Start all; when one ends or we are told to stop, stop the others. Returns the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.extend(subprocess.Popen(command) for command in commands)
        while all(process.poll() is None for process in started):
            time.sleep(LOOK_EVERY_SECONDS)
        return max(abs(int(process.returncode or 0)) for process in started)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(started)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(timeout=STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


commands = (run,)
