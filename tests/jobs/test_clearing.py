"""The jobs `drafts` and `files`: what was never sent goes, what hangs on a ticket stays."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.files.models import File
from helpdesk.files.queries import store_of
from helpdesk.intake.models.drafts import Draft
from helpdesk.jobs import runner
from helpdesk.jobs.schedule import BY_NAME
from tests.factories.country import build
from tests.factories.intake import Intake


def make_old(folder: Path, when: datetime) -> None:
    for blob in folder.rglob("*"):
        if blob.is_file():
            os.utime(blob, (when.timestamp(), when.timestamp()))


def test_what_was_never_sent_goes(
    app: Flask, session: Session, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FILES_DIR", tmp_path)
    store = store_of(app.config)
    intake = Intake(build(now), now, store)
    intake.submit(intake.start(file_ids=[intake.file(words=b"sent,1\n")]))
    intake.start(file_ids=[intake.file(words=b"draft,1\n")])
    intake.file(words=b"loose,1\n")
    session.commit()
    with time_machine.travel(now + timedelta(days=40), tick=False):
        # Two drafts (the sent one is empty by now) and the two files that hang on nothing.
        assert runner.run_once(app, BY_NAME["drafts"], "by hand") == "removed 4"
        assert runner.run_once(app, BY_NAME["drafts"], "by hand") == ""
    session.expire_all()
    assert session.scalar(select(func.count(Draft.id))) == 0
    kept = session.scalars(select(File)).one()
    make_old(store.folder, datetime(2026, 1, 1, tzinfo=UTC))
    assert runner.run_once(app, BY_NAME["files"], "by hand") == "removed 2"
    assert [p.name for p in store.folder.rglob("*") if p.is_file()] == [kept.sha256]
