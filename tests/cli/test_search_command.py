"""`helpdesk search`: the index written anew, and a search as somebody."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk.people.models import Account
from helpdesk.search.models import Entry
from tests.factories.country import Country, build
from tests.factories.tickets import Desk


@pytest.fixture
def country(session: Session, now: datetime) -> Country:
    made = build(now)
    Desk(made, now).open()
    session.execute(delete(Entry))
    session.commit()
    return made


def test_the_index_is_written_anew(app: Flask, country: Country, session: Session) -> None:
    run = app.test_cli_runner().invoke(args=["search", "reindex"])
    assert run.exit_code == 0, run.output
    per_kind = select(Entry.kind, func.count()).group_by(Entry.kind)
    counts = {row[0]: row[1] for row in session.execute(per_kind)}
    assert (counts["card"], counts["ticket"], counts["item"]) == (28, 1, 126)
    assert counts["body"] == len(country.bodies)


def test_a_search_as_somebody_prints_one_document(
    app: Flask, country: Country, session: Session
) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["search", "reindex", "--kind", "card"])
    name = session.get_one(Account, country.account("teacher")).user_name
    run = runner.invoke(args=["search", "find", "密码错误", "--as", name, "--json"])
    assert run.exit_code == 0, run.output
    document = json.loads(run.output)
    assert document["hits"][0]["key"] == "ACC-4a"
    assert document["total"] == document["counts"]["card"]


def test_nobody_of_that_name(app: Flask, country: Country) -> None:
    run = app.test_cli_runner().invoke(args=["search", "find", "密码", "--as", "nobody"])
    assert run.exit_code == 3
