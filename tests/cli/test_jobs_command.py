"""`helpdesk jobs list | once`: what it prints and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from helpdesk.cli.jobs import jobs


def call(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(jobs, arguments)


def test_list_of_jobs_that_never_ran(app: Flask) -> None:
    result = call(app, "list")
    assert result.exit_code == 0
    assert "deliver" in result.stdout
    assert "从未运行" in result.stdout


def test_list_as_one_document(app: Flask) -> None:
    assert call(app, "once", "deliver").exit_code == 0
    result = call(app, "list", "--json")
    rows = {row["name"]: row for row in json.loads(result.stdout)}
    assert rows["deliver"]["state"] == "done"
    assert rows["deliver"]["started_at"].endswith("+08:00")
    assert rows["sweep"]["state"] is None


@pytest.mark.parametrize("name", ["deliver", "sweep"])
def test_once(app: Flask, name: str) -> None:
    result = call(app, "once", name)
    assert (result.exit_code, result.stdout) == (0, "没有要做的事。\n")


def test_a_job_that_does_not_exist(app: Flask) -> None:
    result = call(app, "once", "nonsense")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "nonsense" in result.stderr
    assert "deliver" in result.stderr
