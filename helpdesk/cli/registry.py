"""Which commands there are: every module in `cli/` offers `commands`, a tuple of click commands."""

from __future__ import annotations

import importlib
import pkgutil

import click

import helpdesk.cli


def commands() -> list[click.Command]:
    """Every command of the console script, by module name."""
    found: list[click.Command] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(helpdesk.cli.__path__)):
        if module != "registry":
            loaded = importlib.import_module(f"helpdesk.cli.{module}")
            found.extend(getattr(loaded, "commands", ()))
    return found
