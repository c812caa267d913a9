"""What `--json` prints: one document on stdout, readable by people too."""

from __future__ import annotations

import json
from typing import Any

import click


def show(document: Any) -> None:
    """Print it."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
