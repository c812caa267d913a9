"""A refusal on the command line: its sentence on stderr, and an exit code that says which kind."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask_babel import get_locale, gettext

from helpdesk.kernel.errors import NotFound, Refusal

BAD_INPUT = 2
NOT_FOUND = 3


def told(refusal: Refusal) -> str:
    """The sentence in the language in use; without an application Chinese, as it was written."""
    return str(gettext(refusal.sentence, **refusal.filled(str(get_locale()))))


def refuse(refusal: Refusal) -> NoReturn:
    """Say it and end: 3 for what is not there, 2 for everything else."""
    click.echo(told(refusal), err=True)
    sys.exit(NOT_FOUND if isinstance(refusal, NotFound) else BAD_INPUT)
