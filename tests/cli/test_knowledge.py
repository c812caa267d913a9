"""`helpdesk knowledge` as a program sees it: articles from files, and back into files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.knowledge.queries import articlefiles
from helpdesk.knowledge.queries.articlefiles import ArticleFile
from helpdesk.knowledge.rules.articles import Verb
from tests.factories.articles import NATIONAL, Authors, file
from tests.factories.country import build

OURS = replace(NATIONAL, summary="各省不同。")
Run = Callable[..., Result]


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> list[ArticleFile]:
    """The files there are: one article of a card."""
    found = [file()]
    monkeypatch.setattr(articlefiles, "files", lambda: found)
    return found


@pytest.fixture
def run(app: Flask, session: Session, now: datetime, stock: list[ArticleFile]) -> Run:
    session.commit()

    def told(*arguments: str) -> Result:
        with time_machine.travel(now, tick=False):
            return app.test_cli_runner().invoke(args=["knowledge", *arguments])

    return told


def test_an_installation_without_a_body_gets_its_articles(run: Run) -> None:
    assert json.loads(run("sync", "--dry-run", "--json").stdout)["added"] == ["cards/acc-4a"]
    assert json.loads(run("sync", "--json").stdout)["added"] == ["cards/acc-4a"]
    again = json.loads(run("sync", "--json").stdout)
    assert (again["unchanged"], again["diverged"]) == (["cards/acc-4a"], [])


def test_what_was_written_here_is_listed_exported_and_taken_back(
    run: Run, session: Session, now: datetime, tmp_path: Path
) -> None:
    authors = Authors(build(now))
    authors.sync()
    authors.do(Verb.EDIT, "national_officer", authors.get(), content=OURS)
    session.commit()
    (one,) = json.loads(run("sync", "--json").stdout)["diverged"]
    assert "+summary: 各省不同。" in one["difference"].splitlines()
    assert "+summary: 各省不同。" in run("sync").stdout
    # Readers see the published text still: that is what a file would hold.
    assert run("export", "--all-diverged", "--to", str(tmp_path)).exit_code == 0
    written = (tmp_path / "cards" / "acc-4a.md").read_text(encoding="utf-8")
    assert f"summary: {NATIONAL.summary}\n" in written
    taken = json.loads(run("sync", "--take-file", "cards/acc-4a", "--json").stdout)
    assert (taken["taken"], taken["diverged"]) == (["cards/acc-4a"], [])


def test_refusals_say_what_is_wrong(run: Run, stock: list[ArticleFile], tmp_path: Path) -> None:
    assert run("export").exit_code == 2
    assert run("export", "howto/nothing", "--to", str(tmp_path)).exit_code == 3
    assert run("sync", "--take-file", "howto/nothing").exit_code == 3
    stock[:] = [file(replace(NATIONAL, items=("VO-99",)))]
    refused = run("sync")
    assert refused.exit_code == 2
    assert "no filing item VO-99" in refused.stderr
    stock[:] = [file(owner="NOBODY")]
    assert "NOBODY" in run("sync").stderr
