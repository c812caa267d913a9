"""The console script as people start it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CALL = ("-c", "from helpdesk.app import main; main()")


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Ours without any HELPDESK_* of the surroundings, and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    # Coverage and warnings of the test process are not the program's.
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **given}


def helpdesk(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run `helpdesk ARGUMENTS` in `cwd` and wait; exit code, stdout and stderr as text."""
    return subprocess.run(
        [sys.executable, *CALL, *arguments],
        cwd=cwd,
        env=environment(environ or {}),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
