"""A throw-away PostgreSQL from the system's own binaries: no service, no port, gone at the end."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
import psycopg.errors

READY_WITHIN_SECONDS = 30
# Tables of tests are never analysed: plans for what they might hold would be compiled each time.
_FAST = ("fsync=off", "jit=off", "synchronous_commit=off", "full_page_writes=off",
         "max_connections=200", "listen_addresses=", "shared_buffers=64MB",
         "max_locks_per_transaction=256")  # fmt: skip


class NoPostgres(RuntimeError):
    """PostgreSQL cannot be started here. Loud on purpose: half a test run is no test run."""


def binary(name: str) -> str:
    """Path of a PostgreSQL program; Debian keeps them outside the search path."""
    newest_first = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda found: int(found.parts[4].split(".")[0]),
        reverse=True,
    )
    found = str(newest_first[0]) if newest_first else shutil.which(name)
    if not found:
        raise NoPostgres(f"{name} not found. Type: apt-get install -y postgresql")
    return found


class Cluster:
    """A running server; `folder` holds its data and its socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="helpdesk-pg-"))
        self.owner = _owner()
        self._own(self.folder)
        self._initialise()
        self._server = self._start()
        self._wait()

    def url(self, database: str) -> str:
        """Address of `database` as the settings want it."""
        return url(self.folder, database)

    def stop(self) -> None:
        """Shut down at once and remove everything."""
        self._server.terminate()
        try:
            self._server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self, folder: Path) -> None:
        if self.owner != getpass.getuser():
            account = pwd.getpwnam(self.owner)
            os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o755)

    def _initialise(self) -> None:
        command = [binary("initdb"), "--no-sync", "--auth=trust", "--username=helpdesk",
                   "--encoding=UTF8", "--locale=C.UTF-8", "-D", f"{self.folder}/data"]  # fmt: skip
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self._as_owner(),
        )
        if done.returncode:
            raise NoPostgres(done.stderr)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [binary("postgres"), "-D", f"{self.folder}/data", "-k", str(self.folder)]
        for setting in _FAST:
            command += ["-c", setting]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_owner(),
        )

    def _as_owner(self) -> dict[str, Any]:
        if self.owner == getpass.getuser():
            return {}
        return {"user": self.owner, "group": self.owner, "extra_groups": []}

    def _wait(self) -> None:
        for _ in range(READY_WITHIN_SECONDS * 20):
            try:
                administer(self.folder, "SELECT 1")
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None:
                    break
                time.sleep(0.05)
        raise NoPostgres("the throw-away server did not come up")


def _owner() -> str:
    # The server refuses to run as root.
    if os.geteuid() != 0:
        return getpass.getuser()
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise NoPostgres("no user postgres. Type: apt-get install -y postgresql") from None


def url(folder: Path, database: str) -> str:
    """Address of `database` in the cluster whose socket lies in `folder`."""
    return f"postgresql+psycopg://helpdesk@/{database}?host={folder}"


def administer(folder: Path, statement: str) -> None:
    """Run one statement outside a transaction in the maintenance database."""
    with psycopg.connect(
        host=str(folder), user="helpdesk", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement.encode())
