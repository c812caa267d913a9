"""The console script as a process of its own, on a database of a test."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from flask import Flask

SCRIPT = (sys.executable, "-c", "from helpdesk.app import main; main()")


def environment(app: Flask, **settings: Any) -> dict[str, str]:
    """Variables of an installation on the database of `app`, and `mail_port=25` as its setting."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("HELPDESK_")}
    given = {
        "demo": 1,
        "database_url": app.config["DATABASE_URL"],
        "files_dir": app.config["FILES_DIR"],
        **settings,
    }
    return inherited | {f"HELPDESK_{name.upper()}": str(value) for name, value in given.items()}


def start(app: Flask, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    """Start `helpdesk <arguments>` and go on at once."""
    return subprocess.Popen(
        (*SCRIPT, *arguments),
        env=environment(app, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(app: Flask, *arguments: str, **settings: Any) -> str:
    """Run `helpdesk <arguments>` to its end; returns what it printed, fails when it failed."""
    process = start(app, *arguments, **settings)
    printed, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints
    return printed.strip()
