"""`helpdesk people create-admin`: the code once, exit codes, and an account that works."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.people.models import Account, Audit, Person
from tests.support.client import Client


@pytest.fixture
def runner(app: Flask, session: Session) -> FlaskCliRunner:
    """The command on an empty database."""
    return app.test_cli_runner()


def create(runner: FlaskCliRunner, *arguments: str) -> tuple[int, str, str]:
    result = runner.invoke(args=["people", "create-admin", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_code_is_printed_once_and_opens_the_house(
    runner: FlaskCliRunner, client: Client
) -> None:
    code, out, err = create(runner, "--user-name", "First.Admin")
    assert (code, err) == (0, "")
    (shown,) = re.findall(r"：([2-9A-Z]{10})$", out, re.MULTILINE)
    answer = client.post("/sign-in", data={"user_name": "first.admin", "password": shown})
    assert answer.location == "/first-password"
    done = {"new": "blue grey teal", "again": "blue grey teal"}
    assert client.post("/first-password", data=done).status_code == 303
    assert "全系统的角色" in client.get("/people").text


def test_json_is_one_document(runner: FlaskCliRunner) -> None:
    code, out, err = create(runner, "--user-name", "first", "--name", "首位(演示)", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert set(found) == {"user_name", "one_time_code", "expires_at"}
    assert found["expires_at"].endswith("+08:00")


def test_the_act_is_written_down_without_the_code(runner: FlaskCliRunner, session: Session) -> None:
    found = json.loads(create(runner, "--user-name", "first", "--json")[1])
    rows = session.scalars(select(Audit).order_by(Audit.id)).all()
    assert [row.act for row in rows] == ["person_added", "account_opened", "role_granted"]
    assert all(row.actor_person_id is None for row in rows)
    assert found["one_time_code"] not in str([row.details for row in rows])


def test_a_name_that_exists_is_refused(runner: FlaskCliRunner, session: Session) -> None:
    create(runner, "--user-name", "first")
    code, out, err = create(runner, "--user-name", "FIRST")
    assert (code, out) == (2, "")
    assert "已被使用" in err
    assert session.scalar(select(func.count()).select_from(Account)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--user-name", "ab"), "用户名由3至64位"),
        (("--user-name", "管理员"), "用户名由3至64位"),
        (("--user-name", "first", "--name", "x"), "请填写姓名"),
        ((), "--user-name"),
        (("--user-name",), "--user-name"),
        (("--user-name", "first", "--nonsense"), "--nonsense"),
    ],
)
def test_bad_input_is_exit_code_two(
    runner: FlaskCliRunner, session: Session, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = create(runner, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert session.scalar(select(func.count()).select_from(Account)) == 0
