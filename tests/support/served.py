"""The product served by a process of its own, until the test ends."""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port
from tests.support.program import environment

READY_WITHIN_SECONDS = 30
STOP_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """A running server and the process behind it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, address: str) -> str:
        """The body of a page."""
        with urllib.request.urlopen(self.url + address, timeout=10) as answer:
            return str(answer.read().decode())

    def stop(self) -> int:
        """Ask it to stop as an init system does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=STOP_WITHIN_SECONDS)


@contextmanager
def served(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], *, repository: bool = True
) -> Iterator[Site]:
    """Start `command` in `folder`, wait for its first page, stop it at the end.

    `repository=False`: the process must find the product without this checkout.
    """
    bind = f"127.0.0.1:{free_port()}"
    whole = environment({"HELPDESK_BIND": bind, "HELPDESK_BASE_URL": f"http://{bind}", **environ})
    if not repository:
        whole.pop("PYTHONPATH")
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=whole, stdout=output, stderr=output)
    site = Site(f"http://{bind}", process, log)
    try:
        _wait(site)
        yield site
    finally:
        if process.poll() is None:
            site.stop()


def _wait(site: Site) -> None:
    for _ in range(READY_WITHIN_SECONDS * 5):
        assert site.process.poll() is None, site.log.read_text()
        try:
            site.get("/sign-in")
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer\n{site.log.read_text()}")
