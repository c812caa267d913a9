"""`helpdesk jobs run | once NAME | list`."""

from __future__ import annotations

import os
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext

from helpdesk import config
from helpdesk.cli import documents
from helpdesk.cli.refusing import refuse
from helpdesk.kernel.errors import NotFound
from helpdesk.kernel.instants import in_shanghai
from helpdesk.kernel.text import N_


class NoSuchJob(NotFound):
    """The table holds no job of this name."""

    sentence = N_("没有名为 %(name)s 的任务。可用：%(names)s。")


def _jobs() -> Any:
    # Doors do not import each other: the app hands the jobs over as an extension.
    return current_app.extensions["jobs"]


@click.group("jobs")
def jobs() -> None:
    """后台任务：常驻运行、单次运行、查看 / Scheduled jobs."""


@jobs.command("run")
@with_appcontext
def run() -> None:
    """常驻运行全部任务，直到收到结束信号 / Run all jobs until told to stop."""
    config.load(os.environ)  # serving: unsafe settings are refused here as in `helpdesk run`
    app: Any = current_app
    _jobs().run(app._get_current_object())


@jobs.command("once")
@click.argument("name")
@with_appcontext
def once(name: str) -> None:
    """立即运行一次 NAME / Run the job NAME now, whoever leads."""
    app: Any = current_app
    names = [job.name for job in _jobs().table]
    if name not in names:
        refuse(NoSuchJob(name=name, names="、".join(names)))
    click.echo(_jobs().once(app._get_current_object(), name) or gettext("没有要做的事。"))


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="打印一份 JSON / Print JSON.")
@with_appcontext
def list_jobs(as_json: bool) -> None:
    """每个任务的间隔与最近一次运行 / Each job and its last run."""
    beats = _jobs().beats()
    rows = [_row(job, beats.get(job.name)) for job in _jobs().table]
    if as_json:
        documents.show(rows)
        return
    for row in rows:
        last = row["started_at"] or gettext("从未运行")
        click.echo(
            f"{row['name']:<12}{row['every']:>6}s  {last:<27}{row['state'] or '-':<9}"
            f"{row['result']}  {gettext(row['purpose'])}"
        )


def _row(job: Any, beat: Any) -> dict[str, Any]:
    return {
        "name": job.name,
        "every": job.every,
        "purpose": job.purpose,
        "state": beat.state.value if beat else None,
        "started_at": _shown(beat.started_at) if beat else None,
        "finished_at": _shown(beat.finished_at) if beat else None,
        "done_at": _shown(beat.done_at) if beat else None,
        "runner": beat.runner if beat else None,
        "result": beat.result if beat else "",
    }


def _shown(moment: Any) -> str | None:
    return in_shanghai(moment).isoformat(timespec="seconds") if moment else None


commands = (jobs,)
