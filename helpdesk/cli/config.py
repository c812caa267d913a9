"""`helpdesk config`: every setting with its value, its default and what it means."""

from __future__ import annotations

import dataclasses
import os

import click

from helpdesk import config
from helpdesk.cli import documents
from helpdesk.kernel import fonts


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def show(as_json: bool) -> None:
    """List the settings of this installation; secrets are hidden."""
    settings = config.load(os.environ, serving=False)
    described = config.describe(settings)
    if as_json:
        rows = [dataclasses.asdict(line) for line in described]
        documents.show({"settings": rows})
    else:
        for line in described:
            click.echo(f"{line.name}={line.value}\n    {line.zh}\n    {line.en}")
            click.echo(f"    默认 / default: {line.default or '-'}\n")
    if fonts.font_file(settings.font) is None:
        click.echo(f"{fonts.MISSING} / {fonts.MISSING_EN}", err=True)
    try:
        config.load(os.environ)
    except config.WrongSetting as refusal:
        # Looking is allowed; `helpdesk run` will refuse.
        click.echo(refusal, err=True)


commands = (show,)
