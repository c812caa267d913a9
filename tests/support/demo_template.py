"""What is expensive to prepare is prepared once in a run, by the worker that needs it first.

The demonstration above all: `databases.copy(demonstration)` is a copy of it in a moment.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from helpdesk.kernel.db import db


def folder_of_the_run(temporary: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = temporary.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(folder: Path, name: str, prepare: Callable[[], str]) -> str:
    """What `prepare` answers, asked for once in a run; the other workers wait for it and read it.

    Where it fails, the next who asks tries again.
    """
    kept = folder / f"{name}.once"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            answer = prepare()
            kept.write_text(answer, "utf-8")
    return kept.read_text("utf-8")


def load_demonstration(app: Flask, moment: datetime) -> None:
    """`helpdesk demo load` as of `moment` into the empty database of `app`, then let go of it."""
    with time_machine.travel(moment, tick=True), app.app_context():
        result = app.test_cli_runner().invoke(args=["demo", "load"])
        assert result.exit_code == 0, result.output
        assert "已装入演示数据" in result.output
        db.session.remove()
        db.engine.dispose()
