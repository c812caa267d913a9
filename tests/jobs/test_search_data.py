"""The job `search_data`: the index follows the data folder, and rests where nothing changed."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk.jobs.runner import run_once
from helpdesk.jobs.schedule import BY_NAME
from helpdesk.search.models import Entry


def test_only_what_changed_is_written(app: Flask, session: Session) -> None:
    def run() -> str:
        return run_once(app, BY_NAME["search_data"], "tests")

    assert run() == "indexed 154"
    assert run() == ""
    old = update(Entry).where(Entry.kind == "card", Entry.key == "ENV")
    session.execute(old.values(title="旧的名称"))
    session.commit()
    assert run() == "indexed 1"
