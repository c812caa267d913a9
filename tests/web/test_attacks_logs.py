"""What people typed stays out of the log, also when the database breaks under their form."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from helpdesk.kernel.db import db
from tests.factories.country import build
from tests.support.asking import ACC_4C, fill
from tests.support.client import Client

ID_NUMBER = "11010519491231002X"
WORDS = "只有提问的人才知道的话"


def test_a_number_of_a_person_is_masked_wherever_it_stands(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("helpdesk.somewhere")
    log.error("cannot read %r", ID_NUMBER)
    try:
        raise ValueError(f"no date in {ID_NUMBER}")
    except ValueError:
        log.exception("failed")
    said = capsys.readouterr().err
    assert ID_NUMBER not in said
    assert said.count("110105********002X") == 2
    assert "Traceback" in said


def test_a_broken_database_does_not_tell_what_was_sent(
    separate_app: Flask, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    client = separate_app.test_client()
    assert isinstance(client, Client)
    with time_machine.travel(now, tick=False):
        with separate_app.app_context():
            account = build(now).account("teacher")
        client.sign_in(account)
        sent = fill(client, "/ask/login/ACC-4c", **ACC_4C, text=WORDS)
        with separate_app.app_context(), db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE intake_draft RENAME COLUMN answers TO words"))
        separate_app.config["PROPAGATE_EXCEPTIONS"] = False
        answer = client.post("/ask/login/ACC-4c", data=sent)
    said = capsys.readouterr().err
    assert answer.status_code == 500
    assert "系统出了问题" in answer.text
    assert "INSERT INTO intake_draft" in said
    assert WORDS not in said
    assert ascii(WORDS)[1:-1] not in said
